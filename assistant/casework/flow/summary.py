"""The case in a card: the review of all answers, and the summary every turn carries."""

from __future__ import annotations

from typing import Any

from assistant.casework import interview
from assistant.casework.fields import dates
from assistant.casework.fields.parse import said, warning_of
from assistant.casework.fields.table_cells import table_text
from assistant.casework.model import Answer, Case
from assistant.casework.package import unsigned
from assistant.casework.prefill.card import REF as CARD_REF
from assistant.casework.prefill.filling import same
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.replies import Action, Card, Row
from knowledge.schema import Check, Guide, GuideField, condition_fields
from knowledge.translation import called, called_in_full

#: A card shows so many rows of a table, and how many there are.
SHOWN_ROWS = 10


def source_words(answer: Answer) -> str:
    """Where a value came from, in words: of what was looked up also which source, and on which day."""
    source, day = answer.source, answer.looked_up_on
    if day is None or source.ref is None:
        return t(f"casework.source_{source.kind}")
    if source.ref.startswith(CARD_REF):
        return t("prefill.source_card", day=dates.said(day))
    if source.kind == "register":
        return t(f"prefill.source_{source.ref}", day=dates.said(day))
    return t(f"prefill.source_{source.kind}", ref=source.ref, day=dates.said(day))


def difference_words(message: str, field: GuideField, case: Case) -> str:
    """What she said and what a register has of it; ``message`` is the sentence to put both in."""
    assert case.consent is not None
    known = case.consent.differences[field.key]
    has = mask_value(field.type, said(field, known.value, known.display))
    hers = shown(field, case.answers[field.key])
    return t(message if hers != has else "prefill.differs_unseen", label=field.label, said=hers, known=has)


def _doubts(guide: Guide, case: Case) -> list[str]:
    """What is otherwise in a register than she says, and which licences could not be fetched, in words for the review."""
    held = case.consent.differences if case.consent else {}
    found = [
        difference_words("prefill.still_differs", field, case)
        for field in interview.applying_fields(guide, case)
        if field.key in held
        and field.key in case.answers
        and not same(field, case.answers[field.key].value, held[field.key].value)
    ]
    wanting = interview.licences_wanting(guide, case)
    expired = case.consent.licences if case.consent else {}
    for material in wanting:
        seen = expired.get(material.code)
        if seen is not None and seen.expires is not None:
            found.append(t("prefill.licence_expired", name=material.name, day=dates.said(seen.expires)))
    if wanting:
        found.append(t("prefill.licences_wanting", names=t("fields.list_separator").join(m.name for m in wanting)))
    return found


def shown(field: GuideField, answer: Answer) -> str:
    """The value as the citizen sees it: identity numbers and phones masked."""
    if field.type == "table" and isinstance(answer.value, list) and not answer.skipped:
        return table_text(field, answer.value, masked=True, most=SHOWN_ROWS)
    return t("casework.skipped_value") if answer.skipped else mask_value(field.type, said(field, answer.value, answer.display))


def whole(field: GuideField, answer: Answer) -> str:
    """The value as staff see it who need all of it."""
    if field.type == "table" and isinstance(answer.value, list) and not answer.skipped:
        return table_text(field, answer.value)
    return t("casework.skipped_value") if answer.skipped else said(field, answer.value, answer.display)


def _warning(field: GuideField, answer: Answer, case: Case) -> str | None:
    """What is doubtful about an answer; it is kept in Chinese, for staff, and read again for another reader."""
    if answer.warning is None or language() != ENGLISH or answer.confirmed_at is None:
        return answer.warning
    return warning_of(field, answer.value, answer.confirmed_at.date(), case.values()) or answer.warning


def check_words(guide: Guide, case: Case, check: Check) -> str:
    """What a broken check says: what is wrong, the answers it is about, and what to do."""
    about = [field for field in interview.applying_fields(guide, case) if field.key in condition_fields(check.must)]
    held = [t("casework.check_value", label=f.label, value=shown(f, case.answers[f.key])) for f in about if f.key in case.answers]
    return t("casework.check_broken", message=check.message, values=t("fields.list_separator").join(held), remedy=check.remedy)


def review_card(guide: Guide, case: Case) -> Card:
    """Every answer with its source, and one edit button a row."""
    fields = [f for f in interview.applying_fields(guide, case) if f.key in case.answers]
    rows = [Row(label=f.label, value=shown(f, case.answers[f.key]), source=source_words(case.answers[f.key])) for f in fields]
    hers = [f for f in fields if interview.corrigible(guide, f.key, case.answers[f.key])]
    warnings = [
        t("casework.review_warning", label=f.label, warning=_warning(f, case.answers[f.key], case))
        for f in fields
        if case.answers[f.key].warning
    ]
    warnings += _doubts(guide, case)
    warnings += [check_words(guide, case, check) for check in interview.broken_checks(guide, case)]
    return Card(
        title=t("casework.review_title", item=called_in_full(guide)),
        text="\n".join([t("casework.review_text"), *_put_off(guide, case), *warnings, *_to_sign(guide, case)]),
        rows=rows,
        actions=[Action(label=t("casework.edit", label=f.label), message=t("casework.edit", label=f.label)) for f in hers],
    )


def _put_off(guide: Guide, case: Case) -> list[str]:
    """The questions she said she would answer later."""
    labels = [field.label for field in interview.deferred_fields(guide, case)]
    return [t("casework.review_deferred", labels=t("fields.list_separator").join(labels))] if labels else []


def _to_sign(guide: Guide, case: Case) -> list[str]:
    """The documents that will want a signature, and how it can be given; nothing once she has signed."""
    if case.signature is not None:
        return []
    wanted = [(d.title, d.signer) for d in interview.applying_documents(guide, case) if d.signature is not None and d.signer]
    return [t("package.unsigned_review", names=unsigned.named(wanted))] if wanted else []


def case_view(guide: Guide, case: Case) -> dict[str, Any]:
    """The ``case`` object of a turn, as the API has it."""
    done = interview.progress(guide, case)
    materials = []
    for material in interview.applying_materials(guide, case):
        state = case.materials.get(material.code)
        row: dict[str, Any] = {
            "code": material.code,
            "name": material.name,
            "required": interview.is_required(case, material),
            "status": state.status if state else "missing",
        }
        if state and state.due:
            row["due"] = state.due.isoformat()
        materials.append(row)
    package = case.package
    return {
        "case_no": case.case_no,
        "title": called(guide),
        "guide": {"code": guide.code, "name": guide.name, "version": case.guide_version},
        "status": case.status.value,
        "filled": done.filled,
        "total": done.total,
        "prefilled": done.prefilled,
        "missing": [{"field": f.key, "label": f.label} for f in done.missing],
        "materials": materials,
        "package": {"url": f"/api/v1/cases/{case.case_no}/package", "sha256": package.sha256, "version": package.version}
        if package
        else None,
    }


def field_view(guide: Guide, case: Case) -> list[dict[str, Any]]:
    """The answered fields with masked values, for GET /cases/{case_no}."""
    return [
        {
            "field": f.key,
            "label": f.label,
            "value": shown(f, case.answers[f.key]),
            "source": case.answers[f.key].source.model_dump(exclude_none=True),
        }
        for f in interview.applying_fields(guide, case)
        if f.key in case.answers
    ]
