"""Making the courier misbehave on request: away, slow, takes the order and never says so, loses the parcel."""

from __future__ import annotations

import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["ok", "down", "error500", "slow", "accept_then_timeout", "lose", "return"]


class CourierFault(BaseModel):
    """What goes wrong, for ``count`` requests (None: until changed); ``seconds`` is how long slow and lost answers take.

    ``accept_then_timeout`` and ``lose`` concern orders only, as does ``return``: a parcel that is lost or
    comes back ends as ``failed``.
    """

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    count: int | None = Field(default=None, ge=1, le=1_000_000)
    seconds: float = Field(default=30.0, ge=0, le=600)


class CourierFaults:
    """The present fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.fault = CourierFault(mode="ok")

    def take(self, *, ordering: bool) -> CourierFault:
        """The fault to apply to one request, counted."""
        with self._lock:
            fault = self.fault
            if not ordering and fault.mode in ("accept_then_timeout", "lose", "return"):
                return CourierFault(mode="ok")
            if fault.count is not None:
                left = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else CourierFault(mode="ok")
                self.fault = left
            return fault
