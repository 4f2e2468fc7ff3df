"""A search rebuilt after a change reads every sentence as one built from nothing does, whatever was changed before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from knowledge.search import Search
from knowledge.search.features import Reading
from knowledge.text import WordCutter

ASKED = ("我要挂招牌", "身份证丢了怎么补", "公司搬家了要办什么", "夜里连续浇混凝土要备案吗", "今天天气怎么样", "招牌设置备案", "", "app 2026")
NEW_NAMES = ("夜间施工作业备案", "招牌设置备案", "身份证件办理", "公司")


def _named(guide: Guide, name: str | None, sample: str | None, code: str | None = None) -> Guide:
    names = guide.names
    changed = names.model_copy(update={"aliases": [*names.aliases, *([name] if name else [])],
                                       "samples": {**names.samples, "apply": [*names.samples.get("apply", []), *([sample] if sample else [])]}})
    return guide.model_copy(update={"names": changed, **({"code": code, "name": name or "某事项"} if code else {})})


def _reading(search: Search, text: str) -> Reading:
    exact = search._exact
    assert exact is not None
    return exact.everything(text)


def _same(one: Search, other: Search) -> None:
    for text in ASKED:
        left, right = _reading(one, text), _reading(other, text)
        for part in ("guides", "foreign", "nearest", "called", "cover", "heard", "telling"):
            assert np.array_equal(getattr(left, part), getattr(right, part)), (text, part)
        assert (left.words, left.unknown, left.empty) == (right.words, right.unknown, right.empty)
        assert one.search(text) == other.search(text)


change = st.tuples(st.sampled_from(["name", "sample", "remove", "new", "back"]), st.integers(0, 12), st.sampled_from(NEW_NAMES),
                   st.sampled_from(ASKED[:6]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(change, min_size=1, max_size=4))
def test_rebuilt_is_as_built(fixture_catalogue: Catalogue, trained: Path, search: Search,
                             changes: list[tuple[str, int, str, str]]) -> None:
    guides, before = dict(fixture_catalogue.guides), search
    for kind, which, name, sample in changes:
        code = sorted(guides)[which % len(guides)]
        if kind == "remove" and len(guides) > 1:
            del guides[code]
        elif kind == "back":
            guides = dict(fixture_catalogue.guides)
        elif kind == "new":
            guides["made-up"] = _named(guides[code], name, sample, "made-up")
        else:
            guides[code] = _named(guides[code], name if kind == "name" else None, sample)
        before = Search.build(Catalogue(dict(guides)), trained, previous=before)
    _same(before, Search.build(Catalogue(dict(guides)), trained))


def test_what_is_learnt_is_opened_once(fixture_catalogue: Catalogue, trained: Path, search: Search) -> None:
    again = Search.build(fixture_catalogue, trained, previous=search)
    assert again.models is search.models


@pytest.mark.parametrize("names", [["夜间施工备案"], [], ["夜间施工备案", "招牌", "住所变更登记"]])
def test_a_dictionary_copied_is_the_one_read_again(names: list[str]) -> None:
    first = WordCutter(["公司住所变更登记", "夜间施工备案"])
    copied, read = WordCutter(names, first), WordCutter(names)
    assert copied._jieba.FREQ == read._jieba.FREQ and copied._jieba.total == read._jieba.total
    assert copied.words(["工地夜间施工备案"]) == read.words(["工地夜间施工备案"])
    assert first.words(["夜间施工备案"]) == WordCutter(["公司住所变更登记", "夜间施工备案"]).words(["夜间施工备案"]), "the first stays as it was"
