"""Training Rasa when something it learns from has changed, and the process that serves what was trained."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from knowledge.schema import Guide

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE_FILE = "catalogue.txt"
SOURCE_MARK = "# "
KEPT_MODELS = 3


class EngineSettings(Protocol):
    """What this module needs of ``assistant.foundation.settings.Settings``."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def engine_port(self) -> int: ...
    @property
    def engine_token(self) -> str: ...
    @property
    def models_dir(self) -> Path: ...


class Launch(NamedTuple):
    """A command line and the whole environment it runs in."""

    argv: list[str]
    env: dict[str, str]


class TrainingFailed(RuntimeError):
    """Rasa could not train; the message ends with what it printed last."""


def engine_python(root: Path = ROOT) -> Path:
    """The interpreter of Rasa's own environment."""
    return root / ".venv" / "engine" / "bin" / "python"


def training_files(root: Path = ROOT) -> list[Path]:
    """Every file that decides what the model becomes, in a fixed order. ``nlu_data/dev`` is for measuring, never for training."""
    data = [
        path
        for path in (root / "nlu_data").rglob("*")
        if path.is_file() and "dev" not in path.relative_to(root / "nlu_data").parts
    ]
    ours = (root / "assistant" / "engine" / "components").glob("*.py")
    fixed = [root / "config.yml", root / "domain.yml", root / "assistant" / "engine" / "requirements.lock"]
    return sorted(
        path
        for path in [*data, *ours, *fixed]
        if path.is_file() and path.suffix in {".yml", ".yaml", ".py", ".txt", ".tsv", ".lock"}
    )


def training_hash(root: Path = ROOT) -> str:
    """Sixteen hex digits over ``training_files``. The catalogue is no part of it: a guide costs no retraining."""
    return _fingerprint(training_files(root), root)


def _fingerprint(files: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def model_path(models_dir: Path, root: Path = ROOT) -> Path:
    """Where the model of the present data belongs; it may not have been trained yet."""
    return models_dir / f"{training_hash(root)}.tar.gz"


def is_current(settings: EngineSettings, root: Path = ROOT) -> bool:
    """Whether the model of the present data has been trained."""
    return model_path(settings.models_dir, root).is_file()


def write_catalogue(names: Iterable[str], models_dir: Path, phrases: Iterable[str] = (), made_from: str = "") -> Path:
    """Write what a running engine notices within a second: one name a line, then ``~phrase`` lines.

    Args:
        names: official names and aliases; the engine keeps them whole and masks them.
        phrases: other words about the items; a sentence of such words is about something we do.
        made_from: a fingerprint of the source, kept as the first line.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    target = models_dir / CATALOGUE_FILE
    lines = [f"{SOURCE_MARK}{made_from}", *_lines(names), *(f"~{phrase}" for phrase in _lines(phrases))]
    content = "".join(f"{line}\n" for line in lines)
    if not target.exists() or target.read_text(encoding="utf-8") != content:
        draft = target.with_name(f"{CATALOGUE_FILE}.{os.getpid()}")
        draft.write_text(content, encoding="utf-8")
        draft.replace(target)
    return target


def _lines(texts: Iterable[str]) -> list[str]:
    return sorted({" ".join(text.split()) for text in texts} - {""})


def refresh_catalogue(models_dir: Path, guides_dir: Path, guides: Iterable[Guide] | None = None) -> Path:
    """Write the catalogue of the guides in a folder, unless it is there. Call it whenever guides have been loaded anew.

    Args:
        guides: those served from the folder, where they have been loaded already; they are written whatever is there.
    """
    target = models_dir / CATALOGUE_FILE
    wanted = _fingerprint(sorted(guides_dir.glob("*.yaml")), guides_dir)
    if guides is None:
        if target.exists() and target.read_text(encoding="utf-8").startswith(f"{SOURCE_MARK}{wanted}\n"):
            return target
        from knowledge.catalogue import Catalogue  # reading every guide takes seconds; comparing them does not

        guides = Catalogue.load(guides_dir).all()
    served = list(guides)
    return write_catalogue(
        (name for guide in served for name in (guide.name, *guide.names.aliases)),
        models_dir,
        (phrase for guide in served for phrase in _phrases(guide)),
        wanted,
    )


def _phrases(guide: Guide) -> Iterator[str]:
    """How people, and the guide itself, speak about the item."""
    yield from guide.names.colloquial
    yield from guide.names.keywords
    yield guide.summary or ""
    for samples in guide.names.samples.values():
        yield from samples
    for field in guide.fields:
        yield field.label
        for option in field.options:
            yield from (option.label, *option.aliases)
    yield from (material.name for material in guide.materials)
    yield from (faq.question for faq in guide.faqs)
    yield from (condition.text for condition in guide.conditions)


def environment(models_dir: Path, root: Path = ROOT) -> dict[str, str]:
    """What every process in Rasa's environment gets, over what this process has."""
    return {
        **os.environ,
        "PYTHONPATH": str(root),
        "BANDAO_CATALOGUE": str(models_dir / CATALOGUE_FILE),
        # Without this every start waits for a network that may not be there.
        "RASA_TELEMETRY_ENABLED": "false",
        # One sentence is too little work to share among threads, and every thread keeps an arena of its own.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MALLOC_ARENA_MAX": "2",
        # Single characters are all we ask of pypinyin; its phrase book takes 50 MB.
        "PYPINYIN_NO_PHRASES": "true",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def train(root: Path = ROOT, models_dir: Path | None = None, *, guides_dir: Path | None = None, force: bool = False) -> Path:
    """The model of the present data, trained if it has not been yet (about a minute, one core).

    Item names in the sentences are masked by the catalogue of ``guides_dir``, as they will be when the model serves.

    Raises:
        TrainingFailed: when Rasa refuses the data or ends with an error.
    """
    models_dir = models_dir or root / "models"
    target = model_path(models_dir, root)
    if target.exists() and not force:
        return target
    refresh_catalogue(models_dir, guides_dir or root / "knowledge" / "guides")
    with tempfile.TemporaryDirectory(dir=models_dir, prefix="training-") as folder:
        argv = [
            str(engine_python(root)), "-W", "ignore", "-m", "rasa", "train", "--force", "--skip-validation",
            "--config", "config.yml", "--domain", "domain.yml", "--data", *_data(root),
            "--out", folder, "--fixed-model-name", target.name.removesuffix(".tar.gz"),
        ]  # fmt: skip
        # Rasa's cache knows nothing of our components' source: a stale part would be taken for a fresh one.
        env = {**environment(models_dir, root), "RASA_CACHE_DIRECTORY": str(Path(folder) / "cache")}
        try:
            done = subprocess.run(
                argv, cwd=root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
        except OSError as error:
            raise TrainingFailed(f"the engine's environment is not installed ({error}): ./bandao setup") from error
        trained = Path(folder) / target.name
        if done.returncode != 0 or not trained.exists():
            raise TrainingFailed(f"rasa train ended with status {done.returncode}\n" + "\n".join(done.stdout.splitlines()[-15:]))
        trained.replace(target)
    _prune(models_dir)
    return target


def _prune(models_dir: Path) -> None:
    """Keep the newest models, so that going back to yesterday's data needs no training, and no more than that."""
    models = [path for path in models_dir.glob("*.tar.gz") if len(path.name) == len("0123456789abcdef.tar.gz")]
    for old in sorted(models, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT_MODELS:]:
        old.unlink(missing_ok=True)


def _data(root: Path) -> list[str]:
    """The rules and every sentence; ``components.sentences`` reads them."""
    return [
        str(path.relative_to(root))
        for path in training_files(root)
        if path.suffix in {".yml", ".yaml"} and "nlu_data" in path.relative_to(root).parts
    ]


def process(settings: EngineSettings, *, model: Path | None = None, root: Path = ROOT) -> Launch:
    """The engine itself: command line and environment. The secret is in the environment, where other accounts cannot read it."""
    model = model or model_path(settings.models_dir, root)
    reachable = "127.0.0.1" if settings.host in {"0.0.0.0", "::", "localhost"} else settings.host
    argv = [
        str(engine_python(root)),
        "-W",
        "ignore",
        "-m",
        "assistant.engine.serve",
        "--port",
        str(settings.engine_port),
        "--model",
        str(model),
    ]
    return Launch(
        argv,
        {
            **environment(settings.models_dir, root),
            "BANDAO_ENGINE_TOKEN": settings.engine_token,
            "BANDAO_ACTION_URL": f"http://{reachable}:{settings.port}/engine/actions",
        },
    )


def run_command(settings: EngineSettings) -> list[str]:
    """What a supervisor starts: it trains when the data has changed, writes the catalogue and becomes the engine
    (same process id).
    """
    return [sys.executable, "-m", "assistant.engine.launch"]
