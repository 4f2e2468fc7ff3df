"""What does not fit in a guide's ``settled``: answers it cannot come from, values its field cannot have, circles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.foundation.messages import t
from knowledge.derivations import Settled
from knowledge.satisfiable import options_of
from knowledge.schema import Column, Guide, GuideField
from knowledge.settling import cycles

#: The types of answer each form can be worked out from.
_FROM = {
    "same_district": ("address",), "same_city": ("address",), "is_male": ("id_number",),
    "birth_of": ("id_number",), "age_at_least": ("id_number", "date"),
}  # fmt: skip


def unfit(guide: Guide) -> Iterator[tuple[tuple[Any, ...], str, dict[str, Any]]]:
    """Where in the guide, which rule (a key of the messages), and what to name in the sentence."""
    turning = set(cycles(guide))
    for number, entry in enumerate(guide.settled):
        field, where = guide.field(entry.field), ("settled", number)
        if field is None:
            continue
        if entry.field in turning:
            yield where, "settled_circle", {"field": entry.field}
        yield from ((where, rule, named) for rule, named in _sources(guide, entry))
        yield from ((where, rule, named) for rule, named in _values(field, entry))


def _sources(guide: Guide, entry: Settled) -> Iterator[tuple[str, dict[str, Any]]]:
    allowed = _FROM.get(entry.form)
    for path in entry.sources:
        source = _asked(guide, path)
        if allowed is not None and source is not None and source.type not in allowed:
            kinds = t("knowledge.list_separator").join(allowed)
            yield "settled_source_type", {"field": entry.field, "form": entry.form, "source": path, "expected": kinds}


def _asked(guide: Guide, path: str) -> GuideField | Column | None:
    """The question behind a path, or the column of a table."""
    key, _, part = path.partition(".")
    field = guide.field(key)
    if field is None or not part:
        return field
    return next((column for column in field.columns if column.key == part.rpartition(".")[2]), None)


def _values(field: GuideField, entry: Settled) -> Iterator[tuple[str, dict[str, Any]]]:
    if entry.form == "birth_of" and field.type != "date":
        yield "settled_birth_date", {"field": field.key}
    allowed = options_of(field)
    for outcome in entry.outcomes():
        for value in outcome if isinstance(outcome, list) else [outcome]:
            if allowed and value not in allowed:
                expected = t("knowledge.list_separator").join(allowed)
                yield "settled_value_unknown", {"field": field.key, "value": value, "expected": expected}
