"""Reading one sentence on its own: guard, engine and search. ``/understand`` and the evaluation use it."""

from __future__ import annotations

from assistant.casework.flow.talk import Services
from assistant.conversation import guard
from assistant.conversation.turn import Engine
from assistant.conversation.understanding import ITEM_INTENTS, MAY_NAME, Understanding, combine


async def read_sentence(engine: Engine, services: Services, text: str) -> Understanding:
    """Intent and item of a sentence.

    Raises:
        EngineDown: the engine is away.
    """
    if not guard.readable(text):
        return Understanding(intent="out_of_scope", confidence=0.0)
    text = text[: guard.LONGEST]
    if guard.judge(text):
        return Understanding(intent="out_of_scope", confidence=1.0)
    parse = await engine.parse(text, None)
    about = parse.intent in ITEM_INTENTS | MAY_NAME
    hits = services.find(text)
    versions = {h.code: g.version for h in hits if (g := services.catalogue.get(h.code))}
    return combine(parse.intent, parse.confidence, hits, services.decide(hits) if about and hits else None, None, versions)
