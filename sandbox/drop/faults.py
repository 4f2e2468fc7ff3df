"""What can go wrong with a drop, on request."""

from __future__ import annotations

import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal[
    "ok", "away", "silent", "breaks_off", "disk_full", "forbidden", "asleep", "refuses", "wrong_hash", "wrong_number",
    "wrong_case", "unsigned", "half_status",
]  # fmt: skip


class DropFault(BaseModel):
    """What goes wrong. ``count`` is for how often (None: until changed); ``sandbox/README.md`` says what each mode does."""

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    count: int | None = Field(default=None, ge=1, le=1_000_000)


class DropFaults:
    """The present fault; ``take`` counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault = DropFault(mode="ok")

    def set(self, fault: DropFault) -> DropFault:
        """From now on misbehave like this."""
        with self._lock:
            self._fault = fault
        return fault

    def take(self, *modes: Mode) -> Mode:
        """The fault that stands if it is one of these, counted; otherwise ``ok``."""
        with self._lock:
            fault = self._fault
            if fault.mode not in modes:
                return "ok"
            if fault.count is not None:
                self._fault = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else DropFault(mode="ok")
            return fault.mode
