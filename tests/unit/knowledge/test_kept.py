"""What a start takes over from training or from a table instead of working it out again is what it would have worked out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge import text
from knowledge.catalogue import Catalogue
from knowledge.embedding import MODEL_FOLDER, StaticEmbedding
from knowledge.search import Search, kept
from knowledge.search.exact import index_of
from knowledge.search.features import Cut, FeatureIndex
from knowledge.search.general import TABLE, table
from knowledge.search.kept import FILE, KeptTexts
from knowledge.search.models import SearchModels

ASKED = ("我要挂招牌", "身份证丢了怎么补", "公司搬家了要办什么", "今天天气怎么样", "")


@pytest.fixture(scope="module")
def models(trained: Path) -> SearchModels:
    return SearchModels.open(trained, "static", None, needed=False)


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """A copy of the trained model, to spoil."""
    return Path(shutil.copytree(trained / MODEL_FOLDER, tmp_path / MODEL_FOLDER))


def _plain(cuts: dict[str, Cut]) -> dict[str, tuple[object, ...]]:
    return {
        text: (cut.parts, list(cut.words.items()), list(cut.chars.items()), list(cut.sounds.items()), cut.said, cut.sounded)
        for text, cut in cuts.items()
    }


def _index(catalogue: Catalogue, models: SearchModels, held: KeptTexts | None) -> FeatureIndex:
    return index_of(catalogue.all(), catalogue.names(), models.embedding, models.foreign, kept=held)


@pytest.mark.parametrize("changed", ["nothing", "names", "texts"])
def test_an_index_of_what_is_kept_is_as_built(fixture_catalogue: Catalogue, trained: Path, models: SearchModels, changed: str) -> None:
    guides = dict(fixture_catalogue.guides)
    sign = guides["shop-sign"]
    if changed != "nothing":
        added = {"aliases": [*sign.names.aliases, "公司搬家"]} if changed == "names" else {"colloquial": ["给店里挂个牌子", "丢了"]}
        guides["shop-sign"] = sign.model_copy(update={"names": sign.names.model_copy(update=added), "summary": "挂牌之前先备案。"})
    catalogue, held = Catalogue(guides), KeptTexts.load(trained / MODEL_FOLDER)
    assert held is not None and len(held.cuts) > 100
    taken, built = _index(catalogue, models, held), _index(catalogue, models, None)
    assert _plain(taken.cuts) == _plain(built.cuts)
    assert any(cut is held.cuts.get(said) for said, cut in taken.cuts.items()) is (changed != "names"), "taken over, not made again"
    for asked in ASKED:
        left, right = taken.read(asked), built.read(asked)
        for part in ("guides", "foreign", "nearest", "called", "cover", "heard", "telling"):
            assert np.array_equal(getattr(left, part), getattr(right, part)), (asked, part)
        assert left.words == right.words


def test_a_start_takes_over_what_training_kept(
    fixture_catalogue: Catalogue, trained: Path, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Cut:
        raise AssertionError("a text was taken apart again")

    monkeypatch.setattr(Cut, "of", refuse)
    again = Search.build(fixture_catalogue, trained)
    assert [again.search(asked) for asked in ASKED] == [search.search(asked) for asked in ASKED]


def test_what_does_not_fit_is_left(folder: Path, models: SearchModels, monkeypatch: pytest.MonkeyPatch) -> None:
    held = KeptTexts.load(folder)
    assert held is not None
    monkeypatch.setattr(kept.metadata, "version", lambda name: "0")
    assert KeptTexts.load(folder) is None, "another jieba cuts otherwise"
    monkeypatch.undo()
    assert KeptTexts.load(folder) is not None
    assert isinstance(models.embedding, StaticEmbedding)
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-1] + b"\1")
    assert KeptTexts.load(folder) is None, "another embedding"
    held.save(folder)
    assert KeptTexts.load(folder) is not None


@pytest.mark.parametrize("broken", ["", "gone", "short", "other", "row"])
def test_what_is_broken_is_left(folder: Path, broken: str) -> None:
    path = folder / FILE
    whole = path.read_bytes()
    match broken:
        case "gone":
            path.unlink()
        case "short":
            path.write_bytes(whole[: len(whole) // 2])
        case "other":
            np.savez(path, other=np.zeros(3))
        case "row":
            held = KeptTexts.load(folder)
            assert held is not None
            first = next(iter(held.cuts))
            KeptTexts(held.added, {**held.cuts, first: replace(held.cuts[first], vector=None)}).save(folder)
        case _:
            path.write_bytes(bytes(byte ^ 0x55 if 5000 < place < 6000 else byte for place, byte in enumerate(whole)))
    assert KeptTexts.load(folder) is None


def test_the_table_of_general_chinese_is_of_the_dictionary_installed() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "python -m knowledge.search.general"
    assert 0.1 <= text.char_weight("的") < text.char_weight("登") < text.char_weight("龘") == 1.0
    assert 0.1 <= text.sound_weight("de") < text.sound_weight("zu") < text.sound_weight("no-such") == 1.0


def test_the_dictionary_is_read_as_jieba_reads_it() -> None:
    tokenizer = text._jieba().Tokenizer()
    assert text._general_words() == tokenizer.gen_pfdict(tokenizer.get_dict_file())
