"""What an answer must keep to beside being of its kind: the guide's own rules, and what one answer says of another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from assistant.casework.fields.addresses import same_place
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns import codes
from knowledge.conditions import value_at
from knowledge.schema import GuideField, Rule

#: Stands among the values for the day of asking; a rule names it ``value: today``.
TODAY = "*today"
_WORD_SEPARATOR = "|"


def check_rules(field: GuideField, parsed: Accepted, values: Mapping[str, Any]) -> Parsed:
    """The answer, with the warning of the last soft rule it breaks; rejected by the first hard one.

    Args:
        values: the other fields' values, and the day of asking under ``TODAY``.
    """
    for rule in field.rules:
        if keeps(rule, field, parsed.value, values):
            continue
        if not rule.soft:
            return Rejected(f"rule_{rule.kind}", rule.message, mend=rule.field)
        parsed = replace(parsed, warning=rule.message)
    return parsed


def keeps(rule: Rule, field: GuideField, value: Any, values: Mapping[str, Any]) -> bool:
    """Whether a value keeps to one rule; one whose other side is not known yet is kept."""
    today = date.fromisoformat(str(values.get(TODAY, date.max.isoformat())))
    match rule.kind:
        case "age_at_least" | "age_at_most":
            age = age_on(value, today)
            wanted = int(float(rule.value or 0))
            return age is None or (age >= wanted if rule.kind == "age_at_least" else age <= wanted)
        case "within_days":
            return _day(value) is None or (today - (_day(value) or today)).days <= int(float(rule.value or 0))
        case "days_after":
            from_day = _day(values.get(rule.field or ""))
            day = _day(value)
            return from_day is None or day is None or day >= from_day + timedelta(days=int(float(rule.value or 0)))
        case "agrees_with":
            return _agree(value, values.get(rule.field or ""))
        case "sex_is":
            return sex_of(str(value)) in (None, rule.value)
        case "has_word" | "has_no_word":
            held = any(word in str(value) for word in str(rule.value).split(_WORD_SEPARATOR))
            return held is (rule.kind == "has_word")
        case _:
            return _compares(rule, field, value, values)


def age_on(value: Any, day: date) -> int | None:
    """Completed years on a day of the holder of an identity number, or since a date (ISO 8601); None if it says neither."""
    born = codes.born(str(value)) if re.fullmatch(r"\d{17}[0-9X]", str(value)) else _day(value)
    if born is None or day == date.max:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def sex_of(number: str) -> str | None:
    """``male`` or ``female`` by the 17th digit of an identity number (GB 11643-1999); None if it is none."""
    if not re.fullmatch(r"\d{17}[0-9X]", number):
        return None
    return "male" if int(number[16]) % 2 else "female"


def _compares(rule: Rule, field: GuideField, value: Any, values: Mapping[str, Any]) -> bool:
    plain = TODAY if rule.value == "today" else ""
    other = value_at(values, rule.field) if rule.field else values.get(plain, rule.value)
    if other is None:
        return True
    match rule.kind:
        case "differs_from" if field.type == "address":
            return not same_place(str(value), str(other))
        case "differs_from":
            return _squeeze(value) != _squeeze(other)
        case "not_before":
            return str(value) >= str(other)
        case "not_after":
            return str(value) <= str(other)
        case "at_least":
            return float(value) >= float(other)
        case _:
            return float(value) <= float(other)


def _agree(value: Any, other: Any) -> bool:
    """Whether an identity number and a day of birth, or a sex, are of one person; anything else is compared as it stands."""
    if other is None:
        return True
    for number, told in ((str(value), str(other)), (str(other), str(value))):
        if re.fullmatch(r"\d{17}[0-9X]", number):
            if _day(told) is not None:
                return codes.born(number) == _day(told)
            if told in ("male", "female"):
                return sex_of(number) == told
    return _squeeze(value) == _squeeze(other)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _squeeze(value: Any) -> str:
    return re.sub(r"[\s,，。、-]", "", str(value))
