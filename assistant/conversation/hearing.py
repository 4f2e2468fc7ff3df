"""What the engine is given of a message: the words, or the intent itself where the words leave no doubt of it.

A tap, a plain answer, a correction of something said, a short question that leans on the last one, and a sentence with several
requests need no guess at the whole; everything else is for the engine to read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assistant.casework.flow import acts, answering, choosing, correcting, instead
from assistant.casework.flow.talk import Supposed, Talk
from assistant.conversation import followups, language, places
from assistant.conversation.model import Message
from assistant.conversation.needs import Parser
from assistant.conversation.reading import Request, requests_of
from assistant.conversation.understanding import ITEM_INTENTS, MAY_NAME, Candidate, Understanding, combine
from assistant.engine.gateway import CHOSEN, PROVIDED, words_only
from assistant.foundation.messages import t
from knowledge.replies import Ask

CORRECTED = "/correct_info"


@dataclass(frozen=True)
class Heard:
    """``words`` go to the engine; ``further`` requests are served after the first, whose reading was this sure (0 to 1)."""

    words: str
    confidence: float | None = None
    further: list[Request] = field(default_factory=list)


async def hear(talk: Talk, message: Message, engine: Parser) -> Heard:
    """Find what the engine is to be told. Sets the talk's focus and supposition.

    Raises:
        EngineDown: the engine is away.
    """
    talk.region = talk.state.region or talk.region
    if message.choice is not None:
        return Heard(CHOSEN)
    if message.attachments:
        return Heard(PROVIDED)
    if instead.noticed(talk):
        return Heard(PROVIDED)
    if correcting.noticed(talk):
        return Heard(CORRECTED)
    if acts.leaves_queue(talk.text):
        return Heard("/cancel")
    if choosing.wants_list(talk.text):
        return Heard("/help")
    leaning = places.noticed(talk) or _leaning(talk)
    if leaning is not None:
        return Heard(f"/{leaning}")
    if answering.plainly(talk):
        return Heard(PROVIDED)
    words = words_only(language.for_engine(talk.text))
    if choosing.in_hand(talk) is not None and followups.bare(talk.text):
        talk.focus_on(talk.text, [])
    several = await requests_of(engine, talk.services, words, asking_hint(talk))
    if not several:
        return Heard(words)
    first, *further = several
    talk.second_intent = further[0].intent
    talk.focus_on(first.text, first.hits)
    talk.named = [named for request in several if (named := request.named)]
    talk.more, talk.several = True, len({request.item for request in several if request.item}) > 1
    return Heard(f"/{first.intent}", first.confidence, further)


def _leaning(talk: Talk) -> str | None:
    """The intent of a short question that leans on the talk before; None where it is none."""
    if talk.asking == "guide":
        return None
    field_asked = talk.case is not None and talk.guide is not None and talk.guide.field(talk.asking or "") is not None
    meant = followups.read(talk.text, choosing.in_hand(talk), talk.state.last_question, talk.services, asking=field_asked)
    if meant is None:
        talk.unmatched = followups.supposed_case(talk.text) if talk.state.last_question else None
        if talk.unmatched:
            talk.focus_on(talk.text, [])  # a search hit of few words would only lead away
        return None
    field_of, option = meant.supposed or (None, None)
    talk.supposed = Supposed(meant.code, field_of, option, meant.values)
    talk.focus_on(meant.question or "", [])
    return meant.intent


def words_of(message: Message, pending: Ask | None) -> str:
    """What the citizen said, in words: a tapped option reads as its label."""
    if message.choice is not None:
        labels = {o.value: o.label for o in (pending.options or [])} if pending else {}
        return t("fields.list_separator").join(labels.get(value, value) for value in message.choice)
    if message.text:
        return message.text
    names = t("fields.list_separator").join(a.name for a in message.attachments)
    return t("conversation.attached", names=names) if names else ""


def asking_hint(talk: Talk) -> dict[str, Any] | None:
    """What the engine is told about the pending question, so that an answer is read as one."""
    pending = talk.state.ask
    if pending is None:
        return None
    field = talk.official.field(pending.field) if talk.official is not None else None
    return {
        "field": pending.field, "kind": pending.kind, "free_text": pending.kind == "text", "type": field.type if field else None,
    }  # fmt: skip


def understood(talk: Talk) -> Understanding:
    """How the turn read the sentence, as callers are told."""
    hits = talk.hits if talk.intent in ITEM_INTENTS | MAY_NAME else []
    decision = choosing.decision(talk) if hits else None
    versions = {h.code: g.version for h in hits if (g := talk.catalogue.get(h.code))}
    context = choosing.in_hand(talk)
    read = combine(talk.intent or "provide", talk.confidence, hits, decision, context, versions, talk.second_intent)
    return naming_all(talk, read)


def naming_all(talk: Talk, read: Understanding) -> Understanding:
    """The reading of a sentence with the further items it names: both of 居住证和食品证都要多少钱."""
    first = {hit.code for hit in talk.named[0]} if talk.named else set()
    further = {hit.code: hit for named in talk.named[1:] for hit in named if hit.code not in first}
    read.also = [Candidate(code=hit.code, name=hit.name, score=round(hit.score, 4)) for hit in further.values()]
    return read
