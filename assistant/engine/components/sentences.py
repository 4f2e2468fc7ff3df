"""Reading the labelled sentences for training: what Rasa's own reader does, without its minute.

Rasa reads every YAML file three times, checks it against a schema as often, and copies and fingerprints each sentence as the
deep structure it could be. Ours are a text and an intent, tens of thousands of them, and the tests have validated the files
(``rasa data validate``). So files of nothing but such sentences are read here, once; any other is left to Rasa.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Sentence(Message):  # type: ignore[misc]  # Rasa has no types
    """A message of plain values and tokens: nothing in it is ever changed in place, so a copy may share it."""

    def fingerprint(self) -> str:
        """A digest of everything that a component could learn from."""
        if self._cached_fingerprint is None:
            told = "\x1e".join(f"{key}\x1f{_told(value)}" for key, value in sorted(self.data.items()))
            self._cached_fingerprint = hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()
        return self._cached_fingerprint

    def __deepcopy__(self, memo: dict[int, Any]) -> Sentence:
        """A sentence of its own, with the same values."""
        copied = Sentence(self.data, set(self.output_properties), self.time, list(self.features))
        copied._cached_fingerprint = self._cached_fingerprint
        return copied

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; the digest stays where nothing changes, as when Rasa strips what has nothing to strip."""
        told = self._cached_fingerprint if self.data.get(prop) == info else None
        super().set(prop, info, add_to_output)
        self._cached_fingerprint = told


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "\x1f".join(f"{one.text} {one.start} {one.data}" if isinstance(one, Token) else repr(one) for one in value)
    return str(value)


class SentenceImporter(RasaFileImporter):  # type: ignore[misc]  # likewise
    """Rasa's importer of files, except that files of nothing but sentences are read in our own way."""

    def __init__(
        self, config_file: str | None = None, domain_path: str | None = None, training_data_paths: list[str] | str | None = None
    ) -> None:
        """Folders are looked through for YAML files, except for what is kept for measuring (``dev``)."""
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        self._blocks: list[dict[str, str]] = []
        others: list[str] = []
        for path in _files(paths):
            blocks = sentences_of(path)
            if blocks is None:
                others.append(str(path))
            else:
                self._blocks += blocks
        super().__init__(config_file, domain_path, others)
        self._read: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The sentences of all files. Whoever changes what this returns makes a copy first, as Rasa does."""
        if self._read is None:
            ours = [
                Sentence({TEXT: line.strip().removeprefix("- "), INTENT: block["intent"]})
                for block in self._blocks
                for line in block["examples"].splitlines()
                if line.strip()
            ]
            self._read = TrainingData(ours).merge(super().get_nlu_data(language))
        return self._read


def _files(paths: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, paths):
        inside = [file for file in path.rglob("*.y*ml") if "dev" not in file.relative_to(path).parts] if path.is_dir() else [path]
        found += sorted(inside)
    return found


def sentences_of(path: Path) -> list[dict[str, str]] | None:
    """The blocks of a file of nothing but sentences with their intent; None for any other, which Rasa reads or refuses."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return None
    if not isinstance(content, dict) or set(content) - {"version", "nlu"}:
        return None
    blocks = content.get("nlu") or []
    plain = all(
        isinstance(block, dict) and set(block) == {"intent", "examples"} and all(isinstance(v, str) for v in block.values())
        for block in blocks
    )
    return blocks if plain else None
