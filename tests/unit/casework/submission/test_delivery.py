"""Sending and taking back: nothing twice, nothing lost, a person told when nothing else helps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from assistant.casework.submission import outbox
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.delivery import Delivery
from assistant.casework.submission.office import Consignment, OfficeRejected, OfficeUnavailable, Receipt
from assistant.casework.submission.outbox import Row, State
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.database import Database
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import CASE, MemoryOffice, Remembering

pytestmark = pytest.mark.usefixtures("noted")


def row(db: Database, version: int = 1) -> Row:
    with db.read() as conn:
        held = outbox.get(conn, CASE, version)
    assert held is not None
    return held


def deliver(delivery: Delivery, version: int = 1) -> str:
    """One round of the workflow; how it ended."""
    outcome = delivery.attempt(CASE, version)
    if outcome.received is not None:
        outcome = delivery.record(CASE, version, outcome.received)
    return outcome.kind


def fail_with(office: MemoryOffice, error: Exception, *, on: str = "find", after: bool = False) -> None:
    def hook(step: str) -> None:
        if step == on:
            raise error

    if after:
        office.after = hook
    else:
        office.before = hook


def heal(office: MemoryOffice) -> None:
    office.before = office.after = lambda step: None


def test_asks_sends_and_tells_the_case_once(delivery: Delivery, db: Database, office: MemoryOffice, sink: Remembering) -> None:
    assert deliver(delivery) == "done"
    assert (office.calls, office.keys) == (["find", "send", "find"], ["BD-0001-1"])
    assert sink.news == [("sent", CASE, 1, "SJ1")]
    assert (row(db).state, row(db).office_ref, row(db).last_error) == (State.SENT, "SJ1", None)
    assert deliver(delivery) == "done"
    assert office.calls == ["find", "send", "find"]


def test_an_answer_that_got_lost_does_not_send_again(delivery: Delivery, office: MemoryOffice, sink: Remembering) -> None:
    fail_with(office, OfficeUnavailable("timeout"), on="send", after=True)
    assert deliver(delivery) == "later"
    assert sink.news == []
    heal(office)
    assert deliver(delivery) == "done"
    assert office.calls == ["find", "send", "find"]
    assert sink.news == [("sent", CASE, 1, "SJ1")]


def test_a_crash_before_recording_sends_nothing_twice(delivery: Delivery, office: MemoryOffice, sink: Remembering) -> None:
    assert delivery.attempt(CASE, 1).kind == "received"  # and here the process died
    assert deliver(delivery) == "done"
    assert office.keys == ["BD-0001-1"]
    assert sink.news == [("sent", CASE, 1, "SJ1")]


def test_a_receipt_with_another_cases_number_is_put_right_by_asking(
    delivery: Delivery, db: Database, office: MemoryOffice, sink: Remembering
) -> None:
    send = office.send

    def lie(consignment: Consignment) -> Receipt:
        return send(consignment).model_copy(update={"receipt_no": "SJ999"})

    office.send = lie  # type: ignore[method-assign]
    assert deliver(delivery) == "done"
    assert row(db).office_ref == "SJ1" and sink.news == [("sent", CASE, 1, "SJ1")]


def test_recording_twice_tells_once(delivery: Delivery, sink: Remembering) -> None:
    received = delivery.attempt(CASE, 1).received
    assert received is not None
    for _ in range(2):
        assert delivery.record(CASE, 1, received).kind == "done"
    assert len(sink.news) == 1


def test_a_sink_in_trouble_is_told_again(delivery: Delivery, db: Database, sink: Remembering) -> None:
    def trouble() -> None:
        raise RuntimeError("somebody else is saving this case")

    sink.trouble = trouble
    assert deliver(delivery) == "later"
    assert row(db).state is State.PENDING
    sink.trouble = lambda: None
    assert deliver(delivery) == "done"
    assert sink.news == [("sent", CASE, 1, "SJ1")]


def test_a_sink_that_does_not_mark_is_marked_for(delivery: Delivery, db: Database, sink: Remembering) -> None:
    sink.sent = lambda *args: None  # type: ignore[method-assign]
    assert deliver(delivery) == "done"
    assert row(db).state is State.SENT


def test_failures_are_counted_with_growing_waits(
    delivery: Delivery, db: Database, office: MemoryOffice, clock: FixedClock
) -> None:
    fail_with(office, OfficeUnavailable("no-connection"))
    waits = [delivery.attempt(CASE, 1).delay_s for _ in range(5)]
    assert waits == [2, 4, 8, 16, 32]
    held = row(db)
    assert (held.attempts, held.last_error) == (5, "no-connection")
    assert held.next_attempt_at == clock.now() + timedelta(seconds=32)


@pytest.mark.parametrize("trouble", [ValueError("身份证 310115199001011234"), OSError(28, "No space left on device")])
def test_trouble_of_our_own_is_retried_and_leaves_no_data(
    delivery: Delivery, db: Database, office: MemoryOffice, trouble: Exception
) -> None:
    fail_with(office, trouble)
    assert delivery.attempt(CASE, 1).kind == "later"
    assert row(db).last_error == f"internal-{type(trouble).__name__}"


def test_a_person_is_told_once_after_a_week_and_the_package_waits(
    delivery: Delivery, db: Database, office: MemoryOffice, sink: Remembering, clock: FixedClock
) -> None:
    fail_with(office, OfficeUnavailable("timeout"))
    clock.advance(timedelta(days=7))
    assert [deliver(delivery) for _ in range(4)] == ["later"] * 4
    clock.advance(timedelta(days=4))
    assert [deliver(delivery) for _ in range(3)] == ["done"] * 3
    assert row(db).state is State.STUCK
    [(kind, _, _, text)] = sink.news
    assert kind == "stuck" and "连续11天、共5次" in text and "没有在规定时间内答复" in text
    heal(office)
    with db.write() as conn:
        assert outbox.again(conn, CASE, clock.now())
        assert not outbox.again(conn, CASE, clock.now())
    assert deliver(delivery) == "done"
    assert row(db).state is State.SENT


def test_it_is_tried_through_the_longest_holidays_and_then_a_person_is_told_and_it_waits(
    db: Database, office: MemoryOffice, sink: Remembering, clock: FixedClock
) -> None:
    """From the evening before National Day 2025, eight days off together with mid-autumn, to the morning after, and on."""
    patient = Delivery(db, office, support.package, sink, clock, Backoff())
    begun, opens = datetime(2025, 9, 30, 17, 0, tzinfo=SHANGHAI), datetime(2025, 10, 9, 9, 0, tzinfo=SHANGHAI)
    clock.advance(begun - clock.now())
    with db.write() as conn:
        outbox.add(conn, CASE, 2, begun)
    fail_with(office, OfficeUnavailable("no-connection"))
    while clock.now() < opens:
        outcome = patient.attempt(CASE, 2)
        assert outcome.kind == "later" and outcome.delay_s <= 1800
        clock.advance(timedelta(seconds=outcome.delay_s))
    assert sink.news == [] and row(db, 2).state is State.PENDING and clock.now() - opens < timedelta(minutes=30)
    while (outcome := patient.attempt(CASE, 2)).kind == "later":
        clock.advance(timedelta(seconds=outcome.delay_s))
    assert clock.now() - begun < timedelta(days=10, hours=1)
    clock.advance(timedelta(days=30))
    assert patient.attempt(CASE, 2).kind == "done" and row(db, 2).state is State.STUCK
    assert [news[0] for news in sink.news] == ["stuck"] and office.keys == []
    heal(office)
    with db.write() as conn:
        assert outbox.again(conn, CASE, clock.now())
    assert deliver(patient, 2) == "done" and office.keys == ["BD-0001-2"]


def test_a_machine_that_was_off_for_a_fortnight_still_tries(delivery: Delivery, office: MemoryOffice, clock: FixedClock) -> None:
    fail_with(office, OfficeUnavailable("timeout"))
    clock.advance(timedelta(days=14))
    assert deliver(delivery) == "later"


def test_a_refusal_is_told_at_once_with_its_reason(
    delivery: Delivery, db: Database, office: MemoryOffice, sink: Remembering
) -> None:
    fail_with(office, OfficeRejected("file-hash-mismatch"), on="send")
    assert deliver(delivery) == "done"
    assert (row(db).state, row(db).last_error) == (State.REJECTED, "file-hash-mismatch")
    assert "file-hash-mismatch" in sink.news[0][3]


def test_other_bytes_under_the_same_version_need_a_person(
    delivery: Delivery, db: Database, office: MemoryOffice, sink: Remembering
) -> None:
    deliver(delivery)
    office.files[CASE] = office.files[CASE].model_copy(
        update={"versions": [office.files[CASE].versions[0].model_copy(update={"sha256": "0" * 64})]}
    )
    with db.write() as conn:  # a backup of yesterday was put back
        conn.exec_driver_sql("UPDATE submission SET state = 'pending', office_ref = NULL")
    assert deliver(delivery) == "done"
    assert row(db).state is State.REJECTED
    assert sink.news[-1][0] == "stuck"


def test_a_corrected_version_supersedes_the_one_before(
    delivery: Delivery, db: Database, office: MemoryOffice, clock: FixedClock
) -> None:
    deliver(delivery)
    with db.write() as conn:
        outbox.add(conn, CASE, 2, clock.now())
    assert deliver(delivery, 2) == "done"
    assert office.keys == ["BD-0001-1", "BD-0001-2"]
    assert (row(db).state, row(db, 2).state) == (State.SUPERSEDED, State.SENT)


def test_taking_back_what_was_sent(delivery: Delivery, db: Database, office: MemoryOffice, clock: FixedClock) -> None:
    deliver(delivery)
    with db.write() as conn:
        assert outbox.withdraw(conn, CASE, clock.now())
    assert deliver(delivery) == "done"
    assert office.files[CASE].status == "withdrawn"
    assert row(db).state is State.WITHDRAWN
    with db.write() as conn:
        assert not outbox.withdraw(conn, CASE, clock.now())


def test_taking_back_what_was_never_sent_sends_nothing(
    delivery: Delivery, db: Database, office: MemoryOffice, clock: FixedClock
) -> None:
    with db.write() as conn:
        assert outbox.withdraw(conn, CASE, clock.now())
    assert deliver(delivery) == "done"
    assert (office.calls, row(db).state) == (["find"], State.WITHDRAWN)


def test_taking_back_what_is_on_its_way(delivery: Delivery, db: Database, office: MemoryOffice, clock: FixedClock) -> None:
    received = delivery.attempt(CASE, 1).received
    assert received is not None
    with db.write() as conn:
        outbox.withdraw(conn, CASE, clock.now())
    assert delivery.record(CASE, 1, received).kind == "later"
    assert deliver(delivery) == "done"
    assert (office.files[CASE].status, row(db).state) == ("withdrawn", State.WITHDRAWN)


def test_what_is_decided_cannot_be_taken_back_and_is_followed_on(
    delivery: Delivery, db: Database, office: MemoryOffice, sink: Remembering, clock: FixedClock
) -> None:
    deliver(delivery)
    office.decide("approved")
    with db.write() as conn:
        outbox.withdraw(conn, CASE, clock.now())
    assert deliver(delivery) == "done"
    assert row(db).state is State.SENT
    assert sink.news[-1][0] == "stuck" and "对方已作出决定" in sink.news[-1][3]


def test_a_withdrawal_nobody_answers_ends_with_a_person_and_can_be_tried_again(
    delivery: Delivery, db: Database, office: MemoryOffice, clock: FixedClock
) -> None:
    deliver(delivery)
    with db.write() as conn:
        outbox.withdraw(conn, CASE, clock.now())
    fail_with(office, OfficeUnavailable("timeout"))
    clock.advance(timedelta(days=11))
    assert [deliver(delivery) for _ in range(3)] == ["later", "later", "done"]
    assert row(db).state is State.WITHDRAW_STUCK
    heal(office)
    with db.write() as conn:
        assert outbox.again(conn, CASE, clock.now())
    assert row(db).state is State.WITHDRAWING
    assert deliver(delivery) == "done"
    assert office.files[CASE].status == "withdrawn"


def test_a_submission_nobody_knows_is_nothing_to_do(delivery: Delivery, office: MemoryOffice) -> None:
    assert delivery.attempt("BD-9999", 1).kind == "done"
    assert office.calls == []


def test_noting_twice_is_noting_once(db: Database, clock: FixedClock) -> None:
    with db.write() as conn:
        outbox.add(conn, CASE, 1, clock.now())
        assert outbox.counts(conn) == {State.PENDING: 1}
