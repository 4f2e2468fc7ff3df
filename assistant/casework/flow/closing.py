"""The end of the interview: confirming all answers, making the package, submitting, asking how it goes, rating."""

from __future__ import annotations

from assistant.casework import interview, signing
from assistant.casework.flow import choosing, handing, notifying, receiving, reporting, slots
from assistant.casework.flow.asking import advance, ask, confirm_question, reject
from assistant.casework.flow.confirming import confirmation
from assistant.casework.flow.talk import PackageFailed, Talk
from assistant.casework.model import Case, CaseStatus, PackageRef, TimelineEntry
from assistant.casework.package import unsigned
from assistant.casework.package.values import filed_by_agent
from assistant.casework.submission import parts
from assistant.foundation.messages import t
from knowledge.replies import Card, File, Row
from knowledge.translation import called_in_full

HERS_ALONE = "only_applicant"
"""What is wrong with a confirmation that somebody else gives for her."""


def review(talk: Talk) -> None:
    """She confirms all answers (the package is made) or wants something changed."""
    said = confirmation(talk)
    if said is None:
        reject(talk, "yes_or_no", t("casework.review_how"))
        return
    if not said:
        talk.say(t("casework.review_change"))
        talk.question_said = True
        talk.status = "review"
        return
    make_package(talk)


def _only_she(talk: Talk) -> bool:
    """Whether somebody else speaks for her: confirming and sending are hers alone, so the question stays for her."""
    if talk.by is not None:
        reject(talk, HERS_ALONE, t("assisted.only_applicant"))
    return talk.by is not None


def _unjudged(talk: Talk) -> list[str]:
    """What a person was to judge and nobody has, in the guide's words.

    She is told and not held back: an application may be handed in at any time, and what it lacks is for the office to say
    (Administrative Licensing Law, art. 32).
    """
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    return [one.message for one in interview.to_judge(guide, case) if f"{case.case_no}:{one.key}" in talk.state.unjudged]


def make_package(talk: Talk) -> None:
    """Build the package from the confirmed answers. A failure loses nothing: the review is asked again."""
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    if _only_she(talk):
        return
    if interview.next_field(guide, case) or interview.must_mend(guide, case) or interview.next_material(guide, case):
        advance(talk)
        return
    for answer in case.answers.values():
        answer.confirmed_at = talk.now
    if case.signature is not None and (by_agent := filed_by_agent(case, talk.official or guide)) | case.signature.used:
        case.signature = None
        talk.notice("info", t("casework.sign_by_agent") if by_agent else t("casework.sign_again"))
    try:
        built = talk.services.build_package(case, talk.official or guide, talk.now)
    except PackageFailed as failure:
        talk.notice("error", failure.message)
        talk.status = "error_document"
        talk.question_said = True
        return
    case.package_version += 1
    case.package = PackageRef(
        version=case.package_version, sha256=built.sha256, blob_id=built.blob_id, built_at=talk.now, files=built.files,
        unsigned=[one.title for one in built.unsigned],
    )  # fmt: skip
    case.packages = built.parts
    if case.signature is not None:
        case.signature.used = True
    if case.status is CaseStatus.DRAFT:
        case.move(CaseStatus.READY)
    parts.mark_met(case, case.package_version)
    talk.note("case.package_built", version=case.package_version, sha256=built.sha256)
    for text in built.notices:
        talk.notice("warning", text)
    talk.replies.append(
        Card(
            title=t("casework.package_title", item=called_in_full(guide)),
            text=t("casework.package_text", count=len(built.files)),
            rows=[Row(label=str(i), value=name) for i, name in enumerate(built.files, 1)],
        )
    )
    talk.replies.append(
        File(
            name=t("casework.package_file", item=guide.name, case_no=case.case_no),
            media_type="application/zip",
            url=f"/api/v1/cases/{case.case_no}/package",
            text=t("casework.package_download"),
        )
    )
    talk.replies += [
        File(
            name=t("casework.package_page", title=title),
            media_type="image/png",
            url=f"/api/v1/cases/{case.case_no}/package/pages/{number}.png",
            text=t("casework.package_page_text", title=title),
        )
        for title, number in built.previews
    ]
    if case.packages:
        talk.replies.append(departments(case))
    if built.unsigned:
        talk.notice("warning", "".join(unsigned.told(built.unsigned)))
    talk.status = "ready"
    ask(talk, confirm_question("submit"))


def departments(case: Case) -> Card:
    """Which department gets its own package, and what each waits for."""
    names = {part.item: part.name for part in case.packages}
    return Card(
        title=t("casework.departments_title"),
        text=t("casework.departments_text", count=len(case.packages)),
        rows=[
            Row(
                label=part.name,
                value=t("casework.department_after", department=part.department, names="、".join(names[i] for i in part.after))
                if part.after
                else part.department,
            )
            for part in case.packages
        ],
    )


def submit(talk: Talk) -> None:
    """She sends the confirmed package to the receiving office, or not yet."""
    case = talk.case
    assert case is not None
    said = confirmation(talk)
    if said is None:
        reject(talk, "yes_or_no", t("casework.submit_how"))
        return
    if not said:
        ask(talk, None)
        talk.say(t("casework.not_submitted"))
        talk.status = "ready"
        return
    if _only_she(talk):
        return
    if case.package is None or case.status not in (CaseStatus.READY, CaseStatus.CORRECTION_NEEDED):
        advance(talk)
        return
    guide = talk.official or talk.guide
    assert guide is not None
    if wanted := signing.wanting(talk.services.sign_in_needed(guide.code), talk.state.signed_in, guide, case, talk.now):
        talk.notice("warning", wanted.why)
        talk.status = "ready"
        ask(talk, confirm_question("submit"))
        return
    first = case.status is CaseStatus.READY
    parts.submit(case, talk.now)
    if not parts.to_send(case):
        advance(talk)  # somebody else asked for a correction after this package was made
        return
    case.timeline.append(
        TimelineEntry(
            at=talk.now, status=CaseStatus.SUBMITTED, who=t("casework.who_citizen"),
            text=t("casework.timeline_submitted" if first else "casework.timeline_resubmitted"),
        )
    )  # fmt: skip
    talk.submit = True
    talk.note("case.submitted", version=case.package.version, sha256=case.package.sha256)
    by_hand = handing.settle(talk, case)
    key = "bookings.ahead" if by_hand and len(by_hand) == len(case.parts) else "casework.submitted"
    told = [t(key, item=talk.name_of(case), case_no=case.case_no)]
    if first and case.packages:
        told.append(t("casework.submitted_parts", names="、".join(part.name for part in case.parts if not part.after)))
    talk.say("\n".join([*told, t("casework.submitted_next")]))  # one bubble: there is more to come
    handing.say(talk, case, by_hand)
    if case.package.unsigned:
        titles = "".join(f"《{title}》" for title in case.package.unsigned)
        talk.notice("warning", t("package.unsigned_submitted", count=len(case.package.unsigned), titles=titles))
    if unjudged := _unjudged(talk):
        talk.notice("warning", "\n".join([*unjudged, t("casework.not_judged")]))
    if not talk.services.office_reachable():
        talk.notice("warning", t("casework.office_down"))
    reporting.give_code(talk, case)
    ask(talk, None)
    talk.status = "submitted"
    slots.first(talk)
    if first:
        receiving.offer(talk)
    notifying.offer(talk)
    choosing.offer_next(talk)
