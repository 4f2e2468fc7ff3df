"""What is read back, and what she says to it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.digits import groups, read_out
from assistant.speech.hearing.readback import ReadBack
from knowledge.schema import FieldType
from tests.unit.casework.fields.test_said import TODAY

ID, NEARLY = "310115198804123014", "310115198804123004"
_SAID = "零一二三四五六七八九"


def back(kind: FieldType, value: str, label: str = "") -> ReadBack:
    return ReadBack(Asked(kind, label), value, TODAY)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", ID, "310115 1988 0412 3014"), ("phone", "13800138000", "138 0013 8000"), ("phone", "021-58880000", "021 5888 0000"),
        ("phone", "0571-88001234", "0571 8800 1234"), ("phone", "400-820-8820", "400 820 8820"), ("date", "2026-03-06", "2026年3月6日"),
        ("uscc", "91310115MA1K3TL06A", "9131 0115 MA1K 3TL0 6A"), ("amount", "35000", "35000元"), ("text", "沪A12345", "沪A 12345"),
        ("text", "6222021001123456789", "6222 0210 0112 3456 789"), ("text", "200120", "200 120"),
        ("area", "86.5", "86.5平方米"), ("integer", "3", "3"),
    ],
)  # fmt: skip
def test_a_value_is_read_out_in_the_groups_people_say(kind: FieldType, value: str, shown: str) -> None:
    assert read_out(Asked(kind), value) == shown
    assert shown in back(kind, value).say


@pytest.mark.parametrize(
    ("kind", "value", "said", "state", "after"),
    [
        ("id_number", ID, "对", "confirmed", ID),
        ("id_number", ID, "嗯", "confirmed", ID),
        ("id_number", "340104195810200043", "不对，三四零一零四一九五八一零二零零零四餐", "asking", "34010419581020004X"),
        ("person_name", "王母", "对、性名王舞", "asking", "王母"),  # 不对 half heard
        ("person_name", "王母", "是的，王母", "confirmed", "王母"),
        ("person_name", "王母", "对的，没问题", "confirmed", "王母"),
        ("address", "虹口区、药版路8号", "是的，虹口区样板路八号", "asking", "虹口区、药版路8号"),
        ("address", "虹口区样板路8号", "嗯对就是这个地址", "confirmed", "虹口区样板路8号"),
        ("id_number", ID, "对三二零", "asking", ID),
        ("person_name", "Maya", "Yes, that's right.", "confirmed", "Maya"),
        ("id_number", ID, "对，三零一四", "confirmed", ID),
        ("area", "66", "不对，八十六个平方", "asking", "86"),
        ("area", "66", "不对", "wrong", "66"),
        ("integer", "4", "不是，是三口人", "asking", "3"),
        ("integer", "3", "对，三个", "confirmed", "3"),
        ("id_number", ID, "没错", "confirmed", ID),
        ("id_number", ID, "yes", "confirmed", ID),
        ("id_number", ID, "呃那个", "asking", ID),
        ("id_number", ID, "嗯嗯呃", "asking", ID),
        ("id_number", ID, "不对", "wrong", ID),
        ("id_number", ID, "从头来", "anew", ID),
        ("id_number", ID, "全错了，我再说一遍", "anew", ID),
        ("id_number", ID, "我自己输", "touch", ID),
        ("id_number", NEARLY, "不对，最后两位是一四", "asking", ID),
        ("id_number", NEARLY, "不对，倒数第二位是一", "asking", ID),
        ("id_number", NEARLY, "第十七位是幺", "asking", ID),
        ("id_number", NEARLY, "最后四位三零一四", "asking", ID),
        ("id_number", NEARLY, "第四组是三零一四", "asking", ID),
        ("id_number", NEARLY, "第十七位到十八位是一四", "asking", ID),
        ("id_number", NEARLY, "最后两位是一五", "doubtful", "310115198804123015"),
        ("id_number", NEARLY, "最后三位是一四", "wrong", NEARLY),
        ("id_number", "310115198704123014", "不对，中间是一九八八零四一二", "asking", ID),
        ("id_number", "310115198704123014", "不是八七是八八", "asking", ID),
        ("id_number", NEARLY, "不是零四是一四", "wrong", NEARLY),
        ("id_number", NEARLY, f"不对，{ID}", "asking", ID),
        ("phone", "13800138000", "不对，是一三九一二三四五六七八", "asking", "13912345678"),
        ("phone", "13800138000", "前三位是一三九", "asking", "13900138000"),
        ("phone", "13800138000", "中间是零零一四", "asking", "13800148000"),
        ("phone", "13800138000", "对，一三八零零一三八零零零", "confirmed", "13800138000"),
        ("phone", "021-58880000", "最后四位是零零零一", "asking", "021-58880001"),
        ("date", "2026-03-06", "不对，是四月", "asking", "2026-04-06"),
        ("date", "2026-03-06", "不是六号是七号", "asking", "2026-03-07"),
        ("date", "2026-03-06", "不对，是二零二五年三月六号", "asking", "2025-03-06"),
        ("date", "2026-03-06", "年份是二零二五", "asking", "2025-03-06"),
        ("date", "2026-01-31", "不对，是二月", "wrong", "2026-01-31"),
        ("amount", "35000", "不对，是三万六", "asking", "36000"),
        ("amount", "35000", "不是三万五，是五万三", "asking", "53000"),
        ("uscc", "91310115MA1K3TL06B", "最后一位是A", "asking", "91310115MA1K3TL06A"),
    ],
)
def test_what_an_answer_does(kind: FieldType, value: str, said: str, state: str, after: str) -> None:
    heard = back(kind, value).hear(said)
    assert (heard.state, heard.value) == (state, after)
    assert heard.say


def test_two_answers_that_mean_nothing_end_in_touch() -> None:
    once = back("phone", "13800138000").hear("今天天气怎么样")
    assert (once.state, once.unclear) == ("asking", 1)
    assert once.hear("你说什么呢").state == "touch"
    assert once.hear("对").state == "confirmed"


def test_a_yes_after_a_no_is_no_confirmation() -> None:
    wrong = back("phone", "13800138000").hear("不对")
    assert wrong.hear("是").state == "wrong"
    assert wrong.hear("第三位是九").hear("对").state == "confirmed"


numbers = st.text("0123456789", min_size=18, max_size=18)


@given(numbers, st.integers(1, 18), st.sampled_from("0123456789"), st.booleans())
@settings(deadline=None)
def test_a_corrected_place_changes_that_place_and_no_other(value: str, place: int, digit: str, from_end: bool) -> None:
    said = f"不对，{'倒数' if from_end else ''}第{place}位是{_SAID[int(digit)]}"
    after = back("id_number", value).hear(said).value
    at = 18 - place if from_end else place - 1
    assert after == value[:at] + digit + value[at + 1 :]


@given(numbers, st.integers(1, 9), st.data())
@settings(deadline=None)
def test_a_corrected_end_changes_the_end_only(value: str, count: int, data: st.DataObject) -> None:
    new = data.draw(st.text("0123456789", min_size=count, max_size=count))
    after = (
        back("id_number", value)
        .hear(f"最后{_SAID[count].replace('二', '两')}位是{''.join(_SAID[int(sign)] for sign in new)}")
        .value
    )
    assert after == value[: 18 - count] + new


@given(st.lists(st.sampled_from(["对", "不对", "嗯", "呃", "最后两位是一四", "第三位是九", "从头来", "不知道", "我自己输", "", "138", "没错", "不是八是九"]),
                max_size=8))  # fmt: skip
@settings(deadline=None)
def test_nothing_but_a_yes_confirms_and_what_is_over_stays_over(answers: list[str]) -> None:
    now = back("phone", "13800138000")
    for answer in answers:
        after = now.hear(answer)
        if now.over:
            assert after == now
        elif after.state == "confirmed":
            assert answer in ("对", "嗯", "没错") and after.value == now.value
        assert len(after.value) == 11 and after == now.hear(answer)
        now = after


@given(st.sampled_from(["id_number", "phone", "uscc", "text"]), st.text("0123456789ABX", min_size=1, max_size=25))
def test_groups_lose_nothing(kind: str, value: str) -> None:
    assert "".join(groups(kind, value)) == value
    assert all(groups(kind, value))


SHOP, NAME, ROOM = "老码头面馆", "张三", "上海市虹口区样板路8号201室"


@pytest.mark.parametrize(
    ("kind", "value", "said", "state", "after"),
    [
        ("person_name", NAME, "对", "confirmed", NAME), ("person_name", NAME, "对，没错", "confirmed", NAME),
        ("person_name", NAME, "不对", "wrong", NAME), ("person_name", NAME, "不对，是章三", "asking", "章三"),
        ("person_name", NAME, "李四", "asking", NAME), ("person_name", NAME, "不对，立早章，三四的三", "asking", "章三"),
        ("company_name", SHOP, "不是，我说的是老码头小面馆", "asking", "老码头小面馆"), ("company_name", SHOP, "请等一下我想想", "asking", SHOP),
        ("company_name", SHOP, "老码头小面馆", "asking", "老码头小面馆"), ("address", ROOM, "不对，上海市虹口区药店路八号二零一室", "asking", "上海市虹口区药店路8号201室"),
        ("address", ROOM, "我自己打字", "touch", ROOM), ("address", ROOM, "从头来", "anew", ROOM),
    ],
)  # fmt: skip
def test_what_is_written_is_put_right_as_a_whole(kind: FieldType, value: str, said: str, state: str, after: str) -> None:
    heard = back(kind, value).hear(said)
    assert (heard.state, heard.value) == (state, after)


def test_after_a_no_whatever_is_said_is_it_and_the_question_says_so() -> None:
    refused = back("person_name", NAME).hear("不对")
    assert "整个再说一遍" in refused.say
    assert refused.hear("李四") == back("person_name", "李四")
    assert refused.hear("李四").hear("是的").state == "confirmed"
