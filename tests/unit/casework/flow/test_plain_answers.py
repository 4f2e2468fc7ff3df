"""Words that could be read as a correction, a question or a wish, said where they answer what is asked."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.casework.fields import extract
from assistant.casework.flow import acts, answering, choosing, correcting
from assistant.casework.flow.talk import Talk
from knowledge.schema import Guide, GuideField
from tests.unit.casework.flow.support import NOW, Conversation, World, small_guide

MORE: list[dict[str, Any]] = [
    {"key": "small", "label": "小车", "type": "yes_no", "question": "都是小车吗？", "why": "决定材料"},
    {"key": "overlap", "label": "重复", "type": "yes_no", "question": "有没有同一个月两个地方都交过？", "why": "决定材料"},
    {"key": "staff", "label": "人数", "type": "integer", "question": "有几个人？", "why": "表上要写"},
    {"key": "change", "label": "变更内容", "type": "text", "question": "哪一项要改？", "why": "要对照", "example": "名称由甲店改为乙店"},
    {"key": "bank", "label": "银行", "type": "text", "question": "哪家银行？", "why": "要核对", "example": "示例银行",
     "mistakes": ["记不得的，写“记不清”，网点会查。"]},
    {"key": "employer", "label": "单位", "type": "company_name", "question": "单位全称？", "why": "要核对"},
    {"key": "rights", "label": "知识产权", "type": "multi", "question": "有哪些知识产权？", "why": "决定材料", "names": ["专利", "软著"],
     "options": [{"value": "invention", "label": "发明专利"}, {"value": "software", "label": "软件著作权", "aliases": ["软著"]}]},
]  # fmt: skip


def guide() -> Guide:
    """The small guide without its optional field, and one more of every kind that is asked here."""
    kept = small_guide()
    return kept.model_copy(update={"fields": [*kept.fields[:-1], *map(GuideField.model_validate, MORE)]})


def take(conv: Conversation, text: str, intent: str = "provide") -> Talk:
    talk = conv.talk(text, intent=intent)
    answering.take(talk)
    return conv.done(talk)


@pytest.fixture
def conv() -> Conversation:
    """Everything before 小车 is known."""
    conv = Conversation(World({"address": guide()}))
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    for text in ("自己的", "示例商贸有限公司", "13800138000"):
        take(conv, text)
    assert conv.asking == "small"
    return conv


def value(conv: Conversation, key: str) -> object:
    assert conv.case is not None
    return conv.case.values().get(key)


@pytest.mark.parametrize(("text", "taken"), [("不是，有大车", "no"), ("不是的，还有重的", "no"), ("不对，有大车", "no"), ("没有，是新买的", "no")])
@pytest.mark.parametrize("intent", ["provide", "correct_info"])
def test_a_no_with_what_is_so_instead_is_an_answer(conv: Conversation, text: str, taken: str, intent: str) -> None:
    assert not correcting.noticed(conv.talk(text))
    take(conv, text, intent)
    assert value(conv, "small") == taken and conv.asking == "overlap"


@pytest.mark.parametrize(("text", "key", "right"), [
    ("不对，13900139000", "phone", "13900139000"),
    ("不是，刚才电话说错了，是13900139000", "phone", "13900139000"),
    ("不是，公司名称改成示例贸易有限公司", "company", "示例贸易有限公司"),
])  # fmt: skip
def test_a_no_that_looks_back_is_a_correction(conv: Conversation, text: str, key: str, right: str) -> None:
    assert correcting.noticed(conv.talk(text))
    take(conv, text)
    assert value(conv, key) == right and value(conv, "small") is None and conv.asking == "small"


@pytest.mark.parametrize(("text", "plain"), [
    ("有几个月", True), ("好几个月了", True), ("有几次吧", True), ("要几个月？", False), ("有几个月吗", False), ("要交几个月", False),
])  # fmt: skip
def test_some_months_are_an_answer_and_how_many_is_a_question(conv: Conversation, text: str, plain: bool) -> None:
    take(conv, "是")
    assert conv.asking == "overlap" and answering.plainly(conv.talk(text)) is plain


@pytest.fixture
def counted(conv: Conversation) -> Conversation:
    """The number of people is asked."""
    for text in ("是", "没有"):
        take(conv, text)
    assert conv.asking == "staff"
    return conv


@pytest.mark.parametrize(("text", "number"), [("5个人", 5), ("总共三十个员工吧", 30), ("我们店里有两位师傅", 2), ("大概12个", 12)])
def test_a_number_with_what_it_counts_is_plain(counted: Conversation, text: str, number: int) -> None:
    assert answering.plainly(counted.talk(text))
    take(counted, text)
    assert value(counted, "staff") == number


@pytest.mark.parametrize("text", ["找个人来", "12号窗口在哪", "要3天才能办好吗", "人工", "一个人都不会用，转人工"])
def test_other_words_with_a_number_are_not(counted: Conversation, text: str) -> None:
    assert not answering.plainly(counted.talk(text))


def test_what_has_changed_is_told_and_no_correction(counted: Conversation) -> None:
    take(counted, "5个人")
    text = "名称由示例商贸有限公司改为示例贸易有限公司"
    assert counted.asking == "change" and answering.plainly(counted.talk(text)) and not correcting.noticed(counted.talk(text))
    back = "刚才公司名称填错了，改成示例贸易有限公司"
    assert correcting.noticed(counted.talk(back))
    take(counted, text, "correct_info")
    assert value(counted, "change") == text and value(counted, "company") == "示例商贸有限公司" and counted.asking == "bank"


def test_what_the_guide_says_to_write_is_an_answer(counted: Conversation) -> None:
    for text in ("5个人", "地址由一号改为二号"):
        take(counted, text)
    assert answering.plainly(counted.talk("记不清"))
    take(counted, "忘了")
    assert value(counted, "bank") is None and counted.asking == "bank"
    take(counted, "记不清。")
    assert value(counted, "bank") == "记不清" and counted.asking == "employer"


@pytest.mark.parametrize(("text", "plain"), [
    ("我们公司叫示例样品贸易有限公司", True), ("单位是示例机械厂", True), ("示例市样板区示例理发店", True), ("示例（上海）有限公司", True),
    ("我想注销公司", False), ("注销有限公司", False), ("转人工客服中心", False), ("上次那家公司", False), ("老板跑路的公司", False),
    ("我们公司", False), ("公司叫什么有限公司合适", False), ("刚才公司名称写错了，是示例商行", False),
])  # fmt: skip
def test_a_firm_is_named_plainly(text: str, plain: bool) -> None:
    field = next(f for f in guide().fields if f.key == "employer")
    assert extract.plainly_answers(field, text, NOW.date()) is plain


@pytest.mark.parametrize("text", ["有软著和一个发明专利", "发明专利和软著", "有发明专利，软著也有"])
def test_an_option_that_is_called_like_its_question_is_an_option(counted: Conversation, text: str) -> None:
    for said in ("5个人", "地址由一号改为二号", "记不清", "示例样品贸易有限公司"):
        take(counted, said)
    assert counted.asking == "rights"
    take(counted, text)
    assert value(counted, "rights") == ["invention", "software"]


@pytest.mark.parametrize(("text", "found"), [("房东不肯备案，帮我办", {}), ("房东要涨价", {}), ("房东李四，帮我办", {"landlord": "李四"}), ("房东是李四", {"landlord": "李四"})])
def test_what_is_told_of_somebody_is_not_his_name(text: str, found: dict[str, str]) -> None:
    landlord = GuideField.model_validate({"key": "landlord", "label": "出租人", "type": "text", "question": "谁？", "why": "要核对", "names": ["房东"]})
    assert {key: taken.value for key, taken in extract.by_name(text, [landlord], NOW.date(), {}).items()} == found


def test_words_that_answer_nothing_but_name_an_item_begin_it() -> None:
    conv = Conversation(World())
    talk = conv.talk("我和他示例变更登记", intent="provide")
    acts.perform(talk, talk.intent)
    conv.done(talk)
    assert conv.case is not None and conv.case.guide_code == "address"


def test_what_can_only_be_another_answer_is_kept_for_it_and_the_question_put_again() -> None:
    conv = Conversation(World({"address": guide()}))
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    take(conv, "自己的")
    assert conv.asking == "company"
    talk = take(conv, "13800138000")
    assert conv.asking == "company" and talk.status == "collecting"
    assert value(conv, "phone") == "13800138000"


def test_an_answer_not_given_yet_can_be_asked_for(conv: Conversation) -> None:
    talk = conv.talk("修改单位", intent="correct_info")
    correcting.correct(talk)
    assert conv.done(talk).state.ask is not None and conv.asking == "employer"
    take(conv, "示例物业有限公司")
    assert value(conv, "employer") == "示例物业有限公司" and conv.asking == "small"
