"""Reading one sentence on its own: guard, engine and search. ``/understand`` and the evaluation use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.casework.flow.choosing import named
from assistant.casework.flow.talk import Unclear
from assistant.conversation import clauses, guard, listing
from assistant.conversation.needs import Engine, Parser
from assistant.conversation.understanding import ITEM_INTENTS, MAY_NAME, QUESTIONS, Reading, Understanding, combine, settle
from assistant.engine.client import Entity
from assistant.foundation.settings import Settings
from knowledge.catalogue import Catalogue
from knowledge.search import Decision, Hit, Search, cautious


class Knowledge(Protocol):
    """What reading needs of the knowledge base."""

    @property
    def catalogue(self) -> Catalogue: ...
    def find(self, text: str) -> list[Hit]: ...
    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision: ...


#: What can be served beside something else in one turn.
SERVED = ITEM_INTENTS | MAY_NAME | {"to_human"}
#: A sentence that is surely something else altogether (a complaint, not ours …) is not taken apart …
CERTAIN_WHOLE = 0.8
#: … but a greeting or thanks around the requests is no such thing.
COURTESY = frozenset({"greet", "thanks", "goodbye", "chitchat", "help"})
#: Below this the engine guesses at a clause, and its plain words count.
SURE = 0.45
#: A clause names an item of its own if the search is this sure; most say 要带什么 and mean the one just named.
NAMED = 0.8


@dataclass(frozen=True)
class Request:
    """One of several requests in a sentence.

    ``item`` is the code of the item its own words name, ``hits`` what they may mean; ``options`` the codes to choose from where
    it names something (``name``) that may be one of several items.
    """

    text: str
    intent: str
    confidence: float
    hits: tuple[Hit, ...] = ()
    item: str | None = None
    firm: bool = False
    name: str = ""
    options: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    """The values in the whole sentence; only the first request has them."""

    @property
    def named(self) -> tuple[Hit, ...]:
        """The item its own words name, or those they may mean; empty where they name none."""
        codes = (self.item,) if self.item else self.options
        return tuple(hit for hit in self.hits if hit.code in codes)

    @property
    def unclear(self) -> Unclear | None:
        """What is to be asked back; None where the item is clear or not named at all."""
        return Unclear(name=self.name, intent=self.intent, codes=list(self.options)) if self.options else None


@dataclass(frozen=True)
class SearchOnly:
    """Catalogue and search without the rest of the product."""

    catalogue: Catalogue
    search: Search

    def find(self, text: str) -> list[Hit]:
        """Items a sentence may mean, best first."""
        return self.search.search(text)

    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision:
        """The search's verdict; ``expected`` where the intent needs an item."""
        return self.search.decide(hits, expected=expected)


@dataclass(frozen=True)
class SentenceReader:
    """The product's reading of a first sentence."""

    engine: Engine
    knowledge: Knowledge

    @classmethod
    def open(cls, settings: Settings, engine: Engine) -> SentenceReader:
        """A reader over the guides and models of the settings."""
        catalogue = Catalogue.load(settings.guides_dir)
        return cls(engine, SearchOnly(catalogue, Search.build(catalogue, settings.models_dir, settings.embedding_model)))

    async def read(self, text: str) -> Reading:
        """Intent and item of a sentence, and the values in it.

        Raises:
            EngineDown: the engine is away.
        """
        if not guard.readable(text):
            return Reading(intent="out_of_scope", confidence=0.0)
        text = text[: guard.LONGEST]
        if guard.judge(text):
            return Reading(intent="out_of_scope", confidence=1.0)
        several = await requests_of(self.engine, self.knowledge, text, None)
        if several:
            return _with(self._first_of(several), several[0].entities)
        parse = await self.engine.parse(text, None)
        hits = self.knowledge.find(text)
        ranking = [(ranked.name, ranked.confidence) for ranked in parse.ranking]
        verdict = self.knowledge.decide(hits, expected=False) if hits else None
        intent = settle(parse.intent, parse.confidence, ranking, verdict, hits, alone=True)
        about = intent in ITEM_INTENTS | MAY_NAME
        versions = {h.code: g.version for h in hits if (g := self.knowledge.catalogue.get(h.code))}
        decision = self.knowledge.decide(hits, expected=intent in ITEM_INTENTS) if about and hits else None
        if decision is not None and intent == "apply":
            decision = cautious(decision, parse.confidence)
        return _with(combine(intent, parse.confidence, hits, decision, None, versions), parse.entities)

    def _first_of(self, several: Sequence[Request]) -> Understanding:
        first = several[0]
        about = first.intent in ITEM_INTENTS | MAY_NAME
        versions = {h.code: g.version for h in first.hits if (g := self.knowledge.catalogue.get(h.code))}
        decision = self.knowledge.decide(first.hits, expected=first.intent in ITEM_INTENTS) if about and first.hits else None
        return combine(first.intent, first.confidence, first.hits, decision, None, versions, several[1].intent)


def _with(read: Understanding, entities: Sequence[Entity]) -> Reading:
    return Reading(**dict(read), entities=list(entities))


async def requests_of(engine: Parser, knowledge: Knowledge, text: str, asking: dict[str, Any] | None) -> list[Request]:
    """The requests made in one sentence, the one that decides the turn first; empty where there are not two different ones.

    A wish said outright (我要办…) goes before questions beside it; otherwise the order is the sentence's own, and where its words
    do not show what a clause asks, the reading of the whole sentence says which counts first. What is asked of several items is
    a request for each. Only a sentence of two or more clauses that ask or wish, or with a list of items, costs a call of the
    engine.

    Raises:
        EngineDown: the engine is away.
    """
    found = clauses.requests(listing.joined(text))
    lists = [_listed(knowledge, clause) for clause in found]
    if not (2 <= len(found) <= clauses.MOST or (len(found) == 1 and lists[0])):
        return []
    whole, *parses = await engine.parse_many([text, *(clauses.bare(clause.text) for clause in found)], asking)
    hits = knowledge.find(text)
    read = [_request(knowledge, clause, parse) or _asked(clause, whole) for clause, parse in zip(found, parses, strict=True)]
    read = _of_each(read, lists)
    verdict = knowledge.decide(hits, expected=False) if hits else None
    meant = verdict.hits[0].code if verdict is not None and verdict.kind == "one" else None
    several = _different([request for request in read if request is not None], meant)
    other = whole.intent not in ITEM_INTENTS | COURTESY and whole.confidence >= CERTAIN_WHOLE
    if len(several) < 2 or (other and whole.intent not in {request.intent for request in several} - {"complaint"}):
        return []
    first = _deciding(several, found, whole.intent)
    ordered = [first, *(request for request in several if request is not first)]
    about = first.hits if first.item or first.options else tuple(hits)
    return [replace(first, hits=about, entities=tuple(whole.entities)), *ordered[1:]]


def _listed(knowledge: Knowledge, clause: clauses.Clause) -> list[listing.Member]:
    found = listing.listed(clause.text) if clause.kind != "tells" else None
    if found is None:
        return []
    story = listing.story(clause.text)
    about = knowledge.find(story) if story else []
    if about and named(knowledge.decide(about, expected=False), NAMED):
        return []  # 开餐厅，招牌和食品证要多久 asks about parts of the one thing told before
    return listing.members(found, knowledge)


def _of_each(read: Sequence[Request | None], lists: Sequence[Sequence[listing.Member]]) -> list[Request | None]:
    """Each request of a list made once for every member; one behind it that names no item is made of all of them, too."""
    made: list[Request | None] = []
    among: Sequence[listing.Member] = ()
    for request, members in zip(read, lists, strict=True):
        among = members or (() if request is None or request.item else among)
        if request is None or request.intent not in ITEM_INTENTS or not among:
            made.append(request)
            continue
        text = "" if members else request.text
        made += [_of(request, member, text) for member in among]
    return made


def _request(knowledge: Knowledge, clause: clauses.Clause, parse: Any) -> Request | None:
    hits = tuple(knowledge.find(clause.text))
    decision = knowledge.decide(hits, expected=False) if hits else None
    item = decision.hits[0].code if decision is not None and named(decision, NAMED) else None
    intent: str | None = settle(parse.intent, parse.confidence, [(r.name, r.confidence) for r in parse.ranking], decision)
    confidence = parse.confidence
    if clause.kind == "adds":
        intent = "apply" if item else None
    elif clause.kind == "wishes" and clause.firm:
        intent = "apply"
    elif intent not in SERVED or confidence < SURE:
        intent = clause.topic
    if intent is None:
        return None
    return Request(clause.text, intent, confidence, hits if item else (), item, clause.firm)


def _asked(clause: clauses.Clause, whole: Any) -> Request | None:
    """A clause that asks, though its few words do not show what: the whole sentence, if it is read as a question, shows it."""
    if clause.kind != "asks" or whole.intent not in QUESTIONS:
        return None
    return Request(clause.text, whole.intent, whole.confidence)


def _of(request: Request, member: listing.Member, text: str) -> Request:
    named_by = text or member.text
    return replace(request, text=named_by, hits=member.hits, item=member.item, name=member.name, options=member.options)


def _different(requests: Sequence[Request], meant: str | None) -> list[Request]:
    """Leave out what repeats an earlier request: the same intent about the same item (``meant`` where none is named)."""
    kept: dict[tuple[str, str | None], Request] = {}
    for request in requests:
        item = request.item or "|".join(request.options) or next((other.item for other in kept.values() if other.item), meant)
        kept.setdefault((request.intent, item), request)
    return list(kept.values())


def _deciding(requests: Sequence[Request], found: Sequence[clauses.Clause], whole: str) -> Request:
    wish = next((request for request in requests if request.intent == "apply" and request.firm), None)
    if wish is not None:
        return wish
    if all(clause.topic or clause.kind == "adds" for clause in found):
        return requests[0]
    questions = [request for request in requests if request.intent != "apply"]
    return next((request for request in requests if request.intent == whole), (questions or list(requests))[0])
