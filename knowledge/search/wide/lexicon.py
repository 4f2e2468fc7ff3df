"""The lexical index on disk: tantivy over words, pairs of characters and pairs of fuzzy syllables, with regions as a filter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import tantivy

from knowledge.search.wide.cutting import Cut, Grams
from knowledge.search.wide.weights import Weights
from knowledge.text import is_han

_HEAP = 256_000_000
# What of a query is looked for: its most telling grams. Long talk would otherwise visit every list of the index.
_MOST_TERMS = 24
_FIELDS = ("words", "chars", "sounds")


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for field in _FIELDS:
        builder.add_text_field(field, tokenizer_name="blank", index_option="freq")
    builder.add_unsigned_field("number", fast=True)
    builder.add_unsigned_field("region", indexed=True)
    return builder.build()


class LexiconWriter:
    """Adds one document a wording. One thread and one merge at the end: the same wordings give the same order."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(folder))
        _tokenise(self._index)
        self._writer = self._index.writer(_HEAP, 1)

    def add(self, number: int, cut: Cut, regions: Iterable[int]) -> None:
        """A wording and every region in which an item is called so."""
        words, chars, sounds = _terms(cut)
        document = tantivy.Document(words=words, chars=chars, sounds=sounds)
        document.add_unsigned("number", number)
        for region in regions:
            document.add_unsigned("region", region)
        self._writer.add_document(document)

    def close(self) -> None:
        """Everything to disk."""
        self._writer.commit()
        self._writer.wait_merging_threads()


class Lexicon:
    """The index opened for searching. Thread-safe; files are memory-mapped.

    Raises:
        ValueError: tantivy cannot read the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        self._index = tantivy.Index.open(str(folder))
        _tokenise(self._index)
        self._searcher = self._index.searcher()

    def find(self, said: Grams, weights: Weights, count: int, regions: Sequence[int] = ()) -> list[int]:
        """Numbers of the wordings most like a sentence, the best first; only those of these regions, if any are given."""
        clauses = [(tantivy.Occur.Should, query) for query in self._telling(said, weights)]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(clauses)
        if regions:
            there = [(tantivy.Occur.Should, self._term("region", region, "basic")) for region in regions]
            only = tantivy.Query.const_score_query(tantivy.Query.boolean_query(there), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, only), (tantivy.Occur.Must, query)])
        found = self._searcher.search(query, count, count=False).hits
        numbers: list[Any] = self._searcher.fast_field_values("number", [address for _, address in found])
        return [int(number) for number in numbers]

    def _telling(self, said: Grams, weights: Weights) -> list[Any]:
        """The grams that tell most, each kind's own."""
        wanted: list[tuple[float, str, str]] = []
        for field, kind, bag in zip(_FIELDS, range(3), said.bags, strict=True):
            telling = [gram for gram in bag if _looked_for(kind, gram)]
            known = zip(telling, weights.all_of(kind, telling), strict=True)
            wanted += [(weight, field, gram) for gram, (weight, held) in known if held]
        wanted.sort(key=lambda one: (-one[0], one[1:]))
        return [self._term(field, gram, "freq") for _, field, gram in wanted[:_MOST_TERMS]]

    def _term(self, field: str, value: str | int, option: str) -> Any:
        return tantivy.Query.term_query(self._schema, field, value, option)


def _looked_for(kind: int, gram: str) -> bool:
    """Pairs, and Latin words; of words those of two characters and more."""
    if kind == 0:
        return len(gram) > 1
    return gram.count("_") == 1 if kind == 2 else len(gram) == 2 and is_han(gram)


def _terms(cut: Cut) -> tuple[str, str, str]:
    pairs = [part[at:at + 2] for part in cut.parts.split() if is_han(part) for at in range(len(part) - 1)]
    sounds = [part.strip("|").split("|") for part in cut.sounds.split()]
    heard = [f"{a}_{b}" for part in sounds for a, b in pairwise(part)]
    return cut.words, " ".join(pairs), " ".join(heard)


def _tokenise(index: Any) -> None:
    blank = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("blank", blank)
