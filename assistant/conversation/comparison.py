"""Two models side by side: what the new one wins and loses, sentence by sentence and in the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from assistant.conversation.evaluation import Line, item_of, load, score
from assistant.conversation.training_data import REVIEWED
from assistant.conversation.understanding import Understanding

COUNTED_ONLY = frozenset({"fresh", "street", "english", "heard"})
"""Sets that stay blind: only their figures are told, or data would be mended by looking at their sentences."""
FIGURES = ("intent_accuracy", "item_top1", "item_top3", "ambiguous_clarified")


class Models(Protocol):
    """Where models come from and how one reads; training takes minutes, so tests bring their own."""

    def current(self) -> Path | None:
        """The model trained last before the present data, or None."""

    def trained(self) -> Path:
        """The model of the present data, trained if it has not been."""

    def read(self, model: Path, queries: Sequence[str]) -> list[Understanding]:
        """Every sentence as this model has it understood."""


class NothingToCompare(RuntimeError):
    """There is no earlier model."""


def sets(folder: Path) -> dict[str, list[Line]]:
    """The sentences to compare by: every development set, and what was reviewed.

    Raises:
        ValueError: a file is not as it should be.
    """
    found = {path.stem: load(path) for path in sorted((folder / "dev").glob("*.tsv"))}
    listed = folder / REVIEWED / "sentences.tsv"
    return found | ({REVIEWED: load(listed)} if listed.exists() else {})


def compare(models: Models, lines: Mapping[str, Sequence[Line]]) -> dict[str, Any]:
    """Train the new model and read every sentence with both.

    Returns:
        ``before`` and ``after`` (names of the models) and ``sets``: by name the figures ``before`` and ``after``, and what was
        ``won`` and ``lost``: counts, and outside the blind sets the sentences.

    Raises:
        NothingToCompare: no model was trained before.
    """
    before = models.current()
    if before is None:
        raise NothingToCompare
    after = models.trained()
    queries = [line.query for group in lines.values() for line in group]
    old, new = iter(models.read(before, queries)), iter(models.read(after, queries))
    return {
        "before": before.name,
        "after": after.name,
        "sets": {
            name: _compared(name, group, [next(old) for _ in group], [next(new) for _ in group]) for name, group in lines.items()
        },
    }


def _compared(name: str, lines: Sequence[Line], old: list[Understanding], new: list[Understanding]) -> dict[str, Any]:
    changed = [
        (line, was, now, bool(_right(line, now)))
        for line, was, now in zip(lines, old, new, strict=True)
        if _right(line, was) != _right(line, now)
    ]
    told = [] if name in COUNTED_ONLY else changed
    return {
        "n": len(lines),
        "before": _figures(lines, old),
        "after": _figures(lines, new),
        "won": sum(won for *_, won in changed),
        "lost": sum(not won for *_, won in changed),
        "sentences": [
            {"query": line.query, "won": won, "label": [line.intent, line.item]}
            | {"before": [was.intent, item_of(was)], "after": [now.intent, item_of(now)]}
            for line, was, now, won in told
        ],
    }


def _figures(lines: Sequence[Line], readings: Sequence[Understanding]) -> dict[str, float | None]:
    scored = score(lines, readings)
    return {name: scored[name] for name in FIGURES} | {"out_of_scope_f1": scored["out_of_scope"]["f1"]}


def _right(line: Line, read: Understanding) -> bool:
    return not score([line], [read])["errors"]
