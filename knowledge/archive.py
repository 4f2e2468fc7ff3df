"""Every version of every guide ever served, so that a case keeps the version it was started on."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

from assistant.foundation.logging import get_logger
from knowledge.catalogue import Catalogue
from knowledge.loading import in_force
from knowledge.schema import Guide

log = get_logger(__name__)
_LAST = "last"


class GuideArchive:
    """One JSON file a version in a folder; written when a version is first served, never changed afterwards.

    Beside them, in ``last``, stands the text of every guide as it was last served, before anything of a region or of its parts
    went into it: what a process that has just started falls back on where the file is refused, or not in force yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = lru_cache(maxsize=256)(self._load)
        self._last: dict[str, Guide] = {}

    def keep(self, catalogue: Catalogue) -> None:
        """Store the full guides of a catalogue whose version is not here yet."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for guide in catalogue.all():
            path = self._path(guide.code, guide.version)
            if not guide.outline and not path.exists():
                self._write(path, guide)

    def keep_last(self, guides: Iterable[Guide]) -> None:
        """Store guides as their files say them, in their version and as the last ones served."""
        (self._folder / _LAST).mkdir(parents=True, exist_ok=True)
        for guide in guides:
            if self._last.get(guide.code) is guide:
                continue
            path = self._path(guide.code, guide.version)
            if not path.exists():
                self._write(path, guide)
            path = self._folder / _LAST / f"{guide.code}.json"
            if not path.exists() or path.read_text(encoding="utf-8") != _text(guide):
                self._write(path, guide)
            self._last[guide.code] = guide

    def get(self, code: str, version: str) -> Guide | None:
        """A guide in one version, or None if it was never served here."""
        try:
            return self._read(code, version)
        except FileNotFoundError:  # not remembered, because it may come
            return None

    def earlier(self, code: str, day: date) -> Guide | None:
        """The guide as its file last said it, of the versions in force on a day; None where none was ever served here."""
        paths = [self._folder / _LAST / f"{code}.json", *sorted(self._folder.glob(f"{code}@*.json"))]
        found = []
        for path in paths:
            if "+" in path.name or not path.exists():
                continue  # with a mark behind it, a version is what the file and other things made together
            try:
                guide = Guide.model_validate_json(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                log.error("guides.archive_unreadable", file=path.name, error=type(error).__name__)
                continue
            if guide.code == code and in_force(guide, day):
                found.append(guide)
        return max(found, key=lambda guide: (guide.effective, _number(guide)), default=None)  # of two alike the last one served

    def _load(self, code: str, version: str) -> Guide:
        return Guide.model_validate_json(self._path(code, version).read_text(encoding="utf-8"))

    @staticmethod
    def _write(path: Path, guide: Guide) -> None:
        # a draft of one's own: whoever else is first in a region at the same moment writes the same
        draft = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
        draft.write_text(_text(guide), encoding="utf-8")
        draft.replace(path)

    def _path(self, code: str, version: str) -> Path:
        return self._folder / f"{code}@{version}.json"


def _text(guide: Guide) -> str:
    return guide.model_dump_json(by_alias=True, exclude_unset=True)


def _number(guide: Guide) -> tuple[int, ...]:
    return tuple(int(part) for part in guide.version.partition("+")[0].split("."))
