"""The product's reading of one sentence: the engine's intent and the knowledge base's item put together."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from assistant.engine.client import Entity
from knowledge.schema import Guide
from knowledge.search import Decision, Hit

#: Intents that are about an item; which one is for knowledge to say.
ITEM_INTENTS = frozenset({"apply", "ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee", "ask_location"})
#: Intents that may name an item but need none.
MAY_NAME = frozenset({"check_progress", "complaint"})
QUESTIONS = frozenset(ITEM_INTENTS - {"apply"})


class Candidate(BaseModel):
    """An item the sentence may mean. ``score`` is 0 to 1."""

    code: str
    name: str
    score: float


class Meant(Candidate):
    """The item it does mean, in the version in force."""

    version: str


class Understanding(BaseModel):
    """As the API has it. ``guide`` is null where no item, or no single one, is meant; ``also`` are further items named."""

    intent: str
    confidence: float
    guide: Meant | None = None
    candidates: list[Candidate] = []
    also: list[Candidate] = []
    second_intent: str | None = None


class Reading(Understanding):
    """What a sentence says on its own: the understanding, and the values in it. A turn keeps only the former."""

    entities: list[Entity] = []


#: A sentence whose item search is this sure of is about our items …
CERTAIN_ITEM = 0.9
#: … unless the engine is surer still that it is not.
CERTAIN_SCOPE = 0.97
#: A sentence whose likely items together reach no more than this is hardly about any …
HARDLY_ANY = 0.2
#: … and the engine need only half think so too, for it to be taken as not ours.
DOUBT = 0.1


def settle(
    intent: str,
    confidence: float,
    ranking: Sequence[tuple[str, float]],
    decision: Decision | None,
    hits: Sequence[Hit] = (),
    *,
    alone: bool = False,
) -> str:
    """The intent to act on, from what the engine says of the intent and the search of the item.

    Not ours, says the engine, but the search knows the item: then the next likely intent counts. A question about an item,
    says the engine with a doubt, but no item is likely: then it is not ours.

    Args:
        ranking: intents with their confidence, likeliest first.
        hits: the items in order of likelihood.
        alone: the sentence stands alone; after talk of an item it may well mean that one without naming it.
    """
    if intent in ITEM_INTENTS and alone:
        doubt = dict(ranking).get("out_of_scope", 0.0)
        return "out_of_scope" if doubt >= DOUBT and sum(hit.score for hit in hits) < HARDLY_ANY else intent
    if intent != "out_of_scope" or confidence >= CERTAIN_SCOPE or decision is None or decision.kind != "one":
        return intent
    if decision.hits[0].score < CERTAIN_ITEM:
        return intent
    return next((name for name, _ in ranking if name in ITEM_INTENTS | MAY_NAME), intent)


def combine(
    intent: str,
    confidence: float,
    hits: Sequence[Hit],
    decision: Decision | None,
    context: Guide | None = None,
    versions: dict[str, str] | None = None,
    second_intent: str | None = None,
) -> Understanding:
    """Put intent and item together.

    Args:
        hits: items in order of likelihood.
        decision: knowledge's verdict on them; None where the sentence is no matter of items.
        context: the item in hand, meant where the sentence names none.
    """
    versions = versions or {}
    candidates = [Candidate(code=h.code, name=h.name, score=round(h.score, 4)) for h in hits[:4]]
    meant: Meant | None = None
    if intent in ITEM_INTENTS | MAY_NAME:
        if decision is not None and decision.kind == "one":
            top = decision.hits[0]
            meant = Meant(code=top.code, name=top.name, score=round(top.score, 4), version=versions.get(top.code, ""))
        elif context is not None and (
            decision is None or decision.kind == "none" or context.code in [h.code for h in decision.hits]
        ):
            meant = Meant(code=context.code, name=context.name, score=1.0, version=context.version)
        elif decision is not None and decision.kind == "which":
            candidates = [Candidate(code=h.code, name=h.name, score=round(h.score, 4)) for h in decision.hits[:4]]
    elif context is not None:
        meant = Meant(code=context.code, name=context.name, score=1.0, version=context.version)
    if intent == "out_of_scope":
        candidates = []
    return Understanding(
        intent=intent,
        confidence=round(min(max(confidence, 0.0), 1.0), 4),
        guide=meant,
        candidates=candidates,
        second_intent=second_intent,
    )
