"""What reading the guides' folder need not do twice: parse a file that has not changed, put together what has not changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from knowledge.composition import composed
from knowledge.overlay import Overlay, laid_over
from knowledge.schema import Guide

Parsed = TypeVar("Parsed")
_Outcome = tuple[object, ValueError | None]


class Sources:
    """The files of a folder, each parsed once for its content; what was not asked for again is forgotten at the next load."""

    def __init__(self, previous: Sources | None = None) -> None:
        self._before: Mapping[Path, tuple[bytes, _Outcome]] = previous._held if previous else {}
        self._held: dict[Path, tuple[bytes, _Outcome]] = {}

    def of(self, path: Path, parse: Callable[[Path], Parsed]) -> Parsed:
        """What ``parse`` makes of a file.

        Raises:
            ValueError: what ``parse`` raised for this content.
        """
        digest = _digest(path)
        held = self._before.get(path)
        if held is None or digest is None or held[0] != digest:
            outcome = _outcome(lambda: parse(path))
            # Written to while it was read: what was parsed is not what the digest says.
            held = (digest or b"", outcome)
            if digest is None or _digest(path) != digest:
                return cast(Parsed, _result(outcome))
        self._held[path] = held
        return cast(Parsed, _result(held[1]))


class Workings:
    """Overlays laid over guides and compositions put together, each once for the same guides; bounded like ``Sources``.

    Guides are known by identity: what was read from an unchanged file is the same object.
    """

    def __init__(self, previous: Workings | None = None) -> None:
        self._before: Mapping[tuple[Any, ...], tuple[tuple[object, ...], _Outcome]] = previous._held if previous else {}
        self._held: dict[tuple[Any, ...], tuple[tuple[object, ...], _Outcome]] = {}

    def laid(self, guide: Guide, overlay: Overlay) -> Guide:
        """See ``overlay.laid_over``.

        Raises:
            ValueError: the two do not fit together.
        """
        return self._once("laid", (guide, overlay), lambda: laid_over(guide, overlay))

    def composed(self, guide: Guide, parts: Mapping[str, Guide], prepared: Callable[[Guide], Guide]) -> Guide:
        """See ``composition.composed``; ``prepared`` is what is done to the guide before.

        Raises:
            ValueError: parts are missing or do not fit together.
        """
        used = tuple(parts.get(part.item) for part in guide.parts)
        return self._once("composed", (guide, *used), lambda: composed(prepared(guide), parts))

    def marked(self, guide: Guide, mark: Callable[[Guide], Guide]) -> Guide:
        """The guide with its content's mark behind its version."""
        return self._once("marked", (guide,), lambda: mark(guide))

    def _once(self, kind: str, of: tuple[object, ...], work: Callable[[], Guide]) -> Guide:
        key = (kind, *map(id, of))
        held = self._held.get(key) or self._before.get(key)
        if held is None:
            held = of, _outcome(work)  # holding on to what it was made of keeps the identities from being used again
        self._held[key] = held
        return cast(Guide, _result(held[1]))


def _outcome(work: Callable[[], object]) -> _Outcome:
    try:
        return work(), None
    except ValueError as error:
        return None, error.with_traceback(None)


def _result(outcome: _Outcome) -> object:
    value, error = outcome
    if error is not None:
        raise error.with_traceback(None)
    return value


def _digest(path: Path) -> bytes | None:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return None
