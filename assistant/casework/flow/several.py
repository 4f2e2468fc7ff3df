"""Several answers changed in one sentence: 电话改成139…，公司名称改成…; at the review any one, as nothing else is asked there."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.fields import extract, slips
from assistant.casework.fields.result import Accepted
from assistant.casework.flow.asking import advance
from assistant.casework.flow.storing import store
from assistant.casework.flow.summary import shown
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from assistant.foundation.messages import t
from knowledge.schema import GuideField

#: 公司名称写错了，应该是… is one change in two clauses.
_SLIP = re.compile(r"(?:也)?(?:写|填|说|打|输|报|弄|搞)错了[，,]\s*(?:应该是|应该|应为|是|改成|改为)")
#: Where nothing of the case is asked.
_ELSEWHERE = (None, "guide", "start", "switch", "situation", "rating", "consent")
_OPEN = (CaseStatus.DRAFT, CaseStatus.READY, CaseStatus.CORRECTION_NEEDED)


def noticed(talk: Talk) -> bool:
    """Whether the turn gives new values for several answers, or for one at the review."""
    return bool(_edits(talk))


def take(talk: Talk) -> bool:
    """Change them; False where the turn changes nothing."""
    edits = _edits(talk)
    if not edits or talk.case is None:
        return False
    for field, value in edits:
        store(talk, field, value)
        if field.key in talk.case.answers:
            talk.notice("info", t("casework.corrected", label=field.label, value=shown(field, talk.case.answers[field.key])))
    advance(talk)
    return True


def _edits(talk: Talk) -> list[tuple[GuideField, Accepted]]:
    case, guide, today = talk.case, talk.guide, talk.now.date()
    if case is None or guide is None or talk.tapped is not None or talk.attachments or case.status not in _OPEN:
        return []
    at_review = talk.asking in ("review", "submit")
    if not at_review and (slips.marked(talk.text) is None or talk.asking in _ELSEWHERE):
        return []
    held = [f for f in interview.applying_fields(guide, case) if f.key in case.answers]
    answered = [f for f in held if interview.corrigible(guide, f.key, case.answers[f.key])]
    found: dict[str, tuple[GuideField, Accepted]] = {}
    told = _SLIP.sub("改成", talk.text)
    others = [f for f in guide.fields if f not in answered]
    for field, value, clause in extract.all_by_name(told, [*answered, *others], today, case.values()):
        if field not in answered:
            continue
        if case.answers[field.key].value != value.value and (at_review or slips.marked(clause) is not None or found):
            found[field.key] = (field, value)
    return list(found.values()) if len(found) > 1 or (at_review and found) else []
