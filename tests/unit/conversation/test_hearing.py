"""What the engine is told of a message, and several requests read from one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from assistant.casework.flow import besides, choosing
from assistant.conversation.hearing import hear
from assistant.conversation.model import Message
from assistant.conversation.reading import requests_of
from tests.unit.casework.flow.support import Conversation, World


@dataclass
class Row:
    intent: str
    confidence: float = 0.9
    ranking: list[Any] = field(default_factory=list)
    entities: list[Any] = field(default_factory=list)


WORDS = {"投诉": "complaint", "转人工": "to_human", "几天": "ask_time_limit", "多少钱": "ask_fee", "要办": "apply", "登报": "ask_process"}


class Engine:
    """Reads a text by the first of its words it knows; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    async def parse_many(self, texts: Sequence[str], asking: dict[str, Any] | None) -> list[Row]:
        self.calls += 1
        return [Row(next((intent for word, intent in WORDS.items() if word in text), "provide")) for text in texts]


async def told(conv: Conversation, text: str, engine: Engine | None = None) -> Any:
    talk = conv.talk(text)
    return talk, await hear(talk, Message("m", "h", text=text), engine or Engine())


@pytest.mark.parametrize(("text", "intents"), [
    ("示例变更登记要几天，多少钱", ["ask_time_limit", "ask_fee"]),
    ("示例变更登记多少钱？要几天", ["ask_fee", "ask_time_limit"]),
    ("多少钱？我要办示例变更登记", ["apply", "ask_fee"]),
    ("我要办示例变更登记，另外示例食品许可也要办", ["apply", "apply"]),
    ("我要办示例变更登记，顺便问下要不要登报", ["apply", "ask_process"]),
])  # fmt: skip
async def test_the_first_request_decides_and_a_wish_goes_before(text: str, intents: list[str]) -> None:
    found = await requests_of(Engine(), World(), text, None)
    assert [request.intent for request in found] == intents


@pytest.mark.parametrize("text", ["示例变更登记要几天", "示例变更登记几天，大概要几天", "我们搬家了，示例变更登记多少钱", "我要投诉，等了几天了，多少钱都不退"])
async def test_one_request_is_no_several(text: str) -> None:
    assert await requests_of(Engine(), World(), text, None) == []


async def test_an_ordinary_sentence_costs_no_call() -> None:
    engine = Engine()
    _, heard = await told(Conversation(), "示例变更登记要几天", engine)
    assert heard.words == "示例变更登记要几天" and engine.calls == 0


async def test_both_are_answered_and_the_question_comes_last() -> None:
    conv = Conversation()
    talk, heard = await told(conv, "示例变更登记要几天，多少钱")
    assert heard.words == "/ask_time_limit" and talk.second_intent == "ask_fee"
    talk.intent = "ask_time_limit"
    choosing.question(talk, talk.intent)
    for request in heard.further:
        besides.serve(talk, request.intent, request.item, request.text)
    talk.more = False
    conv.done(talk)
    assert talk.status == "answered" and conv.asking == "start"
    kinds = [reply.kind for reply in talk.replies]
    assert kinds.count("text") == 2 and kinds[-1] == "choices"


async def test_another_item_waits_and_is_offered_at_the_pause() -> None:
    conv = Conversation()
    talk, heard = await told(conv, "我要办示例变更登记，另外示例食品许可也要办")
    talk.intent = "apply"
    choosing.apply(talk)
    for request in heard.further:
        besides.serve(talk, request.intent, request.item, request.text)
    talk.more = False
    conv.done(talk)
    assert conv.asking == "source" and conv.state.next_item == "food"
    from assistant.casework.flow import acts

    pause = conv.talk("暂停", intent="pause")
    acts.perform(pause, "pause")
    conv.done(pause)
    assert pause.status == "paused" and conv.asking == "start" and conv.state.context_guide == "food"


async def test_which_item_first_then_both_answers() -> None:
    from assistant.casework.flow import answering

    conv = Conversation()
    talk, heard = await told(conv, "要几天，多少钱")
    talk.intent = "ask_time_limit"
    choosing.question(talk, talk.intent)
    for request in heard.further:
        besides.serve(talk, request.intent, request.item, request.text)
    talk.more = False
    conv.done(talk)
    assert talk.status == "clarify" and conv.asking == "guide"
    chosen = conv.talk(tapped=["food"])
    answering.take(chosen)
    conv.done(chosen)
    assert [reply.kind for reply in chosen.replies].count("text") == 2 and conv.asking == "start"


@pytest.mark.parametrize(("text", "words"), [("刚才公司名称写错了，是示例贸易有限公司", "/correct_info"), ("13800138000", "/provide"),
                                             ("那费用呢", "/ask_fee"), ("那要是自己的呢", "/ask_materials"), ("看看能办哪些事", "/help"),
                                             ("要几天", "要几天")])  # fmt: skip
async def test_words_that_leave_no_doubt_are_not_guessed_at(text: str, words: str) -> None:
    from assistant.casework.flow import answering

    conv = Conversation()
    begin = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(begin)
    conv.done(begin)
    for answer in ("租的", "示例商贸有限公司", "张三"):
        talk = conv.talk(answer)
        answering.take(talk)
        conv.done(talk)
    _, heard = await told(conv, text)
    assert heard.words == words
