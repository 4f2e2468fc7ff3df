"""Reading one answer for one field: the field's type decides how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.casework.fields import dates, english, identifiers, names, options, words
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns import measures, numerals
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.schema import GuideField, Option, Rule

YES_NO = [
    Option(value="yes", label="是", aliases=["有", "对", "要"]),
    Option(value="no", label="否", aliases=["没有", "不是", "无", "不要"]),
]
_YES_NO_ENGLISH = [option.model_copy(update={"label": label}) for option, label in zip(YES_NO, ("Yes", "No"), strict=True)]
#: Stands among the values for the day of asking; a rule names it ``value: today``.
TODAY = "*today"
_AREA_UNITS = (
    *measures.SQUARE_METRES.items(),
    ("mu", measures.SQUARE_METRES["亩"]),
    ("hectare", measures.SQUARE_METRES["公顷"]),
    ("acre", Decimal("4046.86")),
    ("sq ft", Decimal("0.092903")),
    ("sqft", Decimal("0.092903")),
    ("square f", Decimal("0.092903")),
)
_METRES = re.compile(r"(?:sq(?:uare)?\.?\s*)?(?:m(?:et(?:re|er)s?)?2?|²)(?![a-z])|sqm|m\^2", re.I)
_FOREIGN_MONEY = re.compile(r"\b(?:usd|us\$|dollars?|eur|euros?|gbp|pounds?|hkd|jpy)\b|[$€£]", re.I)


def field_options(field: GuideField) -> list[Option]:
    """What can be chosen: the guide's options, or yes and no."""
    if field.type != "yes_no":
        return field.offered
    return field.offered or (_YES_NO_ENGLISH if language() == ENGLISH else YES_NO)


def printed(field: GuideField, accepted: Accepted) -> str:
    """What forms print for a value: Chinese, whatever language it was given in. ``field`` is the Chinese guide's."""
    if field.type not in ("choice", "multi", "yes_no"):
        return accepted.display
    return _labels(list(field.options) or YES_NO, accepted.value, "、") or accepted.display


def said(field: GuideField, value: Any, display: str) -> str:
    """A value as the citizen reads it: as printed, or in English words and units. ``field`` is that of the guide she reads."""
    if language() != ENGLISH:
        return display
    match field.type:
        case "choice" | "multi" | "yes_no":
            return _labels(field_options(field), value, ", ") or display
        case "date":
            return dates.said(date.fromisoformat(str(value)))
        case "area":
            return f"{value:,} m²"
        case "amount":
            return f"{value:,} yuan"
        case _:
            return display


def _labels(choices: Sequence[Option], value: Any, separator: str) -> str:
    held = value if isinstance(value, list) else [value]
    return separator.join(option.label for option in choices if option.value in held)


def warning_of(field: GuideField, value: Any, today: date, values: Mapping[str, Any]) -> str | None:
    """What is doubtful about a value already taken, in the language being spoken; None if nothing is."""
    others = {key: held for key, held in values.items() if key != field.key}
    parsed = parse(field, value if isinstance(value, list) else str(value), today, others)
    if isinstance(parsed, Rejected):
        return parsed.insist.warning if parsed.insist else None
    return parsed.warning


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
        return options.parse_multi(answer, field.offered)
    text = answer if isinstance(answer, str) else ""
    match field.type:
        case "choice":
            return options.parse_choice(text, field.offered)
        case "yes_no":
            return _yes_no(field, text)
        case "id_number":
            return identifiers.parse_id_number(text, today)
        case "uscc":
            return identifiers.parse_uscc(text)
        case "phone":
            return identifiers.parse_phone(text, field.international)
        case "email":
            return identifiers.parse_email(text)
        case "date":
            return dates.parse_date(text, today)
        case "address":
            return words.parse_address(text)
        case "person_name":
            return names.parse_person_name(text)
        case "company_name":
            return words.parse_company_name(text)
        case "area":
            return _number(text, "fields.area_shape", suffix="平方米", area=True)
        case "amount":
            if _FOREIGN_MONEY.search(text) and not re.search(r"元|yuan|rmb|cny", text, re.I):
                return Rejected("amount_currency", t("fields.amount_currency"))
            return _number(text, "fields.amount_shape", suffix="元")
        case "integer":
            return _number(text, "fields.integer_shape", whole=True)
        case _:
            return words.parse_text(text)


def _yes_no(field: GuideField, text: str) -> Parsed:
    choices = field_options(field)
    picked = options.match_option(text, choices)
    said = options.yes_or_no(text)
    if picked is not None and text.strip(" 。.！!") in (picked.label, *picked.aliases):
        said = None  # 有大车 begins like a yes, but the guide says which answer it is
    if said is not None and (picked is None or {o.value for o in choices} == {"yes", "no"}):
        picked = next((o for o in choices if o.value == ("yes" if said else "no")), picked)
    if picked is None:
        return Rejected(
            "choice_unknown", t("fields.choice_unknown", options=t("fields.list_separator").join(o.label for o in choices))
        )
    return Accepted(picked.value, picked.label)


def _english_number(text: str, area: bool) -> Decimal | None:
    # in 60 m the m is for metres, in 1.5m yuan for a million
    return english.number(_METRES.sub(" ", text) if area else re.sub(r"(?i)rmb|cny|yuan|¥", " ", text))


def _number(text: str, message: str, suffix: str = "", area: bool = False, whole: bool = False) -> Parsed:
    plain = numerals.normalise(text)
    if re.search(r"(负|-)\s*\d", plain):
        return Rejected("number_negative", t("fields.number_negative"))
    value = _english_number(plain, area) if english.is_latin(plain) else numerals.first_number(plain)
    if value is None:
        return Rejected("number_shape", t(message))
    if area:
        value *= next((factor for unit, factor in _AREA_UNITS if _has_unit(plain.lower(), unit)), Decimal(1))
    if value <= 0 and not whole:
        return Rejected("number_zero", t("fields.number_zero"))
    if value > Decimal(10) ** 12:
        return Rejected("number_large", t("fields.number_large"))
    if whole and value != value.to_integral_value():
        return Rejected("number_shape", t(message))
    number = int(value) if value == value.to_integral_value() else float(round(value, 2))
    return Accepted(number, f"{number}{suffix}")


def _has_unit(text: str, unit: str) -> bool:
    return unit in text if not unit.isascii() else bool(re.search(rf"(?<![a-z]){unit}", text))


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
