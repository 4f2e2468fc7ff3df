"""Dialogue acts: back, review, pause, resume, cancel, repeat, why, help, restart, and yes or no to nothing."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.flow import answering, choosing, correcting, explaining
from assistant.casework.flow.asking import advance, ask, ask_again, repeat_question
from assistant.casework.flow.summary import review_card
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from assistant.casework.resuming import new_code
from assistant.foundation.messages import t

_LEAVES_QUEUE = re.compile(
    r"(?:那|我|就|算了|麻烦|请|帮我|不想等了|[，, ])*(?:(?:不(?:想|要|用|愿意)?|别|取消|退出|停止|放弃|离开|撤销)(?:再|继续)?)"
    r"(?:在?排队?(?:等候|等待|人工|客服)?|排号|队列|等人工|等客服|等工作人员|转?人工排队)(?:了|吧|啦)*[。.！!]*|"
    r"(?:please )?(?:(?:i (?:want|would like|need) to |i'd like to |let me |can i |can you )?(?:leave|quit|exit|cancel|"
    r"get me out of|take me out of|remove me from) (?:the |my |this )?(?:place in (?:the )?)?(?:queue|line)|"
    r"stop (?:waiting|queu(?:e)?ing)|"
    r"(?:i )?(?:don't|do not) want to (?:wait|queue)(?: any ?more| any longer)?)(?: please)?[.! ]*",
    re.I,
)


def leaves_queue(text: str) -> bool:
    """Whether she says that she no longer waits for a person, and nothing else."""
    return _LEAVES_QUEUE.fullmatch(text.strip().replace("’", "'")) is not None


def perform(talk: Talk, act: str) -> None:
    """Carry out one dialogue act."""
    if leaves_queue(talk.text):
        # turn.py takes her out of the queue before anything is read; here she is not in it
        talk.say(t("conversation.not_queued"))
        talk.status = "answered"
        return
    match act:
        case "back":
            _back(talk)
        case "review":
            _review(talk)
        case "pause":
            _pause(talk)
        case "resume":
            _resume(talk)
        case "cancel" | "restart":
            _cancel(talk, for_good=act == "restart")
        case "repeat":
            _repeat(talk)
        case "why":
            _why(talk)
        case "help":
            _help(talk)
        case "correct_info" | "provide" if talk.case is None and choosing.meant(talk)[0] is not None:
            choosing.apply(talk)  # 执照上的地址要改: nothing was said or asked yet, so it is the licence she means
        case "correct_info":
            correcting.correct(talk)
        case "skip" if talk.asking:
            answering.skip(talk)
        case _:
            _nothing_pending(talk)


def _back(talk: Talk) -> None:
    case, guide = talk.case, talk.guide
    if case is None or guide is None or case.status not in choosing.OPEN:
        talk.say(t("casework.nothing_to_go_back"))
        talk.status = "answered"
        return
    field = interview.previous_field(guide, case, talk.asking)
    if field is None:
        talk.say(t("casework.at_first"))
        talk.status = "collecting" if talk.asking else "answered"
        return
    ask_again(talk, field)
    talk.status = "collecting"


def _review(talk: Talk) -> None:
    case, guide = talk.case, talk.guide
    if case is None or guide is None:
        talk.say(t("casework.no_case"))
        talk.status = "answered"
        return
    if talk.asking == "review":
        talk.question_said = False
        talk.status = "review"
        return
    if (
        interview.next_field(guide, case) is None
        and interview.next_material(guide, case) is None
        and case.status is CaseStatus.DRAFT
    ):
        talk.status = "review"
        advance(talk)
        return
    talk.replies.append(review_card(guide, case))
    talk.status = "review"


def _pause(talk: Talk) -> None:
    case, guide = talk.case, talk.guide
    if case is None or guide is None or case.status not in choosing.OPEN:
        talk.say(t("casework.nothing_to_pause"))
        talk.status = "answered"
        return
    code = new_code()
    case.resume_code_hash = talk.services.hash_resume_code(code)
    case.left_at = talk.state.editing
    talk.state.paused = True
    ask(talk, None)
    talk.note("case.paused")
    talk.say(t("casework.paused", item=talk.name_of(case), case_no=case.case_no, code=code))
    talk.status = "paused"
    choosing.offer_next(talk)


def _resume(talk: Talk) -> None:
    if talk.case is None or talk.case.status not in choosing.OPEN:
        waiting = next((c for c in talk.other_cases if c.status in choosing.OPEN), None)
        if waiting is None:
            talk.say(t("casework.nothing_to_resume"))
            talk.status = "answered"
            return
        if talk.case is not None and talk.case not in talk.other_cases:
            talk.other_cases.append(talk.case)
        talk.case = waiting
    talk.state.paused = False
    talk.state.context_guide = talk.case.guide_code
    if talk.asking is None or talk.asking in ("guide", "start", "rating", "situation"):
        talk.say(t("casework.resumed", item=talk.name_of(talk.case)))
        talk.status = "collecting"
        _go_on(talk)
    else:
        _repeat(talk)


def _go_on(talk: Talk) -> None:
    """Ask what was being asked at the pause: an answer she had gone back to, or else what comes next."""
    advance(talk)
    case, guide = talk.case, talk.guide
    if case is None or guide is None:
        return
    left, case.left_at = case.left_at, None
    back = next((field for field in interview.applying_fields(guide, case) if field.key == left), None)
    if back is not None and back.key in case.answers:
        ask_again(talk, back)


def _cancel(talk: Talk, for_good: bool) -> None:
    if talk.asking in ("guide", "start", "switch", "rating", "situation"):
        ask(talk, None)
        talk.say(t("casework.not_started"))
        talk.status = "answered"
        if talk.case and talk.case.status in choosing.OPEN:
            advance(talk)
        return
    case = talk.case
    if case is None or case.status not in (CaseStatus.DRAFT, CaseStatus.READY):
        talk.say(t("casework.nothing_to_cancel"))
        talk.status = "answered"
        return
    if not for_good:
        # 不办了 is often said in passing: what she filled in is kept until she begins anew
        ask(talk, None)
        talk.state.paused = True
        talk.say(t("casework.cancelled", item=talk.name_of(case), case_no=case.case_no))
        talk.status = "answered"
        choosing.offer_next(talk)
        return
    case.move(CaseStatus.WITHDRAWN)
    case.package = None
    talk.note("case.withdrawn")
    talk.say(t("casework.restarted", item=talk.name_of(case)))
    talk.other_cases.append(case)
    talk.case = None
    ask(talk, None)
    guide = talk.guide_for(case.guide_code)
    if guide is not None:
        choosing.begin(talk, guide)


def _repeat(talk: Talk) -> None:
    if talk.state.ask is None:
        talk.say(t("casework.nothing_pending"))
    repeat_question(talk)
    talk.status = "collecting" if talk.state.ask else "answered"


def _why(talk: Talk) -> None:
    explaining.why(talk)


def _help(talk: Talk) -> None:
    if choosing.wants_list(talk.text):
        choosing.browse(talk)
        return
    talk.say(t("casework.help_in_case" if talk.case else "casework.help"))
    talk.status = "answered"


def _nothing_pending(talk: Talk) -> None:
    case = talk.case
    if case and case.status in choosing.OPEN:
        talk.state.paused = False
        advance(talk)
        return
    talk.say(t("casework.nothing_pending"))
    talk.status = "clarify"
