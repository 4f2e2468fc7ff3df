"""What is trained again, and what is not: code and data decide, and a new guide costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.foundation.settings import Settings
from channels.serve import training

Told = list[str]


@pytest.fixture
def trained(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with one guide and models that count as trained; training itself is replaced by its traces."""
    guides, models = tmp_path / "guides", tmp_path / "models"
    guides.mkdir()
    (guides / "one.yaml").write_text("code: one\n", encoding="utf-8")
    (models / "search").mkdir(parents=True)
    monkeypatch.setattr("knowledge.search.training.train", lambda catalogue, folder, labelled, embedding: folder)
    monkeypatch.setattr("assistant.engine.training.is_current", lambda settings: (models / "engine").exists())
    monkeypatch.setattr("assistant.engine.training.train", lambda models_dir, force: (models / "engine").touch())
    ours = settings.model_copy(update={"guides_dir": guides, "models_dir": models})
    assert training.train(ours, lambda key, **_: None) == ["search", "engine"]
    return ours


def _train(settings: Settings, *, thorough: bool = False, force: bool = False) -> tuple[list[str], Told]:
    told: Told = []
    return training.train(settings, lambda key, **_: told.append(key), thorough=thorough, force=force), told


def test_a_second_start_trains_nothing(trained: Settings) -> None:
    assert _train(trained) == ([], ["models_current"])


def test_a_new_guide_costs_no_training_but_is_said(trained: Settings) -> None:
    (trained.guides_dir / "two.yaml").write_text("code: two\n", encoding="utf-8")
    assert _train(trained) == ([], ["guides_changed", "models_current"])
    assert _train(trained, thorough=True)[0] == ["search"]
    assert _train(trained, thorough=True)[0] == []


def test_changed_code_trains_again(trained: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "code.py"
    changed.write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(training, "_search_code", lambda: [changed])
    assert _train(trained)[0] == ["search"]


def test_an_interrupted_training_is_done_again(trained: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("knowledge.search.training.train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _train(trained, force=True)
    assert training.search_model(trained) == "missing"


def test_another_embedding_is_calibrated_anew_once(trained: Settings) -> None:
    other = trained.model_copy(update={"embedding_model": "/models/other"})
    assert _train(other)[0] == ["search"]
    assert _train(other)[0] == []


def test_an_engine_elsewhere_is_not_trained_here(trained: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (trained.models_dir / "engine").unlink()
    monkeypatch.setenv("BANDAO_ENGINE_URL", "http://engine.example")
    assert _train(trained)[0] == []
