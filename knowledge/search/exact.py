"""A city's catalogue in memory: every guide is read against every sentence, nothing is approximated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from knowledge.embedding import Embedding, sentences
from knowledge.schema import Guide
from knowledge.search.entries import Entry, Found, Where
from knowledge.search.features import Document, FeatureIndex, Kept, Reading
from knowledge.text import WordCutter

# Longer talk is cut: what somebody wants is said near the start or the end of it.
LONGEST = 400


class ExactIndex:
    """The guides of a catalogue and their features. Read-only and thread-safe."""

    def __init__(self, guides: Sequence[Guide], index: FeatureIndex) -> None:
        self._entries = [Entry.of(guide) for guide in guides]
        self.index = index

    def everything(self, text: str) -> Reading:
        """The features of a sentence; guides in catalogue order."""
        return self.index.read(text[-LONGEST:])

    def read(self, text: str, where: Where) -> Found:
        """The guides that count, with their features, in catalogue order.

        The others are left out before anything is judged, so that an item of another region takes nothing from those here.
        """
        kept = [number for number, entry in enumerate(self._entries) if where.admits(entry)]
        if not kept:
            return Found.nothing()
        whole = self.everything(text)
        rows = np.array(kept)
        reading = whole if len(kept) == len(self._entries) else replace(
            whole, guides=whole.guides[rows], nearest=whole.nearest[rows], called=whole.called[rows], cover=whole.cover[rows],
            heard=whole.heard[rows])
        return Found([self._entries[number] for number in kept], reading,
                     lambda place: self.index.documents[int(reading.nearest[place])].text,
                     lambda place: self.index.words_of(kept[place]))


def index_of(guides: Sequence[Guide], names: Iterable[str], embedding: Embedding | None, foreign: Sequence[str],
             previous: FeatureIndex | None = None, kept: Kept | None = None) -> FeatureIndex:
    """The feature index over the guides' names, samples and summaries, and over sentences about other things.

    Args:
        previous: the one before the catalogue changed, of which what still holds is taken over.
        kept: see ``FeatureIndex``.
    """
    documents = []
    for number, guide in enumerate(guides):
        called = {guide.name, *guide.names.aliases, *guide.names.colloquial}
        documents += [Document(sentence, number, sentence in called) for sentence in sentences(guide)]
        if guide.summary:
            documents.append(Document(guide.summary, number, False))
    cutter = previous.cutter_for(names) if previous else WordCutter(names)
    return FeatureIndex(documents, len(guides), cutter, embedding, foreign, previous, kept)
