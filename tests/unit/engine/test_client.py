"""The application's side of the engine's door: what is sent, what is read, and the closed list of ways it can fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from assistant.engine import gateway
from assistant.engine.client import AT_ONCE, Asking, EngineClient, EngineUnavailable, Entity, Parse

GOOD = {
    "intent": {"name": "ask_fee", "confidence": 0.9},
    "intent_ranking": [{"name": "ask_fee", "confidence": 0.9}, {"name": "apply", "confidence": 0.05}],
    "entities": [],
    "actions": ["action_answer_question"],
}

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer) -> EngineClient:
    return EngineClient("http://engine.example/", "secret", transport=httpx.MockTransport(answer))


async def test_a_turn_carries_what_the_database_knows() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GOOD)

    async with client(answer) as engine:
        parse = await engine.turn("c1", "多少钱", Asking(field="name", kind="text", free_text=True, type="person_name"), {"case_no": "A1"})
    assert (parse.intent, parse.confidence, parse.actions) == ("ask_fee", 0.9, ["action_answer_question"])
    assert [ranked.name for ranked in parse.ranking] == ["ask_fee", "apply"]
    (request,) = seen
    assert request.url == "http://engine.example/webhooks/bandao/turn"
    assert request.headers["Authorization"] == "Bearer secret"
    assert json.loads(request.content) == {
        "sender": "c1",
        "text": "多少钱",
        "asking": {"field": "name", "kind": "text", "free_text": True, "type": "person_name"},
        "slots": {"case_no": "A1"},
    }


async def test_parse_touches_no_conversation() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/webhooks/bandao/parse"
        assert json.loads(request.content) == {"text": "多少钱", "asking": None}
        return httpx.Response(200, json={key: GOOD[key] for key in ("intent", "intent_ranking", "entities")})

    async with client(answer) as engine:
        assert (await engine.parse("多少钱")).actions == []


async def test_of_many_at_once_it_gets_so_many_and_all_are_answered() -> None:
    inside, most, go = 0, 0, asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if most == AT_ONCE:
            go.set()
        await go.wait()
        inside -= 1
        return httpx.Response(200, json=GOOD)

    async with EngineClient("http://engine.example", "secret", transport=httpx.MockTransport(answer)) as engine:
        read = await asyncio.gather(*(engine.turn(f"c{number}", "多少钱", None, {}) for number in range(3 * AT_ONCE)))
    assert most == AT_ONCE and len(read) == 3 * AT_ONCE


async def test_who_waits_for_a_place_waits_no_longer_than_for_an_answer_and_readings_not_for_turns() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/turn"):
            await asyncio.Event().wait()
        return httpx.Response(200, json=GOOD)

    async with EngineClient("http://engine.example", "secret", turn_timeout=0.05, transport=httpx.MockTransport(answer)) as engine:
        turns = [asyncio.create_task(engine.turn(f"c{number}", "多少钱", None, {})) for number in range(AT_ONCE + 1)]
        assert (await engine.parse("多少钱")).intent == "ask_fee"
        failed = await asyncio.gather(*turns, return_exceptions=True)
    assert {getattr(one, "reason", one) for one in failed} == {"timeout"}


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (httpx.Response(503, json={"error": "not_ready"}), "not_ready"),
        (httpx.Response(401, json={"error": "unauthorised"}), "unauthorised"),
        (httpx.Response(400, json={"error": "bad_request"}), "refused"),
        (httpx.Response(500, text="?"), "failed"),
        (httpx.Response(200, text="<html>"), "garbled"),
        (httpx.Response(200, json=[]), "garbled"),
        (httpx.Response(200, json={"intent": {"name": None, "confidence": 0}}), "garbled"),
        (httpx.Response(200, json={"intent": {"name": "greet", "confidence": 7}}), "garbled"),
    ],
)
async def test_every_wrong_answer_is_one_failure(response: httpx.Response, reason: str) -> None:
    async with client(lambda _: response) as engine:
        with pytest.raises(EngineUnavailable) as raised:
            await engine.parse("你好")
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ReadTimeout("late"), "timeout"),
        (httpx.ConnectError("gone"), "unreachable"),
        (httpx.RemoteProtocolError("cut"), "unreachable"),
    ],
)
async def test_silence_is_one_failure_too_and_quotes_nobody(error: httpx.HTTPError, reason: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    async with client(answer) as engine:
        with pytest.raises(EngineUnavailable) as raised:
            await engine.turn("c1", "我叫张三", None, {})
        assert not await engine.ready()
    assert raised.value.reason == reason
    assert "张三" not in str(raised.value)


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (404, False)])
async def test_ready_means_a_model_is_loaded(status: int, ready: bool) -> None:
    async with client(lambda _: httpx.Response(status)) as engine:
        assert await engine.ready() is ready


async def test_the_clauses_of_a_sentence_are_read_in_one_call() -> None:
    reading = {key: GOOD[key] for key in ("intent", "intent_ranking", "entities")}

    def answer(request: httpx.Request) -> httpx.Response:
        assert json.loads(request.content) == {"texts": ["多少钱", "要几天"], "asking": None}
        return httpx.Response(200, json={"readings": [reading, {**reading, "intent": {"name": "ask_time_limit", "confidence": 0.8}}]})

    async with client(answer) as engine:
        assert [parse.intent for parse in await engine.parse_many(["多少钱", "要几天"])] == ["ask_fee", "ask_time_limit"]


@pytest.mark.parametrize("body", [{"readings": []}, {"readings": [{}, {}]}, [], {"intent": None}])
async def test_readings_that_do_not_fit_the_question_are_a_failure(body: object) -> None:
    async with client(lambda request: httpx.Response(200, json=body)) as engine:
        with pytest.raises(EngineUnavailable) as away:
            await engine.parse_many(["多少钱", "要几天"])
    assert away.value.reason == "garbled"


VALUES = [
    {"entity": "uscc", "value": "91310115MA1K3TL06A", "start": 2, "end": 20, "valid": True, "extractor": "ValueExtractor"},
    {"entity": "date", "value": "2026-11-10", "start": 21, "end": 31, "extractor": "ValueExtractor"},
]


async def test_the_values_of_a_sentence_come_along() -> None:
    async with client(lambda request: httpx.Response(200, json={**GOOD, "entities": VALUES})) as engine:
        parse = await engine.parse("…")
    # without a check digit there is nothing to be valid, and where the value was found out is nobody's business
    assert [entity.model_dump() for entity in parse.entities] == [
        {key: value for key, value in given.items() if key != "extractor"} for given in VALUES
    ]


@pytest.mark.parametrize(("said", "given", "at"), [("  /我叫张三", "我叫张三", 5), ("我叫张三", "我叫张三", 2)])
def test_offsets_count_from_the_first_character_typed(said: str, given: str, at: int) -> None:
    read = Parse(intent="provide", confidence=0.9, entities=[Entity(entity="person_name", value="张三", start=2, end=4)])
    (entity,) = gateway.moved(read, said, given).entities
    assert entity.start == at and said[entity.start : entity.end] == "张三"


@pytest.mark.parametrize(("said", "given"), [("辦理營業執照", "办理营业执照"), ("办理", "办理"), ("/choose", "/choose"), ("", "")])
def test_the_engine_is_given_simplified_characters(said: str, given: str) -> None:
    assert gateway.simplified(said) == given
