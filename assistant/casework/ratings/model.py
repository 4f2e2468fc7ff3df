"""A rating and what follows it. Values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from assistant.foundation import workcalendar

GRADES = ("very_satisfied", "satisfied", "fair", "dissatisfied", "very_dissatisfied")
"""The five grades, best first (GB/T 39734: 非常满意, 满意, 基本满意, 不满意, 非常不满意)."""

BAD = frozenset(GRADES[3:])
"""差评: the two lowest grades."""

REASONS = ("not_understood", "asked_too_much", "unclear", "too_slow", "wrong_answer", "attitude", "trouble", "other")
"""What somebody may not be satisfied with; the words are in the catalogue (``ratings.reason_…``)."""

CONTACT_WORKING_DAYS = 1
"""Working days within which somebody who was not satisfied is contacted."""


class FollowUp(StrEnum):
    """What has been done about a bad rating. ``NONE``: nothing has to be."""

    NONE = "none"
    OPEN = "open"
    CONTACTED = "contacted"
    CLOSED = "closed"


_NEXT = {FollowUp.OPEN: {FollowUp.CONTACTED, FollowUp.CLOSED}, FollowUp.CONTACTED: {FollowUp.CLOSED}}


class NotNow(ValueError):
    """A follow-up is asked for what cannot come after its present state."""


@dataclass(frozen=True)
class Said:
    """What the citizen said: ``grade`` of ``GRADES``, ``reasons`` of ``REASONS``, ``words`` her own.

    ``subject`` is what she rated: a case's number or a conversation's id.
    """

    subject: str
    grade: str
    reasons: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Rating:
    """A rating as kept. ``item`` is a guide's code and ``department`` the office's name, both empty for mere talk.

    ``staff_id`` is the operator who spoke last, None where only the bot did; ``due`` the last day for getting in touch.
    ``contact`` are the operator's words about that, ``answer`` what the citizen was answered.
    """

    subject: str
    conversation_id: str
    case_no: str | None
    item: str
    department: str
    staff_id: str | None
    grade: str
    reasons: tuple[str, ...]
    words: str
    at: datetime
    follow_up: FollowUp
    due: date | None
    contacted_at: datetime | None = None
    contact: str = ""
    answer: str = ""
    closed_at: datetime | None = None

    def overdue(self, today: date) -> bool:
        """Whether somebody should have got in touch before ``today`` and nobody has."""
        return self.follow_up is FollowUp.OPEN and self.due is not None and today > self.due


def follow_up_of(grade: str, day: date) -> tuple[FollowUp, date | None]:
    """What a grade given on ``day`` calls for, and the last day for getting in touch."""
    if grade not in BAD:
        return FollowUp.NONE, None
    return FollowUp.OPEN, workcalendar.add_working_days(day, CONTACT_WORKING_DAYS)


def step(present: FollowUp, wanted: FollowUp) -> FollowUp:
    """``wanted``, if it may come after ``present``.

    Raises:
        NotNow: it may not: what is closed stays closed, and good ratings need nothing.
    """
    if wanted not in _NEXT.get(present, set()):
        raise NotNow(f"{present} cannot become {wanted}")
    return wanted
