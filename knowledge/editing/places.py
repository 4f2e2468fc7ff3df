"""The files of the guides' folder by what they are: the guide itself, its English, what is different in a region."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.resolving import COMPONENTS, REGIONS
from knowledge.translation import ENGLISH

MAIN = "main"
_CODE = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PLACE = re.compile(rf"{MAIN}|{COMPONENTS}|{ENGLISH}|\d{{6}}")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One file: the ``code`` of its guide, and which of the guide's files it is.

    ``place`` is ``main``, ``components`` (a guide that is only ever part of others), ``en``, or a region of six digits.

    Raises:
        ValueError: one of the two is none; what is taken can never lead out of the guides' folder.
    """

    code: str
    place: str

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code) or not _PLACE.fullmatch(self.place):
            raise ValueError("no file of a guide is called so")

    @property
    def region(self) -> str | None:
        """The region this file is about; None for the whole country's."""
        return self.place if self.place.isdigit() else None

    @property
    def file(self) -> str:
        """The file, relative to the guides' folder."""
        folder = {MAIN: "", COMPONENTS: f"{COMPONENTS}/", ENGLISH: f"{ENGLISH}/"}.get(self.place, f"{REGIONS}/{self.place}/")
        return f"{folder}{self.code}.yaml"


def places(folder: Path) -> Iterator[Place]:
    """Every file of the guides' folder that a guide's code can be read from."""
    found = [(path.stem, MAIN) for path in folder.glob("*.yaml")]
    found += [(path.stem, name) for name in (COMPONENTS, ENGLISH) for path in (folder / name).glob("*.yaml")]
    found += [(path.stem, path.parent.name) for path in (folder / REGIONS).glob("*/*.yaml")]
    for code, place in sorted(found):
        try:
            yield Place(code, place)
        except ValueError:
            continue


def digest(text: str | None) -> str:
    """SHA-256 (hex) of a file's text; empty where there is no file."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


def read(folder: Path, place: Place) -> str | None:
    """The text of a file as it lies there now; None where there is none.

    What is no UTF-8 is shown with marks in its place: it can be mended, and its digest tells that it is not the same.
    """
    try:
        return (folder / place.file).read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None


def write(folder: Path, place: Place, text: str) -> None:
    """Put a text in place of a file: whoever reads it at any moment, even after a power cut, finds the old or the new one whole.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    path = folder / place.file
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def tidy(text: str) -> str:
    """A text as it is kept: lines end with a line feed, the last one too, and no byte order mark comes first."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return lines if not lines or lines.endswith("\n") else lines + "\n"
