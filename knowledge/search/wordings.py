"""How people word an item: a linear model over labelled sentences, beside the search over what the guides say themselves.

The search needs no sentences and finds a guide that was written this morning; this model needs sentences and knows that
老板把公司交给儿子了 is a change of the legal representative, though no guide says so. Two of its classes are no guide: talk
about other things, and talk that needs an item and names none. At run time it is a table and a dictionary, read with numpy.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.text import char_ngrams, fold, is_han, pinyin_ngrams, segments

ELSEWHERE = ""
"""Label of sentences about no item at all."""
UNNAMED = "?"
"""Label of sentences that are about some item, but do not say which one."""

_MINIMUM = 2
_LONGEST_GRAM = 3
# What a gram that no labelled sentence has counts in a sentence's length, as a share of the rarest known one.
_UNSEEN = 0.5
_SOFTNESS = 0.5
# How steeply margins become probabilities; fitted on the development sets, where 4 and 5 read alike and 2 hardly decides.
_SHARPNESS = 4.0

Bag = dict[str, Counter[str]]
Look = Callable[[str], Bag | None]
"""The grams of a sentence by kind, or None where it is not in the language looked at."""


@dataclass(frozen=True, slots=True)
class Chances:
    """The probability of every class for one sentence; they add up to 1."""

    items: dict[str, float]
    elsewhere: float
    unnamed: float


def in_chinese(text: str) -> Bag | None:
    """Characters and syllables of a sentence that holds Chinese."""
    parts = segments(fold(text))
    characters = Counter(char_ngrams(parts, 1, _LONGEST_GRAM))
    if not any(is_han(gram) for gram in characters):
        return None
    return {"c": characters, "p": Counter(pinyin_ngrams(parts, 1, _LONGEST_GRAM))}


class Wordings:
    """The fitted model; read-only and thread-safe."""

    def __init__(self, labels: Sequence[str], vocabulary: dict[str, int], rarity: NDArray[np.float32],
                 matrix: NDArray[np.float16], offset: NDArray[np.float32], look: Look = in_chinese) -> None:
        self._look = look
        self.labels = list(labels)
        self._vocabulary = vocabulary
        self._rarity = rarity
        self._unseen = _UNSEEN * float(rarity.max()) if len(rarity) else 0.0
        self._matrix = matrix
        self._offset = offset

    def chances(self, text: str) -> Chances | None:
        """What a sentence is about; None where it is in no language this model has learnt."""
        bag = self._look(text)
        if bag is None:
            return None
        columns, values = self.row(bag)
        margins = (values @ self._matrix[columns].astype(np.float32) + self._offset) * _SHARPNESS
        raised = np.exp(margins - margins.max())
        shares = dict(zip(self.labels, (raised / raised.sum()).tolist(), strict=True))
        return Chances({k: v for k, v in shares.items() if k not in (ELSEWHERE, UNNAMED)},
                       shares.get(ELSEWHERE, 0.0), shares.get(UNNAMED, 0.0))

    def row(self, bag: Bag) -> tuple[list[int], NDArray[np.float32]]:
        """The columns and values of one sentence: each kind of gram scaled to length one, unseen grams included in the length."""
        columns: list[int] = []
        values: list[float] = []
        for kind, counts in bag.items():
            found = [(self._vocabulary.get(kind + gram), 1 + math.log(count)) for gram, count in counts.items()]
            known = [(column, weight * float(self._rarity[column])) for column, weight in found if column is not None]
            strange = sum((weight * self._unseen) ** 2 for column, weight in found if column is None)
            length = math.sqrt(sum(value * value for _, value in known) + strange) or 1.0
            columns += [column for column, _ in known]
            values += [value / length for _, value in known]
        return columns, np.array(values, dtype=np.float32)

    @classmethod
    def fit(cls, labelled: Iterable[tuple[str, str]], look: Look = in_chinese) -> Wordings:
        """Learn from (sentence, label) pairs: a guide's code, ``ELSEWHERE`` or ``UNNAMED``. Ten seconds for thirty thousand.

        Sentences in another language than that of ``look`` are passed over.
        """
        from scipy.sparse import csr_matrix
        from sklearn.svm import LinearSVC

        looked = ((look(sentence), label) for sentence, label in labelled)
        pairs = [(bag, label) for bag, label in looked if bag is not None]
        labels = sorted({label for _, label in pairs})
        seen = Counter(kind + gram for bag, _ in pairs for kind, counts in bag.items() for gram in counts)
        kept = sorted(gram for gram, count in seen.items() if count >= _MINIMUM)
        rarity = np.array([math.log((1 + len(pairs)) / (1 + seen[gram])) + 1 for gram in kept], dtype=np.float32)
        vocabulary = {gram: column for column, gram in enumerate(kept)}
        if len(labels) < 3 or not kept:
            return cls([], {}, np.zeros(0, np.float32), np.zeros((0, 0), np.float16), np.zeros(0, np.float32), look)
        model = cls(labels, vocabulary, rarity, np.zeros((0, 0), np.float16), np.zeros(0, np.float32), look)
        rows = [model.row(bag) for bag, _ in pairs]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        matrix = csr_matrix((np.concatenate([values for _, values in rows]),
                             np.concatenate([np.array(columns, dtype=np.int32) for columns, _ in rows]), starts),
                            shape=(len(rows), len(kept)))
        machine = LinearSVC(C=_SOFTNESS, random_state=7, max_iter=3000)
        machine.fit(matrix, np.array([labels.index(label) for _, label in pairs]))
        return cls(labels, vocabulary, rarity, np.ascontiguousarray(machine.coef_.T, dtype=np.float16),
                   machine.intercept_.astype(np.float32), look)

    def save(self, folder: Path, name: str = "wordings") -> None:
        """Write the model into a folder, in two files of this name."""
        np.savez_compressed(folder / f"{name}.npz", rarity=self._rarity, matrix=self._matrix, offset=self._offset)
        described = {"labels": self.labels, "vocabulary": list(self._vocabulary)}
        (folder / f"{name}.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str = "wordings", look: Look = in_chinese) -> Wordings | None:
        """The saved model, or None if there is none, or it has learnt nothing. ``look`` is the one it was fitted with."""
        try:
            described = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
                rarity, matrix, offset = arrays["rarity"], arrays["matrix"], arrays["offset"]
        except FileNotFoundError:
            return None
        vocabulary = {gram: column for column, gram in enumerate(described["vocabulary"])}
        return cls(described["labels"], vocabulary, rarity, matrix, offset, look) if described["labels"] else None


MAY_MEAN_AN_ITEM = frozenset({"apply", "ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee",
                              "ask_location", "check_progress", "complaint"})
"""Intents whose sentences may be about an item."""


def labelled_sentences(folder: Path) -> Iterator[tuple[str, str]]:
    """The sentences of ``nlu_data`` with what they are about, as far as their place says it.

    ``items/<guide code>.yml``, in English ``items/en/<guide code>.yml``, is about that guide, ``unnamed/*.yml`` about some item
    that is not said; elsewhere in the folder a sentence whose intent needs no item is about none. The others do not say which
    item they are about, and are left out.
    """
    import yaml

    for path in sorted(folder.rglob("*.yml")):
        place = path.relative_to(folder).parts
        if place[0] == "dev":
            continue
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
        for block in content.get("nlu", []):
            if "intent" not in block:
                continue
            if place[0] == "items":
                label = path.stem
            elif place[0] == "unnamed":
                label = UNNAMED
            elif block["intent"] in MAY_MEAN_AN_ITEM:
                continue
            else:
                label = ELSEWHERE
            for line in block["examples"].splitlines():
                if line.strip():
                    yield line.strip().removeprefix("- "), label
