"""办到哪一步了 and 催办 in the conversation: which case is meant, how far it is, and whom to ask."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from assistant.casework import receipts
from assistant.casework.fields import dates
from assistant.casework.flow import choosing
from assistant.casework.flow.talk import AuditNote, Talk
from assistant.casework.model import Case, CaseStatus
from assistant.casework.progress import urging
from assistant.casework.progress.build import paragraph, progress
from assistant.casework.progress.view import LineView, ProgressView
from assistant.casework.results import links
from assistant.casework.resuming import new_code
from assistant.foundation.messages import ENGLISH, language, render, t
from knowledge.replies import Action, Card, Row

CASE_NO = re.compile(r"BD\s?\d{8}\s?-?[0-9A-Z]{8}(?![0-9A-Z])", re.I)
_PROGRESS = re.compile(r"进度|进展|到哪|哪一?步|怎么样了|办好|办完|办了没|progress|status|how far|where is|what about", re.I)
_URGE = re.compile(r"催(?:一?下|一催|办|促|催|个)|(?:hurry|speed) (?:it |this |that |them )?up|chase (?:it|this|them)", re.I)
_URGE_ONLY = re.compile(
    r"(?:请|麻烦|帮我?|我要|我想|能不能|可以|给我|再)*催(?:一?下|一催|办|促|催)(?:进度)?(?:吧|吗|么|呗|了)?[。！!？?]*"
)
_GONE = frozenset({CaseStatus.WITHDRAWN, CaseStatus.EXPIRED})
_TIMELINE = 6
_TOLD = frozenset({CaseStatus.READY, CaseStatus.DELIVERED, CaseStatus.WITHDRAWN, CaseStatus.CLOSED})
Which = Literal["which", "which_urge"]


def wish(talk: Talk) -> str | None:
    """What a message asks of a case by its number, or by 催办: ``progress`` or ``urge``. None for all else.

    Said beside a question only where it is nothing but that: 催 may stand in an answer.
    """
    if talk.tapped is not None or talk.attachments:
        return None
    number = CASE_NO.search(talk.text)
    rest = CASE_NO.sub("", talk.text).strip(" ：:，,。")
    if _URGE.search(rest) and (number or _URGE_ONLY.fullmatch(rest) or talk.asking is None) and _all(talk):
        return "urge"
    return "progress" if number and (not rest or _PROGRESS.search(rest)) else None


def told(talk: Talk) -> bool:
    """Answer a case asked about by its number, or 催办, where a message is that: there is nothing more to read in it."""
    asked = wish(talk)
    if asked is None:
        return False
    talk.intent, talk.confidence = "check_progress", 1.0
    if asked == "urge":
        urge(talk)
    else:
        report(talk)
    return True


def report(talk: Talk) -> None:
    """办到哪一步了: one case told in full; of several the one named, or which of them is asked."""
    case = _meant(talk, "which")
    if case is not None:
        shown = _view(talk, case)
        talk.replies.append(card(talk, case, shown))
        _papers(talk, case)
    talk.status = talk.status or "answered"


def _papers(talk: Talk, case: Case) -> None:
    """What she can have of it now: the results with their proofs, and the receipts of what has none yet."""
    made = [one for one in talk.services.results(case.case_no) if one.state == "valid"]
    talk.replies += [file for one in made for file in links.files(one)]
    done = {one.part for one in made}
    waiting = dict.fromkeys(held.part for held in case.receipts if held.part not in done)
    talk.replies += [file for part in waiting for file in receipts.links(case, part)]


def give_code(talk: Talk, case: Case) -> None:
    """What opens the case's progress elsewhere, once it is submitted; a code she has already goes on holding."""
    if case.resume_code_hash is None:
        code = new_code()
        case.resume_code_hash = talk.services.hash_resume_code(code)
        page = talk.services.progress_page()
        talk.say(t("progress.code_given", code=code, page=page) if page else t("progress.code_given_here", code=code))


def urge(talk: Talk) -> None:
    """催办: noted with the case, once a day; whom to ask and by when a result is due are said, as far as anybody knows."""
    case = _meant(talk, "which_urge")
    talk.status = talk.status or "answered"
    if case is None:
        return
    refused = urging.urge(case, talk.now)
    shown = _view(talk, case)
    if refused is not None:
        talk.say(refused)
    else:
        talk.audit.append(AuditNote("case.urged", case.case_no, {}))
        talk.say(t("progress.urged", at=dates.said_at(talk.now)))
        talk.say("\n".join([t("progress.urged_how"), *contact_words(shown), t("progress.urged_due"), *_due_words(shown)]))
    talk.replies.append(card(talk, case, shown))


def card(talk: Talk, case: Case, shown: ProgressView) -> Card:
    """The view as a card: one row a fact, then the timeline's latest lines."""
    several = len(shown.lines) > 1
    # of a 一件事 the text tells all lines; what is done or waits for others has nothing more to tell
    told = [line for line in shown.lines if not several or line.status not in _TOLD]
    texts = [paragraph(line, limits=line not in told) for line in shown.lines]  # the limits of the others stand in their rows
    rows = [row for line in told for row in _rows(line, several)]
    rows += [
        Row(
            label=dates.said_at(entry.at),
            value=t("progress.timeline_line", status=t(f"casework.status_{entry.status}"), text=render(entry.text, language())),
            source=render(entry.who, language()),
        )
        for entry in case.timeline[-_TIMELINE:]
    ]
    rows += _receiving(shown)
    urge = Action(label=t("progress.urge"), message=t("progress.urge_message", case_no=case.case_no))
    back = Action(label=t("progress.withdraw"), message=t("progress.withdraw_message", case_no=case.case_no))
    actions = [*([urge] if shown.urging.possible else []), *([back] if shown.withdrawable else [])]
    return Card(
        title=t("progress.title", item=talk.name_of(case), status=shown.status_text),
        text="\n".join([t("progress.number", case_no=case.case_no, status=shown.status_text), *texts]),
        rows=rows,
        actions=actions,
    )


def _receiving(shown: ProgressView) -> list[Row]:
    """How the result is to come, and where each parcel is."""
    held = shown.receiving
    if held is None:
        return []
    rows = [Row(label=t("receiving.shown"), value=held.text)] if held.text else []
    return rows + [Row(label=one.title, value=one.text, source=one.tracking_no) for one in held.parcels]


def contact_words(shown: ProgressView) -> list[str]:
    """Whom to ask, each once; that nothing is known where nothing is."""
    found = [contact for line in shown.lines for contact in line.contacts if contact.phone and contact.kind != "complain"]
    words = [
        t("progress.contact" if contact.verified else "progress.contact_unverified", name=contact.name, phone=contact.phone)
        for contact in found
    ]
    return list(dict.fromkeys(words)) or [t("progress.contact_unknown")]


def _due_words(shown: ProgressView) -> list[str]:
    several = len(shown.lines) > 1
    return [
        t("progress.summary_line", name=line.name, now=due.text) if several else due.text
        for line in shown.lines
        for due in line.until
    ]


def _rows(line: LineView, several: bool) -> list[Row]:
    name = line.name if several else None
    verdict = line.verdict
    facts = [
        ("who", line.who),
        ("since", line.since and dates.said(date.fromisoformat(line.since))),
        ("ref", line.office_ref),
        ("after", t("fields.list_separator").join(line.after)),
        *((("reason", verdict.reason), ("basis", verdict.basis), ("remedy", verdict.remedy)) if verdict else ()),
        ("next", line.next),
        *(("todo", todo) for todo in line.todo),
    ]
    return [
        *(Row(label=t(f"progress.row_{key}"), value=value, source=name) for key, value in facts if value),
        *(Row(label=due.label, value=_unlabelled(due.text, due.label), source=due.basis) for due in line.until),
    ]


def _unlabelled(text: str, label: str) -> str:
    """A limit in words, without its name in front."""
    return re.sub(rf"^{re.escape(label)}(?:：|: )", "", text)


def _view(talk: Talk, case: Case) -> ProgressView:
    guide, sent = talk.services.guide_of(case), talk.services.parcels(case.case_no)
    return progress(case, talk.catalogue.in_english(guide) if talk.language == ENGLISH else guide, talk.now, talk.guide_for, sent)


def _meant(talk: Talk, which: Which) -> Case | None:
    """The case that is meant; None where she has none, another was meant, or she is asked which."""
    number = CASE_NO.search(talk.text)
    held = _all(talk)
    if number is not None:
        code = re.sub(r"[\s-]", "", number[0]).upper()
        found = next((case for case in held if case.case_no == code), None)
        if found is None:
            page = talk.services.progress_page()
            there = t("progress.not_here", case_no=code, address=f"{page}?case={code}") if page else None
            talk.say(there or t("progress.not_here_scan", case_no=code))
            talk.status = "clarify"
        return found
    if not held:
        talk.say(t("casework.no_case"))
        return None
    named, _ = choosing.meant(talk)
    live = [case for case in held if case.status not in _GONE] or held
    fitting = [case for case in live if named is not None and case.guide_code == named.code] or live
    if which == "which_urge" and len(fitting) > 1:
        fitting = [case for case in fitting if urging.urging(case, talk.now).possible] or fitting
    if len(fitting) == 1:
        return fitting[0]
    talk.replies.append(_choice(talk, fitting, which))
    return None


def _choice(talk: Talk, cases: list[Case], which: Which) -> Card:
    urges = which == "which_urge"
    told = [(talk.name_of(case), t(f"casework.status_{case.status.value}"), case.case_no) for case in cases]
    return Card(
        title=t(f"progress.{which}", count=len(cases)),
        text="\n".join(t("progress.summary_line", name=name, now=status) for name, status, _ in told),
        rows=[Row(label=name, value=status, source=number) for name, status, number in told],
        actions=[
            Action(
                label=t("progress.see", name=talk.name_of(case)),
                message=t("progress.urge_message" if urges else "progress.see_message", case_no=case.case_no),
            )
            for case in cases
        ],
    )


def _all(talk: Talk) -> list[Case]:
    """The conversation's cases, the one in hand first."""
    return [case for case in [talk.case, *talk.other_cases] if case is not None]
