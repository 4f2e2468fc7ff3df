"""Item names are found whole, the longest first, and read from a file that may change while the engine runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.engine.components.catalogue import CATALOGUE_VARIABLE, Catalogue, LiveCatalogue


def found(catalogue: Catalogue, text: str) -> list[str]:
    return [text[span.start : span.end] for span in catalogue.find(text)]


def test_the_longest_name_wins() -> None:
    catalogue = Catalogue(["居住证", "居住证签注", "签注"])
    assert found(catalogue, "我要办居住证签注") == ["居住证签注"]
    assert found(catalogue, "居住证和签注") == ["居住证", "签注"]


def test_names_never_overlap() -> None:
    assert found(Catalogue(["身份证", "证补领"]), "身份证补领") == ["身份证"]


def test_full_width_names_are_found_in_half_width_text() -> None:
    assert found(Catalogue(["不动产转移登记（二手房买卖）"]), "不动产转移登记(二手房买卖)") == ["不动产转移登记(二手房买卖)"]


def test_single_characters_are_no_names() -> None:
    assert len(Catalogue(["证", " ", "护照"])) == 1


def test_comments_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("# 名称\n\n居住证申领\n", encoding="utf-8")
    assert found(Catalogue.read(file), "居住证申领") == ["居住证申领"]


def test_without_a_file_there_are_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CATALOGUE_VARIABLE, raising=False)
    assert len(LiveCatalogue().current()) == 0


def test_a_missing_file_is_no_empty_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CATALOGUE_VARIABLE, str(tmp_path / "gone.txt"))
    with pytest.raises(OSError, match="gone"):
        LiveCatalogue()


def test_a_new_guide_is_known_within_a_second_and_a_lost_file_loses_nothing(tmp_path: Path) -> None:
    file, clock = tmp_path / "names.txt", [0.0]
    file.write_text("护照\n", encoding="utf-8")
    live = LiveCatalogue(file, now=lambda: clock[0])
    file.write_text("护照\n居住证\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    clock[0] = 0.9
    assert len(live.current()) == 1
    clock[0] = 1.0
    assert len(live.current()) == 2
    file.unlink()
    clock[0] = 9.0
    assert len(live.current()) == 2
