"""An attached paper against the case: is it the right one, does it say what she said, does it say what is still missing?

Nothing is filled in from a paper without her word: what agrees is noted, what differs is put to her, what is new is offered.
"""

from __future__ import annotations

from typing import Any

from assistant.casework import interview
from assistant.casework.fields import options
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.casework.flow.asking import advance, ask
from assistant.casework.flow.paper_questions import MINE, PAPER, RETYPE, PaperQuestion, current_paper, paper_is_asked
from assistant.casework.flow.storing import store
from assistant.casework.flow.talk import Attachment, Talk
from assistant.casework.papers import comparing, verdict
from assistant.foundation.messages import language, render, t
from knowledge.schema import GuideField, Material, Option

_PAPER_WORDS = [
    "以证件为准",
    "以执照为准",
    "以证照为准",
    "按证件",
    "按执照",
    "证件上的",
    "执照上的",
    "照片上的",
    "上面的",
    "证上的",
    "用证件上的",
    "the paper",
    "the document",
    "as on the paper",
]
_MINE_WORDS = [
    "以我填的为准",
    "我填的",
    "我填的对",
    "按我填的",
    "我说的",
    "我说的对",
    "用我的",
    "mine",
    "my answer",
    "what i said",
    "keep mine",
]
_RETYPE_WORDS = ["我自己填", "自己填", "不用", "不是", "不对", "let me type it", "no"]


def doubts(upload: Attachment, material: Material) -> list[str]:
    """What is doubtful about an upload for this material, in sentences without their full stop."""
    found = [render(problem, language()) for problem in upload.problems]
    check = verdict.document(upload.paper, material) if upload.paper is not None else None
    if check is None:
        return found
    if upload.paper is not None and upload.paper.state == "waiting":
        return [*found, t("uploads.document_unread")]
    return found if check.ok else [*found, check.message]


def compare(talk: Talk, upload: Attachment, material: Material) -> None:
    """Hold what the paper says against the answers; what is to be asked waits in the state."""
    case, guide, paper = talk.case, talk.guide, upload.paper
    if case is None or guide is None or paper is None or paper.kind is None or material.shows is None:
        return
    if paper.state != "read" or not verdict.fits(paper, material):
        return
    applying = {field.key: field for field in interview.applying_fields(guide, case)}
    agreed = []
    for key, said_by_paper in material.shows.compare.items():
        field, read = applying.get(key), paper.values.get(said_by_paper)
        if field is None or not read:
            continue
        value = _as_answer(field, read, talk)
        held = case.answers.get(key)
        if held is not None and (held.skipped or value is None):
            continue
        if held is not None and value is not None and comparing.same(field, held.value, value.value):
            agreed.append(field.label)
        elif value is not None:
            _wait(talk, field, value, upload.upload_id, paper.kind, held.value if held else None)
    if agreed:
        labels = t("fields.list_separator").join(agreed)
        talk.notice("info", t("papers.agrees", paper=verdict.kind_name(paper.kind), labels=labels))


def settle_paper(talk: Talk) -> bool:
    """Read the turn as the answer to what a paper and she say otherwise; False where it is none."""
    case, guide = talk.case, talk.guide
    pending = current_paper(talk.state.papers, guide, case) if case and guide else None
    if case is None or pending is None or not talk.state.ask or not paper_is_asked(talk.state.ask, pending[1]):
        return False
    question, field = pending
    chosen = _chosen(talk, question, field)
    if chosen is None:
        return False
    _settle(talk, question)
    if chosen == PAPER:
        source = talk.source("tapped" if talk.tapped else "said", question.upload_id)
        store(talk, field, Accepted(question.value, question.display), source=source)
        talk.note("case.paper_taken", field=field.key, paper=question.kind)
    elif chosen == MINE:
        talk.note("case.paper_differs", field=field.key, paper=question.kind)
        talk.say(t("papers.kept_mine", label=field.label, paper=verdict.kind_name(question.kind)))
        talk.status = "collecting"
    elif chosen == RETYPE:
        ask(talk, interview.ask_field(field, case))
        talk.status = "collecting"
        return True
    advance(talk)
    return True


def settles_paper(talk: Talk) -> bool:
    """Whether the words choose between the paper and what she said."""
    case, guide = talk.case, talk.guide
    pending = current_paper(talk.state.papers, guide, case) if case and guide else None
    if pending is None or not talk.state.ask or not paper_is_asked(talk.state.ask, pending[1]):
        return False
    return _chosen(talk, *pending) is not None


def _chosen(talk: Talk, question: PaperQuestion, field: GuideField) -> str | None:
    if talk.tapped is not None:
        return talk.tapped[0] if talk.tapped[0] in (PAPER, MINE, RETYPE) else None
    other = (MINE, _MINE_WORDS) if question.mode == "differs" else (RETYPE, _RETYPE_WORDS)
    labels = {option.value: option.label for option in (talk.state.ask.options or [])} if talk.state.ask else {}
    choices = [
        Option(value=value, label=labels.get(value, value), aliases=aliases) for value, aliases in ((PAPER, _PAPER_WORDS), other)
    ]
    picked = options.match_option(talk.text, choices)
    if picked is not None:
        return picked.value
    yes = options.yes_or_no(talk.text) if question.mode == "offer" else None
    if yes is not None:
        return PAPER if yes else RETYPE
    value = parse(field, talk.text, talk.now.date(), {})
    if isinstance(value, Accepted):
        if comparing.same(field, value.value, question.value):
            return PAPER
        if question.mode == "differs" and comparing.same(field, value.value, question.mine):
            return MINE
    return None


def _wait(talk: Talk, field: GuideField, value: Accepted, upload_id: str, kind: str, mine: Any) -> None:
    assert talk.case is not None
    question = PaperQuestion(
        case_no=talk.case.case_no,
        field=field.key,
        kind=kind,
        upload_id=upload_id,
        mode="offer" if mine is None else "differs",
        value=value.value,
        display=value.display,
        mine=mine,
    )
    waiting = [held for held in talk.state.papers if (held.case_no, held.field) != (question.case_no, question.field)]
    talk.state.papers = [*waiting, question]


def _settle(talk: Talk, question: PaperQuestion) -> None:
    talk.state.papers = [held for held in talk.state.papers if held != question]


def _as_answer(field: GuideField, read: str, talk: Talk) -> Accepted | None:
    """What the paper says as an answer to the field; None where the field does not take it."""
    assert talk.case is not None
    parsed = parse(field, read, talk.now.date(), {k: v for k, v in talk.case.values().items() if k != field.key})
    return parsed if isinstance(parsed, Accepted) else parsed.insist
