"""A turn happens whole or not at all: repeats, crashes, conflicts, an engine that is away, and who may speak."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, func, select

from assistant.casework import repository as cases
from assistant.casework.flow import answering, asking, choosing
from assistant.casework.flow.talk import DialogueState
from assistant.conversation import repository
from assistant.conversation.hub import Hub
from assistant.conversation.limits import RateLimiter
from assistant.conversation.model import Conversation, Message
from assistant.conversation.needs import TurnRefused
from assistant.conversation.ownership import Ownership
from assistant.conversation.turn import TurnRunner
from assistant.engine.gateway import EngineDown
from assistant.foundation import audit, tables
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from tests.unit.casework.flow.support import World


class Parse:
    def __init__(self, intent: str) -> None:
        self.intent, self.confidence = intent, 1.0


class FakeEngine:
    """Does what the rules would predict: begin a case, or take an answer. ``fail`` makes the next calls break after the work."""

    def __init__(self) -> None:
        self.runner: TurnRunner | None = None
        self.fail = 0
        self.calls = 0

    async def turn(self, sender: str, text: str, asked: dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
        assert self.runner is not None
        self.calls += 1
        talk = self.runner.current(sender).talk
        if text == "要钱吗":
            talk.say("不收费。")
            talk.status, talk.question_said = "answered", True
            return Parse("ask_fee")
        talk.intent, talk.confidence = ("provide", 1.0) if asked else ("apply", 1.0)
        await asyncio.sleep(0)
        (answering.take if asked else choosing.apply)(talk)
        asking.say_question(talk)
        if self.fail:
            self.fail -= 1
            raise EngineDown
        return Parse(talk.intent)

    async def parse(self, text: str, asked: dict[str, Any] | None) -> Parse:
        return Parse("cancel" if "取消" in text else "ask_fee" if "钱" in text else "chitchat")


@dataclass
class FakeOutlook:
    place: int = 1
    wait: int | None = None
    there: int = 1
    opens_at: datetime | None = None

    def of(
        self, conn: Connection, conversation_id: str, now: datetime, *, reason: str = "to_human", item: str | None = None
    ) -> FakeOutlook:
        return self


class FakeDesk:
    def __init__(self) -> None:
        self.log: list[str] = []
        self.reasons: list[tuple[str, str]] = []
        self.outlook = FakeOutlook()

    def enqueue(
        self, conn: Connection, conversation_id: str, reason: str, at: datetime, *, item: str | None = None, note: str = ""
    ) -> None:
        self.log.append("enqueue")
        self.reasons.append((reason, note))

    def heard(self, conn: Connection, conversation_id: str, at: datetime) -> None:
        self.log.append("heard")

    def keeper(self, conn: Connection, conversation_id: str, now: datetime) -> str | None:
        return None

    def served_at(self, conn: Connection, conversation_id: str, now: datetime) -> datetime | None:
        return None

    def leave(self, conn: Connection, conversation_id: str, at: datetime) -> None:
        self.log.append("leave")

    def opens_at(self, now: datetime) -> datetime | None:
        return None


class FakeOutbox:
    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []

    def enqueue_in(self, conn: Connection, case_no: str, version: int, part: str = "", *, waiting: bool = False) -> None:
        self.sent.append((case_no, version))

    def withdraw_in(self, conn: Connection, case_no: str, part: str = "") -> bool:
        return True

    def kick(self) -> None: ...


@pytest.fixture
def runner(db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> TurnRunner:
    engine = FakeEngine()
    made = TurnRunner(db=db, engine=engine, services=World(), desk=FakeDesk(), outbox=FakeOutbox(), hub=Hub(), clock=clock)
    engine.runner = made
    monkeypatch.setattr(TurnRunner, "PATIENCE", 0.0)
    now = clock.now()
    conv = Conversation("c1", "web", "zh-CN", None, "bot", now, now, 1, 0, 0, DialogueState(), None, "hash", now + timedelta(days=1))
    with db.write() as conn:
        repository.create(conn, conv)
    return made


async def send(runner: TurnRunner, text: str, message_id: str, **more: Any) -> dict[str, Any]:
    body = await runner.run("c1", Message(message_id, f"hash of {text}", text=text, **more))
    turn: dict[str, Any] = orjson.loads(body)
    return turn


def count(db: Database, table: Any) -> int:
    with db.read() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def owner(db: Database, value: str) -> None:
    """Staff change the owner, as the desk does."""
    with db.write() as conn:
        Ownership().hand_over(conn, "c1", value, "staff:1", datetime(2026, 11, 10, tzinfo=tables_zone()), "…")


def tables_zone() -> Any:
    from assistant.foundation.clock import SHANGHAI

    return SHANGHAI


async def test_a_turn_is_stored_with_case_events_and_audit(runner: TurnRunner) -> None:
    turn = await send(runner, "办示例变更登记", "m1")
    assert turn["turn"] == 1 and turn["status"] == "collecting" and turn["ask"]["field"] == "source"
    with runner.db.read() as conn:
        held = cases.cases_of(conn, "c1")
        kinds = [event.kind for event in repository.events_after(conn, "c1", 0)]
        assert audit.verify(conn).ok
    assert held[0].case_no == turn["case"]["case_no"] and kinds == ["message", "turn"]


async def test_the_same_message_is_the_same_turn_byte_for_byte(runner: TurnRunner) -> None:
    message = Message("m1", "h", text="办示例变更登记")
    assert await runner.run("c1", message) == await runner.run("c1", message)
    assert count(runner.db, tables.turn) == 1 and count(runner.db, tables.case_) == 1


async def test_the_same_id_with_other_content_is_a_conflict(runner: TurnRunner) -> None:
    await send(runner, "办示例变更登记", "m1")
    with pytest.raises(TurnRefused) as refused:
        await send(runner, "别的", "m1")
    assert refused.value.code == "conflict"


async def test_an_unknown_conversation_is_refused(runner: TurnRunner) -> None:
    with pytest.raises(TurnRefused):
        await runner.run("nobody", Message("m1", "h", text="你好"))


async def test_a_crash_before_saving_leaves_nothing_and_the_message_may_come_again(
    runner: TurnRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(runner, "办示例变更登记", "m1")
    with monkeypatch.context() as patched:
        patched.setattr(repository, "save_turn", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            await send(runner, "租的", "m2")
    with runner.db.read() as conn:
        assert cases.cases_of(conn, "c1")[0].answers == {}
        assert audit.verify(conn).ok
    turn = await send(runner, "租的", "m2")
    assert turn["turn"] == 2 and turn["case"]["filled"] == 1 and turn["ask"]["field"] == "company"


async def test_an_engine_lost_in_the_middle_leaves_nothing(runner: TurnRunner) -> None:
    await send(runner, "办示例变更登记", "m1")
    engine = runner.engine
    assert isinstance(engine, FakeEngine)
    engine.fail = 1
    with pytest.raises(EngineDown):
        await send(runner, "租的", "m2")
    turn = await send(runner, "租的", "m2")
    assert turn["case"]["filled"] == 1 and count(runner.db, tables.turn) == 2


async def test_staff_taking_over_meanwhile_makes_the_turn_think_again(runner: TurnRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    await send(runner, "办示例变更登记", "m1")
    thought = TurnRunner.think
    taken = False

    async def think(self: TurnRunner, turn: Any) -> None:
        nonlocal taken
        await thought(self, turn)
        if not taken:
            taken = True
            owner(self.db, "staff")

    monkeypatch.setattr(TurnRunner, "think", think)
    turn = await send(runner, "租的", "m2")
    assert turn["owner"] == "staff" and turn["status"] == "handed_off" and turn["replies"] == [] and turn["case"]["filled"] == 0


async def test_the_bot_is_silent_while_staff_speak_and_goes_on_afterwards(runner: TurnRunner) -> None:
    await send(runner, "办示例变更登记", "m1")
    owner(runner.db, "staff")
    for number, said in enumerate(("你好，在吗", "我不想活了", "你这个傻逼", "👍", "。。。")):
        turn = await send(runner, said, f"s{number}")
        assert turn["replies"] == [] and turn["owner"] == "staff" and turn["ask"]["field"] == "source"
    owner(runner.db, "bot")
    assert (await send(runner, "租的", "m2"))["ask"]["field"] == "company"


async def test_a_closed_conversation_begins_again_with_the_bot_unless_staff_keep_it(
    runner: TurnRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(runner, "办示例变更登记", "m1")
    owner(runner.db, "closed")
    turn = await send(runner, "租的", "m2")
    assert (turn["owner"], turn["ask"]["field"]) == ("bot", "company")
    owner(runner.db, "closed")
    monkeypatch.setattr(FakeDesk, "keeper", lambda *_: "somebody")
    turn = await send(runner, "还有一件事", "m3")
    assert (turn["owner"], turn["status"]) == ("queue", "handed_off")
    assert runner.desk.log == ["enqueue"]  # type: ignore[attr-defined]
    with runner.db.read() as conn:
        marks = [event.data["owner"] for event in repository.events_after(conn, "c1", 0) if event.kind == "owner"]
        assert audit.verify(conn).ok
    assert marks == ["closed", "bot", "closed", "queue"]


async def test_waiting_ends_by_an_answer_or_by_cancelling_only(runner: TurnRunner) -> None:
    await send(runner, "办示例变更登记", "m1")
    owner(runner.db, "queue")
    turn = await send(runner, "要钱吗", "m2")
    assert (turn["owner"], turn["status"], turn["ask"]["field"]) == ("queue", "answered", "source"), "a question is answered"
    assert [reply["text"] for reply in turn["replies"]] == ["不收费。", "您还在排队，现在是第1位。"]
    turn = await send(runner, "有人吗", "m2b")
    assert (turn["owner"], turn["status"], turn["ask"]["field"]) == ("queue", "queued", "source")
    turn = await send(runner, "取消排队", "m3")
    assert (turn["owner"], turn["status"]) == ("bot", "answered")
    owner(runner.db, "queue")
    turn = await send(runner, "租的", "m4")
    assert (turn["owner"], turn["ask"]["field"]) == ("bot", "company")
    assert runner.desk.log == ["leave", "leave"]  # type: ignore[attr-defined]


async def test_messages_of_one_conversation_are_taken_one_after_the_other(runner: TurnRunner) -> None:
    await send(runner, "办示例变更登记", "m0")
    turns = await asyncio.gather(*(send(runner, "呃那个什么来着", f"m{n}") for n in range(1, 6)))
    assert sorted(turn["turn"] for turn in turns) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("text", ["", "   ", "😀🎉", "\x00\x01", "\u200b"])
async def test_nothing_to_read_is_said_and_asks_the_same_again(runner: TurnRunner, text: str) -> None:
    first = await send(runner, "办示例变更登记", "m1")
    turn = await send(runner, text, "m2")
    assert turn["status"] == "clarify" and turn["ask"] == first["ask"] and turn["replies"]


async def test_too_long_changes_nothing(runner: TurnRunner) -> None:
    first = await send(runner, "办示例变更登记", "m1")
    turn = await send(runner, "长" * 4001, "m2")
    assert turn["status"] == "refused_too_long" and turn["ask"] == first["ask"] and turn["case"] == first["case"]


async def test_two_failures_in_a_row_offer_a_person(runner: TurnRunner) -> None:
    await send(runner, "办示例变更登记", "m1")
    await send(runner, "呃那个什么来着", "m2")
    turn = await send(runner, "嗯这个怎么讲呢", "m3")
    offer = next(reply for reply in turn["replies"] if reply["kind"] == "card" and reply["actions"])
    assert offer["actions"] == [{"label": "转人工", "message": "转人工"}] and "现在就可以转" in offer["text"]
    assert turn["ask"]["field"] == "source", "the question stays"
    helped = await send(runner, "租的", "m4")
    assert helped["status"] == "collecting" and not any(reply["kind"] == "card" for reply in helped["replies"])
    again = await send(runner, "呃那个什么来着", "m5")
    assert not any(reply["kind"] == "card" for reply in again["replies"]), "one success, and it is counted anew"


async def test_out_of_hours_the_offer_says_when(runner: TurnRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeDesk, "opens_at", lambda self, now: datetime(2026, 11, 11, 9, 0, tzinfo=tables_zone()))
    await send(runner, "办示例变更登记", "m1")
    await send(runner, "呃那个什么来着", "m2")
    turn = await send(runner, "嗯这个怎么讲呢", "m3")
    assert any("11月11日09:00" in reply["text"] for reply in turn["replies"])


async def test_whoever_waits_or_talks_to_staff_is_offered_nobody(runner: TurnRunner) -> None:
    await send(runner, "办示例变更登记", "m1")
    await send(runner, "呃那个什么来着", "m2")
    owner(runner.db, "staff")
    turn = await send(runner, "嗯这个怎么讲呢", "m3")
    assert turn["replies"] == []


def test_the_rate_limit_refills_evenly() -> None:
    now = 0.0
    limiter = RateLimiter(60, lambda: now)
    assert [limiter.take("a") for _ in range(60)] == [0.0] * 60
    assert 0 < limiter.take("a") <= 1
    assert limiter.take("b") == 0.0
    now = 1.0
    assert limiter.take("a") == 0.0 and limiter.take("a") > 0
    assert RateLimiter(0).take("a") == 0.0
