"""Which item does a sentence mean? Lexical, phonetic and dense evidence, fused into one calibrated score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from knowledge.catalogue import Catalogue
from knowledge.embedding import MODEL_FOLDER
from knowledge.schema import Guide
from knowledge.search.english import EnglishIndex, is_english
from knowledge.search.entries import Entry, Found, Where, serves
from knowledge.search.exact import LONGEST, ExactIndex, index_of
from knowledge.search.features import Reading
from knowledge.search.kept import KeptTexts
from knowledge.search.models import WIDE_FOLDER, SearchModels, save_foreign
from knowledge.search.plain import PlainNames, names_of
from knowledge.search.rivals import share
from knowledge.search.wordings import Chances
from knowledge.translation import Translation

__all__ = ["WIDE_FOLDER", "Decision", "Hit", "Search", "cautious", "index_of", "save_foreign", "serves"]

# The exact index compares with everything: 4 ms a sentence with 50 guides, 24 with 2,300, where the wide one takes 7 and
# finds as much (docs/knowledge.md). Up to here, a city's catalogue, nothing is approximated.
MOST_EXACT = 1000
# Of the learnt guides this many, the likeliest by the wordings, are looked at whatever the indexes put forward.
_LOOKED_AT = 8

# Below this a guide is not worth listing at all.
_LISTED = 0.01
# The sentence is about our items when the guides together reach this; when what is asked is known to be about some item
# (an application, a question about one), much less will do.
_OURS = 0.3
_OURS_EXPECTED = 0.1
# One item is meant when it holds this share of what all reach.
_CLEAR = 0.6
# With wordings: one item is meant when it holds this share of it, the second best, and the chance that none was named.
_TELLING = 0.5
# A wish believed less than this begins a case only for an item at least this likely; no wish of the development sets is both.
_BELIEVED, _CERTAIN = 0.6, 0.75
# The share that wordings have in a guide's probability; the rest is the search's.
_WORDED = 0.8
# What a guide holds at least of the probability of those needed where its name is all that was said.
_PLAIN = 0.8
# What a family shares evenly, and what means "none named", where only the name they share was said; above the last figure
# people mean one of them all the same.
_SHARED, _UNSAID, _USUAL = 0.4, 0.4, 0.85
# A guide never learnt gives way by this share of the chance the wordings give the likeliest of those learnt, unless it is
# called just what was said: they know how people word those, and likeness to a name among thousands is often an accident.
_GIVES_WAY = 0.5
_CALLED_SO = 2
# The search's scores are taken for shares of one only from this sum on; below it they hardly say anything.
_SURE_ENOUGH = 0.3
# A rival is offered when it reaches this share of the best.
_RIVAL = 0.25
_OFFERED = 4
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A guide found. ``score`` is the probability (0..1) that it is the one meant; ``because`` says why, in words.

    ``needed`` is that probability once it is known that the sentence needs an item; what all guides together lack to 1 is
    that it named none. None where only the score is known. ``plain`` where its name is all that was said.
    """

    code: str
    name: str
    score: float
    because: list[str]
    needed: float | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the hits: take the ``one``, ask ``which`` of them, or ``none`` is meant.

    ``differences`` tells the offered items apart, by guide code, where a guide says so.
    """

    kind: Literal["one", "which", "none"]
    hits: list[Hit]
    differences: dict[str, str]


def cautious(decision: Decision, belief: float) -> Decision:
    """The same, but one item that is not certain is only offered where it is hardly believed that something is wanted done.

    Args:
        belief: how surely the sentence is a wish, 0 to 1. Nothing is begun on a guess of both.
    """
    if decision.kind == "one" and belief < _BELIEVED and decision.hits[0].score < _CERTAIN:
        return Decision("which", decision.hits[:_OFFERED], {})
    return decision


class Search:
    """The search over one catalogue. Build a new one when the catalogue changes; it is read-only and thread-safe."""

    def __init__(self, guides: Sequence[Guide], exact: ExactIndex | None, models: SearchModels,
                 translations: Mapping[str, Translation] | None = None) -> None:
        self.models, self.wide = models, models.wide
        self._wordings, self._english_wordings = models.wordings, models.english_wordings
        self._calibration = models.calibration
        self._english = EnglishIndex(guides, translations or {})
        self._entries = [Entry.of(guide) for guide in guides]
        self._exact = exact
        self._by_code = {guide.code: guide for guide in guides}
        self._called = {guide.code: names_of(guide) for guide in guides}
        self._all_called = PlainNames(guides)

    @classmethod
    def build(cls, catalogue: Catalogue, models_dir: Path, embedding: str = "static", wide: Path | None = None,
              previous: Search | None = None) -> Search:
        """Index every guide: a second for a city's catalogue as it was trained, a quarter of one after a change; and no training.

        Args:
            models_dir: where ``train`` put the embedding and the calibration.
            embedding: ``static``, or a path or name of a sentence-transformers model.
            wide: the folder of the wide index; ``search-wide`` in ``models_dir`` where not given. One that is not there is not
                missed by a city's catalogue; one that cannot be used is logged, and the exact search does all.
            previous: the search over the catalogue before it changed: its models, and what still holds of its index, are
                taken over. Finds the same as one built from nothing.

        Raises:
            EmbeddingMissing: nothing was trained in ``models_dir``, or not for this embedding.
        """
        guides = catalogue.all()
        many = len(guides) > MOST_EXACT
        models = previous.models if previous else SearchModels.open(models_dir, embedding, wide, needed=many)
        by_wide = many and models.wide is not None and models.wide.holds(guide.code for guide in guides)
        if many and not by_wide:
            log.warning("search.exact_over_many", guides=len(guides), most=MOST_EXACT)
        before = previous._exact.index if previous and previous._exact else None
        kept = None if by_wide or previous or embedding != "static" else KeptTexts.load(models_dir / MODEL_FOLDER)
        index = None if by_wide else index_of(guides, catalogue.names(), models.embedding, models.foreign, before, kept)
        return cls(guides, ExactIndex(guides, index) if index else None, models, catalogue.translations)

    def search(self, query: str, limit: int = 10, region: str | None = None, applicant: str | None = None,
               day: date | None = None, *, beyond: bool = False) -> list[Hit]:
        """The items a sentence may mean, best first.

        Args:
            query: what somebody said, in any script and of any length.
            region: a GB/T 2260 code; guides of other places are left out, national and wider ones kept.
            applicant: ``person``, ``enterprise`` or ``individual_business``; guides for others only are left out.
            day: guides not in force on it are left out.
            beyond: also items of the wide index for which there is no guide in the catalogue.
        """
        # Half a surrogate pair, which JSON can carry, is no character to any library below.
        query = query[-LONGEST:].encode("utf-8", "ignore").decode("utf-8")
        where = Where(region, applicant, day)
        if is_english(query):
            return self._in_english(query, limit, where)
        chances = self._wordings.chances(query) if self._wordings else None
        found = self._read(query, where, chances, beyond)
        if found.reading is None:
            return []
        reading, entries = found.reading, found.entries
        scores = share(self._calibration.scores(reading), reading)
        needed: NDArray[np.float64] | None = None
        plain: int | None = None
        if chances is not None:
            names = self._names(entries)
            plain = names.of(query)
            family = [] if plain is not None else names.family(query)
            scores, needed = self._fused(entries, chances, scores, plain, family, reading)
        listed = self._listed(scores if needed is None else needed, limit)
        whole = self._whole(needed, listed)
        hits = [Hit(entries[number].code, entries[number].name, round(float(scores[number]), 4), self._because(number, found),
                    of_all, number == plain) for number, of_all in zip(listed, whole, strict=True)]
        return hits if beyond else [hit for hit in hits if hit.code in self._by_code]

    def _read(self, query: str, where: Where, chances: Chances | None, beyond: bool) -> Found:
        if self.wide is not None and (beyond or self._exact is None):
            items = chances.items if chances else {}
            try:
                return self.wide.read(query, where, sorted(items, key=lambda code: -items[code])[:_LOOKED_AT])
            except (OSError, ValueError, TypeError, IndexError, RuntimeError) as error:
                # Damage inside a file of the right size shows only here; without an exact index there is nothing to go on with.
                log.error("search.wide_failed", error=type(error).__name__, run="./bandao guides index")
                if self._exact is None:
                    raise
        return self._exact.read(query, where) if self._exact else Found.nothing()

    def _names(self, entries: Sequence[Entry]) -> PlainNames:
        if len(entries) == len(self._entries):
            return self._all_called
        return PlainNames.over([self._called.get(entry.code) or (entry.names, ()) for entry in entries])

    @staticmethod
    def _listed(chances: NDArray[np.float64], limit: int) -> list[int]:
        """The numbers of the entries worth listing, likeliest first."""
        order = np.lexsort((np.arange(len(chances)), -chances))
        return [int(number) for number in order if chances[number] >= _LISTED][:limit]

    def _fused(self, entries: Sequence[Entry], chances: Chances, found: NDArray[np.float64], plain: int | None,
               family: Sequence[int], reading: Reading | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Each entry's probability, and the same once an item is known to be needed, from the wordings and the search.

        An item whose wordings were never learnt keeps what the search gives it, less where the wordings are sure of another,
        and the others share the rest. ``plain`` is the number of the entry whose name is all that was said, ``family`` those of
        entries that share it as part of their names.
        """
        among = found / max(float(found.sum()), _SURE_ENOUGH)
        learnt = np.array([entry.code in chances.items for entry in entries])
        worded = np.array([chances.items.get(entry.code, 0.0) for entry in entries])
        # What is learnt and does not count here (another region's) keeps its share: it was meant, and is not to be had.
        every = sum(chance for code, chance in chances.items.items() if code in self._by_code)
        named = worded / max(every + chances.unnamed, 1e-9)
        keeps = np.ones(len(entries))
        if reading is not None:
            keeps = np.where(reading.called >= _CALLED_SO, 1.0, 1 - _GIVES_WAY * float(worded.max(initial=0)))
        new = np.where(learnt, 0.0, found * keeps)
        rest = 1.0 - min(float(new.sum()), 1.0)
        of_search = (1 - _WORDED) * among * np.where(learnt, 1.0, keeps)
        needed = np.where(learnt, rest * (_WORDED * named + of_search), np.maximum(new, of_search))
        if plain is not None:
            needed *= 1 - _PLAIN
            needed[plain] += _PLAIN
        elif len(family) and needed.max() < _USUAL:
            needed *= 1 - _SHARED - _UNSAID
            needed[list(family)] += _SHARED / len(family)
        ours = _WORDED * (1 - chances.elsewhere) + (1 - _WORDED) * float(found.sum())
        return np.where(learnt, needed * ours, found * keeps), needed

    def _in_english(self, query: str, limit: int, where: Where) -> list[Hit]:
        """In English the guides that have a translation are gone through; rows of the wide index have none."""
        if not self._entries:
            return []
        nearest = {number: (score, wording) for number, score, wording in self._english.find(query)}
        found = np.array([nearest.get(number, (0.0, ""))[0] for number in range(len(self._entries))])
        chances = self._english_wordings.chances(query) if self._english_wordings else None
        if chances is None:
            scores, needed = found, None
        else:
            scores, needed = self._fused(self._entries, chances, found, None, [], None)
        ranked = self._listed(found if needed is None else needed, len(self._entries))
        listed = [number for number in ranked if where.admits(self._entries[number])][:limit]
        because = {number: [t("knowledge.because_nearest", sentence=wording)] for number, (_, wording) in nearest.items()}
        return [Hit(self._entries[number].code, self._entries[number].name, round(float(scores[number]), 4),
                    because.get(number, []), whole)
                for number, whole in zip(listed, self._whole(needed, listed), strict=True)]

    @staticmethod
    def _whole(needed: NDArray[np.float64] | None, listed: list[int]) -> list[float | None]:
        """What is needed of each listed guide. The many too unlikely to list leave their little to those listed: what is
        missing to 1 must mean "none named"."""
        if needed is None:
            return [None] * len(listed)
        tail = float(needed.sum()) / max(float(needed[listed].sum()), 1e-9)
        return [round(float(needed[number]) * tail, 4) for number in listed]

    def family(self, hits: Sequence[Hit]) -> list[Hit]:
        """The items to offer when it is unclear which is meant: the best and its serious rivals, at most four."""
        return [hit for hit in hits if hit.score >= _RIVAL * hits[0].score][:_OFFERED]

    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision:
        """Whether the hits name one item, several to choose from, or none.

        Args:
            expected: the intent needs an item (apply, ask_*); false for sentences that may well name none.
        """
        total = sum(hit.score for hit in hits)
        if not hits or total < (_OURS_EXPECTED if expected else _OURS):
            return Decision("none", list(hits), {})
        if self._clear(hits):
            return Decision("one", list(hits), {})
        family = self.family(hits)
        if len(family) == 1:  # nothing rivals it, yet it is not clear that it was meant at all
            family = list(hits[:_OFFERED])
        return Decision("which", family, self._differences(family))

    @staticmethod
    def _clear(hits: Sequence[Hit]) -> bool:
        best = hits[0]
        if best.needed is None:
            return best.score >= _CLEAR * sum(hit.score for hit in hits) or all(h.score < _RIVAL * best.score for h in hits[1:])
        second = (hits[1].needed or 0.0) if len(hits) > 1 else 0.0
        unnamed = max(0.0, 1.0 - sum(hit.needed or 0.0 for hit in hits))
        return best.needed >= _TELLING * (best.needed + second + unnamed)

    def _differences(self, family: Sequence[Hit]) -> dict[str, str]:
        names = {hit.name for hit in family}
        found: dict[str, str] = {}
        for hit in family:
            said = [n.difference for n in self._by_code[hit.code].names.neighbours if n.name in names and n.name != hit.name]
            if said:
                found[hit.code] = said[0]
        return found

    @staticmethod
    def _because(number: int, found: Found) -> list[str]:
        said, known = found.reading.words if found.reading else [], found.words(number)
        shared = [word for word in dict.fromkeys(said) if len(word) > 1 and word in known]
        reasons = [t("knowledge.because_words", words=t("knowledge.list_separator").join(shared[:5]))] if shared else []
        return [*reasons, t("knowledge.because_nearest", sentence=found.nearest(number))]
