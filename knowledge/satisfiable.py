"""Whether a condition of a guide can ever hold: tried out over the answers its fields can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from knowledge.conditions import holds
from knowledge.schema import Column, Condition, Guide, GuideField, condition_fields

#: More combinations than this are not tried; the condition is taken to be possible.
MOST = 20_000
_OTHER = "…"


def can_hold(condition: Condition, guide: Guide) -> bool:
    """Whether some set of answers, each to a question that is then asked, makes the condition true."""
    fields = _involved(condition, guide)
    domains = [_domain(field, [condition, *(f.when for f in fields)]) for field in fields]
    if any(leaf.sum_of is not None for leaf in leaves(condition)) or _size(domains) > MOST:
        return True
    for chosen in product(*domains):
        values = {field.key: value for field, value in zip(fields, chosen, strict=True) if value is not None}
        asked = all(holds(field.when, values) for field in fields if field.key in values)
        if asked and holds(condition, values):
            return True
    return False


def answers_for(conditions: Sequence[Condition], guide: Guide, liked: Mapping[str, Any]) -> dict[str, Any] | None:
    """Answers that make all conditions true, as few of them as can be other than those ``liked``; None if none were found."""
    fields = list({field.key: field for condition in conditions for field in _involved(condition, guide)}.values())
    every = [*conditions, *(field.when for field in fields)]
    domains = []
    for field in fields:
        likes = liked.get(field.key)
        domain = _domain(field, list(every))
        domains.append([likes, *(value for value in domain if value != likes)] if likes is not None else domain)
    if _size(domains) > MOST:
        return None
    best: tuple[int, dict[str, Any]] | None = None
    for chosen in product(*domains):
        values = {field.key: value for field, value in zip(fields, chosen, strict=True) if value is not None}
        if not all(holds(field.when, values) for field in fields if field.key in values):
            continue
        if all(holds(condition, values) for condition in conditions):
            other = sum(value != liked.get(key) for key, value in values.items())
            if best is None or other < best[0]:
                best = other, values
    return best[1] if best else None


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """The comparisons a condition is made of."""
    if condition is None:
        return
    if condition.field is not None:
        yield condition
    for part in [*(condition.all_ or []), *(condition.any_ or []), *([condition.not_] if condition.not_ else [])]:
        yield from leaves(part)


def options_of(field: GuideField | Column) -> list[str]:
    """The values a field can have, if they are a closed list."""
    if field.type == "yes_no" and not field.options:
        return ["yes", "no"]
    return [option.value for option in field.options]


def _involved(condition: Condition, guide: Guide) -> list[GuideField]:
    """The fields a condition looks at, and those that decide whether these are asked."""
    found: dict[str, GuideField] = {}
    waiting = condition_fields(condition)
    while waiting:
        field = guide.field(waiting.pop())
        if field is not None and field.key not in found:
            found[field.key] = field
            waiting += condition_fields(field.when) if field.when else []
    return list(found.values())


def _domain(field: GuideField, conditions: list[Condition | None]) -> list[Any]:
    """Answers worth trying: every option (of several: each alone and all together), numbers around each bound, none."""
    if field.type == "table":
        return _tables(field, conditions)
    values = options_of(field)
    if field.type == "multi":
        return [None, *([value] for value in values), values]
    if values:
        return [None, *values]
    bounds = [
        bound
        for condition in conditions
        for leaf in leaves(condition)
        if leaf.field == field.key
        for bound in (leaf.over, leaf.under)
        if bound is not None
    ]
    compared = [
        value
        for condition in conditions
        for leaf in leaves(condition)
        if leaf.field == field.key and "is_" in leaf.model_fields_set
        for value in [leaf.is_]
    ]
    return [None, *compared, *(number for bound in bounds for number in (bound - 1, bound, bound + 1))] + [_OTHER] * (not bounds)


def _tables(field: GuideField, conditions: list[Condition | None]) -> list[Any]:
    """Tables worth trying: none, one row and two rows, with each cell a condition compares."""
    tested = [leaf for condition in conditions for leaf in leaves(condition) if (leaf.field or "").startswith(f"{field.key}.")]
    rows: list[dict[str, Any]] = [{}]
    for leaf in tested:
        column = (leaf.field or "").rpartition(".")[2]
        wanted = leaf.in_ if leaf.in_ is not None else [leaf.is_] if "is_" in leaf.model_fields_set else []
        wanted = [*wanted, *(bound + 1 for bound in (leaf.over,) if bound is not None and column != "rows")]
        rows += [{column: value} for value in wanted]
    most = max([2, *(int(leaf.over) + 1 for leaf in tested if leaf.over is not None and (leaf.field or "").endswith(".rows"))])
    return [None, *([row] for row in rows), *([row, *([{}] * (most - 1))] for row in rows)]


def _size(domains: list[list[Any]]) -> int:
    size = 1
    for domain in domains:
        size *= len(domain)
    return size
