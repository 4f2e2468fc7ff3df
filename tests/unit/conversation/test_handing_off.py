"""From the bot to people: when and why, what she is told, and calls and appointments; with the real desk, in virtual time."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from assistant.casework import repository as cases
from assistant.casework.flow.talk import DialogueState
from assistant.casework.model import CaseStatus, Correction, Wanting
from assistant.casework.submission import parts
from assistant.conversation import promise_words, repository
from assistant.conversation.hub import Hub
from assistant.conversation.model import Conversation, Message
from assistant.conversation.ownership import Ownership
from assistant.conversation.turn import TurnRunner
from assistant.conversation.waiting import wait_words
from assistant.desk import books
from assistant.desk.queue import Desk
from assistant.foundation import audit
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.messages import use_language
from assistant.foundation.settings import Settings
from assistant.foundation.tables import audit_entry
from tests.unit.casework.flow.support import World
from tests.unit.conversation.test_turn import FakeOutbox, Parse
from tests.unit.desk.world import arranged

OPEN = "2026-11-10T10:00"
PHONE = "13800138000"


class ScriptedEngine:
    """Acts on a few words as the rules would, and on nothing else."""

    def __init__(self) -> None:
        self.runner: TurnRunner | None = None

    async def turn(self, sender: str, text: str, asked: dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
        assert self.runner is not None
        talk = self.runner.current(sender).talk
        await asyncio.sleep(0)
        if "转人工" in text:
            talk.wants_person, talk.status = "to_human", "handed_off"
        elif "收费" in text:
            talk.say("不收费。")
            talk.status = "answered"
        else:
            talk.say("没有听懂。")
            talk.status = "clarify"
        return Parse("chitchat")

    async def parse(self, text: str, asked: dict[str, Any] | None) -> Parse:
        words = {"取消": "cancel", "收费": "ask_fee", "投诉": "complaint"}
        return Parse(next((intent for word, intent in words.items() if word in text), "chitchat"))


class Hall:
    """A citizen with the bot, and the desk behind it."""

    def __init__(self, db: Database, clock: FixedClock, settings: Settings, names: Sequence[str] = ("c1",)) -> None:
        self.db, self.clock, self.number = db, clock, 0
        self.desk = Desk(settings, Ownership(), arranged(general={"slots": 3}))
        engine = ScriptedEngine()
        self.runner = TurnRunner(db, engine, World(), self.desk, FakeOutbox(), Hub(), clock)
        engine.runner = self.runner
        now = clock.now()
        for name in names:
            state = DialogueState()
            conv = Conversation(name, "web", "zh-CN", None, "bot", now, now, 1, 0, 0, state, None, f"h{name}", now + timedelta(days=9))
            with db.write() as conn:
                repository.create(conn, conv)

    async def say(self, text: str, name: str = "c1", **more: Any) -> dict[str, Any]:
        self.number += 1
        message = Message(f"m{self.number}", text, text=None if more else text, **more)
        turn: dict[str, Any] = orjson.loads(await self.runner.run(name, message))
        assert turn["status"], "no turn without a status"
        assert turn["owner"] != "staff" or not turn["replies"], "the bot is silent while staff speak"
        return turn

    def stays(self) -> list[Any]:
        with self.db.read() as conn:
            return list(conn.execute(select(desk_entry).order_by(desk_entry.c.queued_at)))

    def notes(self) -> list[str]:
        with self.db.read() as conn:
            return [note.text for note in books.notes_of(conn, "c1")]

    def corrected(self, case_no: str) -> None:
        """The office wants another telephone number."""
        with self.db.write() as conn:
            found = cases.find(conn, case_no)
            assert found is not None
            asked = Correction(text="电话不通", wanting=[Wanting(kind="field", code="phone", text="电话不通")])
            parts.move(found[0], "", CaseStatus.CORRECTION_NEEDED, self.clock.now(), correction=asked)
            cases.save(conn, found[0], "c1", self.clock.now())

    def at(self, when: str) -> None:
        self.clock.advance(datetime.fromisoformat(when).replace(tzinfo=SHANGHAI) - self.clock.now())


@pytest.fixture
def hall(db: Database, clock: FixedClock, settings: Settings) -> Hall:
    return Hall(db, clock, settings)


def said(turn: dict[str, Any]) -> str:
    return "".join(reply["text"] for reply in turn["replies"])


@pytest.mark.parametrize(
    ("words", "reason", "status", "rank"),
    [("转人工", "to_human", "handed_off", 5), ("我不想活了", "distress", "care", 1), ("有人要杀人", "danger", "care", 0)],
)
async def test_one_sentence_is_enough(hall: Hall, words: str, reason: str, status: str, rank: int) -> None:
    turn = await hall.say(words)
    assert (turn["owner"], turn["status"]) == ("queue", status)
    [stay] = hall.stays()
    assert (stay.reason, stay.state, stay.priority) == (reason, "waiting", rank)
    assert "第1位" in said(turn) and "说不准" in said(turn)


async def test_the_third_turn_not_understood_goes_over(hall: Hall) -> None:
    turns = [await hall.say("呃那个"), await hall.say("   "), await hall.say("怎么说呢"), await hall.say("就是那个嘛")]
    assert [turn["owner"] for turn in turns] == ["bot", "bot", "bot", "queue"], "a blank message is none of them"
    assert any(reply.get("title") == "要人工帮忙吗？" for reply in turns[2]["replies"])
    assert hall.stays()[0].reason == "not_understood" and turns[3]["status"] == "clarify"
    turn = await hall.say("取消排队")
    assert turn["owner"] == "bot" and (await hall.say("呃那个"))["owner"] == "bot", "it is counted anew"


async def test_who_waits_keeps_her_place_and_what_is_worse_comes_first(hall: Hall) -> None:
    await hall.say("转人工")
    turn = await hall.say("收费吗")
    assert (turn["owner"], turn["status"]) == ("queue", "answered") and "您还在排队，现在是第1位" in said(turn)
    turn = await hall.say("嗯嗯")
    assert (turn["owner"], turn["status"]) == ("queue", "queued") and "第1位" in said(turn)
    await hall.say("我要投诉")
    [stay] = hall.stays()
    assert (stay.reason, stay.priority) == ("complaint", 2)


@pytest.mark.parametrize(
    ("now", "promised"),
    [
        ("2026-11-10T11:45", "11月10日13:00"),  # lunch
        ("2026-11-10T18:00", "11月11日09:00"),  # evening
        ("2026-11-13T17:30", "11月16日09:00"),  # weekend
        ("2026-10-01T10:00", "10月8日09:00"),  # National Day
    ],
)
async def test_out_of_hours_the_time_is_named_and_kept(hall: Hall, now: str, promised: str) -> None:
    hall.at(now)
    turn = await hall.say("转人工")
    assert turn["owner"] == "queue" and promised in said(turn)
    at = hall.stays()[0].promised_at.astimezone(SHANGHAI)
    assert f"{at.month}月{at.day}日{at:%H:%M}" == promised


async def test_a_number_is_left_and_she_is_called_when_it_was_promised(hall: Hall) -> None:
    await hall.say("转人工")
    turn = await hall.say("请给我回电话")
    assert (turn["owner"], turn["status"], turn["ask"]["field"]) == ("queue", "collecting", "callback_number")
    assert "同意" in turn["ask"]["why"] and "加密" in turn["ask"]["why"]
    turn = await hall.say("1380013800")
    assert turn["status"] == "rejected_answer" and turn["ask"]["error"]
    turn = await hall.say(f"打{PHONE}吧")
    assert turn["owner"] == "bot" and "11月10日10:30" in said(turn) and PHONE not in said(turn)
    left, promised = sorted(hall.stays(), key=lambda one: str(one.kind), reverse=True)
    assert (left.state, promised.state, promised.kind, promised.contact) == ("left", "promised", "callback", PHONE)
    with hall.db.read() as conn:
        noted = conn.execute(select(audit_entry.c.detail).where(audit_entry.c.action == "desk.callback_promised")).scalars().all()
        assert audit.verify(conn).ok
    assert "consent" in str(noted) and PHONE not in str(noted)
    assert "10:30" in said(await hall.say("什么时候给我打电话"))
    turn = await hall.say("改回电号码")
    turn = await hall.say("13900139000")
    assert "10:30" in said(turn), "another number, the same time"
    await hall.say("取消回电")
    assert {stay.state for stay in hall.stays()} == {"left"}


@pytest.mark.parametrize(
    ("now", "words", "when"),
    [
        (OPEN, "明天下午三点给我回电话", "11月11日15:00"),
        ("2026-11-13T16:50", "请给我回电话", "11月16日09:20"),  # half an hour of opening time, over the weekend
        ("2026-11-10T16:28", "请给我回电话", "11月11日09:00"),  # 17:00 is the end
    ],
)
async def test_calls_are_promised_for_opening_time(hall: Hall, now: str, words: str, when: str) -> None:
    hall.at(now)
    await hall.say(words)
    assert when in said(await hall.say(PHONE))


async def test_an_appointment_is_booked_with_one_tap_and_moved_by_words(hall: Hall) -> None:
    await hall.say("转人工")
    turn = await hall.say("约个时间")
    assert turn["ask"]["field"] == "staff_slot" and turn["owner"] == "queue"
    first = turn["ask"]["options"][0]
    turn = await hall.say("", choice=[first["value"]])
    assert turn["owner"] == "bot" and first["label"] in said(turn) and turn["ask"] is None
    assert [stay.slot for stay in hall.stays() if stay.state == "promised"] == [f"general@{first['value']}"]
    turn = await hall.say("改人工预约")
    assert first["label"] not in [option["label"] for option in turn["ask"]["options"]], "it is taken, by herself"
    turn = await hall.say("算了")
    assert turn["ask"] is None and [stay.state for stay in hall.stays()].count("promised") == 1
    await hall.say("取消人工预约")
    assert "promised" not in [stay.state for stay in hall.stays()]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def two(request: pytest.FixtureRequest, settings: Settings, clock: FixedClock) -> Iterator[Hall]:
    """Two citizens on each of the databases; on PostgreSQL both are about to take an appointment before either has."""
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    db = Database(url, KeyRing.open(settings.keyring_path), "normal")
    db.upgrade()
    hall = Hall(db, clock, settings, ("c1", "c2"))
    if request.param == "postgresql":
        together, book, calls = threading.Barrier(2, timeout=20), hall.desk.promises.book, itertools.count()

        def at_once(*args: Any, **more: Any) -> bool:
            if next(calls) < 2:  # the one that is late thinks again, alone
                together.wait()
            return book(*args, **more)

        hall.desk.promises.book = at_once  # type: ignore[method-assign]
    yield hall
    db.dispose()


async def test_of_two_who_take_one_appointment_one_gets_it_and_the_other_is_offered_others(two: Hall) -> None:
    offered = (await two.say("预约人工时间"))["ask"]["options"][0]["value"]
    await two.say("预约人工时间", "c2")
    turns = await asyncio.gather(two.say("", choice=[offered]), two.say("", "c2", choice=[offered]))
    [got, late] = sorted(turns, key=lambda turn: turn["status"] == "rejected_answer")
    assert got["ask"] is None and "约好了" in said(got)
    assert late["status"] == "rejected_answer" and "刚刚被约走了" in said(late)
    assert offered not in [option["value"] for option in late["ask"]["options"]]
    assert [stay.slot for stay in two.stays()] == [f"general@{offered}"]


@pytest.mark.parametrize("words", ["改电话", "我的电话是13800138000", "预约", "取消预约", "他打电话给我妈了", "留我的手机号", "什么时候办好"])
def test_words_about_other_things_are_no_promise(words: str) -> None:
    assert promise_words.read(words, waiting=False) is None


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("请给我回电话", "callback"), ("能不能让工作人员打电话给我", "callback"), ("請給我回電話", "callback"), ("can you call me back?", "callback"),
        ("预约人工时间", "slot"), ("book a time with staff", "slot"), ("不用给我打电话了", "cancel"), ("取消回电", "cancel"),
        ("cancel the call-back", "cancel"), ("改回电号码", "number"), ("改回电时间", "time"), ("什么时候给我打电话", "when"),
    ],
)  # fmt: skip
def test_words_about_calls_and_appointments(words: str, what: str) -> None:
    assert promise_words.read(words, waiting=False) == what


def test_a_wait_is_told_as_a_range() -> None:
    with use_language("zh-CN"):
        told = [wait_words(seconds) for seconds in (None, 30, 100, 480, 1500, 6000)]
    assert told == [
        "现在还说不准要等多久", "1分钟以内", "大约1到3分钟", "大约6到12分钟", "大约15到40分钟", "大约75到150分钟",
    ]  # fmt: skip
