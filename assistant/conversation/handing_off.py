"""When a person has to take over, and why: decided from what a turn came to, and from nothing else.

Each reason is one of the desk's codes. A turn has at most one: the first of ``ORDER`` that holds.
"""

from __future__ import annotations

from datetime import datetime

from assistant.casework import interview
from assistant.casework.flow.choosing import OPEN
from assistant.casework.flow.talk import DialogueState, Refused, Talk
from assistant.casework.model import CasePart, CaseStatus
from assistant.foundation.messages import CHINESE, t, use_language
from knowledge.schema import Guide, Judgement

ORDER = ("danger", "distress", "complaint", "to_human", "guide_rule", "correction", "validation", "not_understood")
UNASKED = frozenset({"danger", "distress", "complaint", "guide_rule", "correction", "validation", "not_understood"})
"""Reasons for which she did not ask: she is told why a person comes."""
MOST = 3
"""After two turns in a row that were not understood she is offered a person; the third goes over. So with one field's answers."""
_NOT_UNDERSTOOD = frozenset({"clarify", "unanswerable_unknown"})
CHANGES = 3
"""An answer changed so often, or a second request for corrections by the same office, and a person takes over."""
_AGAIN = 2
LOST = _NOT_UNDERSTOOD | {"rejected_answer"}
"""Turns from which a person may take over."""


def count(talk: Talk, *, thought: bool) -> None:
    """Count, after a turn, what was not understood and what was not taken.

    Args:
        thought: the turn was read by the engine; blank messages, refusals and the like count for nothing.
    """
    state = talk.state
    if talk.case is not None and state.judged:  # what became otherwise and then so again is judged again
        holding = [_named(talk, one) for one in _judgements(talk, talk.official)] + [mark for mark, _ in _corrections(talk)]
        state.judged = [one for one in state.judged if not one.startswith(f"{talk.case.case_no}:") or one in holding]
        state.unjudged = {one: since for one, since in state.unjudged.items() if one in state.judged}
    if not thought:
        return
    # which of these is a question, and no failure
    lost = talk.status in _NOT_UNDERSTOOD and talk.asking not in ("guide", "switch")
    state.lost = state.lost + 1 if lost else 0
    if state.refused is not None and state.refused.field != talk.asking:
        state.refused = None
    if talk.status == "rejected_answer" and talk.asking is not None:
        held = state.refused or Refused(field=talk.asking)
        state.refused = held.model_copy(update={"times": held.times + 1})


def reason(talk: Talk) -> str | None:
    """Why a person has to take over now, or None."""
    found = {talk.wants_person}
    if to_judge(talk):
        found.add("guide_rule")
    if _asked_again(talk) or _changed(talk):
        found.add("correction")
    if talk.state.refused is not None and talk.state.refused.times >= MOST:
        found.add("validation")
    if talk.state.lost >= MOST:
        found.add("not_understood")
    return next((one for one in ORDER if one in found), None)


def to_judge(talk: Talk) -> list[Judgement]:
    """What the guide wants a person to judge, and for which she was not handed over yet; in the citizen's language."""
    return [one for one in _judgements(talk, talk.guide) if _named(talk, one) not in talk.state.judged]


def settle(talk: Talk, why: str) -> None:
    """Note for whoever comes what it is about, and count anew from now on."""
    state, guide = talk.state, talk.official
    judging = to_judge(talk)
    if why == "guide_rule":
        talk.say("\n".join(one.message for one in judging))
    if judging:
        with use_language(CHINESE):
            talk.person_note = t("handing.note_guide_rule", reasons="\n".join(one.reason for one in judging))
    state.judged += [_named(talk, one) for one in judging]
    state.unjudged |= {_named(talk, one): talk.now for one in judging}
    state.handed = why
    if why == "correction":
        _settle_corrections(talk)
    field = guide.field(state.refused.field) if guide is not None and state.refused is not None else None
    if why == "validation" and field is not None:
        with use_language(CHINESE):
            note = t("handing.note_validation", label=field.label, times=MOST)
        talk.person_note = f"{talk.person_note}\n{note}".strip()
    state.lost, state.failures, state.refused = 0, 0, None


def seen_by(state: DialogueState, served_at: datetime | None) -> None:
    """A person last had the conversation until ``served_at`` (None: nobody ever): what was to be judged before, is."""
    if served_at is not None:
        state.unjudged = {one: since for one, since in state.unjudged.items() if since > served_at}


def _judgements(talk: Talk, guide: Guide | None) -> list[Judgement]:
    case = talk.case
    return interview.to_judge(guide, case) if guide is not None and case is not None and case.status in OPEN else []


def _named(talk: Talk, judgement: Judgement) -> str:
    return f"{talk.case.case_no if talk.case else ''}:{judgement.key}"


def _corrections(talk: Talk) -> list[tuple[str, CasePart]]:
    """The parts of the case in hand whose office asks for corrections not for the first time; she was told what it wants."""
    case = talk.case
    if case is None:
        return []
    return [
        (f"{case.case_no}:again:{part.item}:{part.corrections}", part)
        for part in case.parts
        if part.status is CaseStatus.CORRECTION_NEEDED and part.corrections >= _AGAIN and part.correction and part.correction.told
    ]  # fmt: skip


def _asked_again(talk: Talk) -> list[tuple[str, CasePart]]:
    return [(mark, part) for mark, part in _corrections(talk) if mark not in talk.state.judged]


def _changed(talk: Talk) -> list[str]:
    """The fields of the case in hand that she changed again and again."""
    case = talk.case
    here = f"{case.case_no}:" if case is not None else None
    return [
        place.removeprefix(here) for place, times in talk.state.changed.items()
        if here is not None and place.startswith(here) and times >= CHANGES
    ]  # fmt: skip


def _settle_corrections(talk: Talk) -> None:
    """Say that an office asks again, note what keeps changing, and count anew."""
    state, case, guide = talk.state, talk.case, talk.official
    assert case is not None and guide is not None
    notes = []
    for mark, part in _asked_again(talk):
        state.judged.append(mark)
        talk.say(t("handing.asked_again", name=part.name or talk.name_of(case), times=part.corrections))
        with use_language(CHINESE):
            wanted = part.correction.text if part.correction else ""
            notes.append(t("handing.note_asked_again", name=part.name or case.guide_name, times=part.corrections, text=wanted))
    for key in _changed(talk):
        times, field = state.changed.pop(f"{case.case_no}:{key}"), guide.field(key)
        with use_language(CHINESE):
            notes.append(t("handing.note_changed", label=field.label if field else key, times=times))
    talk.person_note = "\n".join(filter(None, [talk.person_note, *notes]))
