"""What an uploaded paper says otherwise than the answers, or beyond them, as questions: one at a time, one tap each."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from assistant.casework import interview
from assistant.casework.fields.parse import said
from assistant.casework.model import Case
from assistant.casework.papers.comparing import alone, side_by_side
from assistant.casework.papers.verdict import kind_name
from assistant.foundation.messages import t
from knowledge.replies import Ask, Option
from knowledge.schema import Guide, GuideField

PAPER, MINE, RETYPE = "paper", "mine", "retype"


class PaperQuestion(BaseModel):
    """A value a paper shows for a field (``value``, printed as ``display``); ``mine`` is the answer it differs from."""

    case_no: str
    field: str
    kind: str
    upload_id: str
    mode: Literal["differs", "offer"]
    value: Any
    display: str
    mine: Any = None


def current_paper(questions: list[PaperQuestion], guide: Guide, case: Case) -> tuple[PaperQuestion, GuideField] | None:
    """The first question still to be put: what was answered otherwise meanwhile, or no longer applies, need not be asked."""
    applying = {field.key: field for field in interview.applying_fields(guide, case)}
    for question in questions:
        field, held = applying.get(question.field), case.answers.get(question.field)
        if question.case_no != case.case_no or field is None:
            continue
        if question.mode == "offer" and held is None:
            return question, field
        if question.mode == "differs" and held is not None and not held.skipped and held.value == question.mine:
            return question, field
    return None


def paper_ask(question: PaperQuestion, field: GuideField, case: Case) -> Ask:
    """The field's own question with what the paper says to be chosen; any other value may be typed as well."""
    paper, mine = shown(question, field, case)
    if question.mode == "offer":
        options = [
            Option(value=PAPER, label=t("papers.take_paper", value=paper)),
            Option(value=RETYPE, label=t("papers.retype")),
        ]
    else:
        options = [
            Option(value=PAPER, label=t("papers.keep_paper", paper=kind_name(question.kind), value=paper)),
            Option(value=MINE, label=t("papers.keep_mine", value=mine)),
        ]
    return interview.ask_field(field, case).model_copy(update={"options": options, "error": None})


def paper_is_asked(pending: Ask, field: GuideField) -> bool:
    """Whether the pending question is one of these, about this field."""
    return pending.field == field.key and any(option.value == PAPER for option in pending.options or [])


def paper_words(question: PaperQuestion, field: GuideField, case: Case) -> str:
    """The question in words."""
    paper, mine = shown(question, field, case)
    name = kind_name(question.kind)
    if question.mode == "offer":
        return t("papers.offer", paper=name, label=field.label, value=paper)
    return t("papers.differs", paper=name, label=field.label, value=paper, mine=mine)


def shown(question: PaperQuestion, field: GuideField, case: Case) -> tuple[str, str]:
    """What the paper says and what she said, as she reads them."""
    held = case.answers.get(field.key)
    theirs = said(field, question.value, question.display)
    if held is None or held.skipped or question.mode == "offer":
        return alone(field, theirs), ""
    return side_by_side(field, theirs, said(field, held.value, held.display))
