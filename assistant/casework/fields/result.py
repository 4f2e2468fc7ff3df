"""What reading an answer can give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Accepted:
    """A usable value: normalised ``value``, the ``display`` forms print, and a ``warning`` that does not block.

    ``fix`` is a value that would leave nothing to warn of, to be offered in one tap; ``note`` is worth knowing and no doubt.
    """

    value: Any
    display: str
    warning: str | None = None
    fix: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Rejected:
    """Not usable: a stable ``code`` and a sentence saying what is wrong and what to do.

    ``insist`` is the value taken, with its warning, when the citizen sends the same answer again: official documents
    do carry codes that fail their own checksum, so those are doubted once and never refused for good.
    ``mend`` is the key of the other answer that may be the wrong one of the two.
    """

    code: str
    message: str
    insist: Accepted | None = None
    mend: str | None = None


Parsed = Accepted | Rejected
