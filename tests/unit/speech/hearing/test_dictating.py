"""A number taken down group by group: what she says, what is made of it, and that it comes to its end whatever is misheard."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.components.patterns import codes
from assistant.foundation.messages import use_language
from assistant.speech.engines.base import Taken
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.dictating import Dictation, possible
from assistant.speech.hearing.letters import signs_by_sound
from benchmarks.voice.telling import Telling
from knowledge.schema import FieldType
from tests.unit.casework.fields.test_said import TODAY

ID, CARD = Asked("id_number", "身份证号"), Asked("text", "收款银行卡号")
PHONE, USCC = Asked("phone", "联系电话"), Asked("uscc", "统一社会信用代码")


def after(asked: Asked, *said: str) -> Dictation:
    """What came of several answers."""
    held = Dictation(asked, TODAY)
    for text in said:
        held = held.hear(text)
    return held


@pytest.mark.parametrize(
    ("kind", "label", "whether"),
    [
        ("id_number", "身份证号", True), ("phone", "手机号", True), ("uscc", "信用代码", True), ("text", "银行卡号", True),
        ("text", "经营范围", False), ("date", "起租日期", False), ("amount", "月租金", False), ("person_name", "姓名", False),
    ],
)  # fmt: skip
def test_what_has_groups(kind: FieldType, label: str, whether: bool) -> None:
    assert possible(Asked(kind, label)) is whether


@pytest.mark.parametrize(
    ("asked", "said", "parts", "state"),
    [
        (ID, ["三二零五零二"], ("320502",), "asking"),
        (ID, ["前六位是三二零五零二。"], ("320502",), "asking"),
        (ID, ["320502", "要九九零"], ("320502", "1990"), "asking"),
        (ID, ["320502", "一九九零零四一五"], ("320502", "1990", "0415"), "asking"),  # two groups in one breath
        (ID, ["320502", "三二零五零二一九九零零四一五一零二一"], ("320502", "1990", "0415", "1021"), "complete"),  # all of it
        (ID, ["320502", "一九九"], ("320502",), "unclear"),
        (ID, ["320502", "三九九零"], ("320502",), "unclear"),  # no year
        (ID, ["320502", "1990", "零四三六"], ("320502", "1990"), "unclear"),  # no day
        (ID, ["320502", "1990", "0415", "一零二叉"], ("320502", "1990", "0415", "102X"), "complete"),
        (ID, ["320502", "1990", "不对"], ("320502",), "again"),
        (ID, ["320502", "1990", "不对，是一九八零"], ("320502", "1980"), "asking"),
        (ID, ["320502", "不对"], (), "anew"),
        (ID, ["不对"], (), "anew"),
        (ID, ["320502", "1990", "从头来"], (), "anew"),
        (ID, ["320502", "我自己输"], ("320502",), "touch"),
        (ID, ["320502", "什么", "什么"], ("320502",), "unclear"),
        (ID, ["320502", "什么", "什么", "什么"], ("320502",), "given_up"),
        (ID, ["320502", "1991", "不对", "1992", "不对", "1993", "不对"], ("320502",), "given_up"),  # three wrong ones
        (ID, ["320503", "不对", "320502", "1991", "不对", "1992", "不对"], ("320502",), "again"),  # each group has its own
        (ID, ["320502", "1990", "0415", "零零一切"], ("320502", "1990", "0415", "0017"), "complete"),  # 切 is near 七
        (ID, ["三二零武零二", "一九九令"], ("320502", "1990"), "asking"),
        (ID, ["320502", "不知道"], ("320502",), "unclear"),  # no no
        (ID, ["320502", "什么", "1990", "什么"], ("320502", "1990"), "unclear"),  # counted anew
        (ID, ["320502", "1990", "不对", "1990"], ("320502",), "unclear"),  # what was wrong is not heard again
        (ID, ["320502", "1990", "不对", "1980", "不对", "1970"], ("320502", "1970"), "asking"),
        (ID, ["320502", "不对", "320502199004151021"], (), "unclear"),
        (PHONE, ["幺三八", "四个八", "一二三四"], ("138", "8888", "1234"), "complete"),
        (PHONE, ["二三八"], (), "unclear"),
        (CARD, ["6217", "0012", "3456", "7890", "幺二八"], ("6217", "0012", "3456", "7890", "128"), "complete"),
        (CARD, ["6217", "0012", "3456", "7890", "没有了"], ("6217", "0012", "3456", "7890"), "complete"),
        (CARD, ["6217", "没有了"], ("6217",), "unclear"),
        (CARD, ["6217", "0012", "3456", "7890", "三"], ("6217", "0012", "3456", "7890", "3"), "complete"),
        (USCC, ["九幺三幺", "零幺幺五", "M A 一 K", "三 T L 零", "六 A"], ("9131", "0115", "MA1K", "3TL0", "6A"), "complete"),
        (USCC, ["9131", "0115", "爱姆诶一开", "三提艾漏零"], ("9131", "0115", "MA1K", "3TL0"), "asking"),
        (USCC, ["9131", "MA1K"], ("9131",), "unclear"),  # the region is in digits
        (USCC, ["9131", "0115", "矮目A巴士"], ("9131", "0115", "MA84"), "asking"),  # what it sounds nearest to
        (USCC, ["9131", "0115", "安慕诶零三"], ("9131", "0115", "MA03"), "asking"),
        (USCC, ["9131", "0115", "MA83", "不对，第四位是四"], ("9131", "0115", "MA84"), "asking"),
        (USCC, ["9131", "0115", "MA83", "第三位是币"], ("9131", "0115", "MAB3"), "asking"),
        (USCC, ["9131", "0115", "MA83", "不对，第三个字母应该是 B。"], ("9131", "0115", "MAB3"), "asking"),
        (USCC, ["9131", "0115", "MA83", "第九位是B"], ("9131", "0115", "MA83"), "unclear"),
        (ID, ["320502", "1980", "不对，第三位是九"], ("320502", "1990"), "asking"),
        (ID, ["320502", "1990", "第二位是三"], ("320502", "1990"), "unclear"),  # no year
        (USCC, ["9132", "联务、联务"], ("9132", "0505"), "asking"),  # there is such a district
    ],
)  # fmt: skip
def test_what_becomes_of_what_she_says(asked: Asked, said: list[str], parts: tuple[str, ...], state: str) -> None:
    held = after(asked, *said)
    assert (held.parts, held.state) == (parts, state)


def test_what_is_said_names_what_was_noted_and_what_comes_next() -> None:
    assert Dictation(ID, TODAY).say == "我们一段一段来。请先说前6位。"
    assert after(ID, "320502").say == "记下320502。对的话，请接着说后面4位；不对就说“不对”。"
    assert after(ID, "320502", "1990").say == "记下1990。请接着说后面4位。"
    assert after(ID, "320502", "1990", "0415").say == "记下0415。请说最后4位。"
    assert after(ID, "320502", "1990", "不对").say == "好的，前面记下320502。请再说后面4位，慢一点，“幺”说成“一”。"
    assert after(ID, "320502", "什么").say == "没听清。前面记下320502，请只说后面4位，慢一点，“幺”说成“一”，也可以在屏幕上填。"
    assert after(ID, "什么").say == "没听清。请只说前6位，慢一点，“幺”说成“一”，也可以在屏幕上填。"
    assert after(ID, "320502", "不对").say == "好的，请再说前6位，慢一点，“幺”说成“一”。"
    assert after(CARD, "6217", "0012", "3456", "7890").say == "记下7890。请说剩下的几位，没有了就说“没有了”。"
    with use_language("en"):
        assert "next 4" in after(ID, "320502", "1990").say


def test_who_spells_letters_is_told_how_to_mend_one_at_the_last_group_too() -> None:
    code = Dictation(USCC, TODAY)
    for group in ("9131", "0115", "MA1K", "3TL0"):
        code = code.hear(group)
    assert "3TL0" in code.say and "第几位是什么" in code.say and "最后2位" in code.say


def test_the_whole_is_read_back_and_doubted_where_its_check_does_not_agree() -> None:
    right = after(ID, "320502", "1990", "0415", "1021").read_back
    wrong = after(ID, "320502", "1990", "0415", "1022").read_back
    assert (right.state, right.value) == ("asking", "320502199004151021")
    assert (wrong.state, wrong.value) == ("doubtful", "320502199004151022")
    mended = wrong.hear("最后一位是一")
    assert (mended.state, mended.value) == ("asking", "320502199004151021")
    assert after(PHONE, "零一零").state == "unclear", "landlines are said whole, or typed"


def test_a_recogniser_is_told_which_readings_are_of_use() -> None:
    held = after(ID, "320502")
    assert held.takes("一九九零") == held.takes("要九九零") == (Taken("asking 320502-1990", 1.0),)
    assert len({held.takes(text) for text in ("一九九零", "不对", "从头来", "我自己输")} - {()}) == 3, "wishes, and a group"
    assert [held.takes(text) for text in ("一九九", "", "好的", "一九九零零四")] == [()] * 4


@pytest.mark.parametrize(
    ("asked", "before", "likelier", "other"),
    [
        (ID, [], "330106", "330006"),  # no such district
        (ID, ["320502"], "1990", "1890"),
        (ID, ["320502", "1990"], "0228", "0230"),
        (ID, ["320502", "2026"], "1101", "1230"),  # not born yet
        (ID, ["320502", "1990", "0415"], "1021", "1027"),  # the check digit
        (ID, ["320502"], "1990", "19900415"),  # more than was asked for
        (CARD, [], "6217", "0217"),
        (USCC, ["9131"], "0115", "0915"),
        (CARD, ["6217", "0012", "3456", "7890"], "106", "107"),
    ],
)  # fmt: skip
def test_how_likely_a_group_is_by_itself(asked: Asked, before: list[str], likelier: str, other: str) -> None:
    held = after(asked, *before)
    (one,), (two,) = held.takes(likelier), held.takes(other)  # the unlikely is not turned away
    assert one.weight > two.weight


def test_a_group_with_letters_may_be_several_each_told_plainly() -> None:
    held = after(USCC, "9131", "0115")
    found = {one.text: one for one in held.takes("安慕诶零三")}
    assert len(found) > 1 and max(found.values(), key=lambda one: one.weight).text == "MA03"
    assert all(held.hear(text).named == one.value for text, one in found.items()), "what it is told as is heard as that"
    assert "MA03" not in {one.text for one in after(USCC, "9131", "0115", "MA03", "不对").takes("安慕诶零三")}, "it was refused"
    assert [one.text for one in held.takes("不对")] == [""], "a wish"


def test_the_last_signs_of_a_code_check_those_before() -> None:
    """GB 11714 and GB 32100, with 91310115MA1K3TL06A."""
    held = after(USCC, "9131", "0115", "MA1K", "3TL0")
    weights = {text: max(one.weight for one in held.takes(text) if one.text == text) for text in ("6A", "6K", "5A")}
    assert weights["6A"] > 2 * weights["6K"] and weights["6A"] > 2 * weights["5A"]


@pytest.mark.parametrize(
    ("asked", "said", "parts"),
    [
        (CARD, ["6217", "0012", "3456", "7890", "一二寸"], "124"),  # not 12 and a word left out
        (CARD, ["二九零四，二九零四"], "2904"),
        (CARD, ["6217", "零零零零零零零零"], "0000"),  # that many noughts may be meant
        (ID, ["340104", "1958", "1020", "零零四餐"], "004X"),  # 叉, as the check digit says
        (CARD, ["6217", "三十六九"], "3469"),  # nobody says 三十六九 for three digits of four
        (CARD, ["六二九七七七"], None),
    ],
)  # fmt: skip
def test_what_words_among_digits_can_be(asked: Asked, said: list[str], parts: str | None) -> None:
    assert after(asked, *said).parts[-1:] == ((parts,) if parts else ())


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [("爱姆诶一开", "MA1K"), ("M A 1 K", "MA1K"), ("三提艾漏零", "3TL0"), ("达不溜九埃弗零", "W9F0"), ("六诶", "6A"), ("挺好的", None), ("", "")],
)
def test_letters_by_the_sound_of_their_names(heard: str, wanted: str | None) -> None:
    readings = list(signs_by_sound(heard))
    assert (wanted in readings) if wanted is not None else not readings


def test_sounds_that_may_be_several_signs_and_come_to_nothing_are_given_up_at_once() -> None:
    assert list(signs_by_sound("皮优" * 60 + "哗")) == []  # tried one by one, as many ways as there are atoms
    assert len(list(signs_by_sound("阿" * 120))) == 48


births = st.dates(date(1930, 1, 1), TODAY)
_heads = st.builds(
    lambda region, born, order: f"{region}{born:%Y%m%d}{order:03d}",
    st.sampled_from(["110105", "310115", "440106"]), births, st.integers(0, 999),
)  # fmt: skip
ids = _heads.map(lambda head: head + codes.id_check_digit(head))
phones = st.from_regex(r"1[3-9]\d{9}", fullmatch=True).filter(str.isascii)
_usccs = st.tuples(st.sampled_from(["913101", "923702", "113202", "523301"]), st.text("0123456789", min_size=2, max_size=2),
                   st.text(codes.USCC_ALPHABET, min_size=9, max_size=9)).map("".join)  # fmt: skip
usccs = _usccs.map(lambda head: head + codes.uscc_check_digit(head))


def _luhn(head: str) -> str:
    total = sum(value - 9 * (value > 9) for value in (int(d) * (2 - i % 2) for i, d in enumerate(reversed(head))))
    return head + str(-total % 10)


cards = st.from_regex(r"62\d{13,16}", fullmatch=True).filter(str.isascii).map(_luhn)
numbers = st.one_of(*(st.tuples(st.just(asked), values) for asked, values in ((ID, ids), (PHONE, phones), (USCC, usccs), (CARD, cards))))


@given(numbers, st.booleans(), st.lists(st.sampled_from(["right", "right", "other", "noise"]), max_size=12))
def test_who_says_what_is_asked_ends_with_her_number_whatever_is_misheard(
    number: tuple[Asked, str], yao: bool, ears: list[str]
) -> None:
    asked, truth = number
    her, held, turns = Telling(truth, yao=yao), Dictation(asked, TODAY), iter(ears)
    for _ in range(40):
        if held.over:
            break
        said = her.answer(held.say)
        assert said is not None, f"nobody knows what to say to {held.say}"
        ear = next(turns, "right")
        if ear == "other" and said not in ("不对", "没有了"):
            said = said[:-1] + ("七" if said[-1] == "八" else "八")  # one sign taken for another: she says no to it
        held = held.hear("哗啦" if ear == "noise" else said)
    assert held.over
    if held.state == "complete":
        # What was noted wrong she said no to; the last group is read back with the whole.
        assert truth.startswith("".join(held.parts[:-1]))
        assert "other" in ears or (held.read_back.value, held.read_back.state) == (truth, "asking")
