"""Values are found in a sentence however they are written, whatever stands around them, and where they stand is true."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.engine.components.patterns import codes
from assistant.engine.components.patterns.finding import KINDS, Entity, find, identifying

TODAY = date(2026, 11, 10)
CHINESE = "零一二三四五六七八九"
FULL = str.maketrans({code: code + 0xFEE0 for code in range(0x30, 0x5B)})

around = st.sampled_from(["", "我的是", "身份证号：", "信用代码是", "帮我看看 ", "（", "，", "。"])
after = st.sampled_from(["", "，谢谢", "。", "对吗", " 可以办吗", "）"])
births = st.dates(date(1930, 1, 1), TODAY)
first17 = st.builds(lambda region, born, order: f"{region}{born:%Y%m%d}{order:03d}",
                    st.sampled_from(["110105", "310115", "440106", "650102"]), births, st.integers(0, 999))  # fmt: skip
uscc17 = st.builds(str.__add__, st.sampled_from(["91310115", "92440106", "52110105", "12310000"]),
                   st.text(codes.USCC_ALPHABET, min_size=9, max_size=9))  # fmt: skip


@st.composite
def grouped(draw: st.DrawFn, code: str) -> str:
    gap = draw(st.sampled_from(["", " ", "-", "　", "－", " - "]))
    size = draw(st.integers(3, 8))
    text = gap.join(code[at : at + size] for at in range(0, len(code), size))
    return text.translate(FULL) if draw(st.booleans()) else text


def only(text: str, kind: str) -> list[Entity]:
    return [entity for entity in find(text, TODAY) if entity.kind == kind]


@given(first17, around, after, st.data())
def test_every_identity_number_is_found_in_any_writing(head: str, before: str, behind: str, data: st.DataObject) -> None:
    number = head + codes.id_check_digit(head)
    written = data.draw(grouped(number))
    (found,) = find(text := before + written + behind, TODAY)
    assert (found.kind, found.value, found.valid) == ("id_number", number, True)
    assert text[found.start : found.end] == written


@given(first17, st.integers(0, 9))
def test_an_identity_number_that_fails_its_check_is_one_and_says_so(head: str, last: int) -> None:
    assume(codes.id_check_digit(head) != str(last))
    assert [(e.value, e.valid) for e in only(f"身份证{head}{last}", "id_number")] == [(f"{head}{last}", False)]


@given(uscc17, around, after, st.data())
def test_every_credit_code_is_found_in_any_writing(head: str, before: str, behind: str, data: st.DataObject) -> None:
    code = head + codes.uscc_check_digit(head)
    assume(not code.isdigit() or codes.id_fault(code, TODAY) is not None)
    written = data.draw(grouped(code))
    text = before + (written.lower() if data.draw(st.booleans()) else written) + behind
    (found,) = only(text, "uscc")
    assert (found.value, found.valid, found.end - found.start) == (code, True, len(written))


@given(uscc17, st.integers(1, 30))
def test_a_credit_code_that_fails_its_check_is_one_and_says_so(head: str, step: int) -> None:
    place = codes.USCC_ALPHABET.index(codes.uscc_check_digit(head))
    wrong = head + codes.USCC_ALPHABET[(place + step) % 31]
    assume(not wrong[:17].isdigit())  # digits, and an X at most, are rather an identity number gone wrong
    assert [(e.value, e.valid) for e in only(f"代码{wrong}。", "uscc")] == [(wrong, False)]


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)), around, after)
def test_a_date_is_read_back_from_every_writing(day: date, before: str, behind: str) -> None:
    year = "".join(CHINESE[int(digit)] for digit in str(day.year))
    said = f"{year}年{_said(day.month)}月{_said(day.day)}"
    for written in (f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day.year}.{day.month}.{day.day}", f"{said}日", f"{said}号",
                    f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month} 月 {day.day} 号",
                    f"{day:%Y-%m-%d}".translate(FULL)):  # fmt: skip
        text = before + written + behind
        (found,) = find(text, TODAY)
        assert (found.kind, found.value) == ("date", day.isoformat()), text
        assert text[found.start : found.end] == written


@given(st.dates(date(1940, 1, 1), TODAY), st.integers(-40, 40))
def test_dates_count_from_the_day_given(today: date, months: int) -> None:
    for word, days in (("大前天", -3), ("前天", -2), ("昨天", -1), ("今天", 0), ("明天", 1), ("后天", 2), ("大后天", 3)):
        assert [e.value for e in find(f"{word}去可以吗", today)] == [(today + timedelta(days=days)).isoformat()]
    following = date(today.year + today.month // 12, today.month % 12 + 1, 3)
    assert [e.value for e in find("下个月3号去", today)] == [following.isoformat()]


@pytest.mark.parametrize(("text", "kind", "span", "value"), [
    ("26年3月1号到期", "date", "26年3月1号", "2026-03-01"), ("九八年五月一号生的", "date", "九八年五月一号", "1998-05-01"),
    ("十一月廿一日", "date", "十一月廿一日", "2026-11-21"), ("去年12月一号", "date", "去年12月一号", "2025-12-01"),
    ("上月三十号搬的", "date", "上月三十号", "2026-10-30"), ("2026.3.1。还有", "date", "2026.3.1", "2026-03-01"),
    ("电话138-0013-8000", "phone", "138-0013-8000", "13800138000"), ("幺三八零零一三八零零零，找我", "phone", "幺三八零零一三八零零零", "13800138000"),
    ("+86 13800138000", "phone", "+86 13800138000", "13800138000"), ("１３８　００１３　８０００", "phone", "１３８　００１３　８０００", "13800138000"),
    ("(021)58880000转801", "phone", "(021)58880000转801", "02158880000-801"), ("0512 65880000", "phone", "0512 65880000", "051265880000"),
    ("+44 (0)20 7946 0958", "phone", "+44 (0)20 7946 0958", "+442079460958"), ("邮箱someone@example.com。", "email", "someone@example.com", "someone@example.com"),
    ("注册资本50万", "amount", "50万", "500000"), ("三十万元", "amount", "三十万元", "300000"), ("交了一千二百块", "amount", "一千二百块", "1200"),
    ("3,000元", "amount", "3,000元", "3000"), ("伍拾万元整", "amount", "伍拾万元整", "500000"), ("￥3，000.50", "amount", "￥3，000.50", "3000.5"),
    ("12元5角6分", "amount", "12元5角6分", "12.56"), ("3万5千元", "amount", "3万5千元", "35000"), ("两万三，够吗", "amount", "两万三", "23000"),
    ("1.5亿", "amount", "1.5亿", "150000000"), ("人民币50 万元整", "amount", "人民币50 万元整", "500000"), ("３００元", "amount", "３００元", "300"),
    ("面积120平方米", "area", "120平方米", "120"), ("八十平的店", "area", "八十平", "80"), ("100.5㎡", "area", "100.5㎡", "100.5"),
    ("一百二十个平方", "area", "一百二十个平方", "120"), ("50万平方米", "area", "50万平方米", "500000"), ("２０亩", "area", "２０亩", "13333.4"),
    ("我住在浦东新区世纪大道100号3幢2单元501室", "address", "浦东新区世纪大道100号3幢2单元501室", "浦东新区世纪大道100号3幢2单元501室"),
    ("新地址是上海市闵行区七宝镇示例路1234弄5号601室办执照", "address", "上海市闵行区七宝镇示例路1234弄5号601室", "上海市闵行区七宝镇示例路1234弄5号601室"),
    ("上海市 浦东新区 示例路 88号 3楼", "address", "上海市 浦东新区 示例路 88号 3楼", "上海市浦东新区示例路88号3楼"),
    ("青浦区朱家角镇示例村3组12号", "address", "青浦区朱家角镇示例村3组12号", "青浦区朱家角镇示例村3组12号"),
    ("家住示例小区3栋502，垃圾没人管", "address", "示例小区3栋502", "示例小区3栋502"), ("帮我查一下人民路三号", "address", "人民路三号", "人民路三号"),
    ("公司从徐汇搬走", "district", "徐汇", "徐汇区"), ("浦东哪里能办", "district", "浦东", "浦东新区"), ("海淀区的社保", "district", "海淀区", "海淀区"),
    ("杭州的公积金", "district", "杭州", "杭州市"), ("内蒙古能办吗", "district", "内蒙古", "内蒙古自治区"),
    ("我叫张三，想办证", "person_name", "张三", "张三"), ("我叫李四电话是多少", "person_name", "李四", "李四"), ("姓名：欧阳示例", "person_name", "欧阳示例", "欧阳示例"),
    ("法人是张三", "person_name", "张三", "张三"), ("我女儿叫王小明今年3岁", "person_name", "王小明", "王小明"), ("我叫买买提•示例", "person_name", "买买提•示例", "买买提·示例"),
])  # fmt: skip
def test_one_value_of_each_kind(text: str, kind: str, span: str, value: str) -> None:
    (found,) = only(text, kind)
    assert (text[found.start : found.end], found.value) == (span, value)


@pytest.mark.parametrize("text", [
    "千万别忘了", "万一没有呢", "一块去办", "50万人口", "我是徐州来的人，法人是谁", "3个月10天", "2026年2月31日", "192.168.1.1", "我知道3号线在哪里", "静安寺在南京西路",
    "要几天", "张三", "我叫什么来着", "三块地", "8路公交车", "1234567", "8月开的店",
])  # fmt: skip
def test_what_only_looks_like_one(text: str) -> None:
    assert [entity for entity in find(text, TODAY) if entity.kind != "district"] == []


def test_where_two_claim_the_same_place_the_checked_and_then_the_longest_wins() -> None:
    number = "31010119900307771" + codes.id_check_digit("31010119900307771")
    assert [e.kind for e in find(f"{number}，2026年3月1日", TODAY)] == ["id_number", "date"]
    assert [e.kind for e in find("13800138000@example.com", TODAY)] == ["email"]
    assert [e.kind for e in find("上海市浦东新区示例路88号", TODAY)] == ["address"]
    assert [e.kind for e in find("租金每月三千块，120平方米，从2026年3月1日起", TODAY)] == ["amount", "area", "date"]


def test_a_name_alone_is_one_only_where_a_name_was_asked_for() -> None:
    assert find("张三", TODAY) == []
    assert find("就是张三吧。", TODAY, asked_name=True) == [Entity("person_name", "张三", 2, 4)]
    assert find("不知道", TODAY, asked_name=True) == []


def test_several_in_one_sentence_in_their_order() -> None:
    text = "信用代码91310115MA1K3TL06A，法定代表人由张三变更为李四，电话13800138000"
    assert [(e.kind, e.value) for e in find(text, TODAY)] == [
        ("uscc", "91310115MA1K3TL06A"), ("person_name", "张三"), ("person_name", "李四"), ("phone", "13800138000"),
    ]  # fmt: skip


def test_only_some_tell_who_somebody_is() -> None:
    text = "我叫张三，明天去浦东，带50万，电话13800138000"
    assert [e.kind for e in identifying(text)] == ["person_name", "phone"]


@given(st.text(st.one_of(st.sampled_from("0123456789年月日号元万块平路弄室区市我叫是张三@.-/ 零一二三十百１２３ＡＢ"), st.characters()), max_size=60))
def test_no_text_breaks_it_and_nothing_overlaps(text: str) -> None:
    found = find(text, TODAY)
    ends = [0, *(entity.end for entity in found)]
    for entity, before in zip(found, ends, strict=False):
        assert entity.kind in KINDS and before <= entity.start < entity.end <= len(text) and entity.value


@pytest.mark.parametrize("part", ["路号", "1 ", "一", "1-", "世纪大道", "12,345", "上海市浦东新区", "a@", "三号", "我叫张", "2026年"])
def test_a_long_text_takes_no_longer_than_it_is_long(part: str) -> None:
    started = time.thread_time()  # of the processor's time: what else the machine does is not ours
    find(part * (4000 // len(part)), TODAY)
    assert time.thread_time() - started < 1.0  # measured: 3 to 70 ms


def _said(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else CHINESE[tens] + "十") + (CHINESE[ones] if ones else "")
