"""Training what is out of date: the search over the guides, and the engine."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, Protocol

from assistant.foundation.settings import ROOT, Settings
from channels.serve import plan

NLU_DATA = ROOT / "nlu_data"
SEARCH_STAMP = "trained-from"
"""File in the search model's folder: fingerprints of the code and of the guides it was trained from. Written last."""


class Tell(Protocol):
    """Told of each step by the key of a message ``serve.<key>`` and its parameters."""

    def __call__(self, key: str, /, **params: object) -> None: ...


class TrainingFailed(RuntimeError):
    """A training did not succeed; the message is what the trainer said last."""


def train(settings: Settings, tell: Tell, *, thorough: bool = False, force: bool = False) -> list[str]:
    """Train what is out of date. Returns what was trained: ``search``, ``engine``.

    New or changed guides are found and answered without training; ``thorough`` trains for their sake too, which makes
    search surer. ``force`` trains everything.

    Raises:
        TrainingFailed: the engine could not be trained.
    """
    from assistant.engine.training import is_current as engine_is_current

    needed: list[tuple[str, str, Callable[[Settings], None]]] = []
    search = search_model(settings)
    if force or search == "missing" or (thorough and search == "older_guides"):
        needed.append(("search", "training_search", train_search))
    elif search == "older_guides":
        tell("guides_changed")
    if plan.runs_engine() and (force or not engine_is_current(settings)):
        needed.append(("engine", "training_engine", train_engine))
    for _, message, _ in needed:
        tell(message)
    # The engine trains in a process of its own: two trainings take as long as the longer one.
    with ThreadPoolExecutor(max_workers=max(len(needed), 1)) as pool:
        for seconds in [pool.submit(_timed, work, settings) for _, _, work in needed]:
            tell("trained", seconds=seconds.result())
    if not needed:
        tell("models_current")
    return [name for name, *_ in needed]


def _timed(work: Callable[[Settings], None], settings: Settings) -> int:
    began = time.monotonic()
    work(settings)
    return round(time.monotonic() - began)


def search_model(settings: Settings) -> Literal["current", "older_guides", "missing"]:
    """How the search model stands to the code and the guides; one of other code counts as missing."""
    try:
        code, guides = (_search_dir(settings) / SEARCH_STAMP).read_text(encoding="ascii").split()
    except (FileNotFoundError, ValueError):
        return "missing"
    if code != _search_fingerprint(settings):
        return "missing"
    return "current" if guides == fingerprint(settings.guides_dir.glob("*.yaml")) else "older_guides"


def _search_fingerprint(settings: Settings) -> str:
    """Of the code that trains, and of the embedding the calibration belongs to."""
    embedding = hashlib.sha256(settings.embedding_model.encode()).hexdigest()[:8]
    return fingerprint(_search_code()) + embedding


def train_search(settings: Settings) -> None:
    """Train the search model."""
    from knowledge.catalogue import Catalogue
    from knowledge.search.training import train as train_search_model
    from knowledge.search.wordings import labelled_sentences

    wanted = f"{_search_fingerprint(settings)} {fingerprint(settings.guides_dir.glob('*.yaml'))}"
    stamp = _search_dir(settings) / SEARCH_STAMP
    stamp.unlink(missing_ok=True)
    catalogue = Catalogue.load(settings.guides_dir)
    train_search_model(catalogue, settings.models_dir, labelled_sentences(NLU_DATA), settings.embedding_model)
    stamp.write_text(wanted, encoding="ascii")


def train_engine(settings: Settings) -> None:
    """Train Rasa; about a minute.

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


def _search_code() -> list[Path]:
    search = [file for file in (ROOT / "knowledge" / "search").iterdir() if file.suffix in (".py", ".txt")]
    said = [file for file in NLU_DATA.rglob("*.yml") if "dev" not in file.relative_to(NLU_DATA).parts]
    return [ROOT / "knowledge" / "embedding.py", ROOT / "knowledge" / "text.py", *search, *said]
