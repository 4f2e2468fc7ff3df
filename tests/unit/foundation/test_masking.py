"""Masking: whatever is sensitive is gone from a masked text, wherever it stood and however it was written."""

from __future__ import annotations

import re
import time
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.foundation.masking import is_identifying, mask_text, mask_value
from knowledge.schema import FieldType

DIGIT = "0123456789"
AROUND = st.text("我的是在，。：:；（）() \n住电话abcXYZ张李_/#", max_size=12)
GROUPS = st.sampled_from(["", " ", "-", " - ", "　", "－", "–", ".", "·", "\u00a0"])


def spread(draw: st.DrawFn, text: str) -> str:
    """``text`` as people write it: as it is, in groups of three or four, or in full-width signs."""
    size, gap = draw(st.integers(3, 5)), draw(GROUPS)
    text = gap.join(text[at : at + size] for at in range(0, len(text), size))
    return text.translate({code: code + 0xFEE0 for code in range(0x30, 0x5B)}) if draw(st.booleans()) else text


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    number = draw(st.text(DIGIT, min_size=17, max_size=17)) + draw(st.sampled_from(DIGIT + "Xx"))
    return spread(draw, draw(st.sampled_from([number, number[:15]])))


@st.composite
def phones(draw: st.DrawFn) -> str:
    mobile = draw(st.sampled_from("3456789"))
    number = spread(draw, "1" + mobile + draw(st.text(DIGIT, min_size=9, max_size=9)))
    landline = draw(st.sampled_from(["021-", "(021)", "0512 "])) + draw(st.text(DIGIT, min_size=7, max_size=8))
    abroad = draw(st.sampled_from(["+44 ", "+1-", "+852", "0065 "])) + spread(draw, draw(st.text(DIGIT, min_size=7, max_size=10)))
    return draw(st.sampled_from([number, "+86" + number, "+86 " + number, "0086-" + number, landline, abroad]))


@st.composite
def usccs(draw: st.DrawFn) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    parts = [st.sampled_from("159NY"), st.sampled_from("1239"), st.text(DIGIT, min_size=6, max_size=6)]
    code = "".join(map(draw, parts)) + draw(st.text(alphabet, min_size=10, max_size=10))
    return spread(draw, draw(st.sampled_from([code, code.lower()])))


@st.composite
def cards(draw: st.DrawFn) -> str:
    return spread(draw, "62" + draw(st.text(DIGIT, min_size=14, max_size=17)))


@st.composite
def passports(draw: st.DrawFn) -> str:
    letters = draw(st.sampled_from(["E", "G", "EA", "PE", "C", "H", "e", "KJ"]))
    return letters + draw(st.sampled_from(["", " ", "-"])) + draw(st.text(DIGIT, min_size=7, max_size=9))


SHAPES = ["{}号", "{}弄{}号{}室", "{}号{}单元{}室", "{}号楼{}室", "{}号院{}栋{}", "{}弄{}支弄{}号", "{}号{}层{}座"]


@st.composite
def doors(draw: st.DrawFn) -> str:
    """The part of an address that leads to a door."""
    number = st.integers(1, 9999).map(str)
    chinese = st.text("一二三四五六七八九十百", min_size=1, max_size=4)
    part = st.one_of(number, chinese, st.sampled_from(["甲", "A", "12-3", "附5", "3之1"]))
    shape = draw(st.sampled_from(SHAPES))
    return shape.format(*(draw(part) for _ in range(shape.count("{}"))))


EMAILS = st.emails().filter(lambda address: len(address) < 100)
SENSITIVE = st.one_of(id_numbers(), phones(), usccs(), cards(), passports(), doors(), EMAILS)


@given(before=AROUND, secret=SENSITIVE, after=AROUND)
def test_nothing_sensitive_is_left(before: str, secret: str, after: str) -> None:
    assert secret not in mask_text(before + secret + after)


@given(before=AROUND, secret=st.one_of(id_numbers(), phones(), cards()), after=AROUND)
def test_of_a_number_not_even_six_digits_are_left(before: str, secret: str, after: str) -> None:
    masked = mask_text(before + secret + after)
    digits = re.sub(r"\D", "", secret)
    assert not any(digits[at : at + 6] in masked for at in range(len(digits) - 5))


@given(secrets=st.lists(SENSITIVE, min_size=2, max_size=4), gap=st.sampled_from(["，", " ", "", "\n", "和"]))
def test_several_next_to_each_other_are_all_gone(secrets: list[str], gap: str) -> None:
    masked = mask_text(gap.join(secrets))
    assert [secret for secret in secrets if secret in masked] == []


@pytest.mark.parametrize(
    "text",
    ["幺三八一二三四五六七八", "一三八 一二三四 五六七八", "沪A12345", "沪AD12345", "京A·12345", "ａｂ＠ｘ．cn", "H12345678(9)"],
)
def test_other_ways_to_say_it(text: str) -> None:
    assert text not in mask_text(f"是{text}。")


@pytest.mark.parametrize(
    "text", ["我要办公司设立登记", "注册资本 500 万元", "第二步怎么做", "2025年9月", "turn.answered", "HTTP 200", ""]
)
def test_what_identifies_nobody_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("piece", ["1", "a", "-", "a-", "一", "a@", "1号", "1 (", "沪A", "12"])
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    started = time.process_time()
    mask_text(text)
    # Linear is tens of milliseconds; quadratic would be minutes.
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("kind", "display", "masked"),
    [
        ("id_number", "310101199001011234", "310***********1234"),
        ("id_number", "31010119900101123X", "310***********123X"),
        ("id_number", "3101", "****"),
        ("phone", "13812345678", "138****5678"),
        ("phone", "+86 138-1234-5678", "138****5678"),
        ("phone", "021-58881234", "021****1234"),
        ("phone", "+442079460958", "+44******0958"),
        ("phone", "+6560000000", "+65****0000"),
        ("phone", "+6834002", "********"),
        ("person_name", "张三", "张*"),
        ("person_name", "欧阳示例", "欧***"),
        ("person_name", "张", "张*"),
        ("person_name", "Nguyễn Thị Minh", "N**************"),
        ("person_name", "Иван Иванов", "И**********"),
        ("person_name", "김민준", "김**"),
        ("email", "zhangsan@example.cn", "z***@example.cn"),
        ("address", "上海市浦东新区世纪大道100号2单元301室", "上海市浦东新区世纪大道****"),
        ("address", "上海市浦东新区张江路一百弄三号", "上海市浦东新区张江路****"),
        ("address", "上海市浦东新区第一街道示例路 12-3", "上海市浦东新区第一街道示例路 ****"),
        ("address", "浦东新区示例镇示例村张家宅", "浦东新区示例镇示例村****"),
        ("text", "卡6222021234567890123，电话13812345678", "卡622************0123，电话138****5678"),
        ("text", "打 +44 (0)20 7946 0958 或+86 138-1234-5678", "打 +44*******0958 或138****5678"),
        ("text", "2025-11-21 开业，面积120平方米", "2025-11-21 开业，面积120平方米"),
        ("company_name", "示例（上海）餐饮有限公司", "示例（上海）餐饮有限公司"),
        ("uscc", "91310115MA1K35XY4Q", "91310115MA1K35XY4Q"),
        ("date", "2025年11月21日", "2025年11月21日"),
    ],
)
def test_values_as_their_owner_sees_them(kind: str, display: str, masked: str) -> None:
    assert mask_value(kind, display) == masked


@given(number=st.text(DIGIT, min_size=18, max_size=18))
def test_a_masked_identity_number_hides_the_birthday(number: str) -> None:
    assert mask_value("id_number", number) == f"{number[:3]}{'*' * 11}{number[-4:]}"


@given(road=st.sampled_from(["世纪大道", "示例路", "第二大街", "人民东路"]), door=doors())
def test_a_masked_address_keeps_the_road_and_hides_the_door(road: str, door: str) -> None:
    masked = mask_value("address", f"上海市浦东新区{road}{door}")
    assert masked.startswith("上海市浦东新区")
    assert masked.endswith("****")
    assert door not in masked


@pytest.mark.parametrize("kind", get_args(FieldType))
def test_every_field_type_has_a_rule(kind: str) -> None:
    assert isinstance(mask_value(kind, "某值"), str)
    assert isinstance(mask_value(kind, ""), str)


def test_an_unknown_field_type_is_refused() -> None:
    with pytest.raises(ValueError, match="blood_type"):
        mask_value("blood_type", "A")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("310101199001011234", True),
        ("13812345678", True),
        ("+8613812345678", True),
        ("+442079460958", True),
        ("BD20251121000001", False),
        ("5", False),
    ],
)
def test_forms_of_identifying_numbers(text: str, expected: bool) -> None:
    assert is_identifying(text) is expected


@pytest.mark.parametrize("text", [
    "幺三八，零零一三，八零零零", "138，0013，8000", "138、0013、8000", "138-零零一三-8000", "11010519491231002×", "一一零一零五一九四九一二三一零零二叉",
    "zhangsan艾特example点com", "沪ａ１２３４５", "粤Z1234港", "沪AD12345", "LSVAA4187E2184847", "1M8GDM9AXKP042788",
])  # fmt: skip
def test_what_is_dictated_or_typed_oddly_is_hidden_whole(text: str) -> None:
    masked = mask_text(f"我的是{text}，谢谢")
    assert masked in {f"我的是[{word}]，谢谢" for word in ("number", "email", "plate")}


@pytest.mark.parametrize("text", ["1,200,000元", "二〇二六年三月五日", "一百二十万零五千", "2026年3月5日", "第一、第二、第三"])
def test_sums_and_days_stay(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(("text", "shown"), [
    ("沪A12345", "沪A***45"), ("沪A00001、沪A00002", "沪A***01、沪A***02"), ("1M8GDM9AXKP042788", "1M8**********2788"), ("写信到zhangsan@example.com", "写信到z***@example.com"),
    ("021-58880000", "021****0000"), ("一三八零零一三八零零零", "一三八****八零零零"), ("示批〔2026〕1号", "示批〔2026〕1号"),
])  # fmt: skip
def test_numbers_in_free_text_lose_their_middle(text: str, shown: str) -> None:
    assert mask_value("text", text) == shown
