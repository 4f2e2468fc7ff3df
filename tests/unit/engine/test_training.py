"""When the engine must be trained anew, and in what surroundings it runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assistant.engine import training
from assistant.foundation.settings import Settings
from knowledge.catalogue import Catalogue


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one file of each kind that decides what the model becomes, or does not."""
    for name in (
        "config.yml", "domain.yml", "nlu_data/rules.yml", "nlu_data/apply.yml", "nlu_data/dev/unseen.tsv", "nlu_data/README.md",
        "assistant/engine/components/intent.py", "assistant/engine/requirements.lock", "assistant/engine/channel.py",
        "knowledge/guides/one.yaml",
    ):  # fmt: skip
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "config.yml",
        "domain.yml",
        "nlu_data/rules.yml",
        "assistant/engine/components/intent.py",
        "assistant/engine/requirements.lock",
    ],
)
def test_what_the_model_is_made_of_changes_the_hash(project: Path, name: str) -> None:
    before = training.training_hash(project)
    (project / name).write_text("changed", encoding="utf-8")
    assert training.training_hash(project) != before


@pytest.mark.parametrize(
    "name", ["nlu_data/dev/unseen.tsv", "nlu_data/README.md", "assistant/engine/channel.py", "knowledge/guides/one.yaml"]
)
def test_everything_else_does_not(project: Path, name: str) -> None:
    before = training.training_hash(project)
    (project / name).write_text("changed", encoding="utf-8")
    assert training.training_hash(project) == before


def test_a_new_or_renamed_file_changes_the_hash(project: Path) -> None:
    first = training.training_hash(project)
    (project / "nlu_data/fee.yml").write_text("fee", encoding="utf-8")
    second = training.training_hash(project)
    (project / "nlu_data/fee.yml").rename(project / "nlu_data/fees.yml")
    assert len({first, second, training.training_hash(project)}) == 3


def test_a_trained_model_is_not_trained_again(project: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    settings = Settings(data_dir=tmp_path / "data", models_dir=models)
    assert not training.is_current(settings, project)
    target = training.model_path(models, project)
    models.mkdir()
    target.write_bytes(b"trained")
    assert training.is_current(settings, project)
    # There is no interpreter to train with in this project, so this would fail if it tried.
    assert training.train(project, models) == target


def test_training_that_fails_says_why_and_leaves_no_model(project: Path, tmp_path: Path) -> None:
    python = training.engine_python(project)
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 'no such intent: aply'\nexit 1\n", encoding="utf-8")
    python.chmod(0o755)
    models = tmp_path / "models"
    with pytest.raises(training.TrainingFailed, match="no such intent"):
        training.train(project, models)
    assert not list(models.glob("*.tar.gz")) and not list(models.glob("training-*"))


def test_without_the_environment_it_says_how_to_get_it(project: Path, tmp_path: Path) -> None:
    with pytest.raises(training.TrainingFailed, match="bandao setup"):
        training.train(project, tmp_path / "models")


def test_only_the_newest_models_are_kept(project: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for age in range(5):
        file = models / f"{age:016x}.tar.gz"
        file.write_bytes(b"old")
        os.utime(file, (1000 - age, 1000 - age))
    (models / "search.tar.gz").write_bytes(b"not ours")
    python = training.engine_python(project)
    python.parent.mkdir(parents=True)
    # A trainer that only writes the file it was told to write.
    python.write_text(
        "#!/bin/sh\nfor a; do case $p in --out) out=$a;; --fixed-model-name) name=$a;; esac; p=$a; done\n"
        'echo trained > "$out/$name.tar.gz"\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    made = training.train(project, models)
    kept = {made.name, f"{0:016x}.tar.gz", f"{1:016x}.tar.gz", "search.tar.gz"}
    assert {path.name for path in models.glob("*.tar.gz")} == kept


def test_the_catalogue_is_written_once_and_whole(tmp_path: Path) -> None:
    file = training.write_catalogue(["居住证", " 护照 ", "居住证", ""], tmp_path)
    assert file.read_text(encoding="utf-8").splitlines()[1:] == sorted(["居住证", "护照"])
    before = file.stat().st_mtime_ns
    training.write_catalogue(["护照", "居住证"], tmp_path)
    assert file.stat().st_mtime_ns == before, "an unchanged catalogue must not make the engine read it again"
    assert [path.name for path in tmp_path.iterdir()] == [training.CATALOGUE_FILE]


def test_the_words_of_the_guides_are_familiar_to_the_engine(tmp_path: Path) -> None:
    lines = training.refresh_catalogue(tmp_path, training.ROOT / "knowledge" / "guides").read_text(encoding="utf-8").splitlines()
    assert {"公司住所变更登记", "公司地址变更"} <= set(lines)
    assert "~公司搬家" in lines, "what people say is familiar, but no name"
    assert len(lines) == len(set(lines))


def test_guides_are_read_again_only_when_they_have_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guides = tmp_path / "guides"
    guides.mkdir()
    (guides / "a.yaml").write_text("not a guide", encoding="utf-8")
    read: list[Path] = []
    load = Catalogue.load
    monkeypatch.setattr(Catalogue, "load", lambda folder: read.append(folder) or load(folder))
    for _ in range(2):
        training.refresh_catalogue(tmp_path, guides)
    assert read == [guides]
    (guides / "b.yaml").write_text("another", encoding="utf-8")
    training.refresh_catalogue(tmp_path, guides)
    assert len(read) == 2


@pytest.mark.parametrize(("host", "reached"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")])
def test_the_engine_process(tmp_path: Path, host: str, reached: str) -> None:
    settings = Settings(data_dir=tmp_path, models_dir=tmp_path / "models", host=host, port=9000, engine_token="the secret")
    launch = training.process(settings, model=tmp_path / "m.tar.gz")
    assert launch.argv[0].endswith(".venv/engine/bin/python")
    assert launch.argv[-4:] == ["--port", "9001", "--model", str(tmp_path / "m.tar.gz")]
    assert "the secret" not in " ".join(launch.argv), "a command line can be read by every account"
    assert launch.env["BANDAO_ENGINE_TOKEN"] == "the secret"
    assert launch.env["BANDAO_ACTION_URL"] == f"http://{reached}:9000/engine/actions"
    assert launch.env["BANDAO_CATALOGUE"] == str(tmp_path / "models" / training.CATALOGUE_FILE)
    assert launch.env["RASA_TELEMETRY_ENABLED"] == "false"


def test_a_supervisor_starts_the_launcher(tmp_path: Path) -> None:
    command = training.run_command(Settings(data_dir=tmp_path))
    assert command == [sys.executable, "-m", "assistant.engine.launch"]
