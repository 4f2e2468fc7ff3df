"""Days counted from any today come out as the calendar has them; what leaves a day open is never taken for one."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework.fields.dates import parse_date
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from knowledge.schema import GuideField, Rule

TODAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
CHINESE = "零一二三四五六七八九"
#: The first question back loads the catalogue of messages.
UNHURRIED = settings(deadline=None)
WEEKDAYS = "一二三四五六日"


def taken(text: str, today: date) -> date:
    read = parse_date(text, today)
    assert isinstance(read, Accepted), (text, read)
    return date.fromisoformat(str(read.value))


def likely(text: str, today: date) -> date:
    """The day a question back names, which a yes would take."""
    read = parse_date(text, today)
    assert isinstance(read, Rejected) and read.insist is not None, (text, read)
    return date.fromisoformat(str(read.insist.value))


@UNHURRIED
@given(TODAYS, st.integers(1, 99))
def test_days_and_weeks_from_today(today: date, count: int) -> None:
    tens, ones = divmod(count, 10)
    said = ("" if not tens else "十" if tens == 1 else CHINESE[tens] + "十") + (CHINESE[ones] if ones else "")
    for number in (str(count), said):
        assert taken(f"{number}天后", today) == taken(f"{number}天以后", today) == today + timedelta(days=count)
        assert taken(f"{number}天前", today) == today - timedelta(days=count)
        assert taken(f"{number}周后", today) == taken(f"{number}个星期后", today) == today + timedelta(weeks=count)
        assert taken(f"{number}个礼拜前", today) == today - timedelta(weeks=count)


@UNHURRIED
@given(TODAYS, st.integers(0, 6))
def test_weekdays_belong_to_their_week(today: date, place: int) -> None:
    monday = today - timedelta(days=today.weekday())
    for words, weeks in (("上上", -2), ("上", -1), ("这", 0), ("本", 0), ("下", 1), ("下下", 2)):
        for week in ("周", "星期", "礼拜"):
            assert taken(f"{words}{week}{WEEKDAYS[place]}", today) == monday + timedelta(weeks=weeks, days=place)


@UNHURRIED
@given(TODAYS, st.integers(0, 6))
def test_a_bare_weekday_is_asked_about(today: date, place: int) -> None:
    read = parse_date(f"周{WEEKDAYS[place]}", today)
    assert isinstance(read, Rejected)
    assert read.insist is None or read.insist.value == today.isoformat()


@UNHURRIED
@given(TODAYS, st.integers(1, 28))
def test_days_of_the_months_around(today: date, day: int) -> None:
    for words, months in (("上上个", -2), ("上个", -1), ("上", -1), ("这个", 0), ("本", 0), ("下个", 1), ("下", 1), ("下下个", 2)):
        count = today.year * 12 + today.month - 1 + months
        assert taken(f"{words}月{day}号", today) == date(count // 12, count % 12 + 1, day)


@UNHURRIED
@given(TODAYS, st.integers(1, 12), st.integers(1, 28))
def test_days_of_the_years_around(today: date, month: int, day: int) -> None:
    for words, years in (("大前年", -3), ("前年", -2), ("去年", -1), ("今年", 0), ("明年", 1), ("后年", 2)):
        assert taken(f"{words}{month}月{day}日", today) == date(today.year + years, month, day)


@UNHURRIED
@given(TODAYS, st.integers(1, 12))
def test_the_end_of_a_month_is_its_last_day_and_asked_about(today: date, month: int) -> None:
    last = date(today.year, month, calendar.monthrange(today.year, month)[1])
    assert likely(f"{month}月底", today) == likely(f"今年{month}月底", today) == last
    assert taken(f"{month}月最后一天", today) == last
    assert likely("月底", today) == today.replace(day=calendar.monthrange(today.year, today.month)[1])


@UNHURRIED
@given(TODAYS, st.integers(1, 12))
def test_what_leaves_the_day_open_is_never_a_day(today: date, month: int) -> None:
    for text in (f"{month}月", f"{month}月份", f"去年{month}月", f"{today.year}年{month}月", f"{month}月初", f"{month}月中旬", "去年", f"{month}号", "上个月"):
        assert isinstance(parse_date(text, today), Rejected), text


@UNHURRIED
@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)), TODAYS)
def test_two_days_are_asked_about(day: date, today: date) -> None:
    other = day + timedelta(days=1)
    for joined in ("到", "或者", "、", "和"):
        read = parse_date(f"{day.year}年{day.month}月{day.day}日{joined}{other.year}年{other.month}月{other.day}日", today)
        assert isinstance(read, Rejected) and read.code == "date_several"


@pytest.mark.parametrize(("today", "said", "rule", "day"), [
    (date(2027, 1, 5), "12月30号", "not_after", "2026-12-30"), (date(2026, 12, 20), "1月5号", "not_before", "2027-01-05"),
    (date(2028, 3, 1), "12月31日", "not_after", "2027-12-31"),
])  # fmt: skip
def test_a_day_without_its_year_is_of_the_year_that_can_be(today: date, said: str, rule: str, day: str) -> None:
    field = GuideField(key="f", label="日期", type="date", question="哪天？", why="x", rules=[Rule.model_validate({"kind": rule, "value": "today", "message": "不行"})])
    read = parse(field, said, today, {})
    assert isinstance(read, Rejected) and read.code == "date_confirm" and read.insist is not None and read.insist.value == day
    outright = parse(field, f"{today.year}年{said}", today, {})
    assert isinstance(outright, Rejected) and outright.code == f"rule_{rule}"


@UNHURRIED
@given(st.text("0123456789年月日号周星期礼拜上下个这本底初中前后天今明昨去大元旦国庆十一二三四五六半、到或.-/ ", max_size=25), TODAYS)
def test_no_text_breaks_it(text: str, today: date) -> None:
    assert isinstance(parse_date(text, today), Accepted | Rejected)
