"""The catalogue of item names, read when the model is loaded and never part of it: a new guide costs no retraining."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from assistant.engine.components.text import normalise

CATALOGUE_VARIABLE = "BANDAO_CATALOGUE"
"""Environment variable naming a UTF-8 file with one item name or alias a line."""

SHORTEST = 2
"""Shorter names would turn single characters of ordinary words into items."""


class Span(NamedTuple):
    """A catalogue name found in a text: ``text[start:end]``."""

    start: int
    end: int


class Catalogue:
    """Longest-match search for item names, by first character and length."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Keep the normalised ``names`` that are long enough to be a name."""
        self._names = frozenset(name for name in (normalise(raw.strip()) for raw in names) if len(name) >= SHORTEST)
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def __len__(self) -> int:
        """How many different names are known."""
        return len(self._names)

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """Read one name a line; blank lines and lines starting with ``#`` are skipped.

        Raises:
            OSError: when the file cannot be read.
        """
        lines = path.read_text(encoding="utf-8").splitlines()
        return cls(line for line in lines if line.strip() and not line.startswith("#"))

    @classmethod
    def from_environment(cls) -> Catalogue:
        """The catalogue named by ``BANDAO_CATALOGUE``; empty when the variable is not set.

        Raises:
            OSError: when the variable names a file that cannot be read.
        """
        named = os.environ.get(CATALOGUE_VARIABLE)
        return cls.read(Path(named)) if named else cls()

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
