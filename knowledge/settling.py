"""Answers nobody has to be asked for, because the guide or other answers have them (``settled`` of a guide). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from knowledge.conditions import holds
from knowledge.derivations import Settled, worked_out
from knowledge.schema import Guide


def settled(
    guide: Guide, values: Mapping[str, Any], today: date | None = None, standing: Collection[str] = ()
) -> dict[str, Any]:
    """What follows from the answers given, by field key; of fields that do not apply, nothing.

    Args:
        values: the answers given by people, by field key. One to a field that is settled counts no more.
        today: the day ages are counted to; without it none are.
        standing: the fields whose own answer counts although another answer would settle them.
    """
    return {key: value for key, (_, value) in settled_by(guide, values, today, standing).items()}


def settled_by(
    guide: Guide, values: Mapping[str, Any], today: date | None = None, standing: Collection[str] = ()
) -> dict[str, tuple[Settled, Any]]:
    """Like ``settled``, each value with the entry it comes from."""
    found: dict[str, tuple[Settled, Any]] = {}
    for _ in guide.settled:  # what follows may settle or open further questions; each round goes one step further
        known, before = {**values, **{key: value for key, (_, value) in found.items()}}, found
        found = {}
        for entry in _wanted(guide, known):
            if entry.field in found or entry.field in standing:
                continue
            value = worked_out(entry, known, today)
            if value is not None:
                found[entry.field] = (entry, value)
        if found == before:
            break
    return found


def _wanted(guide: Guide, known: Mapping[str, Any]) -> Iterator[Settled]:
    """The entries whose condition holds, of fields that apply."""
    for entry in guide.settled:
        field = guide.field(entry.field)
        if field is not None and holds(entry.when, known) and holds(field.when, known):
            yield entry


def awaited(guide: Guide, values: Mapping[str, Any], answered: Mapping[str, Any]) -> set[str]:
    """The fields that will be settled by an answer still to come, so that they are not asked either.

    Args:
        values: all values known so far.
        answered: the fields answered so far by key, skipped ones too: from those nothing more will come.
    """
    coming = set()
    for entry in guide.settled:
        told = [_comes(guide, path.partition(".")[0], values, answered) for path in entry.sources]
        waits = not told or ("later" in told and "never" not in told)
        if waits and (entry.told_by or holds(entry.when, values)):
            coming.add(entry.field)
    return coming - answered.keys()


def _comes(guide: Guide, key: str, values: Mapping[str, Any], answered: Mapping[str, Any]) -> str:
    """Whether the answer to a question is ``here``, comes ``later``, or ``never``."""
    if key in answered:
        return "here" if key in values else "never"
    field = guide.field(key)
    return "later" if field is not None and holds(field.when, values) else "never"


def cycles(guide: Guide) -> list[str]:
    """Fields that are settled by each other in a circle, so that none of them would ever be asked for."""
    needs: dict[str, set[str]] = {}
    for entry in guide.settled:
        needs.setdefault(entry.field, set()).update(path.partition(".")[0] for path in entry.sources)
    found = []
    for key, first in needs.items():
        seen: set[str] = set()
        to_see = set(first)
        while to_see - seen:
            one = (to_see - seen).pop()
            seen.add(one)
            to_see |= needs.get(one, set())
        if key in seen:
            found.append(key)
    return sorted(found)
