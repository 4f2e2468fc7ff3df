"""Answers in English: dates, numbers, yes and no, options, the words that steer, corrections."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields import corrections, dates, english, english_dates, extract, names, options, parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import ENGLISH, use_language
from knowledge.schema import GuideField, Option

TODAY = date(2026, 11, 10)  # a Tuesday
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def field(kind: str, **more: Any) -> GuideField:
    return GuideField.model_validate({"key": "f", "label": "Field", "type": kind, "question": "?", "why": "x", **more})


def read(kind: str, answer: str, **more: Any) -> Any:
    with use_language(ENGLISH):
        return parse.parse(field(kind, **more), answer, TODAY, {})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10 November 2026", "2026-11-10"), ("Nov 10 2026", "2026-11-10"), ("November 10th, 2026", "2026-11-10"), ("10-Nov-2026", "2026-11-10"),
        ("the 10th of November 2026", "2026-11-10"), ("the tenth of November", "2026-11-10"), ("on 1st May", "2026-05-01"), ("2026 Nov 3", "2026-11-03"),
        ("25/12/2026", "2026-12-25"), ("12/25/2026", "2026-12-25"), ("10/10/2026", "2026-10-10"), ("2026-11-10", "2026-11-10"), ("20261110", "2026-11-10"),
        ("today", "2026-11-10"), ("tomorrow", "2026-11-11"), ("yesterday", "2026-11-09"), ("the day after tomorrow", "2026-11-12"),
        ("the day before yesterday", "2026-11-08"), ("next Monday", "2026-11-16"), ("next Tuesday", "2026-11-17"), ("last Tuesday", "2026-11-03"),
        ("this Friday", "2026-11-13"), ("last Friday", "2026-11-06"), ("in three days", "2026-11-13"), ("two weeks ago", "2026-10-27"), ("a week ago", "2026-11-03"),
        ("twenty-first of March 2027", "2027-03-21"), ("Sept 5, 2026", "2026-09-05"),
    ],
)  # fmt: skip
def test_dates(text: str, day: str) -> None:
    assert read("date", text) == Accepted(day, dates.display(date.fromisoformat(day)))


@pytest.mark.parametrize(
    ("text", "code"),
    [("10/11/2026", "date_ambiguous"), ("03.04.2026", "date_ambiguous"), ("10/11/26", "date_ambiguous"), ("31 February 2026", "date_impossible"),
     ("32 Nov 2026", "date_impossible"), ("13/14/2026", "date_impossible"), ("soon", "date_shape"), ("10 November 1812", "date_impossible")],
)  # fmt: skip
def test_dates_that_cannot_be_taken(text: str, code: str) -> None:
    assert read("date", text).code == code


def test_the_two_readings_are_named() -> None:
    said = read("date", "10/11/2026")
    assert isinstance(said, Rejected) and "10 November 2026" in said.message and "11 October 2026" in said.message


@given(DAYS)
def test_any_day_is_read_as_it_is_said(day: date) -> None:
    for text in (english_dates.said(day), f"{english_dates.MONTHS[day.month - 1][:3]} {day.day}, {day.year}", day.isoformat()):
        assert read("date", text).value == day.isoformat()


@given(DAYS)
def test_figures_alone_are_taken_only_where_they_say_one_day(day: date) -> None:
    said = read("date", f"{day.day:02}/{day.month:02}/{day.year}")
    if day.day <= 12 and day.day != day.month:
        assert said.code == "date_ambiguous"
    else:
        assert said.value == day.isoformat()


@given(st.integers(-400, 400))
def test_days_from_today(days: int) -> None:
    text = f"in {days} days" if days >= 0 else f"{-days} days ago"
    assert read("date", text).value == (TODAY + timedelta(days)).isoformat()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("amount", "500k", 500_000), ("amount", "1.5 million", 1_500_000), ("amount", "two million yuan", 2_000_000), ("amount", "RMB 500,000", 500_000),
        ("amount", "half a million", 500_000), ("amount", "1.5m yuan", 1_500_000), ("amount", "¥1,000,000", 1_000_000), ("amount", "rmb500000", 500_000),
        ("amount", "two hundred and fifty thousand", 250_000), ("amount", "it is 100000 yuan", 100_000), ("amount", "50万", 500_000),
        ("area", "60 square metres", 60), ("area", "60 sqm", 60), ("area", "60m2", 60), ("area", "60 m", 60), ("area", "about 86.5 m²", 86.5), ("area", "sixty square meters", 60),
        ("area", "2 hectares", 20_000), ("area", "1000 sq ft", 92.9), ("integer", "twenty-five people", 25), ("integer", "a dozen", 12), ("integer", "five", 5),
    ],
)  # fmt: skip
def test_numbers(kind: str, text: str, value: float) -> None:
    assert read(kind, text).value == value


@given(st.integers(1, 999_999_999))
def test_any_amount_with_commas(amount: int) -> None:
    assert english.number(f"RMB {amount:,}") == english.number(f"{amount} yuan") == Decimal(amount)


def test_other_money_is_refused() -> None:
    for text in ("$100,000", "100k USD", "fifty thousand euros"):
        assert read("amount", text).code == "amount_currency"
    assert read("amount", "nothing much").code == "number_shape"


@pytest.mark.parametrize("text", ["yes", "Yes, please.", "sure", "ok", "That's right", "yeah it is", "all correct", "go ahead"])
def test_yes(text: str) -> None:
    assert options.yes_or_no(text) is True


@pytest.mark.parametrize("text", ["no", "No, it's in the same district", "nope", "not yet", "no thanks", "I don't"])
def test_no(text: str) -> None:
    assert options.yes_or_no(text) is False


@pytest.mark.parametrize("text", ["nothing", "now", "note", "Norway", "yes but not now", "yesterday", "what is this?", "cancel"])
def test_neither(text: str) -> None:
    assert options.yes_or_no(text) is None


HOME = [
    Option(value="own", label="Own home", aliases=["自有"]), Option(value="rented", label="Rented home", aliases=["租的", "leased"]),
    Option(value="dorm", label="Dormitory (company or school)", aliases=["宿舍"]), Option(value="none", label="Never registered"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Rented home", "rented"), ("rented", "rented"), ("we are renting it", "rented"), ("it's leased", "rented"), ("租的", "rented"), ("my own home", "own"),
        ("own", "own"), ("a dormitory", "dorm"), ("dormitry", "dorm"), ("the second one", "rented"), ("2", "rented"), ("option three", "dorm"), ("number 1", "own"),
        ("the last one", "none"), ("first", "own"), ("never registered", "none"), ("home", None), ("I don't know", None), ("not rented", None), ("own or rented", None),
    ],
)  # fmt: skip
def test_options(text: str, value: str | None) -> None:
    picked = options.match_option(text, HOME)
    assert (picked.value if picked else None) == value


def test_who_says_registered_does_not_mean_never() -> None:
    stays = [Option(value="yes", label="Half a year or more, residence registered"), Option(value="no", label="Half a year or more, never registered")]
    picked = options.match_option("half a year or more, registered", stays)
    assert picked and picked.value == "yes"
    assert options.match_option("half a year", stays) is None


def test_several_options() -> None:
    with use_language(ENGLISH):
        said = options.parse_multi("rented and a dormitory", HOME)
        assert isinstance(said, Accepted) and said.value == ["rented", "dorm"]
        everything = options.parse_multi("all of them", HOME)
        assert isinstance(everything, Accepted) and len(everything.value) == len(HOME)


@pytest.mark.parametrize(
    ("text", "command"),
    [("back", "上一步"), ("Go back, please", "上一步"), ("skip it", "跳过"), ("Why do you need this?", "为什么要这个"), ("talk to a person", "转人工"),
     ("show all", "查看全部"), ("can we start over", "重新开始"), ("I'd like to rate the service", "我要评价"), ("my back hurts", None), ("rented", None), ("继续", None)],
)  # fmt: skip
def test_words_that_steer(text: str, command: str | None) -> None:
    assert english.command(text) == command


@pytest.mark.parametrize("text", ["I want to register a company", "how much does it cost", "we moved and need a new address on the licence"])
def test_english_is_recognised(text: str) -> None:
    assert english.is_english(text)


@pytest.mark.parametrize(
    "text", ["wo yao ban ju zhu zheng", "ABC", "John Smith", "a@example.cn", "91310115MA1K3TL06A", "OK", "我要办 residence permit 的事", "ETC", "X1234567 passport"]
)
def test_what_is_not_taken_for_english(text: str) -> None:
    assert not english.is_english(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("my name is John Smith", "John Smith"), ("It's Zhang San.", "Zhang San"), ("his name is Mary-Anne O'Neill", "Mary-Anne O'Neill"), ("Zhang San", "Zhang San")],
)
def test_names(text: str, value: str) -> None:
    said = names.parse_person_name(text)
    assert isinstance(said, Accepted) and said.value == value


@pytest.mark.parametrize("text", ["I do not know", "what is this for?", "skip", "why", "please help me"])
def test_no_names(text: str) -> None:
    assert isinstance(names.parse_person_name(text), Rejected)


def test_an_address_in_latin_letters_is_taken_with_a_word_of_warning() -> None:
    said = read("address", "Room 301, No. 100 Example Road, Pudong New Area")
    assert said.value == "Room 301, No. 100 Example Road, Pudong New Area" and "Chinese" in said.warning
    assert read("address", "Example Road, Pudong").code == "address_door"
    assert read("address", "somewhere in Pudong 5").code == "address_street"


def test_a_company_keeps_its_dot() -> None:
    assert read("company_name", "The company is called Example Trading Co., Ltd.").value == "Example Trading Co., Ltd."


def test_a_passport_is_doubted_once_and_masked() -> None:
    said = read("id_number", "my passport is E12345678")
    assert said.code == "id_passport" and said.insist.value == "E12345678" and said.insist.warning
    assert read("id_number", "11010519491231002x").value == "11010519491231002X"
    assert mask_value("id_number", "E12345678") == "E12**5678"
    assert mask_value("text", "Passport X1234567, ask at the desk") == "Passport X1***567, ask at the desk"
    assert mask_value("person_name", "John Smith") == "J*********"


FIELDS = [
    field("phone", key="phone", label="Mobile phone", names=["Mobile phone", "phone", "手机"]), field("address", key="home", label="Home address"),
    field("date", key="since", label="Living there since"), field("person_name", key="owner", label="Landlord"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("the phone is wrong, it's 13900139000", "phone", "13900139000"), ("sorry, my phone should be 13900139000", "phone", "13900139000"),
        ("the landlord is not Zhang San but Li Si", "owner", "Li Si"), ("actually it's 2 March 2026", "since", "2026-03-02"), ("the date is wrong", "since", None),
    ],
)  # fmt: skip
def test_corrections(text: str, key: str, value: str | None) -> None:
    with use_language(ENGLISH):
        found = corrections.read_correction(text, FIELDS, {}, TODAY)
    assert found is not None and found.field.key == key
    new = corrections.accepted(found)
    assert (new.value if new else None) == value


def test_several_answers_in_one_sentence() -> None:
    with use_language(ENGLISH):
        found = extract.by_name("My phone is 13800138000, the landlord is Li Si", FIELDS, TODAY, {})
    assert {key: value.value for key, value in found.items()} == {"phone": "13800138000", "owner": "Li Si"}


@pytest.mark.parametrize(
    ("kind", "text", "plain"),
    [
        ("date", "10 November 2026", True), ("date", "10/11/2026", True), ("date", "when is the deadline?", False), ("amount", "500k", True), ("amount", "how much is usual", False),
        ("person_name", "John Smith", True), ("person_name", "go back", False), ("person_name", "I want to talk to someone", False), ("company_name", "Example Trading Co., Ltd.", True),
        ("company_name", "what should I write here", False), ("text", "consulting and trade", False), ("yes_no", "yes we do", True), ("yes_no", "do I have to?", False),
        ("address", "Room 5, 88 Example Road, Pudong", True), ("address", "the address is wrong, should be 88 Example Road", False),
    ],
)  # fmt: skip
def test_plain_answers(kind: str, text: str, plain: bool) -> None:
    with use_language(ENGLISH):
        assert extract.plainly_answers(field(kind), text, TODAY) is plain
