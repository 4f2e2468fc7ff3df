"""Each notice goes out once: whatever crashes, however long a far side is away, and never in the night."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.casework.events import of_case
from assistant.casework.notices import store
from assistant.casework.notices.notice import OneTap, Outcome, Rejected, Unavailable, Words
from assistant.casework.notices.quiet import QuietHours
from assistant.casework.notices.store import LEASE, State
from assistant.casework.notices.wishes import NoticeWishes
from assistant.foundation.clock import SHANGHAI
from tests.unit.casework.notices.support import CASE_NO, MAIL, NO_ANSWER, NOW, PHONE, Broken, Crash, World

SLOT = Words(title="明天去窗口", text="明天上午9点到示例窗口。")


def at(hour: int, minute: int = 0, day: int = 21) -> datetime:
    return datetime(2025, 11, day, hour, minute, tzinfo=SHANGHAI)


def states(world: World) -> Counter[tuple[str, State]]:
    return Counter((row.channel, row.state) for row in world.notices())


def test_she_is_told_over_every_channel_she_agreed_to_and_no_other(world: World) -> None:
    world.case()
    world.happens("status", "accepted")
    world.rounds()
    assert [(one.address, one.words.link) for one in world.sms.arrived] == [(PHONE, "https://bandao.example/")]
    assert [one.address for one in world.mail.arrived] == [MAIL]
    assert not world.wechat.arrived
    assert states(world) == {("sms", State.SENT): 1, ("email", State.SENT): 1}


def test_a_far_side_that_took_it_in_and_fell_silent_is_asked_and_not_told_again(world: World) -> None:
    world.case()
    world.sms.around = lambda when: NO_ANSWER if when == "after" else None
    world.happens("status", "accepted")
    world.rounds()
    assert states(world)["sms", State.PLANNED] == 1
    world.sms.around = lambda when: None if when == "find" else Rejected("must-not-be-sent-again")
    world.clock.advance(timedelta(seconds=10))
    world.rounds()
    assert states(world)["sms", State.SENT] == 1
    assert len(world.sms.arrived) == 1


def test_waits_grow_and_nothing_is_sent_before_its_time(world: World) -> None:
    world.case()
    tries: list[datetime] = []

    def down(when: str) -> Outcome | None:
        if when == "before":
            tries.append(world.clock.now())
        return NO_ANSWER

    world.sms.around = down
    world.sms.find = lambda _key: None  # type: ignore[method-assign]
    world.happens("status", "accepted")
    for _ in range(100):
        world.rounds()
        world.clock.advance(timedelta(seconds=1))
    assert [int((later - first).total_seconds()) for first, later in pairwise(tries)] == [5, 10, 20, 40]


def test_after_patience_a_person_is_told_and_it_can_be_sent_again(world: World) -> None:
    world.case()
    world.sms.around = lambda _when: Unavailable("no-connection")
    world.happens("status", "accepted")
    for _ in range(200):
        world.rounds()
        world.clock.advance(timedelta(minutes=30))
    failed = next(row for row in world.notices() if row.channel == "sms")
    assert failed.state is State.FAILED and failed.words.text
    with world.db.read() as conn:
        asked = [event for event in of_case(conn, CASE_NO) if event.kind == "stuck"]
    assert len(asked) == 1 and asked[0].status == "notice_failed" and "短信" in asked[0].text
    assert len(world.mail.arrived) == 1, "that a person is asked for is not told the citizen as news of her case"
    world.sms.around = lambda _when: None
    with world.db.write() as conn:
        assert store.again(conn, failed.key, world.clock.now())
    world.rounds()
    assert len(world.sms.arrived) == 1


def test_a_refused_address_asks_for_a_person_at_once(world: World) -> None:
    world.case()
    world.sms.around = lambda _when: Rejected("invalid-number")
    world.happens("status", "accepted")
    world.rounds()
    assert states(world) == {("sms", State.FAILED): 1, ("email", State.SENT): 1}


def test_what_a_person_has_tried_again_goes_to_where_she_is_reached_now(world: World) -> None:
    world.case()
    world.sms.around = lambda when: Rejected("invalid-number") if when == "before" else None
    world.happens("status", "accepted")
    world.rounds()
    world.sms.around = lambda _when: None
    agreed = NoticeWishes(channels=["sms"], addresses={"sms": "13900000009"}, at=world.clock.now())
    world.change(lambda case: setattr(case, "notices", agreed))
    with world.db.write() as conn:
        (failed,) = store.left_to_people(conn, 9)
        assert failed.error == "invalid-number" and store.again(conn, failed.key, world.clock.now())
    world.rounds()
    assert [notice.address for notice in world.sms.arrived] == ["13900000009"]
    with world.db.read() as conn:
        assert not store.left_to_people(conn, 9)


@pytest.mark.parametrize(("now", "sent"), [(at(21, 59), True), (at(22), False), (at(3), False), (at(7, 59), False), (at(8), True)])
def test_nobodys_phone_rings_in_the_night(tmp_path: Path, now: datetime, sent: bool) -> None:
    world = World(tmp_path, quiet="22:00-08:00")
    world.case()
    world.clock.advance(now - world.clock.now())
    world.happens("status", "accepted")
    world.plan_chat("r:slot", SLOT)
    world.rounds()
    assert (len(world.sms.arrived), len(world.mail.arrived)) == ((1, 1) if sent else (0, 0))
    assert [one["text"] for one in world.said()] == [SLOT.text], "in the conversation it can be read at any hour"
    world.clock.advance(at(8, day=22 if now.hour >= 8 else 21) - now)
    world.rounds()
    assert (len(world.sms.arrived), len(world.mail.arrived)) == (1, 1)
    assert {row.attempts for row in world.notices()} == {1}, "waiting for the morning is no failed attempt"
    world.db.dispose()


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = QuietHours.parse("12:00-14:00")
    assert noon.end_after(at(13)) == at(14) and noon.end_after(at(14)) is None and noon.end_after(at(11, 59)) is None
    assert QuietHours.parse("").end_after(at(3)) is None
    with pytest.raises(ValueError, match="quiet hours"):
        QuietHours.parse("late")


def test_what_she_no_longer_wants_is_not_sent(tmp_path: Path) -> None:
    world = World(tmp_path, quiet="22:00-08:00")
    world.case()
    world.clock.advance(at(23) - NOW)
    world.happens("status", "accepted")
    world.rounds()
    world.change(lambda case: setattr(case, "notices", NoticeWishes(channels=["email"], addresses={"email": MAIL}, at=NOW)))
    world.clock.advance(timedelta(hours=10))
    world.rounds()
    assert states(world) == {("sms", State.SUPPRESSED): 1, ("email", State.SENT): 1}
    assert not world.sms.arrived
    world.db.dispose()


def test_what_waits_goes_to_the_number_she_has_by_then(tmp_path: Path) -> None:
    world = World(tmp_path, quiet="22:00-08:00")
    world.case()
    world.clock.advance(at(23) - NOW)
    world.happens("status", "accepted")
    world.rounds()
    world.change(lambda case: setattr(case, "notices", NoticeWishes(channels=["sms"], addresses={"sms": "13900000002"}, at=NOW)))
    world.clock.advance(timedelta(hours=10))
    world.rounds()
    assert [one.address for one in world.sms.arrived] == ["13900000002"]
    world.db.dispose()


def test_what_is_no_longer_true_or_too_late_is_not_said(world: World) -> None:
    world.case()
    world.plan_chat("r:correction", SLOT.model_copy(update={"while_": ["correction_needed"]}))
    world.plan_chat("r:late", SLOT.model_copy(update={"until": NOW - timedelta(seconds=1)}))
    world.rounds()
    assert states(world) == {("chat", State.SUPPRESSED): 2} and not world.said()


def test_one_with_something_to_tap_is_a_card_that_stays_in_the_conversation(world: World) -> None:
    world.case()
    world.plan_chat("r:licence", SLOT.model_copy(update={"action": OneTap(label="现在续办", message="我要办食品经营许可延续")}))
    world.rounds()
    (said,) = world.said()
    assert said["kind"] == "message" and said["from"] == "bot"
    assert said["replies"][0]["actions"] == [{"label": "现在续办", "message": "我要办食品经营许可延续"}]


def test_the_conversation_is_written_and_marked_in_one_go(world: World) -> None:
    world.case()
    world.plan_chat("r:slot", SLOT)
    world.deliverer._chat = Broken()
    with pytest.raises(Crash):
        world.rounds()
    assert not world.said() and states(world) == {("chat", State.PLANNED): 1}
    world.deliverer._chat = world.chat
    world.clock.advance(LEASE)
    world.rounds()
    world.rounds()
    assert [one["text"] for one in world.said()] == [SLOT.text]


def test_a_far_side_that_is_away_is_asked_once_a_round_and_holds_up_nobody(world: World) -> None:
    world.case()
    asked: list[str] = []

    def away(when: str) -> Outcome | None:
        asked.append(when)
        return NO_ANSWER

    world.sms.around = away
    for status in STATUSES:
        world.happens("status", status)
    world.rounds()
    assert asked == ["before"] and len(world.mail.arrived) == 3


def test_two_apps_do_not_both_send(world: World) -> None:
    world.case()
    world.happens("status", "accepted")
    world.consumer.run()
    key = next(row.key for row in world.notices() if row.channel == "sms")
    with world.db.write() as conn:
        assert store.claim(conn, key, world.clock.now()) is not None
        assert store.claim(conn, key, world.clock.now()) is None


STATUSES = ("accepted", "approved", "delivered")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    plan=st.lists(st.sampled_from(["ok", "crash-before", "crash-after", "crash-saving", "silent", "away", "again"]), max_size=25),
    order=st.permutations(STATUSES),
)
def test_whatever_happens_in_between_everything_arrives_and_where_keys_are_known_once(plan: list[str], order: list[str]) -> None:
    """Crashes before, after and in the middle of sending; far sides that are away or fall silent; events handed over again."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), patience=timedelta(days=365))
        world.case()
        for status in order:
            world.happens("status", status)
        for step in plan:
            _disturbed(world, step)
        for far in (world.sms, world.mail):
            far.around = lambda _when: None
        for _ in range(40):  # all is well again, for long enough
            with suppress(Crash):
                world.rounds()
            world.clock.advance(timedelta(hours=1))
        arrived = {far.channel: Counter(one.key for one in far.arrived) for far in (world.sms, world.mail)}
        assert len(arrived["sms"]) == len(arrived["email"]) == len(STATUSES)
        assert set(arrived["sms"].values()) == {1}, "the gateway goes by keys: exactly once"
        assert len(world.sms.texts()) == len(set(world.sms.texts()))
        assert states(world) == {("sms", State.SENT): 3, ("email", State.SENT): 3}
        world.db.dispose()


def _disturbed(world: World, step: str) -> None:
    """One round with one thing going wrong in it."""

    def around(when: str) -> Outcome | None:
        if (step, when) in {("crash-before", "before"), ("crash-after", "after"), ("crash-before", "find")}:
            raise Crash
        if (step, when) == ("silent", "after") or step == "away":
            return NO_ANSWER
        return None

    world.sms.around = world.mail.around = around
    settle = store.settle
    if step == "again":  # the consumer lost its place: every event comes once more
        with world.db.read() as conn:
            for event in of_case(conn, CASE_NO):
                world.planner.of_event(event)
    if step == "crash-saving":
        store.settle = _crash  # type: ignore[assignment]
    try:
        with suppress(Crash):
            world.rounds()
    finally:
        store.settle = settle
    world.clock.advance(timedelta(minutes=4))


def _crash(*_given: object, **_more: object) -> bool:
    raise Crash
