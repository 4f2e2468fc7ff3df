"""Evaluating the declarative conditions of a guide. Pure: a mapping of field values in, a truth out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge.facts import Condition


def holds(condition: Condition | None, values: Mapping[str, Any]) -> bool:
    """Whether the condition holds for these field values; no condition always holds.

    A comparison with an unanswered field is false, so a part that depends on it does not apply yet.
    """
    if condition is None:
        return True
    if condition.all_ is not None:
        return all(holds(part, values) for part in condition.all_)
    if condition.any_ is not None:
        return any(holds(part, values) for part in condition.any_)
    if condition.not_ is not None:
        return not holds(condition.not_, values)
    if condition.sum_of is not None:
        return _adds_up(value_at(values, condition.field), [value_at(values, key) for key in condition.sum_of])
    return _test(condition, value_at(values, condition.field))


def value_at(values: Mapping[str, Any], path: str | None) -> Any:
    """The value of a field, or of a part of a table: ``f.rows``, ``f.column`` or ``f.first.column``. None if there is none."""
    key, _, part = (path or "").partition(".")
    held = values.get(key)
    if not part or not isinstance(held, list):
        return None if part else held
    if part == "rows":
        return len(held)
    first, _, column = part.rpartition(".")
    cells = [row.get(column) for row in held if isinstance(row, Mapping)]
    if first:
        return cells[0] if cells else None
    return [cell for cell in cells if cell is not None]


def _test(condition: Condition, value: Any) -> bool:
    if condition.known is not None:
        return (value is not None) is condition.known
    if value is None:
        return False
    if condition.over is not None or condition.under is not None:
        return any(_compares(condition, item) for item in (value if isinstance(value, list) else [value]))
    wanted = condition.in_ if condition.in_ is not None else [condition.is_]
    held = value if isinstance(value, list) else [value]
    return any(item in wanted for item in held)


def _compares(condition: Condition, value: Any) -> bool:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return number > condition.over if condition.over is not None else number < (condition.under or 0)


def _adds_up(total: Any, parts: list[Any]) -> bool:
    """Whether numbers add up to a total, to the cent; false while the total or every part is unanswered."""
    every = [cell for part in parts for cell in (part if isinstance(part, list) else [part])]
    answered = [part for part in every if part is not None]
    try:
        return total is not None and bool(answered) and Decimal(str(total)) == sum(Decimal(str(part)) for part in answered)
    except InvalidOperation:
        return False
