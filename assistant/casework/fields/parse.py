"""Reading one answer for one field: the field's type decides how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.casework.fields import dates, identifiers, numerals, options, words
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.foundation.messages import t
from knowledge.schema import GuideField, Option, Rule

YES_NO = [
    Option(value="yes", label="是", aliases=["有", "对", "要"]),
    Option(value="no", label="否", aliases=["没有", "不是", "无", "不要"]),
]
#: Stands among the values for the day of asking; a rule names it ``value: today``.
TODAY = "*today"
_AREA_UNITS = (("亩", Decimal("666.67")), ("公顷", Decimal(10_000)))


def field_options(field: GuideField) -> list[Option]:
    """What can be chosen: the guide's options, or yes and no."""
    if field.type != "yes_no":
        return list(field.options)
    return list(field.options) or YES_NO


def parse(field: GuideField, answer: str | Sequence[str], today: date, values: Mapping[str, Any]) -> Parsed:
    """Read an answer.

    Args:
        answer: what was typed, or the value(s) tapped.
        today: the day relative dates count from.
        values: the other fields' values, for rules across fields.
    """
    if not isinstance(answer, str) and field.type != "multi":
        answer = answer[0] if len(answer) == 1 else ""
    parsed = _read(field, answer, today)
    if isinstance(parsed, Accepted):
        return _check_rules(field, parsed, {**values, TODAY: today.isoformat()})
    return parsed


def _read(field: GuideField, answer: str | Sequence[str], today: date) -> Parsed:
    if field.type == "multi":
        return options.parse_multi(answer, field.options)
    text = answer if isinstance(answer, str) else ""
    match field.type:
        case "choice":
            return options.parse_choice(text, field.options)
        case "yes_no":
            return _yes_no(field, text)
        case "id_number":
            return identifiers.parse_id_number(text, today)
        case "uscc":
            return identifiers.parse_uscc(text)
        case "phone":
            return identifiers.parse_phone(text)
        case "email":
            return identifiers.parse_email(text)
        case "date":
            return dates.parse_date(text, today)
        case "address":
            return words.parse_address(text)
        case "person_name":
            return words.parse_person_name(text)
        case "company_name":
            return words.parse_company_name(text)
        case "area":
            return _number(text, "fields.area_shape", suffix="平方米", area=True)
        case "amount":
            return _number(text, "fields.amount_shape", suffix="元")
        case "integer":
            return _number(text, "fields.integer_shape", whole=True)
        case _:
            return words.parse_text(text)


def _yes_no(field: GuideField, text: str) -> Parsed:
    choices = field_options(field)
    picked = options.match_option(text, choices)
    said = options.yes_or_no(text)
    if said is not None and (picked is None or {o.value for o in choices} == {"yes", "no"}):
        picked = next((o for o in choices if o.value == ("yes" if said else "no")), picked)
    if picked is None:
        return Rejected("choice_unknown", t("fields.choice_unknown", options="、".join(o.label for o in choices)))
    return Accepted(picked.value, picked.label)


def _number(text: str, message: str, suffix: str = "", area: bool = False, whole: bool = False) -> Parsed:
    plain = numerals.normalise(text)
    if re.search(r"(负|-)\s*\d", plain):
        return Rejected("number_negative", t("fields.number_negative"))
    value = numerals.first_number(plain)
    if value is None:
        return Rejected("number_shape", t(message))
    if area:
        value *= next((factor for unit, factor in _AREA_UNITS if unit in plain), Decimal(1))
    if value <= 0 and not whole:
        return Rejected("number_zero", t("fields.number_zero"))
    if value > Decimal(10) ** 12:
        return Rejected("number_large", t("fields.number_large"))
    if whole and value != value.to_integral_value():
        return Rejected("number_shape", t(message))
    number = int(value) if value == value.to_integral_value() else float(round(value, 2))
    return Accepted(number, f"{number}{suffix}")


def _check_rules(field: GuideField, parsed: Accepted, values: Mapping[str, Any]) -> Parsed:
    for rule in field.rules:
        other = values.get(rule.field or (TODAY if rule.value == "today" else ""), None if rule.field else rule.value)
        if other is None or _keeps(rule, parsed.value, other):
            continue
        if not rule.soft:
            return Rejected(f"rule_{rule.kind}", rule.message)
        parsed = Accepted(parsed.value, parsed.display, rule.message)
    return parsed


def _keeps(rule: Rule, value: Any, other: Any) -> bool:
    match rule.kind:
        case "differs_from":
            return _squeeze(value) != _squeeze(other)
        case "not_before":
            return str(value) >= str(other)
        case "not_after":
            return str(value) <= str(other)
        case "at_least":
            return float(value) >= float(other)
        case "at_most":
            return float(value) <= float(other)


def _squeeze(value: Any) -> str:
    return re.sub(r"[\s,，。、-]", "", str(value))
