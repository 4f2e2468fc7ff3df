"""Short questions lean on the item in hand and the question before; whole ones do not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.conversation.followups import bare, implied, option_of, read, supposed_case
from knowledge.search import Decision, Hit
from tests.unit.casework.flow.support import small_guide

GUIDE = small_guide()


class Names:
    """A search that knows one name of another item."""

    def find(self, text: str) -> list[Hit]:
        return [Hit("food", "示例食品许可", 0.97, [])] if "食品" in text else []

    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision:
        return Decision("one" if hits else "none", list(hits), {})


@pytest.mark.parametrize(("text", "intent"), [
    ("那费用呢", "ask_fee"), ("时间呢", "ask_time_limit"), ("那地点呢？", "ask_location"), ("材料呢", "ask_materials"), ("那流程呢", "ask_process"),
])  # fmt: skip
def test_another_question_about_the_same(text: str, intent: str) -> None:
    found = read(text, GUIDE, "ask_conditions", Names(), asking=False)
    assert found is not None and (found.intent, found.code, found.supposed) == (intent, "address", None)


@pytest.mark.parametrize("text", ["那要是租的呢", "如果租赁呢", "换成租的呢", "租的呢", "要是租的怎么办"])
def test_another_case_of_the_same_item(text: str) -> None:
    found = read(text, GUIDE, "ask_fee", Names(), asking=True)
    assert found is not None and found.intent == "ask_fee" and found.values == {"source": "leased"}
    assert found.supposed is not None and found.supposed[1].label == "租赁"


def test_another_item_for_the_same_question() -> None:
    found = read("那食品许可呢", GUIDE, "ask_time_limit", Names(), asking=False)
    assert found is not None and (found.intent, found.code) == ("ask_time_limit", "food")
    assert read("那食品许可呢", GUIDE, None, Names(), asking=False) is None, "nothing was asked that could be repeated"


@pytest.mark.parametrize("text", ["租的", "不是租的", "示例变更登记怎么办", "那要是租的，合同丢了，房东又找不到怎么办呢", "今天天气怎么样", "13800138000"])
def test_what_stands_for_itself(text: str) -> None:
    assert read(text, GUIDE, "ask_fee", Names(), asking=True) is None


def test_an_option_of_a_later_question_implies_the_earlier() -> None:
    field = GUIDE.field("landlord")
    assert field is not None
    source = GUIDE.field("source")
    assert source is not None
    assert implied(field, source.options[0], GUIDE) == {"landlord": "own", "source": "leased"}
    assert option_of("自己", GUIDE)[1] is not None


@pytest.mark.parametrize(("text", "answer"), [
    ("要多久", True), ("那要花多少钱呀", True), ("在哪办", True), ("要带什么", True), ("多久到账", True), ("居住证要多久", False), ("身份证要带吗", False),
])  # fmt: skip
def test_a_bare_question_names_no_item(text: str, answer: bool) -> None:
    assert bare(text) is answer


def test_a_case_the_guide_does_not_know_is_named_as_it_was_said() -> None:
    assert supposed_case("那外地户口呢") == "外地户口"
    assert supposed_case("外地户口要什么材料") is None


def test_a_button_beside_an_answer_names_question_and_answer_exactly() -> None:
    found = read("“房屋来源”要是“租赁”呢？", GUIDE, "ask_fee", Names(), asking=False)
    assert found is not None and (found.intent, found.values) == ("ask_fee", {"source": "leased"})
    assert read("What if “房屋来源” is “自有”?", GUIDE, "ask_fee", Names(), asking=False) is not None
    assert read("“房屋来源”要是“天上”呢？", GUIDE, "ask_fee", Names(), asking=False) is None
