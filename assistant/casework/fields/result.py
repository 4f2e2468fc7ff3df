"""What reading an answer can give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Accepted:
    """A usable value: normalised ``value``, the ``display`` forms print, and a ``warning`` that does not block."""

    value: Any
    display: str
    warning: str | None = None


@dataclass(frozen=True)
class Rejected:
    """Not usable: a stable ``code`` and a sentence saying what is wrong and what to do.

    ``insist`` is the value taken, with its warning, when the citizen sends the same answer again: official documents
    do carry codes that fail their own checksum, so those are doubted once and never refused for good.
    """

    code: str
    message: str
    insist: Accepted | None = None


Parsed = Accepted | Rejected
