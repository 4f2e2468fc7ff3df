"""How like each guide a sentence is, as a handful of numbers a guide: the evidence the score is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Embedding
from knowledge.search.lexical import Floats, Ints, TermIndex
from knowledge.text import WordCutter, char_ngrams, char_weight, content, fold, is_han, pinyin_ngrams, sound_weight, syllables

# word, character, syllable and dense cosine of the guide's best document; share of the sentence the guide knows, as written
# and by sound; share of a name the sentence holds, likewise; cosine with the middle of the guide's vectors; and the logarithm
# of its number of documents, because the best of sixty is high by luck more often than the best of six.
FEATURES = ("word", "char", "pinyin", "dense", "known", "known_sound", "named", "named_sound", "central", "size")
_Tells: TypeAlias = Callable[[Iterable[str]], bool]
_Terms: TypeAlias = tuple[TermIndex | None, TermIndex | None, TermIndex | None]
# How many of them are also measured against the sentences about other things: those that are similarities.
FOREIGN = 4
# Up to here every vector is compared; beyond it only this many nearest ones, the others counting as unlike.
_DENSE_EXACT = 4096
# How surely a guide knows a character it has only apart from its neighbour in the sentence; with a neighbour it is 1.
ALONE = 0.4
# A name of one syllable, bars included, is not looked for inside a sentence.
SHORT_NAME = 7


@dataclass(frozen=True, slots=True)
class Document:
    """One way of saying what a guide is about. ``is_name`` tells names from sample sentences."""

    text: str
    owner: int
    is_name: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence against the catalogue: ``guides`` has a row a guide and a column a feature; ``foreign`` is the same row for
    the sentences about other things; ``nearest`` is a document number a guide; ``unknown`` the share of the sentence no guide
    knows; ``empty`` that nothing but frame was said.

    ``called`` is 3 where a guide is called exactly this, 2 where it sounds so, 1 where a name of it was said. ``cover`` has a
    row a guide and a column a character said: how surely the guide knows it (alone, or with a neighbour), ``heard`` the same
    of its sound; ``telling`` says how much each matters.
    """

    guides: NDArray[np.float32]
    foreign: NDArray[np.float32]
    nearest: NDArray[np.int64]
    unknown: float
    words: list[str]
    empty: bool
    called: NDArray[np.int8]
    cover: Floats
    heard: Floats
    telling: Floats

    def advantage(self, guide: int) -> Floats:
        """How much of what was said this guide knows and another does not, for each other guide.

        Counted in telling characters: about 0.5 for one ordinary character of meaning, nearly 0 for 的. Written and
        heard are looked at apart, and the greater counts: 租房 written is not 住房 though it sounds so, and a misheard
        word is known by its sound only.
        """
        return self._known_more(lambda table: table[guide] - table)

    def disadvantage(self, guide: int) -> Floats:
        """How much of what was said each other guide knows and this one does not; counted like ``advantage``."""
        return self._known_more(lambda table: table - table[guide])

    def covered(self) -> Floats:
        """For each guide the share of what was said that it knows, written or heard."""
        known = np.maximum(self.cover @ self.telling, self.heard @ self.telling)
        return np.asarray(known / (self.telling.sum() or 1.0), dtype=np.float32)

    def _known_more(self, difference: Callable[[Floats], Floats]) -> Floats:
        written, heard = (np.maximum(difference(table), 0) @ self.telling for table in (self.cover, self.heard))
        return np.asarray(np.maximum(written, heard), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Cut:
    """A text taken apart: all that hangs on the text alone, and on the cutter (``words``) and embedding (``vector``) given."""

    parts: list[str]
    words: Counter[str]
    chars: Counter[str]
    sounds: Counter[str]
    said: str
    sounded: str
    vector: Floats | None

    @classmethod
    def of(cls, text: str, cutter: WordCutter) -> Cut:
        parts = content(fold(text))
        return cls(parts, Counter(cutter.words(parts)), Counter(char_ngrams(parts)), Counter(pinyin_ngrams(parts)),
                   " ".join(parts), _sounded(parts), None)


class Kept(Protocol):
    """Texts taken apart earlier (``kept.KeptTexts``)."""

    @property
    def added(self) -> Sequence[str]:
        """The words the cutter knew beside its own."""

    @property
    def cuts(self) -> Mapping[str, Cut]:
        """By text."""


class FeatureIndex:
    """Every document of the catalogue, indexed by words, characters, syllables and vectors."""

    def __init__(self, documents: Sequence[Document], guide_count: int, cutter: WordCutter, embedding: Embedding | None,
                 foreign: Sequence[str] = (), previous: FeatureIndex | None = None, kept: Kept | None = None) -> None:
        """Index documents.

        Args:
            foreign: sentences about other things.
            previous: the index of the catalogue before a change, whose texts need not be taken apart again. The outcome is
                the same with and without it.
            kept: what was taken apart before by the same code and encoded by this embedding; only without ``previous``.
        """
        # Sentences about other things are one more guide, behind the others, that is never found.
        elsewhere = [Document(text, guide_count, False) for text in foreign]
        self.documents = sorted([*documents, *elsewhere], key=lambda document: document.owner)
        self._foreign = guide_count
        guide_count += 1
        self._guide_count = guide_count
        self.cutter, self._embedding = cutter, embedding
        self.cuts = self._taken_apart(previous, kept)
        owners = [document.owner for document in self.documents]
        cuts = [self.cuts[document.text] for document in self.documents]
        self._words_of: list[set[str]] = [set() for _ in range(guide_count)]
        for owner, cut in zip(owners, cuts, strict=True):
            self._words_of[owner].update(cut.words)
        before: _Terms = previous._terms if previous else (None, None, None)
        self._word = TermIndex([cut.words for cut in cuts], owners, guide_count, char_weight, like=before[0])
        self._char = TermIndex([cut.chars for cut in cuts], owners, guide_count, char_weight, like=before[1])
        self._sound = TermIndex([cut.sounds for cut in cuts], owners, guide_count, sound_weight, like=before[2])
        self._called: dict[str, list[int]] = {}
        self._sounding: dict[str, list[int]] = {}
        for document, cut in zip(self.documents, cuts, strict=True):
            if document.is_name and cut.parts:
                self._called.setdefault(cut.said, []).append(document.owner)
                self._sounding.setdefault(cut.sounded, []).append(document.owner)
        self._owners = np.array(owners, dtype=np.int64)
        self._names = np.array([document.is_name for document in self.documents], dtype=np.float32)
        self._sizes = np.log1p(np.bincount(owners, minlength=guide_count)).astype(np.float32)
        self._vectors: Any = None
        if embedding is not None:
            import faiss

            # A query over a few thousand vectors takes microseconds; waking a second thread takes longer.
            faiss.omp_set_num_threads(1)
            vectors = np.stack([cut.vector for cut in cuts if cut.vector is not None]) if cuts else embedding.encode([])
            self._vectors = faiss.IndexFlatIP(vectors.shape[1])
            self._vectors.add(vectors)
            middles = np.zeros((guide_count, vectors.shape[1]), dtype=np.float32)
            np.add.at(middles, self._owners, vectors)
            self._middles = middles / np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)

    def _known(self, previous: FeatureIndex | None, kept: Kept | None) -> tuple[Mapping[str, Cut], _Tells]:
        """What need not be taken apart again, and what tells of the parts of a text that their words may be others now."""
        if previous is not None and previous._embedding is self._embedding:
            same = previous.cutter is self.cutter
            return previous.cuts, (lambda _: False) if same else self.cutter.cuts_otherwise(previous.cutter)
        if previous is None and kept is not None:
            same = list(kept.added) == self.cutter.added
            return kept.cuts, lambda _: not same
        return {}, lambda _: False

    def _taken_apart(self, previous: FeatureIndex | None, kept: Kept | None) -> dict[str, Cut]:
        """The texts of the documents, cut and encoded; those ``previous`` or ``kept`` has are taken over."""
        known, otherwise = self._known(previous, kept)
        texts = list(dict.fromkeys(document.text for document in self.documents))
        found = {text: known.get(text) or Cut.of(text, self.cutter) for text in texts}
        for text in texts:
            if text in known and otherwise(found[text].parts):
                found[text] = replace(found[text], words=Counter(self.cutter.words(found[text].parts)))
        new = [text for text in texts if text not in known]
        if self._embedding is not None and new:
            for text, vector in zip(new, self._embedding.encode(new), strict=True):
                found[text] = replace(found[text], vector=vector)
        return found

    @property
    def _terms(self) -> _Terms:
        return self._word, self._char, self._sound

    def cutter_for(self, names: Iterable[str]) -> WordCutter:
        """The cutter of this index if it was made for these names, else a new one."""
        names = list(names)
        return self.cutter if WordCutter.parts_of(names) == self.cutter.added else WordCutter(names, self.cutter)

    def words_of(self, guide: int) -> set[str]:
        """Every word of a guide's documents, as this index cuts them."""
        return self._words_of[guide]

    def read(self, text: str) -> Reading:
        """The features of one sentence."""
        parts = content(fold(text))
        words, chars, sounds = self.cutter.words(parts), char_ngrams(parts), pinyin_ngrams(parts)
        word, _ = self._word.cosines(words)
        char, char_held = self._char.cosines(chars)
        sound, sound_held = self._sound.cosines(sounds)
        dense, central = self._dense(text)
        # What only the sentences about other things know is unknown to our guides all the same.
        known, unknown = self._char.coverage(chars, but=self._foreign)
        known_sound, _ = self._sound.coverage(sounds, but=self._foreign)
        named, named_sound = self._best(char_held * self._names), self._best(sound_held * self._names)
        table = np.stack([self._best(word), self._best(char), self._best(sound), self._best(dense),
                          known, known_sound, named, named_sound, central, self._sizes], axis=1)
        ours = slice(0, self._foreign)
        cover, heard, telling = self._cover(parts)
        nearest = self._nearest(char + sound + dense)[ours]
        return Reading(table[ours], table[self._foreign, :FOREIGN], nearest, unknown, words, not parts,
                       self._naming(parts)[ours], cover[ours], heard[ours], telling)

    def _naming(self, parts: list[str]) -> NDArray[np.int8]:
        called = np.zeros(self._guide_count, dtype=np.int8)
        said, sounded = " ".join(parts), _sounded(parts)
        for name, guides in self._sounding.items():
            if len(name) > SHORT_NAME and name in sounded:
                called[guides] = 1
        called[self._sounding.get(sounded, [])] = 2
        called[self._called.get(said, [])] = 3
        return called

    def _cover(self, parts: list[str]) -> tuple[Floats, Floats, Floats]:
        units = [unit for part in parts for unit in (part if is_han(part) else [part])]
        cover = np.zeros((self._guide_count, len(units)), dtype=np.float32)
        heard = np.zeros_like(cover)
        telling = np.array([self._char.weight(unit) for unit in units], dtype=np.float32) / np.float32(self._char.heaviest)
        start = 0
        for part in parts:
            if not is_han(part):
                _raise(cover, self._char.knowing(part), start, 1, 1.0)
                start += 1
                continue
            sounds = syllables(part)
            for size, sure in ((1, ALONE if len(part) > 1 else 1.0), (2, 1.0), (3, 1.0)):
                for at in range(len(part) - size + 1):
                    _raise(cover, self._char.knowing(part[at:at + size]), start + at, size, sure)
                    # Rare characters without a reading leave fewer syllables than characters; such a part is not aligned.
                    if size > 1 and len(sounds) == len(part):
                        _raise(heard, self._sound.knowing("_".join(sounds[at:at + size])), start + at, size, 1.0)
            start += len(part)
        return cover, heard, telling

    def _dense(self, text: str) -> tuple[Floats, Floats]:
        similarities = np.zeros(len(self.documents), dtype=np.float32)
        central = np.zeros(self._guide_count, dtype=np.float32)
        if self._embedding is not None:
            vector = self._embedding.encode([text])
            count = len(self.documents) if len(self.documents) <= _DENSE_EXACT else 1024
            found, numbers = self._vectors.search(vector, count)
            similarities[numbers[0]] = np.maximum(found[0], 0)
            central = np.maximum(self._middles @ vector[0], 0)
        return similarities, central

    def _best(self, per_document: Floats) -> Floats:
        best = np.zeros(self._guide_count, dtype=np.float32)
        np.maximum.at(best, self._owners, per_document)
        return best

    def _nearest(self, per_document: Floats) -> NDArray[np.int64]:
        nearest = np.zeros(self._guide_count, dtype=np.int64)
        # Ascending order: the last writer of a guide is its best document.
        order = np.argsort(per_document, kind="stable")
        nearest[self._owners[order]] = order
        return nearest


def _raise(cover: Floats, guides: Ints | None, start: int, size: int, sure: float) -> None:
    if guides is not None:
        for position in range(start, start + size):
            cover[guides, position] = np.maximum(cover[guides, position], sure)


def _sounded(parts: Sequence[str]) -> str:
    """Syllables, each with a bar on either side, so that one text is only found in another at whole syllables."""
    return " ".join("|" + "|".join(syllables(part) if is_han(part) else [part]) + "|" for part in parts)
