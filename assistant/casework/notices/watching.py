"""What she asked to be kept an eye on: licences that end, and policies that fit what she agreed to share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256

from sqlalchemy import select

from assistant.casework import repository
from assistant.casework.model import Case, CaseStatus
from assistant.casework.notices.notice import OneTap
from assistant.casework.notices.reminders import Reminder, end_of
from assistant.casework.prefill.licences import holds, named
from assistant.casework.prefill.records import FarSideUnavailable, Licence, Register
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import ENGLISH, t
from assistant.foundation.tables import case_
from knowledge.policy import Policy

#: Days before a licence ends, the latest first.
DAYS = (7, 30, 90)
_GRANTED = frozenset({CaseStatus.APPROVED, CaseStatus.DELIVERED, CaseStatus.CLOSED})
_SENT = frozenset(CaseStatus) - {CaseStatus.DRAFT, CaseStatus.READY, CaseStatus.WITHDRAWN, CaseStatus.EXPIRED}

NameOf = Callable[[str], str | None]
"""(guide code) → the item's name, as 我要办… takes it; None where it is not served."""

log = get_logger(__name__)


class LicenceSource:
    """Licences of holders she confirmed, where she agreed that they are looked up again."""

    def __init__(self, register: Register, renewals: Mapping[str, str], name_of: NameOf) -> None:
        self._register, self._renewals, self._name_of = register, renewals, name_of

    def find(self, case: Case, home: str, today: date, language: str) -> Iterator[Reminder]:
        """See reminders.Source."""
        if case.notices is None or not case.notices.watch or case.consent is None or not case.consent.given:
            return
        for holder in dict.fromkeys(case.consent.confirmed):
            try:
                held = self._register.licences(holder=holder)
            except FarSideUnavailable as error:
                log.warning("notices.licences_unseen", code=error.code)
                continue
            for licence in held:
                days = next((days for days in DAYS if _left(licence, today) <= days), None)
                if holds(licence, today) and days is not None:
                    yield self._reminder(licence, days)

    def _reminder(self, licence: Licence, days: int) -> Reminder:
        assert licence.expires is not None
        # Whose licence it is must not be read from the name of a reminder.
        known_by = sha256(f"{licence.kind}\n{licence.code}\n{licence.number}\n{licence.holder}".encode()).hexdigest()[:24]
        item = self._renewals.get(licence.kind)
        name = self._name_of(item) if item else None
        action = OneTap(label=t("notices.renew"), message=t("notices.renew_message", item=name)) if name else None
        params: dict[str, str | date] = {"expires": licence.expires, "name": licence.name or named(licence)}
        about = f"licence:{known_by}:{licence.expires}:{days}"
        return Reminder(about, "licence", params, action=action, until=end_of(licence.expires), once=True)


class PolicySource:
    """Policies that fit what she has told in her cases; each at most once, and none she does not want."""

    def __init__(self, db: Database, policies: tuple[Policy, ...], name_of: NameOf) -> None:
        self._db, self._policies, self._name_of = db, policies, name_of

    def find(self, case: Case, home: str, today: date, language: str) -> Iterator[Reminder]:
        """See reminders.Source."""
        if case.notices is None or not case.notices.policies:
            return
        query = select(case_.c.case_no).where(case_.c.conversation_id == home)
        with self._db.read() as conn:
            hers = [found[0] for number in conn.execute(query).scalars().all() if (found := repository.find(conn, number))]
        sent = [one for one in hers if one.status in _SENT]
        answers = {key: value for one in sent for key, value in one.values().items()}
        items = {one.guide_code for one in sent}
        granted = {one.guide_code for one in sent if one.status in _GRANTED}
        for policy in self._policies:
            if policy.fits(answers, items, granted):
                name = self._name_of(policy.item) if policy.item else None
                action = OneTap(label=t("notices.apply"), message=t("notices.renew_message", item=name)) if name else None
                text = policy.text_en if language == ENGLISH else policy.text
                source = t("notices.source", title=policy.evidence.title, article=policy.evidence.article or "")
                doubt = "" if policy.evidence.verified else t("notices.unverified")
                title = t("notices.policy_title") if language == ENGLISH else policy.name
                yield Reminder(f"policy:{policy.code}", "policy", {}, f"{text}{source}{doubt}", title, action, once=True)


def _left(licence: Licence, today: date) -> int:
    return (licence.expires - today).days if licence.expires is not None else max(DAYS) + 1
