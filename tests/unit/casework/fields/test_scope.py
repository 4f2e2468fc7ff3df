"""A business scope: her words stay, standard ones are offered, permits are told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from knowledge import business_scope
from knowledge.schema import GuideField

ASKED = GuideField.model_validate({"key": "f", "label": "经营范围", "type": "scope", "question": "？", "why": "x"})


def read(text: str) -> Accepted:
    found = parse(ASKED, text, date(2026, 11, 10), {})
    assert isinstance(found, Accepted), found
    return found


@given(st.lists(st.sampled_from([w for w in business_scope.wordings() if not w.licence]), min_size=1, max_size=12, unique=True),
       st.sampled_from("；;，,。\n"))
def test_standard_wordings_in_any_order_stay_as_they_are(chosen: list[business_scope.Wording], separator: str) -> None:
    found = read(separator.join(wording.text for wording in chosen))
    assert business_scope.parts_of(found.value) == [wording.text for wording in chosen]
    assert found.warning is None and found.fix is None


@given(st.sampled_from([(w, word) for w in business_scope.wordings() for word in w.words]))
def test_what_people_call_it_is_kept_and_the_standard_wording_offered(pair: tuple[business_scope.Wording, str]) -> None:
    wording, word = pair
    found = read(word)
    if business_scope.exactly(word):
        assert found.fix in (None, wording.text, business_scope.exactly(word).text)  # type: ignore[union-attr]  # just asked
    else:
        assert found.display == word and found.fix == wording.text
        assert wording.text in str(found.warning)


@pytest.mark.parametrize(("said", "value"), [
    ("一般项目：软件开发；日用百货销售。", "软件开发；日用百货销售"),
    ("我们主要是软件开发，还有日用百货销售", "软件开发，日用百货销售"),
    ("软件开发、日用百货销售", "软件开发、日用百货销售"),
    ("技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；软件销售",
     "技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；软件销售"),
    ("许可项目：餐饮服务（依法须经批准的项目，经相关部门批准后方可开展经营活动）一般项目：软件开发", "餐饮服务；软件开发"),
    ("手工皂制作", "手工皂制作"),
])  # fmt: skip
def test_a_scope_is_taken_apart(said: str, value: str) -> None:
    assert read(said).display == value


def test_a_permit_is_told_with_when_it_must_be_held() -> None:
    assert "食品经营许可证" in str(read("餐饮服务").note) and "领了执照" in str(read("餐饮服务").note)
    assert read("餐饮服务").warning is None
    assert "登记前" in str(read("保安服务").warning)


def test_what_nothing_is_like_is_pointed_out_and_kept() -> None:
    found = read("时空穿梭体验")
    assert found.display == "时空穿梭体验" and found.warning and found.fix is None


def test_nothing_written_is_asked_again() -> None:
    assert isinstance(parse(ASKED, "。。。", date(2026, 11, 10), {}), Rejected)


def test_the_list_is_sound() -> None:
    texts = [wording.text for wording in business_scope.wordings()]
    words = [word for wording in business_scope.wordings() for word in wording.words]
    assert len(texts) == len(set(texts)) and len(words) == len(set(words))
    assert all(bool(wording.licence) == bool(wording.when) for wording in business_scope.wordings())
