"""What is settled by the answers so far, what still depends on an answer, and how to say on which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assistant.foundation.messages import t
from knowledge.conditions import holds
from knowledge.schema import Column, Condition, Guide, GuideField, condition_fields
from knowledge.settling import settled


def verdict(condition: Condition | None, guide: Guide, values: Mapping[str, Any]) -> bool | None:
    """Whether a condition holds whatever is answered later; None while that depends on an unanswered field.

    A field that cannot apply any more counts as answered with nothing, so what depends on it is settled as well.
    """
    return _verdict(condition, guide, {**values, **settled(guide, values)}, frozenset())


def _verdict(condition: Condition | None, guide: Guide, values: Mapping[str, Any], asking: frozenset[str]) -> bool | None:
    if condition is None:
        return True
    if condition.all_ is not None:
        parts = [_verdict(part, guide, values, asking) for part in condition.all_]
        return False if False in parts else None if None in parts else True
    if condition.any_ is not None:
        parts = [_verdict(part, guide, values, asking) for part in condition.any_]
        return True if True in parts else None if None in parts else False
    if condition.not_ is not None:
        inner = _verdict(condition.not_, guide, values, asking)
        return None if inner is None else not inner
    if any(values.get(key) is None and _may_come(key, guide, values, asking) for key in condition_fields(condition)):
        return None
    return holds(condition, values)


def _may_come(key: str, guide: Guide, values: Mapping[str, Any], asking: frozenset[str]) -> bool:
    """Whether the field may still be answered. ``asking`` stops fields that depend on each other in a circle."""
    field = guide.field(key)
    if field is None or key in asking:
        return False
    return _verdict(field.when, guide, values, asking | {key}) is not False


def open_fields(conditions: Iterable[Condition | None], guide: Guide, values: Mapping[str, Any]) -> list[GuideField]:
    """The unanswered fields that conditions still waiting for an answer look at, in the guide's order."""
    values = {**values, **settled(guide, values)}
    waiting = {name for condition in conditions if condition is not None and verdict(condition, guide, values) is None
               for name in condition_fields(condition) if values.get(name) is None}
    return [field for field in guide.fields if field.key in waiting and verdict(field.when, guide, values) is not False]


def describe(condition: Condition, guide: Guide) -> str:
    """A condition in words: 新住所来源是“租赁”."""
    if condition.all_ is not None:
        return t("knowledge.when_all").join(describe(part, guide) for part in condition.all_)
    if condition.any_ is not None:
        return t("knowledge.when_any").join(describe(part, guide) for part in condition.any_)
    if condition.not_ is not None:
        return t("knowledge.when_not", condition=describe(condition.not_, guide))
    field, label = _named(condition.field or "", guide)
    if condition.known is not None:
        return t("knowledge.when_known" if condition.known else "knowledge.when_unknown", label=label)
    if condition.over is not None:
        return t("knowledge.when_over", label=label, number=_plain(condition.over))
    if condition.under is not None:
        return t("knowledge.when_under", label=label, number=_plain(condition.under))
    if condition.sum_of is not None:
        parts = [_named(path, guide)[1] for path in condition.sum_of]
        return t("knowledge.when_sum", label=label, parts=t("knowledge.list_separator").join(parts))
    wanted = condition.in_ if condition.in_ is not None else [condition.is_]
    options = t("knowledge.or_separator").join(t("knowledge.quoted", text=_shown(field, value)) for value in wanted)
    return t("knowledge.when_is", label=label, options=options)


def _named(path: str, guide: Guide) -> tuple[GuideField | Column | None, str]:
    """What a condition looks at, and what to call it: a field, the rows of a table or one of its columns."""
    key, _, part = path.partition(".")
    field = guide.field(key)
    if field is None or not part:
        return field, field.label if field else path
    if part == "rows":
        return field, t("knowledge.when_rows", label=field.label)
    column = next((one for one in field.columns if one.key == part.rpartition(".")[2]), None)
    return column, t("knowledge.when_column", label=field.label, column=column.label) if column else path


def _shown(field: GuideField | Column | None, value: Any) -> str:
    for option in field.options if field else []:
        if option.value == value:
            return option.label
    if value in (True, "yes"):
        return t("knowledge.yes")
    return t("knowledge.no") if value in (False, "no") else str(value)


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
