"""The catalogue of item names, read when the model is loaded and never part of it: a new guide costs no
retraining and no restart."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from assistant.engine.components.text import normalise

logger = logging.getLogger(__name__)

CATALOGUE_VARIABLE = "BANDAO_CATALOGUE"
"""Environment variable naming a UTF-8 file with one item name or alias a line."""

LOOK_SECONDS = 1.0
"""How often a running engine looks whether the file has changed."""

SHORTEST = 2
"""Shorter names would turn single characters of ordinary words into items."""


ALSO_KNOWN = "~"
"""A line that starts with this is no name but a phrase whose words are familiar: what people call the item, what is asked."""


class Span(NamedTuple):
    """A catalogue name found in a text: ``text[start:end]``."""

    start: int
    end: int


class Catalogue:
    """Longest-match search for item names, by first character and length."""

    def __init__(self, names: Iterable[str] = (), phrases: Iterable[str] = ()) -> None:
        """Keep the normalised ``names`` that are long enough to be a name, and the ``phrases``."""
        self.phrases = frozenset(normalise(phrase.strip()) for phrase in phrases)
        self._names = frozenset(name for name in (normalise(raw.strip()) for raw in names) if len(name) >= SHORTEST)
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @property
    def names(self) -> frozenset[str]:
        """The names, normalised."""
        return self._names

    def __len__(self) -> int:
        """How many different names are known."""
        return len(self._names)

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """Read one name or ``~phrase`` a line; blank lines and lines starting with ``#`` are skipped.

        Raises:
            OSError: when the file cannot be read.
        """
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
        return cls(
            (line for line in lines if not line.startswith(ALSO_KNOWN)),
            (line.removeprefix(ALSO_KNOWN) for line in lines if line.startswith(ALSO_KNOWN)),
        )

    def find(self, text: str) -> Iterator[Span]:
        """Names in ``text`` (already normalised) from left to right, the longest first, never overlapping."""
        position = 0
        while position < len(text):
            for length in self._lengths.get(text[position], ()):
                if text[position : position + length] in self._names:
                    yield Span(position, position + length)
                    position += length
                    break
            else:
                position += 1


class LiveCatalogue:
    """The catalogue in the file that ``BANDAO_CATALOGUE`` names, read again when the file has changed.

    Without the variable there are no names. A file that vanishes or cannot be read leaves the names as they were.
    """

    def __init__(self, path: Path | None = None, now: Callable[[], float] = time.monotonic) -> None:
        """Read the file now.

        Args:
            path: the file; by default the one the environment names.
            now: seconds of a clock that only goes forward.

        Raises:
            OSError: when the file cannot be read.
        """
        named = os.environ.get(CATALOGUE_VARIABLE)
        self._path = path or (Path(named) if named else None)
        self._now = now
        self._looked = now()
        self._stamp = self._state()
        self._names = Catalogue.read(self._path) if self._path else Catalogue()

    def current(self) -> Catalogue:
        """The names as the file has them, at most a second old."""
        if self._path is not None and self._now() - self._looked >= LOOK_SECONDS:
            self._looked = self._now()
            state = self._state()
            if state is not None and state != self._stamp:
                self._names, self._stamp = Catalogue.read(self._path), state
                logger.info("catalogue read again: %d names", len(self._names))
        return self._names

    def _state(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino
