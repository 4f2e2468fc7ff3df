"""Figures: each as it is defined, the same from the same rows in any order, and untouched by what comes later."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.desk.arrangement import usual
from assistant.desk.limits import Moment
from assistant.desk.reporting import period, report
from assistant.desk.reporting.figures import Dropped, Figures, Spread, spread
from assistant.desk.reporting.period import Period
from assistant.desk.reporting.record import CaseFile, Grade, Record, Said, Spoken, Stay, Step
from assistant.foundation.clock import SHANGHAI

DAY = date(2026, 11, 10)
TEN = datetime(2026, 11, 10, 10, 0, tzinfo=SHANGHAI)
OPEN = usual("09:00-11:30,13:00-17:00")
ITEM = "food-permit"


def at(minutes: float, days: int = 0) -> datetime:
    """Minutes after ten."""
    return TEN + timedelta(days=days, minutes=minutes)


def said(conversation: str, turn: int = 1, minutes: float = 0, days: int = 0, **more: str | None) -> Said:
    usual_turn: dict[str, str | None] = {
        "channel": "web", "heard_by": "bot", "owner": "bot", "status": "collecting", "intent": "provide", "item": ITEM, "case_no": None, "asked": None,
    }  # fmt: skip
    return Said(conversation, turn, at(minutes, days), **(usual_turn | more))  # type: ignore[arg-type]  # named by the test


def case(number: str, *steps: tuple[str, float, int], conversation: str = "c1", channel: str = "web", item: str = ITEM) -> CaseFile:
    """``steps`` are (status, minutes, days); ``correction`` is a correction asked for."""
    made = tuple(Step(place, at(minutes, days), status, status == "correction") for place, (status, minutes, days) in enumerate(steps, 1))
    return CaseFile(number, item, channel, frozenset({conversation}), made)


def stay(conversation: str, *moments: tuple[str, float, int], entry: str = "e1") -> Stay:
    made = tuple(Moment(kind, at(minutes, days), "s1", "general" if kind == "queued" else "") for kind, minutes, days in moments)
    return Stay(entry, conversation, "web", ITEM, made)


def total(record: Record, when: Period | None = None, item: str = "", channel: str = "") -> Figures:
    return report.make(record, when or period.day(DAY), OPEN, item, channel).total


def test_a_conversation_is_contained_where_nobody_asked_for_a_person() -> None:
    record = Record(
        said=[
            said("alone"), said("alone", 2), said("asked", owner="queue"), said("had", 7, heard_by="staff", owner="staff"),
            said("called"), said("left", owner="queue"), said("left", 2, heard_by="queue", owner="bot"), said("yesterday", days=-1),
        ],
        stays=[stay("called", ("promised", 5, 0))],
    )  # fmt: skip
    assert (total(record).conversations, total(record).contained) == (5, 1)
    # who was with staff another day was not on this one
    assert total(Record([said("c1")], stays=[stay("c1", ("queued", 0, -1), ("claimed", 1, -1), ("released", 2, -1))])).contained == 1


def test_what_was_begun_counts_as_finished_once_submitted_before_the_end() -> None:
    record = Record(
        cases=[
            case("whole", ("draft", 0, 0), ("ready", 8, 0), ("submitted", 9, 0), ("correction", 60, 0), ("submitted", 90, 0)),
            case("helped", ("draft", 0, 0), ("submitted", 9, 0), conversation="c2"),
            case("later", ("draft", 0, 0), ("submitted", 9, 1), conversation="c3"),
            case("earlier", ("draft", 0, -1), ("submitted", 9, 0), conversation="c4"),
            case("helped afterwards", ("draft", 0, 0), ("submitted", 9, 0), conversation="c5"),
        ],
        stays=[stay("c2", ("queued", 1, 0), ("claimed", 2, 0)), stay("c5", ("queued", 20, 0), ("claimed", 21, 0), entry="e5")],
    )  # fmt: skip
    found = total(record)
    assert (found.begun, found.finished, found.by_bot, found.submitted) == (4, 3, 2, 4)
    both = total(record, Period(DAY, DAY + timedelta(days=2)))
    assert (both.begun, both.finished, both.submitted) == (4, 4, 5)


def test_right_the_first_time_is_granted_without_a_correction_before() -> None:
    sent = (("draft", 0, -5), ("submitted", 1, -5))
    record = Record(
        cases=[
            case("right", *sent, ("approved", 0, 0), ("delivered", 5, 0)), case("corrected", *sent, ("correction", 0, -2), ("approved", 0, 0)),
            case("denied", *sent, ("denied", 0, 0)), case("refused", *sent, ("refused", 0, 0)), case("yesterday", *sent, ("approved", 0, -1)),
            case("granted before", *sent, ("approved", 0, -1), ("delivered", 0, 0)),
        ]
    )  # fmt: skip
    assert (total(record).decided, total(record).right_first) == (4, 1)


def test_only_what_the_bot_had_to_understand_can_be_misunderstood() -> None:
    record = Record(
        [
            said("c1", 1, status="clarify"), said("c1", 2, status="unanswerable_unknown"), said("c1", 3, status="clarify", asked="switch"),
            said("c1", 4, status="handed_off", owner="queue"), said("c1", 5, status="queued", heard_by="queue", owner="queue"),
            said("c1", 6, status="handed_off", heard_by="staff", owner="staff"), said("c1", 7, heard_by="queue"),
            said("c1", 8, status="answered", heard_by="queue", owner="queue"), said("c1", 9, status="handed_off", heard_by="closed", owner="queue"),
        ]
    )  # fmt: skip
    assert (total(record).read, total(record).fell_back) == (6, 2)


def test_a_case_is_dropped_at_the_last_question_of_the_period() -> None:
    turns = [
        said("c1", 1, 1, case_no="left", asked="area"), said("c1", 2, 2, case_no="left", asked="address"), said("c1", 3, 3, case_no="left", asked="address"),
        said("c2", 1, 1, case_no="sent", asked="address"), said("c3", 1, 1, case_no="also", asked="area"), said("c3", 2, 1, 1, case_no="also", asked="address"),
        said("c4", 1, 1, case_no="other", asked="address"),
    ]  # fmt: skip
    begun = ("draft", 0, 0)
    cases = [case("left", begun), case("sent", begun, ("submitted", 5, 0)), case("also", begun), case("other", begun, item="shop-sign")]
    expected = (Dropped(ITEM, "address", 1, 2), Dropped(ITEM, "area", 1, 2), Dropped("shop-sign", "address", 1, 1))
    assert total(Record(turns, cases)).drop_off == expected
    assert total(Record(turns, cases), item=ITEM).drop_off == expected[:2]


def test_waits_are_opening_time_and_end_where_they_ended() -> None:
    night = stay("c1", ("queued", 7 * 60 + 30, -1), ("claimed", -59, 0), ("answered", -58, 0), ("released", 0, 0))
    lunch = stay("c2", ("queued", 89, 0), ("claimed", 181, 0), ("answered", 182, 0), entry="e2")
    gone = stay("c3", ("queued", 0, 0), ("left", 5, 0), entry="e3")
    found = total(Record(stays=[night, lunch, gone]))
    assert found.waited == Spread(2, 90.0, 60.0, 120.0)
    assert (found.first_answer.count, found.first_answer.median, found.first_answer.p95) == (2, 120.0, 180.0)
    assert (found.asked_for, found.gave_up) == (2, 1)
    assert found.limits["first_answer"] == (0, 3)  # over one minute each, and five minutes in vain
    assert found.limits["resolution"] == (1, 0)


def test_of_several_ratings_of_one_thing_the_last_counts() -> None:
    def grade(number: int, subject: str, name: str, days: int = 0) -> Grade:
        return Grade(number, subject, at(number, days), name, "web", ITEM)

    record = Record(grades=[
        grade(1, "a", "dissatisfied"), grade(2, "a", "satisfied"), grade(3, "b", "very_dissatisfied"), grade(4, "b", "fair", 1)])  # fmt: skip
    found = total(record)
    assert (found.rated, found.satisfied, dict(found.grades)) == (2, 1, {"satisfied": 1, "very_dissatisfied": 1})


def test_calls_count_where_they_ended_with_what_they_fell_back_to() -> None:
    record = Record(calls=[
        Spoken("a", at(1), 60, "", "web", ITEM), Spoken("b", at(2), 30, "voice", "kiosk", ITEM), Spoken("c", at(3, 1), 900, "text", "web", ITEM)])  # fmt: skip
    found = total(record)
    assert (found.calls, found.call_seconds, found.calls_fell_back) == (2, 90, 1)
    parts = dict(report.make(record, period.day(DAY), OPEN).channels)
    assert {name: one.calls for name, one in parts.items()} == {"web": 1, "kiosk": 1}


def test_spreads_are_of_nearest_rank() -> None:
    assert spread([]) == Spread()
    assert spread([4, 1, 3, 2]) == Spread(4, 2.5, 2, 4)
    assert spread(range(1, 101)) == Spread(100, 50.5, 50, 95)


def test_a_report_is_narrowed_to_an_item_and_a_channel() -> None:
    record = Record(
        [said("c1", channel="wechat"), said("c2", item="shop-sign"), said("c3", item=None)],
        [case("a", ("draft", 0, 0), channel="wechat"), case("b", ("draft", 0, 0), item="shop-sign")],
    )
    made = report.make(record, period.day(DAY), OPEN)
    assert [(code, one.conversations, one.begun) for code, one in made.items] == [(ITEM, 1, 1), ("shop-sign", 1, 1)]
    assert [(code, one.conversations) for code, one in made.channels] == [("web", 2), ("wechat", 1)]
    narrowed = report.make(record, period.day(DAY), OPEN, ITEM, "wechat")
    assert (narrowed.total.conversations, narrowed.total.begun) == (1, 1)
    assert report.make(record, period.day(DAY), OPEN, "nothing").total == total(Record())


def test_periods_are_days_of_shanghai() -> None:
    assert period.parse("2026-12") == Period(date(2026, 12, 1), date(2027, 1, 1))
    assert period.parse("2026-11-10").start == datetime(2026, 11, 9, 16, tzinfo=UTC)
    assert len(list(period.parse("2028-02").days())) == 29
    today = period.day(DAY)
    assert not today.settled(today.end + timedelta(minutes=9))
    assert today.settled(today.end + timedelta(minutes=10))
    for wrong in ("2026-13", "2026-02-30", "2026-1-1", "2026-W01", "", "2026-11-10x"):
        with pytest.raises(ValueError):
            period.parse(wrong)


def test_the_table_opens_as_chinese_and_holds_no_formula() -> None:
    record = Record([said("c1", item="=cmd"), said("c1", 2, case_no="a", asked="+name")], [case("a", ("draft", 0, 0))])
    data = report.as_csv(report.make(record, period.day(DAY), OPEN), lambda code: f"@{code}", lambda _item, key: key)
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("起,止,范围")
    assert "2026-11-10,2026-11-10,全部,,,,对话,,1,,," in lines
    cells = [cell for line in lines for cell in line.split(",")]
    assert "'=cmd" in cells
    assert f"'@{ITEM}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


MINUTES = st.integers(-2000, 2000)
CODES = st.sampled_from(["food-permit", "shop-sign", "company-setup"])


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Anything that may have happened around the day."""
    channels = st.sampled_from(["web", "wechat"])
    owners = st.sampled_from(["bot", "queue", "staff"])
    turns = [
        said(
            f"c{draw(st.integers(1, 4))}", number, draw(MINUTES), channel=draw(channels), heard_by=draw(owners), owner=draw(owners), item=draw(CODES),
            status=draw(st.sampled_from(["answered", "clarify"])), case_no=f"k{draw(st.integers(1, 3))}", asked=draw(st.sampled_from([None, "area", "address"])),
        )
        for number in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    begins = [draw(MINUTES) for _ in range(3)]
    cases = [
        case(f"k{number}", *((status, begin + place * draw(st.integers(0, 500)), 0) for place, status in enumerate(
            ["draft", "submitted", "correction", "approved"][: draw(st.integers(1, 4))])),
            conversation=f"c{number}", channel=draw(channels), item=draw(CODES))
        for number, begin in enumerate(begins, 1)
    ]  # fmt: skip
    stays = []
    for number in range(draw(st.integers(0, 3))):
        times = sorted(draw(st.lists(MINUTES, min_size=4, max_size=4)))
        kinds = ["queued", "claimed", "answered", "released"][: draw(st.integers(1, 4))]
        stays.append(stay(f"c{draw(st.integers(1, 4))}", *((kind, when, 0) for kind, when in zip(kinds, times, strict=False)), entry=f"e{number}"))
    grades = [
        Grade(number, f"c{draw(st.integers(1, 2))}", at(draw(MINUTES)), draw(st.sampled_from(["satisfied", "dissatisfied"])), draw(channels), draw(CODES))
        for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    calls = [
        Spoken(f"v{number}", at(draw(MINUTES)), draw(st.integers(0, 900)), draw(st.sampled_from(["", "voice", "text"])), draw(channels), draw(CODES))
        for number in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    return Record(turns, cases, stays, grades, calls)


def table(record: Record, when: Period) -> bytes:
    return report.as_csv(report.make(record, when, OPEN), str, lambda item, key: f"{item}.{key}")


@settings(max_examples=60, deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(record: Record, chance: random.Random) -> None:
    mixed = Record(*(chance.sample(list(rows), len(rows)) for rows in (record.said, record.cases, record.stays, record.grades, record.calls)))
    assert table(record, period.day(DAY)) == table(mixed, period.day(DAY))


@settings(max_examples=60, deadline=None)
@given(records())
def test_what_comes_later_changes_no_closed_day_and_parts_are_no_more_than_their_whole(record: Record) -> None:
    end = period.day(DAY).end
    then = Record(
        [one for one in record.said if one.at < end],
        [CaseFile(one.case_no, one.item, one.channel, one.conversations, tuple(s for s in one.steps if s.at < end)) for one in record.cases],
        [s for one in record.stays if (s := Stay(one.entry_id, one.conversation_id, one.channel, one.item, tuple(m for m in one.moments if m.at < end))).moments],
        [one for one in record.grades if one.at < end],
        [one for one in record.calls if one.at < end],
    )
    assert total(record) == total(then)
    found = total(record)
    for name, whole in report.COUNTS:
        assert whole is None or getattr(found, name) <= getattr(found, whole)
    week = report.make(record, Period(DAY - timedelta(days=3), DAY + timedelta(days=4)), OPEN)
    for name in ("begun", "submitted", "decided", "read", "asked_for"):
        assert sum(getattr(one, name) for _, one in week.days) == getattr(week.total, name)
