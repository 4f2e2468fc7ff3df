"""Answers composed from a guide's own facts, each with its source; nothing is said that the guide does not hold.

The text makes sense read aloud; the card shows the same in rows, each with its source. A fact whose evidence nobody has
checked is said so in the text. What depends on a 情形 not answered yet is said with the condition it depends on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from assistant.foundation.messages import t
from assistant.foundation.workcalendar import add_working_days, covered, is_working_day
from knowledge.composer import Composer
from knowledge.deciding import READ_OUT, choices, decided_by
from knowledge.faq import closest_faq
from knowledge.originals import original, says_so
from knowledge.replies import Action, Card, Citation
from knowledge.schema import Condition, FeeItem, Guide, GuideField, LimitCase, Material, Option, Place, TimeLimit, Visits
from knowledge.situations import describe, open_fields, verdict
from knowledge.translation import called, called_in_full

QUESTION_INTENTS = ("ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee", "ask_location")
Status = Literal["answered", "unanswerable_unverified", "unanswerable_unknown"]
# How many conditions an overview names; the others are one question away.
_OVERVIEW_CONDITIONS = 2
#: Windows close (工作日9:00–17:00): what comes later is received on the next working day, sent from home or not.
CLOSES = time(17, 0)
#: So many further situations are offered to be answered for instead.
_OTHERS = 3
#: Of so many things that materials depend on, the text names the first.
_NAMED = 4


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
        say.fact(condition.text, condition.evidence, label=t("knowledge.label_condition"), doubtful=condition.doubtful)
    _materials(say, values, brief=True)
    _time(say, values, now)
    _fee(say, values)
    _places(say, values, first_only=True)
    if guide.result is not None:
        say.fact(guide.result.text, guide.result.evidence, label=t("knowledge.label_result"),
                 spoken=t("knowledge.result", text=guide.result.text), doubtful=guide.result.doubtful)
    return _finish(say, t("knowledge.title_overview", name=called(guide)))


def answer(guide: Guide, intent: str, values: Mapping[str, Any], now: datetime, question: str | None = None) -> Answered:
    """Answer one question about an item.

    Args:
        intent: one of ``QUESTION_INTENTS``; any other gets the overview.
        values: the field values known so far, by key; materials are narrowed to them.
        now: when it is asked; time limits are counted from the day an application would be received.
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
    say.fact(faq.answer, faq.evidence, doubtful=faq.doubtful)
    first = _finish(say, "")
    citations = [*first.citations, *(citation for citation in general.citations if citation not in first.citations)]
    return Answered(first.text, general.cards, citations, first.status)


def _general(guide: Guide, intent: str, values: Mapping[str, Any], now: datetime) -> Answered:
    say = Composer(guide)
    case = decided_by(guide, intent, values)
    if case:
        said = t("knowledge.clause_separator").join(t("knowledge.part_condition", name=f.label, text=o.label) for f, o in case)
        say.plain(t("knowledge.for_case", case=said))
    match intent:
        case "ask_process":
            _process(say)
        case "ask_materials":
            _materials(say, values, brief=False)
        case "ask_conditions":
            _conditions(say, values)
        case "ask_time_limit":
            _time(say, values, now)
        case "ask_fee":
            _fee(say, values)
        case "ask_location":
            _places(say, values)
        case _:
            return overview(guide, values, now)
    return _finish(say, t(f"knowledge.title_{intent}", name=called(guide)), _other_cases(case))


def _other_cases(case: Sequence[tuple[GuideField, Option]]) -> list[Action]:
    """The other answers to the question that was last to decide, each a tap away."""
    if not case:
        return []
    field, taken = case[-1]
    named = [{"label": field.label, "option": option.label} for option in choices(field) if option.value != taken.value]
    return [
        Action(label=t("knowledge.action_case", **other), message=t("knowledge.action_case_message", **other))
        for other in named[:_OTHERS]
    ]


def _conditions(say: Composer, values: Mapping[str, Any]) -> None:
    guide = say.guide
    held = [(condition, verdict(condition.when, guide, values)) for condition in guide.conditions]
    applying = [(condition, settled) for condition, settled in held if settled is not False]
    say.plain(t("knowledge.conditions_start", name=called(guide), count=len(applying)))
    for number, (condition, settled) in enumerate(applying, 1):
        text = condition.text if settled or condition.when is None else _only(condition.when, guide, condition.text)
        say.fact(text, condition.evidence, label=t("knowledge.label_condition_n", number=number),
                 spoken=t("knowledge.condition_n", number=number, text=text), doubtful=condition.doubtful)


def _only(when: Condition, guide: Guide, text: str) -> str:
    return t("knowledge.only_where", condition=describe(when, guide), text=text)


def _process(say: Composer) -> None:
    guide = say.guide
    say.plain(t("knowledge.process_start", name=called(guide), count=len(guide.process)))
    for number, step in enumerate(guide.process, 1):
        say.fact(step.text, step.evidence, label=t("knowledge.label_step", number=number, name=step.name),
                 spoken=t("knowledge.step", number=number, name=step.name, text=step.text), doubtful=step.doubtful)
    if guide.online is not None:
        say.fact(guide.online.text, guide.online.evidence, label=t("knowledge.label_online"), doubtful=guide.online.doubtful)
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
            names = _names(say, materials, brief=brief)
            at_home = way != "shared" or all(original(m, guide) == "none" for m in materials)
            say.fact(t(f"knowledge.materials_{way if at_home else 'shared_copies'}", names=names), keys, marked=True)
    _row_each(say, needed)
    depending = [material for material in guide.materials if settled[material.code] is None]
    if depending:
        waiting = open_fields([material.when for material in depending], guide, values)
        groups_by_condition = _by_condition(guide, depending)
        read_out = len(groups_by_condition) <= READ_OUT
        named = waiting if read_out else [f for f in waiting if f.situation and verdict(f.when, guide, values)][:_NAMED]
        shown = t("knowledge.list_separator").join(f.label for f in named)
        say.plain(t("knowledge.materials_depend" if brief or read_out else "knowledge.materials_depend_card", fields=shown))
        if not brief and read_out:
            for condition, materials in groups_by_condition.items():
                names = _names(say, materials, brief=brief)
                say.fact(t("knowledge.materials_if", condition=condition, names=names),
                         [key for m in materials for key in m.evidence], marked=True)
        _row_each(say, depending)


def _names(say: Composer, materials: Sequence[Material], *, brief: bool) -> str:
    """Materials by name; one of which only some detail was not checked carries that mark in its row, where the detail is."""
    named = [(material, _named(material, say.guide, brief)) for material in materials]
    return t("knowledge.list_separator").join(
        say.marked(name, material.evidence) if say.wholly_doubtful(material.evidence) else name for material, name in named
    )


def _by_condition(guide: Guide, materials: list[Material]) -> dict[str, list[Material]]:
    groups: dict[str, list[Material]] = {}
    for material in materials:
        if material.when is not None:
            groups.setdefault(describe(material.when, guide), []).append(material)
    return groups


def _row_each(say: Composer, materials: list[Material]) -> None:
    for material in materials:
        how = [] if says_so(material) else [met(material, say.guide)]
        parts = [*how, t(f"knowledge.form_{material.form}"), *_other_ways(material)]
        if material.when is not None:
            parts.insert(0, t("knowledge.row_if", condition=describe(material.when, say.guide)))
        if not material.required:
            parts.append(t("knowledge.not_required"))
        if material.note:
            parts.append(material.note.rstrip("。."))
        say.row(material.name, t("knowledge.clause_separator").join(parts), material.evidence)


def _way(material: Material) -> str:
    return {"licence": "shared", "generated": "generated"}.get(material.met_by[0], "yours")


def met(material: Material, guide: Guide) -> str:
    """The first way a material is met, in words."""
    way = material.met_by[0]
    return t(f"knowledge.met_licence_{original(material, guide)}" if way == "licence" else f"knowledge.met_{way}")


def _named(material: Material, guide: Guide, brief: bool) -> str:
    ways = [] if brief else _other_ways(material)
    if _way(material) == "shared" and original(material, guide) == "show":
        ways = [t("knowledge.way_show"), *ways]
    return t("knowledge.named_with", name=material.name, ways=t("knowledge.list_separator").join(ways)) if ways else material.name


def _other_ways(material: Material) -> list[str]:
    ways = []
    if "promise" in material.met_by[1:]:
        ways.append(t("knowledge.way_promise"))
    if "tolerate" in material.met_by[1:]:
        ways.append(t("knowledge.way_tolerate", days=material.tolerance_days))
    return ways


def _time(say: Composer, values: Mapping[str, Any], now: datetime | None) -> None:
    guide = say.guide
    promised, legal = guide.promised_limit, guide.legal_limit
    received = _received(say, now) if now is not None and (promised or legal) else None
    for limit, kind in ((promised, "promised"), (legal, "legal")):
        if limit is None:
            continue
        settled = [(case, verdict(case.when, guide, values)) for case in limit.cases]
        meant: TimeLimit | LimitCase = next((case for case, holds in settled if holds), limit)
        _limit(say, meant, kind, received, now)
        for case in [case for case, holds in settled if holds is None and meant is limit]:
            _limit(say, case, kind, received, now, _only(case.when, guide, case.text))


def _limit(say: Composer, limit: TimeLimit | LimitCase, kind: str, received: date | None, now: datetime | None,
           text: str | None = None) -> None:  # fmt: skip
    text = text or limit.text
    say.fact(text, limit.evidence, label=t(f"knowledge.label_{kind}"), spoken=t(f"knowledge.time_{kind}", text=text),
             doubtful=limit.doubtful if isinstance(limit, TimeLimit) else ())
    if received is None or now is None:
        return
    today = received == now.date()
    if limit.days > 0:
        say.plain(_due(limit, received, kind, today=today))
    elif kind == "promised":
        say.plain(t("knowledge.time_same_day" if today else "knowledge.time_that_day", today=_date(received)))


def _received(say: Composer, now: datetime) -> date:
    """The day an application sent now is received; that it is not today is said."""
    today, working = now.date(), is_working_day(now.date())
    if working and now.time() < CLOSES:
        return today
    day = add_working_days(today, 1)
    why = "knowledge.received_after_hours" if working else "knowledge.received_day_off"
    say.plain(t(why, today=_date(today), day=_date(day)))
    return day


def _due(limit: TimeLimit | LimitCase, received: date, kind: str, *, today: bool) -> str:
    working = limit.unit == "working_day"
    due = add_working_days(received, limit.days) if working else received + timedelta(days=limit.days)
    text = t(f"knowledge.due_{kind}" if today else f"knowledge.due_{kind}_then", today=_date(received), due=_date(due))
    return text if covered(due) or not working else text.rstrip("。.") + t("knowledge.due_uncertain", year=due.year)


def _date(day: date) -> str:
    return t("knowledge.date", year=day.year, month=t("knowledge.months").split()[day.month - 1], day=day.day)


def _fee(say: Composer, values: Mapping[str, Any]) -> None:
    guide, fee = say.guide, say.guide.fee
    if fee is None:
        return
    spoken = t("knowledge.fee", text=fee.text)
    say.fact(fee.text, fee.evidence, label=t("knowledge.label_fee"), spoken=spoken, doubtful=fee.doubtful)
    for item in fee.items:
        settled = verdict(item.when, guide, values)
        if settled is False:
            continue
        text = price(item) if settled or item.when is None else _only(item.when, guide, price(item))
        keys = item.evidence or fee.evidence
        if settled and item.when is not None:  # the general text has every case; this one is the asker's
            say.fact(text, keys, label=item.name, spoken=t("knowledge.part_condition", name=item.name, text=text))
        else:
            say.row(item.name, text, keys)


def price(item: FeeItem) -> str:
    """A sum in words: 120元/本, 每件80元."""
    each = item.per.startswith("每")
    return t("knowledge.fee_line_each" if each else "knowledge.fee_line", yuan=f"{item.yuan.normalize():f}", per=item.per)


def _places(say: Composer, values: Mapping[str, Any], *, first_only: bool = False) -> None:
    guide = say.guide
    if not first_only and guide.online is not None:
        say.fact(guide.online.text, guide.online.evidence, label=t("knowledge.label_online"), doubtful=guide.online.doubtful)
    held = [(place, verdict(place.when, guide, values)) for place in guide.places]
    applying = [(place, settled) for place, settled in held if settled is not False]
    for place, settled in applying[:1] if first_only else applying:
        text = _place(place) if settled or place.when is None else _only(place.when, guide, _place(place))
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


def _finish(say: Composer, title: str, others: Sequence[Action] = ()) -> Answered:
    text = say.text()
    begin = Action(label=t("knowledge.action_apply"), message=t("knowledge.action_apply_message", name=called(say.guide)))
    actions = [*others, begin]
    cards = [Card(title=title, text=t("knowledge.card_text", title=title), rows=say.rows, actions=actions,
                  citations=say.citations)] if title and say.rows else []
    return Answered(text, cards, say.citations, "unanswerable_unverified" if say.nothing_verified else "answered")
