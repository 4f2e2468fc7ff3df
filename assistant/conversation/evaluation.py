"""How well sentences are understood: labelled lines in, figures out. ``reading`` does the reading, as for ``/understand``."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.conversation.understanding import ITEM_INTENTS, Understanding

NONE, AMBIGUOUS = "-", "?"
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Line:
    """One labelled sentence; ``readings`` are (item, intent) pairs, the label first, then what else is acceptable."""

    query: str
    readings: list[tuple[str, str]]

    @property
    def item(self) -> str:
        return self.readings[0][0]

    @property
    def intent(self) -> str:
        return self.readings[0][1]


def load(path: Path) -> list[Line]:
    """Read a TSV with the header ``query item_name intent`` and optionally ``alt_label``.

    Raises:
        ValueError: a column is missing, or a line has no query or label; with the line number.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = {"query", "item_name", "intent"} - set(rows.fieldnames or [])
        if missing:
            raise ValueError(f"{path.name}: no column {', '.join(sorted(missing))}")
        return [_line(path, number, row) for number, row in enumerate(rows, 2)]


def _line(path: Path, number: int, row: dict[str, str | None]) -> Line:
    query, item, intent = ((row[name] or "").strip() for name in ("query", "item_name", "intent"))
    if not (query and item and intent):
        raise ValueError(f"{path.name}:{number}: query, item_name and intent must all be there")
    readings = [(item, intent)]
    for alternative in (row.get("alt_label") or "").split("|"):
        # an item's own name may hold a slash, an intent's never does
        name, _, other = alternative.strip().rpartition("/")
        if other:
            readings.append((name or item, other))
    return Line(query, readings)


def item_of(read: Understanding) -> str:
    """The item as the labels write it: a name, ``-`` for none needed, ``?`` for one that has to be asked for."""
    if read.guide is not None:
        return read.guide.name
    return AMBIGUOUS if read.intent in ITEM_INTENTS else NONE


def ranked(read: Understanding) -> list[str]:
    """The items a sentence is read to be about, likeliest first."""
    if read.intent == OUT_OF_SCOPE:
        return []
    meant = [read.guide.name] if read.guide else []
    return list(dict.fromkeys([*meant, *(candidate.name for candidate in read.candidates)]))


def score(lines: Sequence[Line], readings: Iterable[Understanding]) -> dict[str, Any]:
    """The figures of a list of readings. Item figures are over in-scope sentences that mean one item.

    ``item_top1`` and ``item_top3`` ask whether the item stands first, or among the first three, of those the sentence is read
    to be about; a sentence taken for something that is not ours is read to be about none. ``item_acted`` asks for more: that
    the product goes on with the right item without asking which.
    """
    per_intent: defaultdict[str, list[bool]] = defaultdict(list)
    per_item: defaultdict[str, list[bool]] = defaultdict(list)
    top1, top3, acted, clarified = [], [], [], []
    scope = {"hit": 0, "said": 0, "meant": 0}
    errors = []
    for line, read in zip(lines, readings, strict=True):
        item = item_of(read)
        intent_right = any(read.intent == intent for _, intent in line.readings)
        item_right = any(item == name for name, _ in line.readings)
        per_intent[line.intent].append(intent_right)
        if line.item == AMBIGUOUS:
            clarified.append(any(item == name for name, _ in line.readings))
        elif line.item != NONE:
            named = {name for name, _ in line.readings}
            listed = ranked(read)
            top1.append(bool(named & set(listed[:1])))
            top3.append(bool(named & set(listed[:3])))
            acted.append(item_right)
            per_item[line.item].append(top1[-1])
        scope["meant"] += line.intent == OUT_OF_SCOPE
        scope["said"] += read.intent == OUT_OF_SCOPE
        scope["hit"] += read.intent == OUT_OF_SCOPE and any(intent == OUT_OF_SCOPE for _, intent in line.readings)
        if not (intent_right and (item_right or line.item == NONE)):
            errors.append(_error(line, read, item))
    precision, recall = _share(scope["hit"], scope["said"]), _share(scope["hit"], scope["meant"])
    return {
        "n": len(lines),
        "intent_accuracy": _mean([right for rights in per_intent.values() for right in rights]),
        "item_top1": _mean(top1),
        "item_top3": _mean(top3),
        "item_acted": _mean(acted),
        "out_of_scope": {"precision": precision, "recall": recall, "f1": _f1(precision, recall)},
        "ambiguous_clarified": _mean(clarified),
        "per_intent": _table(per_intent),
        "per_item": _table(per_item),
        "errors": errors,
    }


def _error(line: Line, read: Understanding, item: str) -> dict[str, Any]:
    return {
        "query": line.query,
        "item": line.item,
        "intent": line.intent,
        "read_item": item,
        "read_intent": read.intent,
        "confidence": read.confidence,
        "candidates": [candidate.name for candidate in read.candidates[:3]],
    }


def _mean(rights: Sequence[bool]) -> float | None:
    return round(sum(rights) / len(rights), 4) if rights else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _f1(precision: float | None, recall: float | None) -> float | None:
    return round(2 * precision * recall / (precision + recall), 4) if precision and recall else None


def _table(groups: dict[str, list[bool]]) -> dict[str, dict[str, Any]]:
    return {name: {"n": len(rights), "right": sum(rights), "accuracy": _mean(rights)} for name, rights in sorted(groups.items())}
