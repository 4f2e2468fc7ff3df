"""Putting facts together: sentences for the text, rows for the card, and every source once."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.foundation.messages import ENGLISH, language, t
from knowledge.doubt import marked as with_doubt
from knowledge.replies import Citation, Row
from knowledge.schema import Evidence, Guide

_ENDS = "。！？；….!?;"


class Composer:
    """Collects what an answer says about one guide, in the order it is said."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.rows: list[Row] = []
        self.citations: list[Citation] = []
        self._sentences: list[str] = []
        self._verified = 0
        self._unverified = 0

    def plain(self, text: str) -> None:
        """A sentence that states no fact of its own."""
        self._sentences.append(ended(text))

    def fact(self, text: str, keys: Sequence[str], *, label: str | None = None, spoken: str | None = None,
             marked: bool = False, doubtful: Sequence[str] = ()) -> None:
        """A sentence stating a fact, with the keys of its evidence.

        Args:
            label: also put it in the card, under this label.
            spoken: how the text says it, where that differs from the row.
            marked: its unverified parts carry their mark already.
            doubtful: the sentences of it that nobody has checked, where the others have been.
        """
        self._cite(keys)
        sentence = ended(spoken or text)
        self._sentences.append(sentence if marked else self.marked(sentence, keys, doubtful))
        if label is not None:
            self.row(label, text, keys, doubtful)

    def row(self, label: str, value: str, keys: Sequence[str], doubtful: Sequence[str] = ()) -> None:
        """A row of the card with its source in words."""
        self._cite(keys)
        source = t("knowledge.list_separator").join(dict.fromkeys(source_name(self.guide.evidence[key]) for key in keys))
        self.rows.append(Row(label=label, value=self.marked(value, keys, doubtful), source=source or None))

    def marked(self, text: str, keys: Sequence[str], doubtful: Sequence[str] = ()) -> str:
        """The text, with a mark behind what nobody has checked (``doubt.py``)."""
        return with_doubt(self.guide, text, keys, doubtful)

    def wholly_doubtful(self, keys: Sequence[str]) -> bool:
        """Whether none of a fact's evidence has been checked."""
        return not any(self.guide.evidence[key].verified for key in keys)

    @property
    def nothing_verified(self) -> bool:
        """Whether facts were stated and none of them is verified."""
        return self._unverified > 0 and self._verified == 0

    def text(self) -> str:
        """All sentences, with a closing word where something is unverified."""
        sentences = [*self._sentences, *([t("knowledge.unverified_note")] if self._unverified else [])]
        return "\n".join(sentences)

    def _cite(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        checked = [self.guide.evidence[key].verified for key in keys]
        self._verified += any(checked)
        self._unverified += not all(checked)
        for key in keys:
            citation = Citation(**self.guide.evidence[key].model_dump())
            if citation not in self.citations:
                self.citations.append(citation)


def source_name(evidence: Evidence) -> str:
    """A source in words: 《公司法》第三十五条."""
    return t("knowledge.source_article", title=evidence.title, article=evidence.article) if evidence.article else evidence.title


def ended(text: str) -> str:
    """The text with a full stop if it has no ending."""
    text = text.strip()
    return text if not text or text[-1] in _ENDS else text + ("." if language() == ENGLISH else "。")
