"""一次性告知 as a short interview: only what an office wants corrected is asked, with its reasons; everything else stays."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.casework import interview
from assistant.casework.fields import dates
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case, CasePart, CaseStatus, Correction, Wanting
from assistant.casework.progress.telling import called
from assistant.casework.submission import parts
from assistant.foundation.messages import t
from knowledge.replies import Card, Row
from knowledge.schema import Guide, GuideField, Material


def first(talk: Talk, was_asked: str | None) -> tuple[GuideField | Material, str] | None:
    """What is asked next because an office wants it, and why; None when nothing is left.

    ``was_asked`` is the answered question that stood before this turn: a table that was gone through again is given anew.
    """
    case, guide = talk.case, talk.guide
    if case is None or guide is None or case.status is not CaseStatus.CORRECTION_NEEDED:
        return None
    field = guide.field(was_asked) if was_asked else None
    if field is not None and field.type == "table" and field.key not in case.drafts:
        given(case, "field", field.key)
    _tell(talk, case)
    for part, correction, want in _asked(case):
        about = _about(guide, case, want)
        if about is not None and _key(want) not in correction.met:
            name = about.label if isinstance(about, GuideField) else about.name
            if want.text.strip() in ("", name):  # an office that gives no reason sends the name
                key = "casework.correction_field_plain" if want.kind == "field" else "casework.correction_material_plain"
            else:
                key = "casework.correction_field" if want.kind == "field" else "casework.correction_material"
            return about, t(key, name=name, office=_office(part, guide), text=want.text)
    return None


def given(case: Case, kind: str, code: str) -> None:
    """An answer was given or a paper handed in: if it was wanting, it no longer is."""
    for _, correction, want in _asked(case):
        if (want.kind, want.code) == (kind, code) and _key(want) not in correction.met:
            correction.met.append(_key(want))


def replaces(case: Case, material: str) -> bool:
    """Whether a paper handed in now takes the place of the one an office did not accept."""
    return any((want.kind, want.code) == ("material", material) and _key(want) not in correction.met
               for _, correction, want in _asked(case))  # fmt: skip


def _asked(case: Case) -> Iterator[tuple[CasePart, Correction, Wanting]]:
    if case.status is CaseStatus.CORRECTION_NEEDED:
        for part in parts.held(case):
            if part.status is CaseStatus.CORRECTION_NEEDED and part.correction is not None:
                for want in part.correction.wanting:
                    yield part, part.correction, want


def _tell(talk: Talk, case: Case) -> None:
    """Say once what each office wants, until when, and that nothing else has to be done again."""
    for part in parts.held(case):
        correction = part.correction
        if part.status is not CaseStatus.CORRECTION_NEEDED or correction is None or correction.told:
            continue
        correction.told = True
        until = t("casework.correction_due", due=dates.said(correction.due)) if correction.due else ""
        rows = [Row(label=str(number), value=_row(talk.guide, want)) for number, want in enumerate(correction.wanting, 1)]
        text = t("casework.correction_text", until=until) if rows else f"{correction.text}\n{until}".strip()
        title = t("casework.correction_title", name=part.name or talk.name_of(case), office=_office(part, talk.guide))
        talk.replies.append(Card(title=title, text=text, rows=rows))


def _row(guide: Guide | None, want: Wanting) -> str:
    """What is wanting, by its name, and the office's reason."""
    name = called(guide, want) if guide is not None else ""
    if not name or name in want.text:
        return want.text
    return t("casework.correction_row", name=name, text=want.text) if want.text else name


def _about(guide: Guide, case: Case, want: Wanting) -> GuideField | Material | None:
    """The question or material it is about; None for what only words say, or what no longer applies."""
    if want.kind == "field":
        return next((field for field in interview.applying_fields(guide, case) if field.key == want.code), None)
    if want.kind == "material":
        return next((material for material in interview.applying_materials(guide, case) if material.code == want.code), None)
    return None


def _office(part: CasePart, guide: Guide | None) -> str:
    return part.department or (guide.department if guide else None) or t("casework.who_office")


def _key(want: Wanting) -> str:
    return f"{want.kind}:{want.code}"
