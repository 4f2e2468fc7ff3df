"""Whether what is known already may be looked up: her yes, her no, and taking it back."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.fields import extract
from assistant.casework.flow.asking import advance, ask_again, reject
from assistant.casework.flow.confirming import confirmation
from assistant.casework.flow.storing import store_more
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from assistant.casework.prefill import filling
from assistant.casework.prefill.state import Consent
from assistant.foundation.messages import t

_WHAT = r"(?:登记|证照|以前|上次|办件|系统|企业|个人|里|的|电子)+(?:信息|资料|数据|内容)?"
_TAKEN_BACK = re.compile(
    r"(?:撤回|取消|收回|撤销|终止)(?:我的|刚才的|之前的|对你们的)?(?:查询)?(?:授权|同意)|"
    r"(?:不要|别|不想|不许|不准|停止|不同意)(?:再|你们|让你们|给我)?(?:使?用|查|调取?|看|读取|获取)(?:我的|我们的?|你们的?)?"
    + _WHAT
    + r"|"
    r"(?:withdraw|revoke|take back)(?: my)? (?:consent|permission|authori[sz]ation)|"
    r"(?:do not|don't|stop) (?:use|using|look up|looking up)(?: my| the)? (?:registered |register )?"
    r"(?:data|information|records?)",
    re.I,
)
_GIVEN_AFTER_ALL = re.compile(
    r"^(?:我)?(?:重新|还是|现在|又)?(?:给你们|同意)?授权(?:查询|你们查)?(?:吧|了|给你们)?[。.！! ]*$|"
    r"^(?:还是)?(?:用|查|调)(?:一下)?登记(?:系统)?(?:里)?的?(?:信息|资料)(?:吧)?[。.！! ]*$|"
    r"^(?:i )?(?:now )?give (?:my )?consent[.! ]*$",
    re.I,
)

#: What was sent to the office is not changed behind its back.
_OPEN = (CaseStatus.DRAFT, CaseStatus.READY, CaseStatus.CORRECTION_NEEDED)


def take(talk: Talk) -> None:
    """Read the answer to the question; what else she tells instead is kept, and the question stays."""
    case = talk.case
    if case is None:
        return
    said = confirmation(talk)
    if said is None:
        _told_instead(talk)
        return
    decide(talk, said)


def decide(talk: Talk, given: bool) -> None:
    """Keep what she decided and go on: with a look-up, or with the questions."""
    assert talk.case is not None
    if given and talk.by is not None and not talk.by.lookup:
        reject(talk, "not_agreed", t("assisted.lookup_not_agreed"))
        return
    if talk.case.consent is None:
        talk.case.consent = Consent(given=given, at=talk.now)
    else:
        talk.case.consent.given, talk.case.consent.at = given, talk.now
    talk.note("case.consent", given=given)
    talk.state.failures = 0
    if not given:
        talk.say(t("prefill.refused"))
    talk.status = "collecting"
    advance(talk)


def _told_instead(talk: Talk) -> None:
    """Neither yes nor no: 91310115… is worth keeping all the same."""
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    open_fields = [field for field in interview.applying_fields(guide, case) if field.key not in case.answers]
    more = extract.by_name(talk.text, open_fields, talk.now.date(), case.values())
    left = [field for field in open_fields if field.key not in more]
    more |= {k: v for k, v in extract.by_shape(talk.text, left, talk.now.date(), case.values()).items() if k not in more}
    if not more:
        reject(talk, "yes_or_no", t("prefill.yes_or_no"))
        return
    store_more(talk, more)
    talk.question_said = False


def noticed(talk: Talk) -> bool:
    """Whether she takes her consent back, or gives it after all."""
    case = talk.case
    if case is None or case.consent is None or case.status not in _OPEN or talk.tapped is not None or talk.attachments:
        return False
    if case.consent.given:
        return _TAKEN_BACK.search(talk.text) is not None
    return _GIVEN_AFTER_ALL.match(talk.text.strip()) is not None


def change(talk: Talk) -> None:
    """Do what ``noticed`` noticed: forget what was looked up and ask for it, or look it up after all."""
    case, guide = talk.case, talk.guide
    assert case is not None and case.consent is not None and guide is not None
    if not case.consent.given:
        decide(talk, True)
        return
    pending = talk.asking
    fallen = filling.forget(case)
    case.consent = Consent(given=False, at=talk.now)
    interview.follow(guide, case, talk.now)
    interview.unconfirm(case)
    talk.note("case.consent", given=False, withdrawn=True, fields=fallen)
    labels = [field.label for key in fallen if (field := guide.field(key)) is not None]
    talk.say(t("prefill.withdrawn"))
    if labels:
        talk.notice("info", t("prefill.withdrawn_fields", labels=t("fields.list_separator").join(labels)))
    talk.status = "collecting"
    field = guide.field(pending) if pending else None
    if field is not None and field.key in case.answers:
        ask_again(talk, field)
    else:
        advance(talk)
