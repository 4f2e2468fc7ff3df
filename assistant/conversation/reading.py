"""Reading one sentence on its own: guard, engine and search. ``/understand`` and the evaluation use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.conversation import guard
from assistant.conversation.needs import Engine
from assistant.conversation.understanding import ITEM_INTENTS, MAY_NAME, Understanding, combine, settle
from assistant.foundation.settings import Settings
from knowledge.catalogue import Catalogue
from knowledge.search import Decision, Hit, Search


class Knowledge(Protocol):
    """What reading needs of the knowledge base."""

    @property
    def catalogue(self) -> Catalogue: ...
    def find(self, text: str) -> list[Hit]: ...
    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision: ...


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

    async def read(self, text: str) -> Understanding:
        """Intent and item of a sentence.

        Raises:
            EngineDown: the engine is away.
        """
        if not guard.readable(text):
            return Understanding(intent="out_of_scope", confidence=0.0)
        text = text[: guard.LONGEST]
        if guard.judge(text):
            return Understanding(intent="out_of_scope", confidence=1.0)
        parse = await self.engine.parse(text, None)
        hits = self.knowledge.find(text)
        ranking = [(ranked.name, ranked.confidence) for ranked in parse.ranking]
        intent = settle(parse.intent, parse.confidence, ranking, self.knowledge.decide(hits, expected=False) if hits else None)
        about = intent in ITEM_INTENTS | MAY_NAME
        versions = {h.code: g.version for h in hits if (g := self.knowledge.catalogue.get(h.code))}
        decision = self.knowledge.decide(hits, expected=intent in ITEM_INTENTS) if about and hits else None
        return combine(intent, parse.confidence, hits, decision, None, versions)
