"""我要撤回: taking back what was submitted, as a whole or at one department, after saying what that means."""

from __future__ import annotations

import re

from assistant.casework.fields import options
from assistant.casework.flow import slots
from assistant.casework.flow.asking import advance, ask, reject
from assistant.casework.flow.confirming import confirmation
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case, CasePart, CaseStatus, TimelineEntry
from assistant.casework.shipping.words import CASE_NO, number_in
from assistant.casework.submission import parts
from assistant.foundation.messages import t
from knowledge.replies import Ask, Option
from knowledge.schema import Option as GuideOption

FIELD = "withdraw"
ALL, NONE = "all", "none"
_BEFORE = (
    r"(?:那|我|就|算了|麻烦|请|帮我|帮忙|能不能|可以|可不可以|想|要|需要|把|这个|这件|那个|那件|事|刚才|提交的?|的|申请|办件|材料|"
    r"[，, ])*"
)
_TAKE = r"(?:撤回|撤销|撤掉|收回|撤件|退件|取消|不办|不想办|不要办|不申请)"
_BEHIND = r"(?:了|掉|吧|吗|一下|申请|办件|材料|提交|这个|这件|那件|事|刚才|的|[，, ])*[。.！!?？]*"
_ENGLISH = (
    r"(?:please |can i |i want to |i would like to |i'd like to |let me )*(?:withdraw|take back|cancel)"
    r"(?: (?:my|the|this|it|application|case|submission))*(?: please)?[.!? ]*"
)
_WORDS = re.compile(f"{_BEFORE}{_TAKE}{_BEHIND}|{_ENGLISH}", re.I)


#: Why there is nothing to take back where no office has decided.
_WHY_NOT = {CaseStatus.WITHDRAWN: "withdraw_done", CaseStatus.EXPIRED: "withdraw_expired"}


def wanted(talk: Talk) -> bool:
    """Whether she wants back what was submitted: in words that say nothing else, and where there is something submitted."""
    if talk.tapped is not None or talk.attachments:
        return False
    said = CASE_NO.sub("", talk.text).strip(" ：:（）()，,").replace("’", "'")
    says = _WORDS.fullmatch(said) is not None
    if talk.asking is not None:  # while correcting she may have had enough of it; any other question is about something else
        correcting = talk.case is not None and talk.case.status is CaseStatus.CORRECTION_NEEDED
        return says and correcting and talk.asking != FIELD
    return (says or talk.intent == "cancel") and _which(talk) is not None


def offer(talk: Talk) -> None:
    """Say what taking it back means and ask whether she wants that, or say why it can no longer be done."""
    case = _which(talk)
    assert case is not None
    talk.status = "answered"
    if case is not talk.case:
        talk.other_cases = [other for other in [talk.case, *talk.other_cases] if other is not None and other is not case]
        talk.case = case
    able = parts.withdrawable(case)
    if not able:
        waiting = any(part.withdrawing for part in parts.held(case))
        key = "withdraw_under_way" if waiting else _WHY_NOT.get(case.status, "withdraw_decided")
        talk.say(t(f"casework.{key}", item=talk.name_of(case), status=t(f"casework.status_{case.status.value}")))
        return
    talk.say(t("casework.withdraw_means", item=talk.name_of(case), case_no=case.case_no))
    if len(case.parts) > 1:
        each = [Option(value=part.item, label=part.name) for part in able]
        none = Option(value=NONE, label=t("casework.withdraw_no"))
        choices = [Option(value=ALL, label=t("casework.withdraw_all")), *each, none]
        label = t("casework.withdraw_which")
        ask(talk, Ask(field=FIELD, label=label, kind="choice", options=choices))
    else:
        choices = [Option(value="yes", label=t("casework.withdraw_yes")), Option(value="no", label=t("casework.withdraw_no"))]
        label = t("casework.withdraw_sure")
        ask(talk, Ask(field=FIELD, label=label, kind="confirm", options=choices))
    talk.choices(label, choices)
    talk.question_said = True


def take(talk: Talk) -> None:
    """She confirms it, for all or one department, or thinks better of it."""
    case, pending = talk.case, talk.state.ask
    assert case is not None and pending is not None
    chosen: list[CasePart] | None
    if pending.kind == "confirm":
        said = confirmation(talk)
        chosen = None if said is None else parts.withdrawable(case) if said else []
    else:
        chosen = _chosen(talk, case, pending)
    if chosen is None:
        reject(talk, "yes_or_no", t("casework.withdraw_how"))
        return
    ask(talk, None)
    talk.status = "answered"
    if not chosen:
        talk.say(t("casework.withdraw_kept", item=talk.name_of(case)))
        advance(talk)  # what was wanting still is
        return
    for part in chosen:
        _take_back(talk, case, part)
    talk.say(t("casework.withdraw_asked", item="、".join(part.name for part in chosen if part.name) or talk.name_of(case)))


def _take_back(talk: Talk, case: Case, part: CasePart) -> None:
    """Nothing is lost by being too late: whatever the office decides before it hears of this is told as usual."""
    talk.withdraw.append((case.case_no, part.item))
    talk.note("case.withdrawal", part=part.item)
    slots.give_back(talk, case, part)
    if part.status is CaseStatus.READY:  # no office has it: it is taken back here and now
        parts.move(case, part.item, CaseStatus.WITHDRAWN, talk.now)
    else:
        part.withdrawing = True
    case.timeline.append(
        TimelineEntry(
            at=talk.now, status=part.status, who=t("casework.who_citizen"), text=t("casework.timeline_withdrawal"), part=part.item
        )
    )


def _chosen(talk: Talk, case: Case, pending: Ask) -> list[CasePart] | None:
    able = parts.withdrawable(case)
    value = talk.tapped[0] if talk.tapped else None
    if value is None:
        picked = options.match_option(talk.text, [GuideOption(value=o.value, label=o.label) for o in pending.options or []])
        value = picked.value if picked else NONE if confirmation(talk) is False else None
    if value == ALL:
        return able
    if value == NONE:
        return []
    return [part for part in able if part.item == value] or None


def _which(talk: Talk) -> Case | None:
    """The case she means: the one she numbers or has in hand, else the latest that can be taken back, else the latest sent."""
    number = number_in(talk.text)
    if number is not None:
        every = [case for case in [talk.case, *talk.other_cases] if case is not None]
        return next((case for case in every if case.case_no == number and parts.held(case)), None)
    if talk.case is not None:
        return talk.case if parts.held(talk.case) else None
    sent = [case for case in talk.other_cases if parts.held(case)]
    return next((case for case in sent if parts.withdrawable(case)), sent[0] if sent else None)
