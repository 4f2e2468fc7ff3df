"""Stand-ins for libraries nobody calls can be mentioned in every way a class can, and never used."""

from __future__ import annotations

import importlib
import io
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from assistant.engine import absent

PACKAGE = "bandao_left_out"


@pytest.fixture
def left_out() -> Iterator[ModuleType]:
    finders = list(sys.meta_path)
    absent.install(frozenset({PACKAGE}))
    yield importlib.import_module(f"{PACKAGE}.keras.layers")
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_it_can_be_mentioned(left_out: ModuleType) -> None:
    class Layer(left_out.Dense.Inner):  # type: ignore[misc, name-defined]
        kind: left_out.Tensor  # type: ignore[name-defined]

    assert not isinstance(3, left_out.Tensor)
    assert isinstance(Layer, type)
    assert not hasattr(left_out, "__wrapped__")


def test_it_cannot_be_used(left_out: ModuleType) -> None:
    with pytest.raises(absent.NotHere, match=r"bandao_left_out.*Dense.*--whole"):
        left_out.Dense(3)


def test_its_errors_can_be_caught(left_out: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError):
        try:
            _ = 1 / 0
        except left_out.NoSuchError:
            pytest.fail("caught what is none of its own")


def test_other_packages_are_untouched(left_out: ModuleType) -> None:
    assert importlib.import_module("json") is json


def model(path: Path, *uses: str) -> Path:
    nodes = {f"node{number}": {"uses": name} for number, name in enumerate(uses)}
    content = json.dumps({"predict_schema": {"nodes": nodes}}).encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    ("uses", "enough"),
    [
        (["assistant.engine.components.intent.IntentClassifier", "rasa.core.policies.rule_policy.RulePolicy"], True),
        (["assistant.engine.components.intent.IntentClassifier", "rasa.nlu.classifiers.diet_classifier.DIETClassifier"], False),
    ],
)
def test_only_a_pipeline_that_needs_nothing_more_is_served_without(tmp_path: Path, uses: list[str], enough: bool) -> None:
    assert absent.enough(model(tmp_path / "model.tar.gz", *uses)) is enough
