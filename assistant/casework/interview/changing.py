"""What a change of one answer made of the rest: which answers and papers fell away, came back or are wanted now."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.casework.interview.materials import applying_documents, applying_materials
from assistant.casework.interview.recording import follows
from assistant.casework.model import Case
from knowledge.schema import Guide


@dataclass(frozen=True)
class Snapshot:
    """The case before a change: what was answered by somebody, and which papers the package wanted, by title."""

    answered: frozenset[str]
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """By label or title, in the guide's order. ``wanted`` and ``needless`` are materials and documents."""

    fell: list[str] = field(default_factory=list)
    came_back: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)


def snapshot(guide: Guide, case: Case) -> Snapshot:
    """The case as it stands, to be compared with later."""
    return Snapshot(frozenset(_answered(case)), _papers(guide, case))


def changes(guide: Guide, before: Snapshot, case: Case, changed: frozenset[str]) -> Changes:
    """What is different now, apart from the fields in ``changed`` themselves."""
    now = _answered(case)
    labels = [(f.key, f.label) for f in guide.fields if f.key not in changed]
    papers = _papers(guide, case)
    return Changes(
        fell=[label for key, label in labels if key in before.answered and key not in now and key in case.fallen],
        came_back=[label for key, label in labels if key in now and key not in before.answered],
        wanted=[title for title in papers if title not in before.papers],
        needless=[title for title in before.papers if title not in papers],
    )


def _answered(case: Case) -> set[str]:
    return {key for key, answer in case.answers.items() if not follows(answer)}


def _papers(guide: Guide, case: Case) -> tuple[str, ...]:
    """Titles of the materials and documents of this situation, each once."""
    named = [material.name for material in applying_materials(guide, case)]
    return tuple(dict.fromkeys([*named, *(document.title for document in applying_documents(guide, case))]))
