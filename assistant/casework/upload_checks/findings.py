"""What the checks of a file say, as codes; the words are the message catalogue's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One check. ``params`` fill its message."""

    code: str
    ok: bool
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """What was found in a usable file."""

    pages: int
    checks: list[Finding]


class Unusable(Exception):
    """The file cannot be taken. ``code`` and ``params`` choose and fill the message."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
