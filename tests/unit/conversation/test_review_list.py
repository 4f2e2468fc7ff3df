"""What a turn leaves on the review list: masked, counted, with what the citizen chose; and never the answer to a question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assistant.casework import repository as cases
from assistant.casework.flow import answering, asking, choosing, correcting
from assistant.casework.model import Answer, Source
from assistant.conversation import repository, review_list
from assistant.conversation.exchanges import Exchange
from assistant.conversation.model import Message
from assistant.conversation.review_list import DROPPED, LABELLED, Entry, ReviewList, relabelled
from assistant.conversation.turn import TurnRunner
from assistant.foundation import tables
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from knowledge.search import Decision, Hit
from tests.unit.casework.flow.support import NOW, World
from tests.unit.conversation.test_turn import Parse, runner, send

__all__ = ["runner"]


class Family(World):
    """Two items that 示例 alone does not tell apart."""

    def find(self, text: str) -> list[Hit]:
        named = super().find(text)
        return named or [Hit(g.code, g.name, 0.5, []) for g in self.guides.values() if "示例" in text]

    def decide(self, hits: Any, *, expected: bool = True) -> Decision:
        return super().decide(hits, expected=expected)


class Reader:
    """Reads as told: sentence → intent and confidence; taps and what is asked are answers."""

    def __init__(self, runner: TurnRunner, told: dict[str, tuple[str, float]]) -> None:
        self.runner, self.told = runner, told

    async def turn(self, sender: str, text: str, asked: dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
        talk = self.runner.current(sender).talk
        talk.intent, talk.confidence = (text[1:], 1.0) if text.startswith("/") else self.told.get(text, ("provide", 1.0))
        if asked and talk.intent in ("provide", "choose"):
            answering.take(talk)
        elif talk.intent.startswith("ask_"):
            choosing.question(talk, talk.intent)
        elif talk.intent == "apply":
            choosing.apply(talk)
        elif talk.intent == "correct_info":
            correcting.correct(talk)
        elif talk.intent == "thanks":
            talk.say("不客气")
            talk.status = "smalltalk"
        asking.say_question(talk)
        parse = Parse(talk.intent)
        parse.confidence = talk.confidence
        return parse

    async def parse(self, text: str, asked: dict[str, Any] | None) -> Parse:
        return Parse("chitchat")


@pytest.fixture
def listed(runner: TurnRunner, db: Database) -> ReviewList:
    runner.services = Family()
    runner.review = ReviewList(db.keyring, days=90)
    return runner.review


def reads(runner: TurnRunner, **told: tuple[str, float]) -> None:
    runner.engine = Reader(runner, told)


def waiting(db: Database, listed: ReviewList) -> list[Entry]:
    with db.read() as conn:
        return listed.waiting(conn)


async def test_a_sentence_that_fell_back_is_kept_once_and_counted(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    reads(runner, **{"示例怎么弄": ("ask_process", 0.8), "示例，怎么弄？": ("ask_process", 0.7)})
    await send(runner, "示例怎么弄", "m1")
    await send(runner, "示例，怎么弄？", "m2")
    [entry] = waiting(db, listed)
    assert (entry.text, entry.times, entry.reason) == ("示例怎么弄", 2, "fell_back")
    assert (entry.intent, entry.confidence, entry.item, entry.candidates) == ("ask_process", 0.7, None, ("address", "food"))


async def test_a_message_sent_again_is_counted_once(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    reads(runner, **{"示例怎么弄": ("ask_process", 0.8)})
    for _ in range(2):
        await send(runner, "示例怎么弄", "m1")
    assert waiting(db, listed)[0].times == 1


async def test_a_reading_hardly_believed_in_is_kept_and_a_sure_one_is_not(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    reads(runner, **{"示例食品许可要钱吗": ("ask_fee", 0.9), "示例食品许可那个啥": ("ask_fee", 0.3)})
    await send(runner, "示例食品许可要钱吗", "m1")
    assert waiting(db, listed) == []
    await send(runner, "示例食品许可那个啥", "m2")
    assert [(entry.text, entry.item) for entry in waiting(db, listed)] == [("示例食品许可那个啥", "food")]


@pytest.mark.parametrize("how", ["tap", "words"])
async def test_the_item_chosen_becomes_the_suggestion_of_the_earlier_sentence(
    runner: TurnRunner, db: Database, listed: ReviewList, how: str
) -> None:
    reads(runner, **{"示例怎么弄": ("ask_process", 0.8)})
    turn = await send(runner, "示例怎么弄", "m1")
    assert turn["ask"]["field"] == "guide"
    if how == "tap":
        await runner.run("c1", Message("m2", "hash", choice=["food"]))
    else:
        await send(runner, "第二个", "m2")
    [entry] = waiting(db, listed)
    assert (entry.reason, entry.times) == ("corrected", 1)
    assert (entry.suggested_intent, entry.suggested_item) == ("ask_process", "food")


@pytest.mark.parametrize(
    ("meant", "intent", "item"),
    [
        ("不对，我问的是示例食品许可", "ask_time_limit", "food"),
        ("你理解错了，要带什么", "ask_materials", None),
        ("答非所问", None, None),
    ],
)
async def test_what_she_says_she_meant_puts_the_sentence_before_right(
    runner: TurnRunner, db: Database, listed: ReviewList, meant: str, intent: str | None, item: str | None
) -> None:
    said = "张三的示例变更登记要多久"
    reads(runner, **{said: ("ask_time_limit", 0.9), meant: ("complaint" if intent is None else "ask_materials", 0.95)})
    await send(runner, said, "m1")
    await send(runner, meant, "m2")
    [entry] = waiting(db, listed)
    assert (entry.text, entry.reason, entry.item) == ("[name]的示例变更登记要多久", "corrected", "address")
    assert (entry.suggested_intent, entry.suggested_item) == (intent, item)


async def test_answers_to_questions_about_a_person_are_never_kept(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    odd = {"示例公司": ("chitchat", 0.2), "房东李四": ("ask_location", 0.3), "13800138000": ("chitchat", 0.1), "没看懂": ("chitchat", 0.1)}
    reads(runner, **{"我要办示例变更登记": ("apply", 0.99), **odd})
    await send(runner, "我要办示例变更登记", "m1")
    for number, text in enumerate(odd, 2):
        await send(runner, text, f"m{number}")
    assert waiting(db, listed) == []


async def test_what_the_case_holds_is_hidden(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    asks = "甲乙丙丁能不能加急示例食品许可"
    reads(runner, **{"我要办示例变更登记": ("apply", 0.99), asks: ("ask_time_limit", 0.3)})
    await send(runner, "我要办示例变更登记", "m1")
    with db.write() as conn:
        [case] = cases.cases_of(conn, "c1")
        case.answers["landlord"] = Answer(value="甲乙丙丁", display="甲乙丙丁", source=Source(kind="said"))
        cases.save(conn, case, "c1", NOW)
    with db.write() as conn:
        conv = repository.load(conn, "c1")
        assert conv is not None
        conv.state.ask = None
        repository.save(conn, conv, NOW)
    await send(runner, asks, "m2")
    assert [entry.text for entry in waiting(db, listed)] == ["[name]能不能加急示例食品许可"]


async def test_nothing_is_readable_in_the_database(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    reads(runner, **{"张三13800138000示例怎么弄": ("ask_process", 0.8)})
    await send(runner, "张三13800138000示例怎么弄", "m1")
    assert waiting(db, listed)[0].text == "[name][number]示例怎么弄"
    with db.read() as conn:
        raw = conn.exec_driver_sql("SELECT * FROM review_sentence").mappings().one()
    assert b"\xe7\xa4\xba\xe4\xbe\x8b" not in raw["text"]
    assert "c1" not in raw.values()


async def test_too_old_ones_go_and_none_are_kept_where_the_setting_says_so(
    runner: TurnRunner, db: Database, listed: ReviewList, clock: FixedClock
) -> None:
    reads(runner, **{"示例怎么弄": ("ask_process", 0.8), "谢谢": ("thanks", 0.99)})
    await send(runner, "示例怎么弄", "m1")
    clock.advance(timedelta(days=91))
    await send(runner, "谢谢", "m2")
    assert waiting(db, listed) == []
    runner.review = ReviewList(db.keyring, days=0)
    await send(runner, "示例怎么弄", "m3")
    assert waiting(db, listed) == []


async def test_a_broken_list_costs_nobody_a_turn(runner: TurnRunner, db: Database, listed: ReviewList, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(review_list, "kept", broken)
    reads(runner, **{"示例怎么弄": ("ask_process", 0.8)})
    assert (await send(runner, "示例怎么弄", "m1"))["status"] == "clarify"
    assert waiting(db, listed) == []


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """A database of each kind: counting is one statement that the two write differently."""
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = Database(url, KeyRing.open(settings.keyring_path), "normal")
    made.upgrade()
    yield made
    made.dispose()


def test_what_comes_again_is_counted_and_goes_when_it_is_old(either: Database, clock: FixedClock) -> None:
    listed = ReviewList(either.keyring, days=90)
    first = review_list.Misread("fell_back", "示例怎么弄", "ask_process", 0.3, None, ("address",))
    again = review_list.Misread("fell_back", "示例，怎么弄？", "ask_fee", 0.2, "food")
    once = review_list.Misread("corrected", "别的", "ask_fee", 0.9, None, (), "apply", "?")
    for misread in (first, once, again):
        with either.write() as conn:
            listed.keep(conn, [misread], clock.now())
    found = waiting(either, listed)
    assert [(entry.text, entry.times, entry.intent, entry.item, entry.suggested_item) for entry in found] == [
        ("别的", 1, "ask_fee", None, "?"), ("示例怎么弄", 2, "ask_fee", "food", None),
    ]  # fmt: skip
    with either.write() as conn:
        assert listed.forget(conn, clock.now() + timedelta(days=91)) == 2


def test_what_staff_say_outweighs_a_choice_and_brings_back_what_was_dropped(either: Database, clock: FixedClock) -> None:
    db, listed = either, ReviewList(either.keyring, days=90)
    said = Exchange("示例怎么弄", "ask_process", 0.8, "clarify", None, ("address",), None, "guide")
    from_staff = relabelled(said, {}, "ask_fee", "food")
    chosen = review_list.Misread("corrected", "示例怎么弄", "ask_process", 0.8, None, (), "ask_process", "address")
    assert from_staff is not None
    for misread, state in ((from_staff, None), (chosen, DROPPED), (from_staff, LABELLED), (chosen, None)):
        with db.write() as conn:
            listed.keep(conn, [misread], clock.now())
            row = conn.execute(select(tables.review_sentence)).mappings().one()
            assert (row["reason"], row["suggested_intent"], row["suggested_item"], row["times"]) == ("relabelled", "ask_fee", "food", 1)
            assert row["state"] == "new" or misread is chosen
            if state:
                listed.settle(conn, row["id"], state)
    with db.read() as conn:
        assert conn.execute(select(tables.review_sentence.c.state)).scalar_one() == LABELLED


@pytest.mark.parametrize(
    ("asked", "intent", "status", "talk"),
    [
        (None, "ask_fee", "answered", True),
        (("guide", "choice"), "ask_fee", "clarify", True),
        (("source", "choice"), "ask_fee", "answered", False),
        (("landlord", "text"), "ask_fee", "answered", False),
        (("birth", "date"), "ask_fee", "answered", False),
        (None, "provide", "clarify", False),
        (None, "", "handed_off", False),
        (None, "out_of_scope", "refused_privacy", False),
    ],
)
def test_only_talk_is_kept(asked: tuple[str, str] | None, intent: str, status: str, talk: bool) -> None:
    assert Exchange("要钱吗", intent, 0.2, status, None, (), asked, None).talk is talk


class Lists(Reader):
    """Reads every clause of a sentence as a question of the same kind."""

    async def parse_many(self, texts: list[str], asked: dict[str, Any] | None) -> list[Parse]:
        found = [Parse("ask_fee") for _ in texts]
        for parse in found:
            parse.confidence, parse.ranking, parse.entities = 0.3, [], []  # type: ignore[attr-defined]
        return found


async def test_a_question_about_several_items_is_kept_with_all_of_them(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    runner.engine = Lists(runner, {})
    turn = await send(runner, "示例变更登记和示例食品许可都要多少钱", "m1")
    assert [one["code"] for one in turn["understanding"]["also"]] == ["food"]
    [entry] = waiting(db, listed)
    assert entry.text == "示例变更登记和示例食品许可都要多少钱"
    assert (entry.intent, entry.item, entry.candidates) == ("ask_fee", None, ("address", "food"))


async def test_one_item_chosen_of_several_is_no_label_of_the_sentence(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    said = Exchange("示例登记和示例许可要钱吗", "ask_fee", 0.9, "clarify", None, ("address",), None, "guide", ("food",))
    found = relabelled(said, {}, "ask_fee", "?")
    assert found is not None and (found.item, found.candidates, found.suggested_item) == (None, ("address", "food"), "?")


async def test_what_she_chooses_of_a_list_leaves_all_its_items(runner: TurnRunner, db: Database, listed: ReviewList) -> None:
    class Choosing(Lists):
        """Asks which item was meant, as it does where one member may be several."""

        async def turn(self, sender: str, text: str, asked: dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
            talk = self.runner.current(sender).talk
            if asked:
                return await super().turn(sender, text, asked, slots)
            talk.intent, talk.confidence = "ask_fee", 0.9
            choosing.which(talk, ["address", "food"], "ask_fee")
            return Parse("ask_fee")

    runner.engine = Choosing(runner, {})
    turn = await send(runner, "示例变更登记和示例食品许可都要多少钱", "m1")
    assert turn["ask"]["field"] == "guide"
    await runner.run("c1", Message("m2", "hash", choice=["address"]))
    [entry] = waiting(db, listed)
    assert (entry.reason, entry.suggested_intent, entry.suggested_item) == ("corrected", "ask_fee", None)
    assert entry.item is None and set(entry.candidates) == {"address", "food"}
