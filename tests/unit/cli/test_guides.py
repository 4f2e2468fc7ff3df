"""`bandao guides`: what is wrong with a guide is named with its place and remedy; what is right is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.foundation.settings import ROOT
from tests.unit.cli.conftest import Call

OUTLINE = 'code: {code}\nname: {name}\nversion: "2026.1"\neffective: 2026-01-01\noutline: true\nsummary: 示例\nregion: "310115"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "guides"
    made.mkdir()
    (made / "good.yaml").write_text(OUTLINE.format(code="good-one", name="好的事项"), encoding="utf-8")
    return made


def test_the_catalogue_we_ship_is_clean(bandao: Call) -> None:
    answer = bandao("guides", "lint", "--dir", ROOT / "knowledge" / "guides", "--json")
    assert answer.json["problems"] == []
    assert (answer.status, answer.json["ok"]) == (0, True)


def test_a_bad_file_is_named_with_its_line_and_fails(bandao: Call, folder: Path) -> None:
    (folder / "bad.yaml").write_text(OUTLINE.format(code="bad-one", name="坏的事项") + "nonsense: 1\n", encoding="utf-8")
    answer = bandao("guides", "lint", "--dir", folder, "--json")
    assert (answer.status, answer.json["ok"], answer.json["guides"]) == (1, False, 1)
    problem = answer.json["problems"][0]
    assert (problem["file"], problem["line"]) == ("bad.yaml", 8)
    assert problem["why"] and problem["remedy"]
    assert "bad.yaml:8" in bandao("guides", "lint", "--dir", folder).stdout


def test_guides_are_listed(bandao: Call, folder: Path) -> None:
    answer = bandao("guides", "list", "--dir", folder, "--json")
    assert answer.json["total"] == 1
    assert answer.json["items"][0] | {"code": "good-one", "name": "好的事项", "file": "good.yaml"} == answer.json["items"][0]


@pytest.mark.parametrize("wanted", ["good-one", "好的事项"])
def test_a_guide_is_shown_by_code_or_name(bandao: Call, folder: Path, wanted: str) -> None:
    assert bandao("guides", "show", wanted, "--dir", folder, "--json").json["code"] == "good-one"
    assert "好的事项" in bandao("guides", "show", wanted, "--dir", folder).stdout


def test_an_unknown_guide_is_an_error_with_a_remedy(bandao: Call, folder: Path) -> None:
    answer = bandao("guides", "show", "nothing", "--dir", folder, "--json")
    assert answer.status == 1
    assert answer.json["error"]["code"] == "no_such_guide"
    assert "guides list" in answer.json["error"]["remedy"]
