"""Every version of every guide ever served, so that a case keeps the version it was started on."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path

from knowledge.catalogue import Catalogue
from knowledge.schema import Guide


class GuideArchive:
    """One JSON file a version in a folder; written when a version is first served, never changed afterwards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = lru_cache(maxsize=256)(self._load)

    def keep(self, catalogue: Catalogue) -> None:
        """Store the full guides of a catalogue whose version is not here yet."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for guide in catalogue.all():
            path = self._path(guide.code, guide.version)
            if not guide.outline and not path.exists():
                # a draft of one's own: whoever else is first in a region at the same moment writes the same
                draft = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
                draft.write_text(guide.model_dump_json(by_alias=True, exclude_unset=True), encoding="utf-8")
                draft.replace(path)

    def get(self, code: str, version: str) -> Guide | None:
        """A guide in one version, or None if it was never served here."""
        return self._read(code, version)

    def _load(self, code: str, version: str) -> Guide | None:
        path = self._path(code, version)
        return Guide.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None

    def _path(self, code: str, version: str) -> Path:
        return self._folder / f"{code}@{version}.json"
