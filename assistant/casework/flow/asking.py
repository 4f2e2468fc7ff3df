"""Moving the case to its next question, and putting that question into words."""

from __future__ import annotations

from typing import Literal, cast

from assistant.casework import interview
from assistant.casework.flow import handing, prefilling, table_questions, wanting
from assistant.casework.flow.paper_questions import PaperQuestion, current_paper, paper_ask, paper_is_asked, paper_words
from assistant.casework.flow.summary import check_words, review_card, shown
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from assistant.casework.ratings.model import GRADES, REASONS
from assistant.foundation.messages import t
from knowledge.replies import Action, Ask, AskError, Card, Option
from knowledge.schema import GuideField, Material
from knowledge.translation import called, called_in_full

POSTING = "post_"
"""Questions about where a parcel goes begin so; they are said as they are labelled."""


def ask(talk: Talk, question: Ask | None) -> None:
    """Make ``question`` the pending one; None closes the form."""
    talk.state.ask = question
    talk.question_said = False


def advance(talk: Talk) -> None:
    """Ask for the next thing the case wants: a field, a material, the review, or the submission."""
    case, guide = talk.case, talk.guide
    if case is None or guide is None:
        ask(talk, None)
        return
    was_asked, talk.state.editing = talk.state.editing, None
    interview.refresh_materials(guide, case)
    if _next_edit(talk):
        return
    if case.status is CaseStatus.READY and case.package is not None:
        ask(talk, confirm_question("submit"))
        talk.status = talk.status or "ready"
        return
    if case.status not in (CaseStatus.DRAFT, CaseStatus.CORRECTION_NEEDED):
        ask(talk, None)
        return
    if (paper := current_paper(talk.state.papers, guide, case)) is not None:
        ask(talk, paper_ask(*paper, case))
        talk.status = talk.status or "collecting"
        return
    prefilling.look_up(talk)
    if (differing := prefilling.differing(talk)) is not None:
        _ask_for(talk, *differing, code="differs")
        return
    if (wanting_now := wanting.first(talk, was_asked)) is not None:
        _ask_wanting(talk, *wanting_now)
        return
    wanted = prefilling.first(talk, interview.next_field(guide, case))
    if prefilling.due(talk, wanted):
        ask(talk, confirm_question("consent"))
        talk.status = talk.status or "collecting"
        return
    if wanted is not None:
        ask(talk, interview.ask_field(wanted, case))
        talk.status = talk.status or "collecting"
        return
    mending = interview.must_mend(guide, case)
    if mending is not None:
        _ask_for(talk, mending[1], check_words(guide, case, mending[0]))
        return
    if (barred := prefilling.barred(talk)) is not None:
        _ask_for(talk, *barred, code="barred")
        return
    material = interview.next_material(guide, case)
    if material is not None:
        ask(talk, material_question(material, talk.services.upload_max_bytes))
        talk.status = talk.status or "collecting"
        return
    ask(talk, confirm_question("review"))
    talk.status = "review" if talk.status in (None, "collecting", "answered") else talk.status


def _next_edit(talk: Talk) -> bool:
    """Ask for the next of several answers she wants to change (修改电话和地址); those that have fallen away are passed over."""
    case, guide = talk.case, talk.guide
    while case is not None and guide is not None and talk.state.to_edit:
        key = talk.state.to_edit.pop(0)
        field = next((field for field in interview.applying_fields(guide, case) if field.key == key), None)
        if field is not None and key in case.answers:  # else it is asked for in its turn
            ask_again(talk, field)
            talk.status = talk.status or "collecting"
            return True
    return False


def _ask_for(talk: Talk, field: GuideField, message: str, code: str = "check") -> None:
    """Say what does not fit together and put one of its questions again; any other answer may be corrected instead."""
    ask_again(talk, field)
    if talk.state.ask is not None:
        talk.state.ask = talk.state.ask.model_copy(update={"error": AskError(code=code, message=message)})
    talk.notice("warning", message)
    talk.status = "collecting" if talk.status in (None, "review") else talk.status


def _ask_wanting(talk: Talk, about: GuideField | Material, message: str) -> None:
    """Put one question an office wants answered anew, with its reason."""
    if isinstance(about, GuideField):
        _ask_for(talk, about, message, code="correction")
        return
    question = material_question(about, talk.services.upload_max_bytes)
    ask(talk, question.model_copy(update={"error": AskError(code="correction", message=message)}))
    talk.notice("warning", message)
    talk.status = talk.status or "collecting"


def ask_again(talk: Talk, field: GuideField) -> None:
    """Ask an answered field once more, showing its present value."""
    assert talk.case is not None
    talk.state.editing = field.key
    ask(talk, interview.ask_field(field, talk.case))


def reject(talk: Talk, code: str, message: str, mend: str | None = None) -> None:
    """Repeat the pending question with what was wrong with the answer; ``mend`` is another answer that may be the wrong one."""
    if talk.state.ask is not None:
        talk.state.ask = talk.state.ask.model_copy(update={"error": AskError(code=code, message=message)})
    talk.notice("warning", message)
    talk.status = "rejected_answer"
    talk.question_said = True
    other = talk.guide.field(mend) if talk.guide and mend else None
    if other is not None and talk.state.ask is not None and talk.case is not None and other.key in talk.case.answers:
        edit = t("casework.edit", label=other.label)
        text = t("casework.mend_text", one=talk.state.ask.label, other=other.label)
        talk.replies.append(Card(title=t("casework.mend_title"), text=text, actions=[Action(label=edit, message=edit)]))


def yes_no(yes: str, no: str) -> list[Option]:
    """The two options of a confirmation, labelled by message keys."""
    return [Option(value="yes", label=t(yes)), Option(value="no", label=t(no))]


def confirm_question(field: Literal["start", "switch", "review", "submit", "consent"]) -> Ask:
    """A confirmation: begin this item, leave the present case for another, all answers right, send it, look things up."""
    return Ask(
        field=field,
        label=t(f"casework.{field}_label"),
        kind="confirm",
        options=yes_no(f"casework.{field}_yes", f"casework.{field}_no"),
        why=t("casework.consent_why") if field == "consent" else None,
    )


def grades() -> list[Option]:
    """The five grades of 好差评 (GB/T 39734)."""
    return [Option(value=grade, label=t(f"casework.grade_{grade}")) for grade in GRADES]


def rating_reasons() -> list[Option]:
    """What somebody may not have been satisfied with."""
    return [Option(value=reason, label=t(f"ratings.reason_{reason}")) for reason in REASONS]


def reword(talk: Talk, situation: Ask | None = None) -> None:
    """The pending question in the language now spoken; the question itself stays the same."""
    pending, guide = talk.state.ask, talk.guide
    if pending is None:
        return
    field = guide.field(pending.field) if guide else None
    material = guide.material(pending.material) if guide and pending.material else None
    label, options = pending.label, pending.options
    if field is not None and talk.case is not None:
        paper = _paper_asked(talk)
        worded = paper_ask(*paper, talk.case) if paper else interview.ask_field(field, talk.case)
        if talk.state.offered is not None and talk.state.offered.field == field.key:
            worded = worded.model_copy(update={"kind": pending.kind, "options": pending.options})
    elif material is not None:
        worded = material_question(material, talk.services.upload_max_bytes)
    elif pending.field.startswith(POSTING):
        talk.choices(pending.label, pending.options) if pending.options else talk.say(pending.label)
    elif pending.field == "situation":
        worded = situation or pending
    elif pending.field == handing.FIELD and talk.state.slot is not None:
        worded = handing.reworded(talk, talk.state.slot)
    elif pending.field in ("start", "switch", "review", "submit", "consent"):
        worded = confirm_question(cast("Literal['start', 'switch', 'review', 'submit', 'consent']", pending.field))
    else:
        if pending.field == "rating":
            label, options = t("casework.rating_label"), grades()
        elif pending.field == "rating_reasons":
            label, options = t("ratings.reasons_label"), rating_reasons()
        elif pending.field == "guide":
            label = t("casework.guide_label")
            options = [
                Option(value=o.value, label=called(g) if (g := talk.guide_for(o.value)) else o.label) for o in options or []
            ]
        worded = pending.model_copy(update={"label": label, "options": options, "error": None})
    talk.state.ask = worded


def material_question(material: Material, most_bytes: int) -> Ask:
    """How shall this material be met: an upload, or one of the other ways the guide allows."""
    ways = {"promise": "casework.way_promise", "tolerate": "casework.way_tolerate", "bring": "casework.way_bring"}
    options = [Option(value=way, label=t(ways[way])) for way in material.met_by if way in ways]
    upload = "upload" in material.met_by
    return Ask(
        field=interview.MATERIAL_PREFIX + material.code,
        label=material.name,
        kind="file" if upload else "choice",
        options=options or None,
        why=material.note,
        material=material.code,
        accept=interview.UPLOAD_ACCEPT if upload else None,
        max_bytes=most_bytes if upload else None,
    )


def say_question(talk: Talk) -> None:
    """Put the pending question into words, once a turn."""
    pending = talk.state.ask
    if pending is None or talk.question_said or talk.more:
        return
    talk.question_said = True
    guide = talk.guide
    if pending.field == "review" and talk.case and guide:
        talk.replies.append(review_card(guide, talk.case))
    elif pending.field in ("submit", "consent"):
        talk.choices(t(f"casework.{pending.field}_question"), pending.options or [])
    elif pending.field == handing.FIELD:
        talk.choices(pending.label, pending.options or [])
    elif pending.field.startswith(interview.MATERIAL_PREFIX) and guide:
        _say_material(talk, pending)
    elif guide and (field := guide.field(pending.field)):
        _say_field(talk, pending, field)
    elif pending.field == "situation":
        talk.choices(t("casework.situation_question", question=pending.label), pending.options or [])
    elif pending.field == "start":
        talk.choices(t("casework.start_question", item=_context_name(talk)), pending.options or [])


def repeat_question(talk: Talk) -> None:
    """Put the pending question into words once more, those included that are said only when they are first asked."""
    pending = talk.state.ask
    talk.question_said = False
    if pending is None:
        return
    options = pending.options or []
    if pending.field == "rating":
        talk.choices(t("casework.rating_question"), options)
    elif pending.field == "rating_reasons":
        talk.choices(t("ratings.reasons_question"), options)
    elif pending.field == "guide":
        talk.choices(t("casework.which_of"), options)
    elif pending.field == "switch" and talk.case:
        other = talk.guide_for(talk.state.switch_to)
        item = called_in_full(other) if other else ""
        talk.choices(t("casework.switch_question", current=talk.name_of(talk.case), other=item), options)
    say_question(talk)


def _paper_asked(talk: Talk) -> tuple[PaperQuestion, GuideField] | None:
    """What is being asked, if it is a question between an uploaded paper and an answer."""
    case, guide, pending = talk.case, talk.guide, talk.state.ask
    found = current_paper(talk.state.papers, guide, case) if case and guide else None
    return found if found is not None and pending is not None and paper_is_asked(pending, found[1]) else None


def _say_field(talk: Talk, pending: Ask, field: GuideField) -> None:
    if (paper := _paper_asked(talk)) is not None and talk.case is not None:
        talk.choices(paper_words(*paper, talk.case), pending.options or [])
        return
    if field.type == "table":
        talk.say(table_questions.question(talk, field))
        return
    text = field.question
    held = talk.case.answers.get(field.key) if talk.case else None
    if held and not held.skipped:
        text = t("casework.ask_again", question=text, value=shown(field, held))
    elif talk.case and field.key in talk.case.deferred:
        text = t("casework.deferred_back", question=text)
    if pending.options:
        talk.choices(text, pending.options)
    else:
        talk.say(text if not pending.example or held else t("casework.with_example", question=text, example=pending.example))


def _say_material(talk: Talk, pending: Ask) -> None:
    text = t("casework.material_upload" if pending.kind == "file" else "casework.material_ways", name=pending.label)
    if pending.options:
        talk.choices(text, pending.options)
    else:
        talk.say(text)


def _context_name(talk: Talk) -> str:
    guide = talk.guide_for(talk.state.context_guide)
    return called(guide) if guide else ""
