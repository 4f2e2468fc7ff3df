"""Which question to ask before an answer: the one whose answer decides most of what is asked, and only where it decides much.

The rule, for whoever writes guides (``docs/writing-a-guide.md`` has it with examples):

- An answer about materials depends on the conditions of its materials: one the asker must get counts 1; a form Bandao writes, or
  a paper she has and brings along, a half; what data sharing provides nothing. About fees it depends on the conditions of fee
  lines, about time on the cases of the limits, about places and conditions on theirs.
- What is small is said at once with its condition: materials that count up to 3, two fee lines, two conditions. A limit or a
  place that differs is never small: a wrong day or a wrong door costs a day; nor are more than six different conditions, which
  nobody remembers.
- Otherwise the 情形 question that settles most, on average over its answers, is asked, if it settles enough: materials that count
  1.5 (two materials of any kind where there are only too many conditions to be told), two fee lines, two conditions. Once
  answered the rest is looked at again, for two questions at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.foundation.messages import t
from knowledge.schema import Condition, Guide, GuideField, Option, condition_fields
from knowledge.situations import verdict

#: Questions asked before one answer.
MOST = 2
#: Conditions told one by one; where there are more, the text names what they depend on and the card has each.
READ_OUT = 6
_TAPPED = ("choice", "yes_no")
_WEIGHTS: dict[str, float] = {"licence": 0, "generated": 0.5, "bring": 0.5}


@dataclass(frozen=True, slots=True)
class _Rule:
    """Up to how much that is open is said at once, and how much a question must settle to be worth asking."""

    small: float
    least: float


_RULES = {
    "ask_materials": _Rule(3, 1.5), "ask_fee": _Rule(2, 2), "ask_conditions": _Rule(2, 2), "ask_time_limit": _Rule(0, 0.5),
    "ask_location": _Rule(0, 0.5),
}  # fmt: skip
_MANY = _Rule(0, 2)


def question(guide: Guide, intent: str, values: Mapping[str, Any]) -> GuideField | None:
    """The question to ask before this answer; None where it can be given, or where nothing would decide enough.

    Args:
        intent: what is asked (``ask_materials`` …).
        values: the answers known so far, by field key.
    """
    rule = _RULES.get(intent)
    open_ = [] if rule is None else [part for part in _parts(guide, intent) if verdict(part[0], guide, values) is None]
    told = [m.when for m in guide.materials if m.when is not None and verdict(m.when, guide, values) is None]
    many = intent == "ask_materials" and len({when.model_dump_json() for when in told}) > READ_OUT
    small = rule is None or sum(weight for _, weight in open_) <= rule.small
    if rule is None or (small and not many):
        return None
    if small:
        open_, rule = [(when, 1.0) for when in told], _MANY
    askable = [
        field for field in guide.fields
        if field.situation and field.type in _TAPPED and values.get(field.key) is None and verdict(field.when, guide, values)
    ]  # fmt: skip
    gains = [(_gain(field, open_, guide, values), -number, field) for number, field in enumerate(askable)]
    best = max(gains, key=lambda row: row[:2], default=None)
    return best[2] if best is not None and best[0] >= rule.least else None


def choices(field: GuideField) -> list[Option]:
    """The answers a question can be given; yes and no where it has no options of its own."""
    if field.options:
        return field.offered
    return [Option(value="yes", label=t("knowledge.yes")), Option(value="no", label=t("knowledge.no"))]


def decided_by(guide: Guide, intent: str, values: Mapping[str, Any]) -> list[tuple[GuideField, Option]]:
    """The 情形 the answer holds for: those known that it depends on, in the guide's order."""
    looked_at = {key for when, _ in _parts(guide, intent) for key in condition_fields(when)}
    found = []
    for field in guide.fields:
        if field.key in looked_at and field.situation and field.type in _TAPPED:
            option = next((option for option in choices(field) if option.value == values.get(field.key)), None)
            found += [(field, option)] if option is not None else []
    return found


def _parts(guide: Guide, intent: str) -> list[tuple[Condition, float]]:
    """What this answer depends on, and how much hangs on each."""
    found: list[tuple[Condition | None, float]] = []
    match intent:
        case "ask_materials":
            found = [(material.when, _WEIGHTS.get(material.met_by[0], 1)) for material in guide.materials]
        case "ask_fee":
            found = [(item.when, 1) for item in guide.fee.items] if guide.fee else []
        case "ask_time_limit":
            found = [(case.when, 1) for limit in (guide.promised_limit, guide.legal_limit) if limit for case in limit.cases]
        case "ask_location":
            found = [(place.when, 1) for place in guide.places]
        case "ask_conditions":
            found = [(condition.when, 1) for condition in guide.conditions]
    return [(when, weight) for when, weight in found if when is not None and weight]


def _gain(field: GuideField, open_: Sequence[tuple[Condition, float]], guide: Guide, values: Mapping[str, Any]) -> float:
    """How much of what is open an answer to this question settles, on average."""
    answers = choices(field)
    cases = [{**values, field.key: answer.value} for answer in answers]
    return sum(weight for case in cases for when, weight in open_ if verdict(when, guide, case) is not None) / len(answers)
