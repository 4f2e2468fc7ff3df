"""What `bandao doctor` looks at: each check names what it found and, if that is wrong, the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.foundation.messages import t


@dataclass(frozen=True)
class Check:
    """One finding. A failed check that is not ``required`` costs a feature, not the service."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    required: bool = True


def good(name: str, detail: str) -> Check:
    """All is well."""
    return Check(name, True, detail)


def bad(name: str, key: str, /, *, required: bool = True, **params: Any) -> Check:
    """Something is wrong: the messages ``doctor.<key>`` and ``doctor.<key>_remedy``."""
    return Check(name, False, t(f"doctor.{key}", **params), t(f"doctor.{key}_remedy", **params), required)
