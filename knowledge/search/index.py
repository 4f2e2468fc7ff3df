"""Which item does a sentence mean? Lexical, phonetic and dense evidence, fused into one calibrated score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.foundation.messages import t
from knowledge.catalogue import Catalogue
from knowledge.embedding import MODEL_FOLDER, Embedding, EmbeddingMissing, open_embedding, sentences
from knowledge.schema import Guide
from knowledge.search.calibration import Calibration
from knowledge.search.english import WORDINGS, EnglishIndex, in_english, is_english
from knowledge.search.features import Document, FeatureIndex, Reading
from knowledge.search.plain import PlainNames
from knowledge.search.rivals import share
from knowledge.search.wordings import Chances, Wordings
from knowledge.text import WordCutter
from knowledge.translation import Translation

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
# The search's scores are taken for shares of one only from this sum on; below it they hardly say anything.
_SURE_ENOUGH = 0.3
# A rival is offered when it reaches this share of the best.
_RIVAL = 0.25
_OFFERED = 4
# Longer talk is cut: what somebody wants is said near the start or the end of it.
_LONGEST = 400
_FOREIGN = "elsewhere.txt"


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

    def __init__(self, guides: Sequence[Guide], index: FeatureIndex, calibration: Calibration,
                 translations: Mapping[str, Translation] | None = None, wordings: Wordings | None = None,
                 english_wordings: Wordings | None = None) -> None:
        self._wordings, self._english_wordings = wordings, english_wordings
        self._english = EnglishIndex(guides, translations or {})
        self._guides = list(guides)
        self._plain = PlainNames(guides)
        self._index = index
        self._calibration = calibration
        self._by_code = {guide.code: guide for guide in guides}

    @classmethod
    def build(cls, catalogue: Catalogue, models_dir: Path, embedding: str = "static") -> Search:
        """Index every guide; under a second for a city's catalogue, and no training.

        Args:
            models_dir: where ``train`` put the embedding and the calibration.
            embedding: ``static``, or a path or name of a sentence-transformers model.

        Raises:
            EmbeddingMissing: nothing was trained in ``models_dir``, or not for this embedding.
        """
        calibration = Calibration.load(models_dir / MODEL_FOLDER)
        if calibration is None or calibration.embedding != embedding:
            raise EmbeddingMissing(f"no search calibration for {embedding} in {models_dir}: run ./bandao train")
        guides = catalogue.all()
        foreign = (models_dir / MODEL_FOLDER / _FOREIGN).read_text(encoding="utf-8").splitlines()
        return cls(guides, index_of(guides, catalogue.names(), open_embedding(embedding, models_dir), foreign), calibration,
                   catalogue.translations, Wordings.load(models_dir / MODEL_FOLDER),
                   Wordings.load(models_dir / MODEL_FOLDER, WORDINGS, in_english))

    def read(self, text: str) -> Reading:
        """The features of a sentence; guides in catalogue order."""
        return self._index.read(text[-_LONGEST:])

    def search(self, query: str, limit: int = 10, region: str | None = None) -> list[Hit]:
        """The guides a sentence may mean, best first.

        Args:
            query: what somebody said, in any script.
            region: a GB/T 2260 code; guides of other places are left out, national and wider ones kept.
        """
        if not self._guides:
            return []
        if is_english(query):
            return self._in_english(query[-_LONGEST:], limit, region)
        reading = self.read(query)
        found = share(self._calibration.scores(reading), reading)
        chances = self._wordings.chances(query[-_LONGEST:]) if self._wordings else None
        if chances is None:
            return [Hit(*self._called(number), round(float(found[number]), 4), self._because(number, reading))
                    for number in self._listed(found, limit, region)]
        plain = self._plain.of(query[-_LONGEST:])
        scores, needed = self._fused(chances, found, plain, [] if plain is not None else self._plain.family(query[-_LONGEST:]))
        listed = self._listed(needed, limit, region)
        whole = dict(zip(listed, self._whole(needed, listed), strict=True))
        return [Hit(*self._called(number), round(float(scores[number]), 4), self._because(number, reading), whole[number],
                    number == plain) for number in listed]

    def _called(self, number: int) -> tuple[str, str]:
        return self._guides[number].code, self._guides[number].name

    def _listed(self, chances: NDArray[np.float64], limit: int, region: str | None) -> list[int]:
        """The numbers of the guides worth listing, likeliest first."""
        order = sorted(range(len(self._guides)), key=lambda n: (-chances[n], n))
        return [number for number in order
                if chances[number] >= _LISTED and (region is None or serves(self._guides[number].region, region))][:limit]

    def _fused(self, chances: Chances, found: NDArray[np.float64], plain: int | None, family: Sequence[int]
               ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Each guide's probability, and the same once an item is known to be needed, from the wordings and the search.

        A guide whose wordings were never learnt keeps what the search gives it, and the others share the rest. ``plain`` is the
        number of the guide whose name is all that was said, ``family`` those of guides that share it as part of their names.
        """
        among = found / max(float(found.sum()), _SURE_ENOUGH)
        learnt = np.array([guide.code in chances.items for guide in self._guides])
        worded = np.array([chances.items.get(guide.code, 0.0) for guide in self._guides])
        named = worded / max(float(worded.sum()) + chances.unnamed, 1e-9)
        new = np.where(learnt, 0.0, found)
        rest = 1.0 - min(float(new.sum()), 1.0)
        needed = np.where(learnt, rest * (_WORDED * named + (1 - _WORDED) * among), np.maximum(new, (1 - _WORDED) * among))
        if plain is not None:
            needed *= 1 - _PLAIN
            needed[plain] += _PLAIN
        elif len(family) and needed.max() < _USUAL:
            needed *= 1 - _SHARED - _UNSAID
            needed[list(family)] += _SHARED / len(family)
        ours = _WORDED * (1 - chances.elsewhere) + (1 - _WORDED) * float(found.sum())
        return np.where(learnt, needed * ours, found), needed

    def _in_english(self, query: str, limit: int, region: str | None) -> list[Hit]:
        nearest = {number: (score, wording) for number, score, wording in self._english.find(query)}
        found = np.array([nearest.get(number, (0.0, ""))[0] for number in range(len(self._guides))])
        chances = self._english_wordings.chances(query) if self._english_wordings else None
        if chances is None:
            scores, needed = found, None
        else:
            scores, needed = self._fused(chances, found, None, [])
        listed = self._listed(found if needed is None else needed, limit, region)
        because = {number: [t("knowledge.because_nearest", sentence=wording)] for number, (_, wording) in nearest.items()}
        return [Hit(*self._called(number), round(float(scores[number]), 4), because.get(number, []), whole)
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

    def _because(self, number: int, reading: Reading) -> list[str]:
        nearest = self._index.documents[int(reading.nearest[number])].text
        own = self._index.words_of(number)
        shared = [word for word in dict.fromkeys(reading.words) if len(word) > 1 and word in own]
        reasons = [t("knowledge.because_words", words=t("knowledge.list_separator").join(shared[:5]))] if shared else []
        return [*reasons, t("knowledge.because_nearest", sentence=nearest)]


def save_foreign(sentences_: Sequence[str], folder: Path) -> None:
    """Keep the sentences about other things beside the calibration that was fitted with them."""
    (folder / _FOREIGN).write_text("".join(f"{sentence}\n" for sentence in sentences_), encoding="utf-8")


def index_of(guides: Sequence[Guide], names: Iterable[str], embedding: Embedding | None, foreign: Sequence[str]) -> FeatureIndex:
    """The feature index over the guides' names, samples and summaries, and over sentences about other things."""
    documents = []
    for number, guide in enumerate(guides):
        called = {guide.name, *guide.names.aliases, *guide.names.colloquial}
        documents += [Document(sentence, number, sentence in called) for sentence in sentences(guide)]
        if guide.summary:
            documents.append(Document(guide.summary, number, False))
    return FeatureIndex(documents, len(guides), WordCutter(names), embedding, foreign)


def serves(guide_region: str, region: str) -> bool:
    """Whether a guide of one GB/T 2260 region is valid in another: its own, or one inside it.

    >>> serves("310000", "310115"), serves("000000", "310115"), serves("440000", "310115")
    (True, True, False)
    """
    prefix = guide_region
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    return region.startswith(prefix)
