"""Answers nobody has to be asked for, because the guide or another answer has them (``settled`` of a guide). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.conditions import holds, value_at
from knowledge.schema import Guide


def settled(guide: Guide, values: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the answers given, by field key; of fields that do not apply, nothing.

    Args:
        values: the answers given by people, by field key. One to a field that is settled counts no more.
    """
    found: dict[str, Any] = {}
    for _ in guide.settled:  # what follows may settle or open further questions; each round goes one step further
        known, before = {**values, **found}, found
        found = {}
        for entry in guide.settled:
            field = guide.field(entry.field)
            if field is None or entry.field in found or not holds(entry.when, known) or not holds(field.when, known):
                continue
            value = entry.value if entry.from_ is None else value_at(known, entry.from_)
            if value is not None:
                found[entry.field] = value
        if found == before:
            break
    return found


def awaited(guide: Guide, values: Mapping[str, Any], answered: Mapping[str, Any]) -> set[str]:
    """The fields that will be settled by an answer still to come, so that they are not asked either.

    Args:
        values: all values known so far.
        answered: the fields answered so far by key, skipped ones too: from those nothing more will come.
    """
    coming = set()
    for entry in guide.settled:
        source = guide.field(entry.from_.partition(".")[0]) if entry.from_ else None
        to_come = source is None or (source.key not in answered and holds(source.when, values))
        if to_come and holds(entry.when, values):
            coming.add(entry.field)
    return coming - answered.keys()
