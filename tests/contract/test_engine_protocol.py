"""Application and engine, each in its own process and environment: real Rasa, real rasa-sdk, actions reduced to a counter.

The form is open exactly while the application asks something; what the actions return decides that, and these tests
hold the few shapes it may take.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI, Request
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from assistant.engine import training
from assistant.engine.client import Asking, EngineClient, EngineUnavailable, Parse
from assistant.foundation.settings import ROOT, Settings
from tests import ports

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

FREE = Asking(field="name", kind="text", free_text=True)
SAID = "示例餐饮有限公司"

QUESTIONS = 3
"""How many answers complete the interview."""

NAMES = (
    "action_apply", "action_answer_question", "action_check_progress", "action_to_human", "action_complaint", "action_smalltalk",
    "action_out_of_scope", "action_rate", "action_dialogue_act", "action_back", "action_restart", "action_ask_answer",
)  # fmt: skip


@dataclass
class Conversation:
    """What the application would keep: is anything asked, and the calls that came in."""

    asking: bool = False
    answers: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    events: int = 0


class Book:
    """The conversations, by sender."""

    def __init__(self) -> None:
        self.kept: dict[str, Conversation] = {}

    def of(self, tracker: Tracker) -> Conversation:
        conversation = self.kept.setdefault(tracker.sender_id, Conversation())
        conversation.slots = dict(tracker.slots)
        conversation.events = len(tracker.events)
        return conversation


def follow(tracker: Tracker, asking: bool) -> list[EventType]:
    """The events with which an action outside the form opens or closes it."""
    is_open = bool((tracker.active_loop or {}).get("name"))
    if asking and not is_open:
        return [FollowupAction("case_form")]
    if is_open and not asking:
        return [ActiveLoop(None), SlotSet("requested_slot", None)]
    return []


class Counted(Action):  # type: ignore[misc]
    """Any action: notes that it was called; some change whether something is asked."""

    def __init__(self, name: str, book: Book) -> None:
        self._name, self._book = name, book

    def name(self) -> str:
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        conversation = self._book.of(tracker)
        conversation.calls.append(self._name)
        if self._name == "action_ask_answer":
            return []
        intent = tracker.latest_message["intent"]["name"]
        if self._name == "action_apply":
            conversation.asking, conversation.answers = True, []
        elif self._name == "action_to_human":
            conversation.asking = False
            return []  # leaves the closing to the form, which is called once more
        elif intent == "cancel":
            conversation.asking = False
        elif intent == "complaint":
            raise ZeroDivisionError  # an action may fail
        return follow(tracker, conversation.asking)


class Validate(FormValidationAction):  # type: ignore[misc]
    """Takes answers until there are enough."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def name(self) -> str:
        return "validate_case_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        conversation = self._book.of(tracker)
        conversation.calls.append("validate_case_form")
        answer = tracker.get_slot("answer")
        if answer is not None:
            conversation.answers.append(answer)
            conversation.asking = len(conversation.answers) < QUESTIONS
        return [SlotSet("answer", None), SlotSet("requested_slot", "answer" if conversation.asking else None)]


def action_server(book: Book) -> FastAPI:
    """The route the application has, over the same executor."""
    executor = ActionExecutor()
    for action in (*(Counted(name, book) for name in NAMES), Validate(book)):
        executor.register_action(action)
    app = FastAPI()

    @app.post("/engine/actions")
    async def run(request: Request) -> Any:
        assert request.query_params["token"] == "secret"
        return (await executor.run(await request.json())).model_dump()

    return app


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture(scope="module")
def actions_port(book: Book) -> Iterator[int]:
    here = socket.create_server(("127.0.0.1", 0))
    port = int(here.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(action_server(book), log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def engine_url(actions_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("engine")
    settings = Settings(
        data_dir=folder, port=actions_port, engine_port=ports.for_a_program(), engine_token="secret", models_dir=ROOT / "models"
    )
    training.refresh_catalogue(settings.models_dir, settings.guides_dir)
    launch = training.process(settings, model=training.train(models_dir=settings.models_dir))
    log = folder / "engine.log"
    with log.open("w") as output:
        process = subprocess.Popen(launch.argv, env=launch.env, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        asyncio.run(_until_ready(settings.engine_url, process, log))
        yield settings.engine_url
    finally:
        process.terminate()
        assert process.wait(60) == 0, log.read_text()
    assert SAID not in log.read_text(), "what citizens say is in no log"


async def _until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    async with EngineClient(url, "secret") as client:
        for _ in range(1500):
            if await client.ready():
                return
            assert process.poll() is None, log.read_text()
            await asyncio.sleep(0.1)
    pytest.fail(log.read_text())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(engine_url: str) -> AsyncIterator[EngineClient]:
    async with EngineClient(engine_url, "secret") as opened:
        yield opened


class Talk:
    """One conversation driven as the application drives it: every turn says what is being asked."""

    def __init__(self, client: EngineClient, book: Book, sender: str) -> None:
        self.client, self.sender = client, sender
        self.state = book.kept.setdefault(sender, Conversation())

    async def say(self, text: str, case_no: str | None = "A1") -> list[str]:
        """The actions called, in order."""
        self.state.calls.clear()
        self.parse: Parse = await self.client.turn(
            self.sender,
            text,
            FREE if self.state.asking else None,
            {"conversation_id": self.sender, "case_no": case_no, "guide_code": None},
        )
        return list(self.state.calls)


@pytest.fixture
def talk(client: EngineClient, book: Book, request: pytest.FixtureRequest) -> Talk:
    return Talk(client, book, f"c-{request.node.name}")


ASKED = ["validate_case_form", "action_ask_answer"]


async def test_from_wish_to_complete(talk: Talk) -> None:
    assert await talk.say("/apply") == ["action_apply", *ASKED]
    assert talk.parse.actions == ["action_apply", "case_form"]
    assert await talk.say("/provide") == ASKED
    assert await talk.say("/choose") == ASKED
    assert await talk.say("/affirm") == ["validate_case_form"]
    assert talk.state.answers == ["/provide", "/choose", "/affirm"]
    assert not talk.state.asking
    assert await talk.say("/affirm") == ["action_dialogue_act"], "the form is closed, a yes is no answer any more"
    assert await talk.say("/apply") == ["action_apply", *ASKED], "and can be opened again"


async def test_words_reach_the_form_as_they_were_said(talk: Talk) -> None:
    await talk.say("/apply")
    await talk.say(SAID)
    assert talk.state.answers == [SAID]


DIGRESSIONS = {
    "action_answer_question": ("ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee", "ask_location"),
    "action_check_progress": ("check_progress",),
    "action_smalltalk": ("greet", "chitchat", "thanks", "goodbye", "help"),
    "action_out_of_scope": ("out_of_scope",),
    "action_rate": ("rate_service",),
    "action_dialogue_act": ("review", "pause", "resume", "repeat", "why"),
    "action_back": ("back",),
    "action_restart": ("restart",),
}


@pytest.mark.parametrize(
    ("intent", "action"), [(intent, action) for action, intents in DIGRESSIONS.items() for intent in intents]
)
async def test_a_digression_runs_its_action_and_the_form_asks_again(talk: Talk, intent: str, action: str) -> None:
    assert await talk.say(f"/{intent}") == [action], "outside the form nothing more is called"
    await talk.say("/apply")
    for _ in range(2):
        assert await talk.say(f"/{intent}") == [action, *ASKED]
    assert await talk.say("/provide") == ASKED, "and the next answer is an answer"
    assert talk.state.answers == ["/provide"]


@pytest.mark.parametrize("intent", ["apply", "affirm", "deny", "choose", "provide", "skip", "correct_info"])
async def test_answers_go_through_the_form(talk: Talk, intent: str) -> None:
    await talk.say("/apply")
    assert await talk.say(f"/{intent}") == ASKED
    assert talk.state.answers == [f"/{intent}"]


async def test_a_digression_after_which_nothing_is_asked_closes_the_form(talk: Talk) -> None:
    await talk.say("/apply")
    assert await talk.say("/to_human") == ["action_to_human", "validate_case_form"]
    assert await talk.say("/provide") == ["action_dialogue_act"]


async def test_an_action_may_close_the_form_itself(talk: Talk) -> None:
    await talk.say("/apply")
    assert await talk.say("/cancel") == ["action_dialogue_act"]
    assert await talk.say("/provide") == ["action_dialogue_act"]


async def test_the_database_is_believed_and_not_the_tracker(talk: Talk) -> None:
    await talk.say("/apply")
    talk.state.asking = False  # meanwhile a clerk closed the case
    assert await talk.say("/provide", case_no=None) == ["action_dialogue_act"]
    assert talk.state.slots["case_no"] is None
    talk.state.asking = True  # the citizen resumed on another channel
    assert await talk.say("/provide", case_no="A2") == ASKED
    assert talk.state.slots["case_no"] == "A2"


async def test_a_failing_action_does_not_end_the_conversation(talk: Talk) -> None:
    await talk.say("/apply")
    await talk.say("/complaint")
    talk.state.asking = True
    assert await talk.say("/provide") == ASKED


async def test_a_long_conversation_stays_short(talk: Talk) -> None:
    await talk.say("/apply")
    lengths = []
    for _ in range(30):
        await talk.say("/ask_fee")
        lengths.append(talk.state.events)
    assert max(lengths) == max(lengths[3:6])


async def test_reading_without_a_conversation(client: EngineClient, book: Book) -> None:
    before = len(book.kept)
    parse = await client.parse("要带什么材料？")
    assert parse.intent == "ask_materials"
    assert parse.ranking[0].name == "ask_materials"
    assert sum(ranked.confidence for ranked in parse.ranking) <= 1.01
    assert len(book.kept) == before


async def test_several_texts_are_read_in_their_order(client: EngineClient) -> None:
    parses = await client.parse_many(["要带什么材料？", "多少钱"])
    assert [parse.intent for parse in parses] == ["ask_materials", "ask_fee"]
    with pytest.raises(EngineUnavailable):
        await client.parse_many([])


async def test_a_name_in_a_free_text_field_is_an_answer(client: EngineClient) -> None:
    assert (await client.parse("上海示例第二贸易有限公司", FREE)).intent == "provide"
    assert (await client.parse("要带什么材料", FREE)).intent == "ask_materials"


@pytest.mark.parametrize("text", ["/session_start", "//apply", '/apply{"x": 1}', "/", "/" + SAID])
async def test_a_slash_is_no_way_into_the_engine(client: EngineClient, text: str) -> None:
    assert len((await client.parse(text)).ranking) > 1, "it was read as words, not obeyed"


async def test_wrong_token(engine_url: str) -> None:
    async with EngineClient(engine_url, "guessed") as stranger:
        with pytest.raises(EngineUnavailable, match="unauthorised"):
            await stranger.parse("你好")


async def test_a_blank_or_malformed_turn_is_refused(client: EngineClient) -> None:
    for sender, text, slots in (("c", "  ", {}), ("", "你好", {}), ("c", "你好", [])):
        with pytest.raises(EngineUnavailable, match="refused"):
            await client.turn(sender, text, None, slots)  # type: ignore[arg-type]


async def test_many_at_once(client: EngineClient, book: Book) -> None:
    talks = [Talk(client, book, f"many-{number}") for number in range(20)]
    opened = await asyncio.gather(*(talk.say("/apply") for talk in talks))
    assert all(calls == ["action_apply", *ASKED] for calls in opened)
