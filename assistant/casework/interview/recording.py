"""Keeping an answer, and keeping every other answer true to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.casework.fields.parse import printed
from assistant.casework.fields.result import Accepted
from assistant.casework.interview.materials import refresh_materials
from assistant.casework.interview.order import applying_fields
from assistant.casework.model import Answer, Case, CaseStatus, Source
from knowledge.schema import Guide, GuideField
from knowledge.settling import settled


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
