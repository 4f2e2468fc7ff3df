"""What to ask next, from the guide and what is known. Pure: nothing here speaks, saves or waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.casework.fields.parse import field_options, printed
from assistant.casework.fields.result import Accepted
from assistant.casework.model import Answer, Case, CaseStatus, MaterialState, Source
from assistant.foundation.workcalendar import add_working_days
from knowledge.conditions import holds
from knowledge.replies import Ask, Option
from knowledge.schema import Check, DocumentSpec, Guide, GuideField, Material, MeetWay, condition_fields
from knowledge.settling import awaited, settled

MATERIAL_PREFIX = "material:"
UPLOAD_ACCEPT = [".pdf", ".jpg", ".jpeg", ".png"]
#: The statuses a way of meeting a material leads to.
MET_STATUS: dict[MeetWay, str] = {
    "licence": "licence",
    "upload": "uploaded",
    "generated": "generated",
    "promise": "promised",
    "tolerate": "tolerated",
    "bring": "bring",
}


@dataclass(frozen=True)
class Progress:
    """Counts over the fields that apply now."""

    filled: int
    total: int
    prefilled: int
    missing: list[GuideField]


def applying_fields(guide: Guide, case: Case) -> list[GuideField]:
    """The fields that apply to the values known so far, situations first, each in the guide's order."""
    values = case.values()
    fields = [field for field in guide.fields if holds(field.when, values)]
    return sorted(fields, key=lambda field: not field.situation)


def applying_materials(guide: Guide, case: Case) -> list[Material]:
    """The materials of this case's situation."""
    values = case.values()
    return [material for material in guide.materials if holds(material.when, values)]


def applying_documents(guide: Guide, case: Case) -> list[DocumentSpec]:
    """The documents of the package: those of the situation, and the commitment of every promised material."""
    values = case.values()
    by_promise = {m.promise_document for m in guide.materials if m.promise_document}
    promised = {m.promise_document for m in applying_materials(guide, case) if _status(case, m) == "promised"}
    return [d for d in guide.documents if holds(d.when, values) and (d.key not in by_promise or d.key in promised)]


def progress(guide: Guide, case: Case) -> Progress:
    """How far the interview is."""
    fields = applying_fields(guide, case)
    answered = [field for field in fields if field.key in case.answers]
    prefilled = [f for f in answered if case.answers[f.key].source.kind in ("licence", "register", "previous_case", "computed")]
    waiting = awaited(guide, case.values(), case.answers)
    missing = [f for f in fields if f.key not in case.answers and f.key not in waiting]
    return Progress(len(answered), len(fields), len(prefilled), missing)


def next_field(guide: Guide, case: Case) -> GuideField | None:
    """The first applying field not answered yet."""
    missing = progress(guide, case).missing
    return missing[0] if missing else None


def broken_checks(guide: Guide, case: Case) -> list[Check]:
    """The checks the answers taken together do not pass; none before everything that applies is answered."""
    if next_field(guide, case) is not None:
        return []
    values = case.values()
    return [check for check in guide.checks if holds(check.when, values) and not holds(check.must, values)]


def must_mend(guide: Guide, case: Case) -> tuple[Check, GuideField] | None:
    """The first broken check that may not stay, and the question to put again; None if there is none."""
    answered = [field for field in applying_fields(guide, case) if field.key in case.answers]
    for check in broken_checks(guide, case):
        wanted = [check.ask, *condition_fields(check.must)]
        again = next((field for key in wanted for field in answered if field.key == key), None)
        if not check.soft and again is not None:
            return check, again
    return None


def refresh_materials(guide: Guide, case: Case) -> None:
    """Keep the materials' states true to the situation: what falls away goes, what needs nothing from her is settled."""
    applying = applying_materials(guide, case)
    case.materials = {m.code: case.materials.get(m.code, MaterialState(status="missing")) for m in applying}
    for material in applying:
        state = case.materials[material.code]
        if state.status != "missing":
            continue
        if "licence" in material.met_by:
            state.status = "licence"
        elif "generated" in material.met_by:
            state.status = "generated"


def next_material(guide: Guide, case: Case) -> Material | None:
    """The first required material nothing meets yet."""
    refresh_materials(guide, case)
    return next((m for m in applying_materials(guide, case) if m.required and case.materials[m.code].status == "missing"), None)


def meet(
    guide: Guide, case: Case, material: Material, way: MeetWay, now: datetime, upload_ids: Sequence[str] = ()
) -> MaterialState:
    """Record how a material is met. A tolerated one is due ``tolerance_days`` working days from now.

    Raises:
        ValueError: when the guide does not allow this way.
    """
    if way not in material.met_by:
        raise ValueError(f"{material.code} cannot be met by {way}")
    due = add_working_days(now.date(), material.tolerance_days or 0) if way == "tolerate" else None
    kept = case.materials.get(material.code)
    uploads = [*(kept.upload_ids if kept and way == "upload" else []), *upload_ids]
    state = MaterialState.model_validate({"status": MET_STATUS[way], "upload_ids": uploads, "due": due})
    case.materials[material.code] = state
    return state


def record(
    guide: Guide, case: Case, field: GuideField, value: Accepted, source: Source, now: datetime, skipped: bool = False
) -> list[GuideField]:
    """Store an answer and drop what no longer applies; returns the fields that fell away.

    A change after the package was built takes the package back: she confirms again before anything is sent.
    """
    case.answers[field.key] = Answer(
        value=value.value, display=value.display, source=source, confirmed_at=now, skipped=skipped, warning=value.warning
    )
    if field.key not in case.asked:
        case.asked.append(field.key)
    gone = follow(guide, case, now)
    refresh_materials(guide, case)
    unconfirm(case)
    return gone


def follow(guide: Guide, case: Case, now: datetime) -> list[GuideField]:
    """Put in the answers that follow from others and drop those that no longer apply; returns what people said of these."""
    lost: list[GuideField] = []
    for _ in guide.fields:
        given = {key: answer.value for key, answer in case.answers.items() if not answer.skipped and not follows(answer)}
        _put_in(guide, case, settled(guide, given), now)
        applying = {field.key for field in applying_fields(guide, case)}
        gone = [field for field in guide.fields if field.key in case.answers and field.key not in applying]
        if not gone:
            break
        for field in gone:
            if not follows(case.answers.pop(field.key)):
                lost.append(field)
            case.asked.remove(field.key) if field.key in case.asked else None
    return lost


def follows(answer: Answer) -> bool:
    """Whether an answer was not given but follows from another, or from the guide itself (``Source.ref`` says from which)."""
    return answer.source.kind == "computed" and answer.source.ref is not None


def _put_in(guide: Guide, case: Case, values: Mapping[str, Any], now: datetime) -> None:
    sources = {entry.field: entry.from_ for entry in guide.settled}
    for key in [key for key, answer in case.answers.items() if follows(answer) and key not in values]:
        del case.answers[key]
    for key, value in values.items():
        field, held = guide.field(key), case.answers.get(key)
        if field is None or (held is not None and follows(held) and held.value == value):
            continue
        source = case.answers.get(sources[key] or "")
        display = printed(field, Accepted(value, source.display if source and source.value == value else str(value)))
        computed = Source(kind="computed", ref=sources[key] or guide.code)
        case.answers[key] = Answer(value=value, display=display, source=computed, confirmed_at=now)
        case.asked.remove(key) if key in case.asked else None


def unconfirm(case: Case) -> None:
    """Take back a built package because something in it changed."""
    case.package = None
    if case.status is CaseStatus.READY:
        case.move(CaseStatus.DRAFT)


def previous_field(guide: Guide, case: Case, asking: str | None) -> GuideField | None:
    """The field answered before the one being asked; None at the first."""
    order = [key for key in case.asked if key in case.answers and guide.field(key)]
    before = order[: order.index(asking)] if asking in order else order
    return guide.field(before[-1]) if before else None


def ask_field(field: GuideField, case: Case) -> Ask:
    """The question for a field, with its present answer when it is asked again."""
    answer = case.answers.get(field.key)
    kinds = {
        "choice": "choice",
        "yes_no": "choice",
        "multi": "multi",
        "date": "date",
        "area": "number",
        "amount": "number",
        "integer": "number",
    }
    choices = field_options(field) if field.type in ("choice", "multi", "yes_no") else []
    return Ask.model_validate(
        {
            "field": field.key,
            "label": field.label,
            "kind": kinds.get(field.type, "text"),
            "options": [Option(value=o.value, label=o.label) for o in choices] or None,
            "value": answer.value if answer and not answer.skipped else None,
            "example": field.example,
            "why": field.why,
            "optional": field.optional,
        }
    )


def _status(case: Case, material: Material) -> str:
    state = case.materials.get(material.code)
    return state.status if state else "missing"
