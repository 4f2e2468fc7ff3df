"""Making the identity provider misbehave on request: tokens a client must refuse, keys that change, a provider that is away."""

from __future__ import annotations

import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal[
    "ok", "down", "wrong_nonce", "no_nonce", "expired", "not_yet", "wrong_audience", "wrong_issuer", "alg_none", "alg_hs256",
    "foreign_key", "wrong_hash", "other_userinfo", "rotate", "low_level", "no_number",
]  # fmt: skip


class IdentityFault(BaseModel):
    """What goes wrong with the next ``count`` tokens (None: until changed).

    ``alg_hs256`` signs with the public key as a secret, ``foreign_key`` with another key under the right name, ``wrong_hash``
    lies about the access token. ``other_userinfo`` tells of another person, ``rotate`` signs with a new key (no fault).
    ``low_level`` proves less than was asked for, ``no_number`` leaves the identity number out.
    """

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    count: int | None = Field(default=None, ge=1, le=1_000_000)


class IdentityFaults:
    """The present fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.fault = IdentityFault(mode="ok")

    def take(self) -> Mode:
        """The fault to apply to one token, counted."""
        with self._lock:
            fault = self.fault
            if fault.count is not None:
                left = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else IdentityFault(mode="ok")
                self.fault = left
            return fault.mode
