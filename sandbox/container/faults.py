"""Making the app sign what must be refused."""

from __future__ import annotations

import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal[
    "ok", "expired", "not_yet", "hour", "no_exp", "wrong_audience", "wrong_issuer", "foreign_key", "unknown_key", "wrong_alg",
    "alg_none", "same_jti", "no_jti", "no_number", "no_level", "unknown_level", "no_sub",
]  # fmt: skip


class TicketFault(BaseModel):
    """What is wrong with the next ``count`` tickets (None: until changed).

    ``hour`` holds for an hour, ``foreign_key`` is signed with another key under the right name, ``unknown_key`` with the right
    one under another, ``wrong_alg`` with the right one in another way. ``same_jti`` has the number of the ticket before,
    ``no_number`` no identity number (nor has any ticket of level ``phone``), ``no_level`` no ``acr``.
    """

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    count: int | None = Field(default=None, ge=1, le=1_000_000)


class TicketFaults:
    """The present fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.fault = TicketFault(mode="ok")

    def take(self) -> Mode:
        """The fault to apply to one ticket, counted."""
        with self._lock:
            fault = self.fault
            if fault.count is not None:
                left = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else TicketFault(mode="ok")
                self.fault = left
            return fault.mode
