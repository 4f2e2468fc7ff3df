"""Training what is out of date: the search over the guides, and the engine."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from assistant.foundation.settings import ROOT, Settings
from channels.serve import plan

SEARCH_STAMP = "trained-from"
"""File in the search model's folder with the fingerprint of what it was trained from; written last."""


class Tell(Protocol):
    """Told of each step by the key of a message ``serve.<key>`` and its parameters."""

    def __call__(self, key: str, /, **params: object) -> None: ...


class TrainingFailed(RuntimeError):
    """A training did not succeed; the message is what the trainer said last."""


def train(settings: Settings, tell: Tell, *, force: bool = False) -> list[str]:
    """Train what is out of date, or everything with ``force``. Returns what was trained: ``search``, ``engine``.

    Raises:
        TrainingFailed: the engine could not be trained.
    """
    from assistant.engine.training import is_current as engine_is_current

    needed: list[tuple[str, Callable[[Settings], None]]] = []
    if force or not search_is_current(settings):
        needed.append(("search", train_search))
    if plan.runs_engine() and (force or not engine_is_current(settings)):
        needed.append(("engine", train_engine))
    for name, work in needed:
        tell(f"training_{name}")
        began = time.monotonic()
        work(settings)
        tell("trained", seconds=round(time.monotonic() - began))
    if not needed:
        tell("models_current")
    return [name for name, _ in needed]


def search_is_current(settings: Settings) -> bool:
    """Whether the search model was trained from the guides as they are now, by the code as it is now."""
    try:
        return (_search_dir(settings) / SEARCH_STAMP).read_text(encoding="ascii") == fingerprint(_search_sources(settings))
    except FileNotFoundError:
        return False


def train_search(settings: Settings) -> None:
    """Train the search model; a few seconds for a city's catalogue."""
    from knowledge.catalogue import Catalogue
    from knowledge.search.training import train as train_search_model

    wanted = fingerprint(_search_sources(settings))
    stamp = _search_dir(settings) / SEARCH_STAMP
    stamp.unlink(missing_ok=True)
    train_search_model(Catalogue.load(settings.guides_dir), settings.models_dir)
    stamp.write_text(wanted, encoding="ascii")


def train_engine(settings: Settings) -> None:
    """Train Rasa; about half a minute.

    Raises:
        TrainingFailed: Rasa refused the data.
    """
    from assistant.engine import training

    try:
        training.train(models_dir=settings.models_dir, force=True)
    except training.TrainingFailed as failed:
        raise TrainingFailed(str(failed)) from failed


def fingerprint(files: Iterable[Path]) -> str:
    """SHA-256 (hex) over names and contents."""
    digest = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _search_dir(settings: Settings) -> Path:
    from knowledge.embedding import MODEL_FOLDER

    return settings.models_dir / MODEL_FOLDER


def _search_sources(settings: Settings) -> list[Path]:
    code = [ROOT / "knowledge" / name for name in ("embedding.py", "text.py")]
    search = [file for file in (ROOT / "knowledge" / "search").iterdir() if file.suffix in (".py", ".txt")]
    return [*settings.guides_dir.glob("*.yaml"), *code, *search]
