"""What the guide page shows beyond the guide's own texts: the drawing, the situations, and every source once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.conversation.followups import implied
from assistant.foundation.messages import t
from knowledge.answers import price
from knowledge.composer import source_name
from knowledge.doubt import Doubt, parts
from knowledge.flowchart import Chart, draw
from knowledge.originals import original, says_so
from knowledge.schema import Evidence, Guide, GuideField, LimitCase, Material, MeetWay, Option, Step
from knowledge.situations import verdict

__all__ = [
    "applicant", "basis", "chart", "cited_next", "contact", "days", "doubt_word", "form_of", "handling", "level", "limit_cases",
    "otherwise", "part", "pieces", "price", "situations", "sources", "step_note", "waiting", "ways",
]  # fmt: skip

_TAPPED = ("choice", "yes_no", "multi")


def part(code: str) -> str:
    """The title of one of the six disclosures."""
    return t(f"guides.part_{code}")


def applicant(code: str) -> str:
    """Who may apply, in words."""
    return t(f"guides.applicant_{code}")


def days(count: int, unit: str) -> str:
    """A time limit in a few words."""
    return t("guides.at_once") if count == 0 else t(f"guides.days_{unit}", days=count)


def handling(code: str) -> str:
    """办件类型 in words."""
    return t(f"guides.handling_{code}")


def level(code: str) -> str:
    """行使层级 in words."""
    return t(f"guides.level_{code}")


def contact(kind: str) -> str:
    """What a telephone number is for."""
    return t(f"guides.contact_{kind}")


def form_of(material: Material) -> str:
    """Original, copy or electronic."""
    return t(f"knowledge.form_{material.form}")


def ways(guide: Guide, material: Material) -> list[str]:
    """The ways a material may be met, in words; none where the note tells it."""
    return [] if says_so(material) else [_way(guide, material, code) for code in material.met_by]


def otherwise(guide: Guide, material: Material) -> list[str]:
    """The ways left where a document the note speaks of is not found by data sharing."""
    return [_way(guide, material, code) for code in material.met_by if code != "licence"] if says_so(material) else []


def _way(guide: Guide, material: Material, code: MeetWay) -> str:
    if code == "licence":
        return t(f"knowledge.met_licence_{original(material, guide)}")
    return t("knowledge.way_tolerate", days=material.tolerance_days) if code == "tolerate" else t(f"knowledge.met_{code}")


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to a situation's question: what is needed then, and what may be, depending on further answers."""

    label: str
    needed: list[Material]
    perhaps: list[Material]


@dataclass(frozen=True, slots=True)
class Situation:
    """A question of the guide whose answer decides about materials."""

    label: str
    question: str
    cases: list[Case]


def chart(guide: Guide) -> Chart:
    """The process as a drawing; in each box who does it and how long it takes."""
    return draw(guide.process, [step_note(guide, step) for step in guide.process])


def step_note(guide: Guide, step: Step) -> str:
    """Who does a step and how long it takes at most, in a few words; empty where the guide says neither."""
    unit = guide.promised_limit.unit if guide.promised_limit else "working_day"
    took = None if step.days is None else days(step.days, unit)
    return t("guides.dot").join(part for part in (step.office, took) if part)


def waiting(guide: Guide, number: int) -> str:
    """What a step waits for, in words, where that is not simply the step before it; ``number`` counts from 1."""
    step = guide.process[number - 1]
    if step.after is None or number == 1 or step.after == [guide.process[number - 2].name]:
        return ""
    return t("guides.after", steps=t("knowledge.list_separator").join(step.after)) if step.after else t("guides.after_nothing")


def situations(guide: Guide, options: Sequence[tuple[GuideField, list[Option]]]) -> list[Situation]:
    """Which materials each answer to a situation's question brings; questions that decide about none are left out."""
    found = []
    depending = [material for material in guide.materials if material.when is not None]
    for field, choices in options:
        if not field.situation or field.type not in _TAPPED:
            continue
        cases = []
        for option in choices:
            values = implied(field, option, guide)
            before = {key: value for key, value in values.items() if key != field.key}
            settled = {m.code: verdict(m.when, guide, values) for m in depending}
            # what the question's own conditions bring already is not this answer's doing
            new = [m for m in depending if verdict(m.when, guide, before) is None and settled[m.code] is not None]
            needed = [m for m in new if settled[m.code]]
            ruled_out = _ruled_out(field, choices, guide)
            perhaps = [m for m in depending if settled[m.code] is None and m.code in ruled_out]
            cases.append(Case(option.label, needed, perhaps))
        if any(case.needed for case in cases):
            found.append(Situation(field.label, field.question, _gathered(cases)))
    return found


def _gathered(cases: Sequence[Case]) -> list[Case]:
    """Answers that bring the same in one line."""
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], Case] = {}
    for case in cases:
        key = tuple(m.code for m in case.needed), tuple(m.code for m in case.perhaps)
        held = found.get(key)
        label = t("knowledge.list_separator").join([held.label, case.label]) if held else case.label
        found[key] = Case(label, case.needed, case.perhaps)
    return list(found.values())


def _ruled_out(field: GuideField, choices: Sequence[Option], guide: Guide) -> set[str]:
    """Materials that some answer to this question rules out: where another leaves them open, they hang on this one too."""
    return {
        material.code
        for option in choices
        for material in guide.materials
        if material.when is not None and verdict(material.when, guide, implied(field, option, guide)) is False
    }


def sources(guide: Guide, keys: Iterable[str]) -> str:
    """The sources behind a fact in words: each statute once, with its articles."""
    named: dict[str, str] = {}
    for evidence in dict.fromkeys(guide.evidence[key] for key in keys if key in guide.evidence):
        if evidence.title not in named:
            named[evidence.title] = source_name(evidence)
        elif evidence.article:
            named[evidence.title] += t("knowledge.list_separator") + evidence.article
    return t("knowledge.list_separator").join(named.values())


def pieces(guide: Guide, text: str, keys: Sequence[str], doubtful: Sequence[str]) -> list[tuple[str, Doubt | None]]:
    """A statement in pieces, each with the doubt to be marked behind it."""
    return parts(guide, text, keys, doubtful)


def doubt_word(doubt: Doubt) -> str:
    """The mark of a doubt."""
    return t(f"guides.doubt_{doubt}")


def limit_cases(guide: Guide) -> list[tuple[str, LimitCase]]:
    """The situations in which a time limit differs, each with the kind of limit."""
    limits = (("promised", guide.promised_limit), ("legal", guide.legal_limit))
    return [(kind, case) for kind, limit in limits if limit for case in limit.cases]


def cited_next(guide: Guide, other: Guide) -> list[str]:
    """The evidence that another item often follows, where the guide has it."""
    return [key for following in guide.followups if following.item == other.name for key in following.evidence]


def basis(guide: Guide) -> list[tuple[str, list[str], str | None, bool]]:
    """设定依据: each statute or source once with its articles in order, its address if it has one, and whether it was checked."""
    found: dict[tuple[str, str | None, bool], list[str]] = {}
    for evidence in guide.evidence.values():
        articles = found.setdefault((evidence.title, web_address(evidence), evidence.verified), [])
        if evidence.article and evidence.article not in articles:
            articles.append(evidence.article)
    return [(title, articles, url, checked) for (title, url, checked), articles in found.items()]


def web_address(evidence: Evidence) -> str | None:
    """The address of a source if it is one of the web: nothing else becomes a link."""
    return evidence.url if evidence.url and evidence.url.startswith(("https://", "http://")) else None
