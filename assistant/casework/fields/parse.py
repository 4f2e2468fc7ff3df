"""Reading one answer for one field: the field's type decides how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.casework.fields import (
    agreeing,
    dates,
    english,
    identifiers,
    meaning,
    names,
    numbers,
    options,
    ranges,
    scope,
    words,
)
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.casework.fields.rules import TODAY, check_rules
from assistant.engine.components.patterns import measures, numerals
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.schema import GuideField, Option

YES_NO = [
    Option(value="yes", label="是", aliases=["有", "对", "要"]),
    Option(value="no", label="否", aliases=["没有", "不是", "无", "不要"]),
]
_YES_NO_ENGLISH = [option.model_copy(update={"label": label}) for option, label in zip(YES_NO, ("Yes", "No"), strict=True)]
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
_FOREIGN_COINS = re.compile(r"[美欧日澳加韩港台]元|美金|英镑|[港台]币|[日韩]币|卢布|泰铢|法郎|比特币")
_OPENINGS = frozenset(("对", "嗯", "哦", "好", "好的", "行"))
#: 50w is 50万 and 1k5 一千五, not English.
_TEN_THOUSANDS = re.compile(r"\d\s?(?:w(?![a-z])|k\d)", re.I)


def field_options(field: GuideField) -> list[Option]:
    """What can be chosen: the guide's options, or yes and no."""
    if field.type != "yes_no":
        return field.offered
    return field.offered or (_YES_NO_ENGLISH if language() == ENGLISH else YES_NO)


def printed(field: GuideField, accepted: Accepted) -> str:
    """What forms print for a value: Chinese, whatever language it was given in. ``field`` is the Chinese guide's."""
    if field.type == "table":
        from assistant.casework.fields.table_cells import printed_table

        return printed_table(field, accepted.value) or accepted.display
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
        case "table":
            from assistant.casework.fields.table_cells import table_text  # tables are read by the parsers of this module

            return table_text(field, value)
        case _:
            return display


def _labels(choices: Sequence[Option], value: Any, separator: str) -> str:
    held = value if isinstance(value, list) else [value]
    return separator.join(option.label for option in choices if option.value in held)


def warning_of(field: GuideField, value: Any, today: date, values: Mapping[str, Any]) -> str | None:
    """What is doubtful about a value already taken, in the language being spoken; None if nothing is."""
    if field.type == "table":
        return None  # what is doubtful about a row was said when it was read
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
    if field.type == "table":
        from assistant.casework.fields.table_rows import parse_table

        return parse_table(field, answer if isinstance(answer, str) else "\n".join(answer), today, values)
    if not isinstance(answer, str) and field.type != "multi":
        answer = answer[0] if len(answer) == 1 else ""
    parsed = _read(field, answer, today)
    if not isinstance(parsed, Accepted):
        return parsed
    known = {**values, TODAY: today.isoformat()}
    checked = check_rules(field, parsed, known)
    if isinstance(checked, Rejected) and isinstance(answer, str) and (other := dates.another_year(answer, parsed, today)):
        # 12月30号, said in January of what has happened, is of the year before
        likely = check_rules(field, other, known)
        return dates.confirm(likely) if isinstance(likely, Accepted) else checked
    return checked


def _read(field: GuideField, answer: str | Sequence[str], today: date) -> Parsed:
    text = answer if isinstance(answer, str) else ""
    if len(text) > words.LONGEST_TEXT and field.type not in ("text", "scope"):
        return Rejected("text_long", t("fields.text_long", most=words.LONGEST_TEXT, count=len(text)))
    match field.type:
        case "multi":
            return options.parse_multi(answer, field.offered)
        case "choice":
            return ranges.choose(text, field.offered, today) or options.parse_choice(text, field.offered)
        case "yes_no":
            return ranges.choose(text, field.offered, today) or _yes_no(field, text)
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
        case "scope":
            return scope.parse_scope(text)
        case "area":
            return _number(field, text, "area", suffix="平方米")
        case "amount":
            if _FOREIGN_COINS.search(text) or (_FOREIGN_MONEY.search(text) and not re.search(r"元|yuan|rmb|cny", text, re.I)):
                return Rejected("amount_currency", t("fields.amount_currency"))
            return _number(field, text, "amount", suffix="元")
        case "integer":
            return _number(field, text, "integer")
        case _:
            return words.parse_text(text, field.label)


def _yes_no(field: GuideField, text: str) -> Parsed:
    """Yes or no, by the guide's own words for them first; where those and a plain yes or no contradict each other, neither."""
    choices = field_options(field)
    picked = _agreed(text, choices)
    if picked is None:
        return Rejected(
            "choice_unknown", t("fields.choice_unknown", options=t("fields.list_separator").join(o.label for o in choices))
        )
    return Accepted(picked.value, picked.label)


def _agreed(text: str, choices: Sequence[Option]) -> Option | None:
    plain = text.strip(" 。.！!")
    if exact := next((o for o in choices if plain in (o.value, o.label, *o.aliases)), None):
        return exact
    if english.is_latin(plain) and len(plain) > 1:
        return _agreed_in_english(plain, choices)
    plain = meaning.now(numerals.normalise(plain))
    first, _, rest = re.sub(r"[,;。!！，；]", "\n", plain).strip("\n").partition("\n")
    if first.strip() in _OPENINGS and agreeing.yes_or_no(rest) is False:
        first, plain = "", rest  # 嗯，没有 and 对，没有 only begin like a yes
    also = agreeing.whole(rest.partition("\n")[0].strip())
    outright, answer, telling = agreeing.whole(first.strip()), agreeing.yes_or_no(plain), options.leaning(plain, choices)
    answer = outright if outright is not None else answer
    agreed = next((o for o in choices if answer is not None and o.value == ("yes" if answer else "no")), None)
    if outright is None and agreeing.wavers(plain):
        return None
    if outright is not None and also is not None and outright != also:
        return None  # 是的，没有
    if telling is None:
        return agreed if answer is not None or meaning.unsettled(plain) else options.match_option(plain, choices)
    # 对，有大车 may begin so all the same; 是的，有大车 says two things
    contradicts = outright is not None and agreed is not None and agreed.value != telling.value
    return None if contradicts and first.strip() not in _OPENINGS else telling


def _agreed_in_english(text: str, choices: Sequence[Option]) -> Option | None:
    picked = options.match_option(text, choices)
    answer = options.yes_or_no(text)
    if answer is not None and (picked is None or {o.value for o in choices} == {"yes", "no"}):
        picked = next((o for o in choices if o.value == ("yes" if answer else "no")), picked)
    return picked


def _english_number(text: str, area: bool) -> Decimal | None:
    # in 60 m the m is for metres, in 1.5m yuan for a million
    return english.number(_METRES.sub(" ", text) if area else re.sub(r"(?i)rmb|cny|yuan|¥", " ", text))


def _number(field: GuideField, text: str, kind: numbers.Kind, suffix: str = "") -> Parsed:
    plain, asked = numerals.normalise(text), f"{field.label} {field.question}"
    if re.search(r"(?:负\s*|(?<![\d一-鿿])-)\s*\d|负[一二三四五六七八九十百千万]", plain):
        return Rejected("number_negative", t("fields.number_negative"))
    if english.is_latin(plain) and not _TEN_THOUSANDS.search(plain):
        found = _english_number(plain, kind == "area")
        if found is None:
            return Rejected("number_shape", t(f"fields.{kind}_shape"))
        value = found
        if kind == "area":
            value *= next((factor for unit, factor in _AREA_UNITS if _has_unit(plain.lower(), unit)), Decimal(1))
    else:
        try:
            value = numbers.number_in(plain, kind, asked)
        except numbers.Doubtful as doubt:
            return _doubted(kind, doubt)
    if value <= 0 and kind != "integer" and not (kind == "amount" and numbers.may_be_nothing(asked)):
        return Rejected("number_zero", t("fields.number_zero"))
    if value > Decimal(10) ** 12:
        return Rejected("number_large", t("fields.number_large"))
    if kind == "integer" and value != value.to_integral_value():
        return Rejected("number_shape", t("fields.integer_shape"))
    number = int(value) if value == value.to_integral_value() else float(round(value, 2))
    return Accepted(number, f"{number}{suffix}")


def _doubted(kind: numbers.Kind, doubt: numbers.Doubtful) -> Rejected:
    match doubt.why:
        case "several":
            listed = t("fields.list_separator").join(measures.plain(value) for value in doubt.found)
            return Rejected("number_several", t("fields.number_several", numbers=listed))
        case "vague" | "period_月" | "period_年" as why:
            code = {"vague": "number_vague", "period_月": "number_month", "period_年": "number_year"}[why]
            return Rejected(code, t(f"fields.{code}"))
        case _:
            return Rejected("number_shape", t(f"fields.{kind}_shape"))


def _has_unit(text: str, unit: str) -> bool:
    return unit in text if not unit.isascii() else bool(re.search(rf"(?<![a-z]){unit}", text))
