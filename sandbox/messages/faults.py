"""Making messages go wrong on request, each channel by itself or all of them."""

from __future__ import annotations

import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.messages.store import Channel

Mode = Literal["ok", "down", "slow", "error500", "accept_then_timeout", "twice", "reject"]


class MessageFault(BaseModel):
    """What goes wrong. ``channel`` None: every one. ``count`` is for how many messages (None: until changed).

    ``down`` answers 503 (SMTP: 421), ``error500`` 500 (SMTP: 451), ``slow`` waits ``seconds`` first, ``accept_then_timeout``
    takes the message in and then says nothing for ``seconds``, ``twice`` takes it in twice, ``reject`` refuses it for good.
    """

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    channel: Channel | None = None
    count: int | None = Field(default=None, ge=1, le=1_000_000)
    seconds: float = Field(default=30.0, ge=0, le=600)


class MessageFaults:
    """The present faults."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, MessageFault] = {}

    def set(self, fault: MessageFault) -> None:
        """From now on; ``ok`` without a channel ends all of them."""
        with self._lock:
            if fault.channel is None:
                self._held = {channel: fault for channel in ("sms", "wechat", "email")}
            else:
                self._held[fault.channel] = fault

    def take(self, channel: Channel) -> MessageFault:
        """The fault to apply to one message, counted."""
        with self._lock:
            fault = self._held.get(channel, MessageFault(mode="ok"))
            if fault.count is not None:
                left = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else MessageFault(mode="ok")
                self._held[channel] = left
            return fault
