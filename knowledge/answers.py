"""Answers composed from a guide's own facts, each with its source; nothing is said that the guide does not hold.

The text makes sense read aloud; the card shows the same in rows, each with its source. A fact whose evidence nobody has
checked is said so in the text. What depends on a 情形 not answered yet is said with the condition it depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from assistant.foundation.messages import t
from assistant.foundation.workcalendar import add_working_days, covered
from knowledge.composer import Composer
from knowledge.faq import closest_faq
from knowledge.replies import Action, Card, Citation
from knowledge.schema import Guide, Material, Place, TimeLimit, Visits
from knowledge.situations import describe, open_fields, verdict
from knowledge.translation import called, called_in_full

QUESTION_INTENTS = ("ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee", "ask_location")
Status = Literal["answered", "unanswerable_unverified", "unanswerable_unknown"]
# How many conditions an overview names; the others are one question away.
_OVERVIEW_CONDITIONS = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: plain text, cards beside it, the sources of every fact in it, and how it ended."""

    text: str
    cards: list[Card] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    status: Status = "answered"


def overview(guide: Guide, values: Mapping[str, Any], now: datetime | None = None) -> Answered:
    """What the item takes: conditions in short, the materials that apply, time, fee, where, and what one gets.

    Args:
        values: the field values known so far, by key.
        now: gives the day time limits are counted from; without it no date is named.
    """
    if guide.outline:
        return _unwritten(guide)
    say = Composer(guide)
    say.plain(t("knowledge.overview_start", name=called_in_full(guide), summary=guide.summary or ""))
    for condition in guide.conditions[:_OVERVIEW_CONDITIONS]:
        say.fact(condition.text, condition.evidence, label=t("knowledge.label_condition"))
    _materials(say, values, brief=True)
    _time(say, now.date() if now else None)
    _fee(say)
    _places(say, first_only=True)
    if guide.result is not None:
        say.fact(guide.result.text, guide.result.evidence, label=t("knowledge.label_result"),
                 spoken=t("knowledge.result", text=guide.result.text))
    return _finish(say, t("knowledge.title_overview", name=called(guide)))


def answer(guide: Guide, intent: str, values: Mapping[str, Any], now: datetime, question: str | None = None) -> Answered:
    """Answer one question about an item.

    Args:
        intent: one of ``QUESTION_INTENTS``; any other gets the overview.
        values: the field values known so far, by key; materials are narrowed to them.
        now: the day time limits are counted from.
        question: the citizen's own words; where they are one of the guide's 常见问题, that answer comes first and the
            general one goes to the card.
    """
    if guide.outline:
        return _unwritten(guide)
    general = _general(guide, intent, values, now)
    faq = closest_faq(guide, question) if question else None
    if faq is None:
        return general
    say = Composer(guide)
    say.fact(faq.answer, faq.evidence)
    first = _finish(say, "")
    citations = [*first.citations, *(citation for citation in general.citations if citation not in first.citations)]
    return Answered(first.text, general.cards, citations, first.status)


def _general(guide: Guide, intent: str, values: Mapping[str, Any], now: datetime) -> Answered:
    say = Composer(guide)
    match intent:
        case "ask_process":
            _process(say)
        case "ask_materials":
            _materials(say, values, brief=False)
        case "ask_conditions":
            say.plain(t("knowledge.conditions_start", name=called(guide), count=len(guide.conditions)))
            for number, condition in enumerate(guide.conditions, 1):
                say.fact(condition.text, condition.evidence, label=t("knowledge.label_condition_n", number=number),
                         spoken=t("knowledge.condition_n", number=number, text=condition.text))
        case "ask_time_limit":
            _time(say, now.date())
        case "ask_fee":
            _fee(say)
        case "ask_location":
            _places(say)
        case _:
            return overview(guide, values, now)
    return _finish(say, t(f"knowledge.title_{intent}", name=called(guide)))


def _process(say: Composer) -> None:
    guide = say.guide
    say.plain(t("knowledge.process_start", name=called(guide), count=len(guide.process)))
    for number, step in enumerate(guide.process, 1):
        say.fact(step.text, step.evidence, label=t("knowledge.label_step", number=number, name=step.name),
                 spoken=t("knowledge.step", number=number, name=step.name, text=step.text))
    if guide.online is not None:
        say.fact(guide.online.text, guide.online.evidence, label=t("knowledge.label_online"))
    if guide.visits is not None:
        _visits(say, guide.visits)


def _visits(say: Composer, visits: Visits) -> None:
    if visits.count == 0:
        say.fact(t("knowledge.visits_none"), visits.evidence)
    elif visits.reason:
        say.fact(t("knowledge.visits_for", count=visits.count, reason=visits.reason.rstrip("。.")), visits.evidence)
    else:
        say.fact(t("knowledge.visits", count=visits.count), visits.evidence)


def _materials(say: Composer, values: Mapping[str, Any], *, brief: bool) -> None:
    guide = say.guide
    settled = {material.code: verdict(material.when, guide, values) for material in guide.materials}
    needed = [material for material in guide.materials if settled[material.code] is True]
    groups = {way: [m for m in needed if _way(m) == way] for way in ("yours", "generated", "shared")}
    if not brief:
        say.plain(t("knowledge.materials_start", name=called(guide)))
    for way, materials in groups.items():
        if materials:
            keys = [key for material in materials for key in material.evidence]
            names = t("knowledge.list_separator").join(say.marked(_named(m, brief), m.evidence) for m in materials)
            say.fact(t(f"knowledge.materials_{way}", names=names), keys, marked=True)
    _row_each(say, needed)
    depending = [material for material in guide.materials if settled[material.code] is None]
    if depending:
        waiting = open_fields([material.when for material in depending], guide, values)
        say.plain(t("knowledge.materials_depend", fields=t("knowledge.list_separator").join(f.label for f in waiting)))
        if not brief:
            for condition, materials in _by_condition(guide, depending).items():
                names = t("knowledge.list_separator").join(say.marked(_named(m, brief), m.evidence) for m in materials)
                say.fact(t("knowledge.materials_if", condition=condition, names=names),
                         [key for m in materials for key in m.evidence], marked=True)
        _row_each(say, depending)


def _by_condition(guide: Guide, materials: list[Material]) -> dict[str, list[Material]]:
    groups: dict[str, list[Material]] = {}
    for material in materials:
        if material.when is not None:
            groups.setdefault(describe(material.when, guide), []).append(material)
    return groups


def _row_each(say: Composer, materials: list[Material]) -> None:
    for material in materials:
        parts = [t(f"knowledge.met_{material.met_by[0]}"), t(f"knowledge.form_{material.form}"), *_other_ways(material)]
        if material.when is not None:
            parts.insert(0, t("knowledge.row_if", condition=describe(material.when, say.guide)))
        if not material.required:
            parts.append(t("knowledge.not_required"))
        if material.note:
            parts.append(material.note.rstrip("。."))
        say.row(material.name, t("knowledge.clause_separator").join(parts), material.evidence)


def _way(material: Material) -> str:
    return {"licence": "shared", "generated": "generated"}.get(material.met_by[0], "yours")


def _named(material: Material, brief: bool) -> str:
    ways = [] if brief else _other_ways(material)
    return t("knowledge.named_with", name=material.name, ways=t("knowledge.list_separator").join(ways)) if ways else material.name


def _other_ways(material: Material) -> list[str]:
    ways = []
    if "promise" in material.met_by[1:]:
        ways.append(t("knowledge.way_promise"))
    if "tolerate" in material.met_by[1:]:
        ways.append(t("knowledge.way_tolerate", days=material.tolerance_days))
    return ways


def _time(say: Composer, today: date | None) -> None:
    guide = say.guide
    promised, legal = guide.promised_limit, guide.legal_limit
    for limit, kind in ((promised, "promised"), (legal, "legal")):
        if limit is None:
            continue
        say.fact(limit.text, limit.evidence, label=t(f"knowledge.label_{kind}"),
                 spoken=t(f"knowledge.time_{kind}", text=limit.text))
        if today is not None and limit.days > 0:
            say.plain(_due(limit, today, kind))
        elif today is not None and limit is promised:
            say.plain(t("knowledge.time_same_day", today=_date(today)))


def _due(limit: TimeLimit, today: date, kind: str) -> str:
    working = limit.unit == "working_day"
    due = add_working_days(today, limit.days) if working else today + timedelta(days=limit.days)
    text = t(f"knowledge.due_{kind}", today=_date(today), due=_date(due))
    return text if covered(due) or not working else text + t("knowledge.due_uncertain", year=due.year)


def _date(day: date) -> str:
    return t("knowledge.date", year=day.year, month=t("knowledge.months").split()[day.month - 1], day=day.day)


def _fee(say: Composer) -> None:
    if say.guide.fee is not None:
        say.fact(say.guide.fee.text, say.guide.fee.evidence, label=t("knowledge.label_fee"),
                 spoken=t("knowledge.fee", text=say.guide.fee.text))


def _places(say: Composer, *, first_only: bool = False) -> None:
    if not first_only and say.guide.online is not None:
        say.fact(say.guide.online.text, say.guide.online.evidence, label=t("knowledge.label_online"))
    for place in say.guide.places[:1] if first_only else say.guide.places:
        text = _place(place)
        say.fact(text, place.evidence, label=t("knowledge.label_place"), spoken=t("knowledge.place", text=text))


def _place(place: Place) -> str:
    parts = [place.name]
    if place.address:
        parts.append(place.address.rstrip("。."))
    if place.hours:
        parts.append(t("knowledge.place_hours", text=place.hours.rstrip("。.")))
    if place.phone:
        parts.append(t("knowledge.place_phone", text=place.phone))
    return t("knowledge.clause_separator").join(parts)


def _unwritten(guide: Guide) -> Answered:
    return Answered(t("knowledge.outline", name=called_in_full(guide)), status="unanswerable_unknown")


def _finish(say: Composer, title: str) -> Answered:
    text = say.text()
    actions = [Action(label=t("knowledge.action_apply"), message=t("knowledge.action_apply_message", name=called(say.guide)))]
    cards = [Card(title=title, text=t("knowledge.card_text", title=title), rows=say.rows, actions=actions,
                  citations=say.citations)] if title and say.rows else []
    return Answered(text, cards, say.citations, "unanswerable_unverified" if say.nothing_verified else "answered")
