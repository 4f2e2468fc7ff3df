"""What an index folder says of itself, so that one that is damaged or of another model is noticed when it is opened."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.foundation.messages import t

FORMAT = 1
_FILE = "manifest.json"


class WideUnusable(RuntimeError):
    """The wide index is missing, damaged or of other models. The message says, in Chinese, which and what to run.

    ``kind`` is missing, damaged or older: logs carry no Chinese text.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Manifest:
    """Sizes and origins: ``records`` items, ``wordings`` different texts, ``models`` a digest of embedding and foreign
    sentences, ``files`` each file's size in bytes."""

    records: int
    wordings: int
    dimensions: int
    embedding: str
    models: str
    guides: dict[str, int]
    files: dict[str, int]
    format: int = FORMAT

    def save(self, folder: Path) -> None:
        """Write it; the last file of a build, so that a build cut short has none."""
        (folder / _FILE).write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, embedding: str, models: str) -> Manifest:
        """The manifest of a sound folder.

        Raises:
            WideUnusable: there is none, a file is missing or of another size, or it was built with other models.
        """
        try:
            held = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            manifest = cls(**held)
        except FileNotFoundError:
            raise WideUnusable("missing", t("knowledge.wide_missing", folder=folder)) from None
        except (OSError, ValueError, TypeError) as error:
            raise WideUnusable("damaged", t("knowledge.wide_damaged", folder=folder, file=_FILE)) from error
        if manifest.format != FORMAT or manifest.embedding != embedding or manifest.models != models:
            raise WideUnusable("older", t("knowledge.wide_older", folder=folder))
        for name, size in manifest.files.items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != size:
                raise WideUnusable("damaged", t("knowledge.wide_damaged", folder=folder, file=name))
        return manifest


def sizes(folder: Path) -> dict[str, int]:
    """Every file of an index folder with its size, but those a reader locks or writes."""
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != _FILE and not path.name.startswith(".") and path.suffix != ".lock"}


def digest(*parts: bytes) -> str:
    """One digest of several contents."""
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]
