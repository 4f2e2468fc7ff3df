"""What paper this is, by the words on it; the kinds are data (``knowledge/papers.yaml``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.casework.papers.lines import Page
from knowledge.papers import PaperKind, paper_kinds

_TITLE, _PATTERN, _WORD, _MENTION = 3.0, 3.0, 1.0, 0.5
_BESIDE = 10  # signs a line may have besides the title it is: 房屋租赁合同（示范文本）
_LEAST = 3.0
_WORDS_AT_ALL = 6  # signs below which a picture says nothing


@dataclass(frozen=True)
class Held:
    """What a paper is held for. ``kind`` is None where it is none we know, ``readable`` False where there is hardly any text."""

    kind: str | None
    score: float
    readable: bool


def compact(text: str) -> str:
    """Text without blanks, letters and brackets in their plain form."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def classify(pages: Sequence[Page]) -> Held:
    """The kind these pages are most likely of."""
    lines = [compact(line.text) for page in pages for line in page.lines]
    whole = compact("".join(page.text for page in pages))
    if len(re.findall(r"[\w]", whole)) < _WORDS_AT_ALL:
        return Held(None, 0.0, readable=False)
    scores = {code: score(kind, lines, whole) for code, kind in paper_kinds().items()}
    best = max(scores, key=lambda code: scores[code])
    if scores[best] < _LEAST:
        return Held(None, scores[best], readable=True)
    return Held(best, scores[best], readable=True)


def score(kind: PaperKind, lines: Sequence[str], whole: str) -> float:
    """How much of a kind is there to be read: a title of its own weighs most, then numbers only this kind has, then words."""
    if any(compact(word) in whole for word in kind.not_):
        return 0.0
    titles = max((_titled(compact(title), lines, whole) for title in kind.titles), default=0.0)
    patterns = _PATTERN if any(re.search(pattern, whole) for pattern in kind.patterns) else 0.0
    words = sum(1 for word in kind.words if compact(word) in whole)
    if titles < _TITLE and not patterns and words < kind.least:
        return 0.0
    return titles + patterns + words * _WORD


def _titled(title: str, lines: Sequence[str], whole: str) -> float:
    if any(title in line and len(line) <= len(title) + _BESIDE for line in lines):
        # Of two titles in one line the longer one is meant: 道路运输经营许可证 is no 许可证 of another sort.
        return _TITLE + 0.05 * len(title)
    return _MENTION if title in whole else 0.0


def fits(found: str | None, wanted: Sequence[str]) -> bool:
    """Whether a paper of this kind is one of those wanted."""
    return not wanted or found in wanted


def names(codes: Sequence[str], english: bool, kinds: Mapping[str, PaperKind] | None = None) -> list[str]:
    """What the kinds are called."""
    known = kinds or paper_kinds()
    return [known[code].english if english else known[code].name for code in codes if code in known]
