"""The office's history reaches the case line by line: once, in order, and nothing that makes no sense."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.casework.model import CaseStatus, IllegalTransition
from assistant.casework.submission import outbox
from assistant.casework.submission.delivery import Delivery
from assistant.casework.submission.follow import Follower
from assistant.casework.submission.office import OfficeUnavailable
from assistant.casework.submission.outbox import Row, State
from assistant.casework.submission.sink import OfficeNews, Once
from assistant.casework.submission.statuses import OFFICE_STATUS, way
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import CASE, MemoryOffice, Remembering

C = CaseStatus


@pytest.fixture(autouse=True)
def sent(noted: None, delivery: Delivery, sink: Remembering) -> None:
    received = delivery.attempt(CASE, 1).received
    assert received is not None
    delivery.record(CASE, 1, received)
    sink.news.clear()


def held(db: Database) -> Row:
    with db.read() as conn:
        row = outbox.get(conn, CASE, 1)
    assert row is not None
    return row


def round_later(follower: Follower, clock: FixedClock) -> int:
    clock.advance(timedelta(seconds=11))
    return follower.round()


def test_each_line_is_told_once_in_order(follower: Follower, office: MemoryOffice, sink: Remembering, clock: FixedClock) -> None:
    assert round_later(follower, clock) == 0  # 已收件 is no news
    office.decide("accepted")
    office.decide("in_review", "已转审核")
    assert round_later(follower, clock) == 2
    office.decide("approved")
    assert round_later(follower, clock) == 1
    assert round_later(follower, clock) == 0
    assert sink.news == [
        ("status", CASE, 1, C.ACCEPTED, ""),
        ("status", CASE, 2, C.IN_REVIEW, "已转审核"),
        ("status", CASE, 3, C.APPROVED, ""),
    ]


def test_the_same_submission_is_not_asked_about_too_often(follower: Follower, office: MemoryOffice, clock: FixedClock) -> None:
    office.calls.clear()
    for _ in range(3):
        follower.round()
    assert office.calls == ["file"]
    round_later(follower, clock)
    assert office.calls == ["file", "file"]


def test_a_final_status_ends_the_following(follower: Follower, office: MemoryOffice, db: Database, clock: FixedClock) -> None:
    office.decide("refused", "不属于本机关职权")
    assert round_later(follower, clock) == 1
    assert held(db).state is State.CLOSED
    office.calls.clear()
    round_later(follower, clock)
    assert office.calls == []


def test_unknown_words_are_noted_once_and_passed_over(
    follower: Follower, office: MemoryOffice, sink: Remembering, clock: FixedClock
) -> None:
    office.decide("teleported")
    office.decide("accepted")
    assert round_later(follower, clock) == 1
    assert round_later(follower, clock) == 0
    assert sink.news == [("doubted", CASE, "unknown_status", ""), ("status", CASE, 2, C.ACCEPTED, "")]


def test_a_line_the_case_cannot_follow_is_noted_once_and_following_goes_on(
    follower: Follower, office: MemoryOffice, db: Database, sink: Remembering, clock: FixedClock
) -> None:
    def refuse(case_no: str, part: str, entry: OfficeNews, once: Once) -> None:
        if entry.status is C.DELIVERED:
            raise IllegalTransition
        Remembering.status(sink, case_no, part, entry, once)

    sink.status = refuse  # type: ignore[method-assign]
    office.decide("delivered")
    assert round_later(follower, clock) == 0
    assert held(db).state is State.SENT  # the file's own "delivered" is believed no more than the line
    office.decide("accepted")
    assert round_later(follower, clock) == 1
    assert round_later(follower, clock) == 0
    assert [news[2:4] for news in sink.news] == [("cannot_follow", "delivered"), (2, C.ACCEPTED)]


def test_somebody_elses_file_is_not_believed(
    follower: Follower, office: MemoryOffice, db: Database, sink: Remembering, clock: FixedClock
) -> None:
    office.decide("denied")
    whole = office.files[CASE]
    for other in ({"case_no": "BD-9999"}, {"case_no": "BD-9999"}, {"part": "another"}):
        office.files[CASE] = whole.model_copy(update=other)
        assert round_later(follower, clock) == 0
    assert sink.news == [("doubted", CASE, "another_case", "")] * 2  # noted once for each
    office.files[CASE] = whole
    assert round_later(follower, clock) == 1 and held(db).state is State.CLOSED


def test_trouble_holds_back_the_lines_after_it(
    follower: Follower, office: MemoryOffice, sink: Remembering, clock: FixedClock
) -> None:
    def trouble() -> None:
        raise RuntimeError("somebody else is saving this case")

    office.decide("accepted")
    office.decide("approved")
    sink.trouble = trouble
    assert round_later(follower, clock) == 0
    sink.trouble = lambda: None
    assert round_later(follower, clock) == 2
    assert [news[3] for news in sink.news] == [C.ACCEPTED, C.APPROVED]


def test_a_shorter_history_is_ignored(follower: Follower, office: MemoryOffice, sink: Remembering, clock: FixedClock) -> None:
    office.decide("accepted")
    round_later(follower, clock)
    whole = office.files[CASE]
    office.files[CASE] = whole.model_copy(update={"history": whole.history[:1], "status": "received"})
    assert round_later(follower, clock) == 0
    office.files[CASE] = whole
    assert round_later(follower, clock) == 0
    assert len(sink.news) == 1


def test_two_apps_tell_each_line_once(follower: Follower, office: MemoryOffice, db: Database, sink: Remembering) -> None:
    office.decide("accepted")
    file = office.files[CASE]
    row = held(db)
    tell = Remembering.status

    def overtaken(case_no: str, part: str, entry: OfficeNews, once: Once) -> None:
        sink.status = lambda *args: tell(sink, *args)  # type: ignore[method-assign]
        follower.apply(row, file)  # the other app, in between
        tell(sink, case_no, part, entry, once)

    sink.status = overtaken  # type: ignore[method-assign]
    follower.apply(row, file)
    assert [news[2] for news in sink.news] == [1]


def test_an_app_that_comes_late_does_not_tell_it_all_again(
    follower: Follower, office: MemoryOffice, db: Database, sink: Remembering, clock: FixedClock
) -> None:
    office.decide("accepted")
    row, file = held(db), office.files[CASE]
    office.decide("denied", "不符合条件")
    assert round_later(follower, clock) == 2
    follower.apply(row, file)
    assert [news[3] for news in sink.news] == [C.ACCEPTED, C.DENIED]


def test_one_file_the_office_cannot_show_does_not_hide_the_others(
    follower: Follower, office: MemoryOffice, db: Database, sink: Remembering, clock: FixedClock
) -> None:
    for number in range(2, 7):
        case_no = f"BD-000{number}"
        support.add_case(db, case_no)
        office.files[case_no] = office.files[CASE].model_copy(update={"case_no": case_no, "receipt_no": f"SJ{number}"})
        office.decide("accepted", case_no=case_no)
        with db.write() as conn:
            outbox.add(conn, case_no, 1, clock.now())
            row = outbox.get(conn, case_no, 1)
            assert row is not None
            outbox.sent(conn, row, f"SJ{number}", clock.now())
    broken = iter([True, True, False, True, False, False])

    def before(step: str) -> None:
        if next(broken, False):
            raise OfficeUnavailable("server-error")

    office.before = before
    assert round_later(follower, clock) == 3
    office.calls.clear()

    def down(step: str) -> None:
        raise OfficeUnavailable("no-connection")

    office.before = down
    round_later(follower, clock)
    assert office.calls == ["file"] * 3


def test_a_file_the_office_lost_is_said_and_kept(
    follower: Follower, office: MemoryOffice, db: Database, sink: Remembering, clock: FixedClock
) -> None:
    office.files.clear()
    assert [round_later(follower, clock) for _ in range(3)] == [0, 0, 0]
    assert held(db).state is State.SENT
    assert sink.news == [("doubted", CASE, "gone", "")]


@pytest.mark.parametrize(
    ("present", "target", "expected"),
    [
        (C.SUBMITTED, C.ACCEPTED, [C.ACCEPTED]),
        (C.SUBMITTED, C.SUBMITTED, []),
        (C.SUBMITTED, C.IN_REVIEW, [C.ACCEPTED, C.IN_REVIEW]),
        (C.SUBMITTED, C.APPROVED, [C.ACCEPTED, C.APPROVED]),
        (C.SUBMITTED, C.DELIVERED, [C.ACCEPTED, C.APPROVED, C.DELIVERED]),
        (C.CORRECTION_NEEDED, C.DENIED, [C.ACCEPTED, C.DENIED]),
        (C.IN_REVIEW, C.DELIVERED, [C.APPROVED, C.DELIVERED]),
        (C.DENIED, C.APPROVED, None),
        (C.WITHDRAWN, C.ACCEPTED, None),
        (C.IN_REVIEW, C.ACCEPTED, None),
        (C.IN_REVIEW, C.REFUSED, None),
    ],
)
def test_the_way_over_what_an_office_skips(present: C, target: C, expected: list[C] | None) -> None:
    assert way(present, target) == expected


def test_every_word_of_the_office_is_in_the_table() -> None:
    from sandbox.office.statuses import Status  # the far side's own list, read here and nowhere in the product

    assert set(OFFICE_STATUS) == set(Status)
