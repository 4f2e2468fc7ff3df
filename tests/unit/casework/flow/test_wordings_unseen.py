"""Several answers in one line, as people type them: without punctuation, with labels or none, with digits in Chinese."""

from __future__ import annotations

import pytest

from assistant.casework.flow import answering, choosing
from assistant.casework.flow.talk import Talk
from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from tests.unit.casework.flow.support import Conversation, World

GUIDE = Catalogue.load(ROOT / "knowledge" / "guides").guides["driving-licence-reissue"]
ID = "320502199004151021"


def say(conv: Conversation, text: str) -> Talk:
    talk = conv.talk(text)
    answering.take(talk)
    return conv.done(talk)


@pytest.fixture
def conv() -> Conversation:
    """The name is asked; number, telephone and address are not known either."""
    conv = Conversation(World({GUIDE.code: GUIDE}))
    talk = conv.talk(GUIDE.name, intent="apply")
    choosing.begin(talk, GUIDE)
    conv.done(talk)
    for text in ("没有被扣", "找不到了", "本地考的", "我自己", "不同意"):
        say(conv, text)
    assert conv.asking == "applicant_name"
    return conv


@pytest.mark.parametrize(("text", "more"), [
    (f"张三 {ID} 13800138000", {"id_number": ID, "phone": "13800138000"}),
    (f"张三{ID} 13800138000", {"id_number": ID, "phone": "13800138000"}),
    (f"我叫张三身份证{ID}手机13800138000", {"id_number": ID, "phone": "13800138000"}),
    (f"张三，身份证号{ID}，电话幺三八零零幺三八零零零", {"id_number": ID, "phone": "13800138000"}),
    (f"姓名张三 身份证{ID} 住上海市浦东新区样板路66弄5号301室",
     {"id_number": ID, "residence_address": "上海市浦东新区样板路66弄5号301室"}),
    (f"驾驶人姓名是张三，联系电话：138 0013 8000\n驾驶证号是{ID}", {"id_number": ID, "phone": "13800138000"}),
])  # fmt: skip
def test_each_goes_where_it_belongs(conv: Conversation, text: str, more: dict[str, str]) -> None:
    say(conv, text)
    assert conv.case is not None
    held = conv.case.values()
    assert held["applicant_name"] == "张三" and {key: held.get(key) for key in more} == more
    assert conv.asking == "vehicle_class" or "id_number" not in more


def test_an_address_and_a_telephone_after_it_are_two_answers(conv: Conversation) -> None:
    for text in ("张三", ID, "C1"):
        say(conv, text)
    assert conv.asking == "phone"
    say(conv, "地址是上海市浦东新区样板路66弄5号301室，电话是13800138000")
    assert conv.case is not None
    held = conv.case.values()
    assert (held["residence_address"], held["phone"]) == ("上海市浦东新区样板路66弄5号301室", "13800138000")
