"""What being signed in means for a case: how sure we are who she is, for which enterprise she acts, and what still is wanting.

Asking and preparing need nobody's name. Whether handing in does is a setting (``BANDAO_SIGN_IN_TO_SUBMIT``), item by item.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, get_args

from pydantic import BaseModel

from assistant.casework.model import Case
from assistant.foundation.messages import t
from knowledge.schema import Guide

Level = Literal["phone", "real_name", "face"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""How sure an identity provider is, the least sure first: a telephone she answers, name and number, her face besides."""
Act = Literal["prepare", "submit"]


class Authority(BaseModel):
    """An enterprise's electronic licence in her hands: ``items`` (codes; none: all), what she ``may`` do, ``until`` which day."""

    uscc: str
    name: str
    role: Literal["legal_representative", "agent"]
    items: list[str] = []
    may: list[Act] = []
    until: date | None = None


class SignedIn(BaseModel):
    """That she has signed in: how surely, since when, until when that holds, and the enterprise she acts for."""

    level: Level
    at: datetime
    until: datetime
    authority: Authority | None = None

    def reaches(self, level: Level, now: datetime) -> bool:
        """Whether it is (still) as sure as that."""
        return now < self.until and LEVELS.index(self.level) >= LEVELS.index(level)


class PhoneCode(BaseModel):
    """The code a kiosk shows for signing in by one's own phone: ``code_hash`` of what the QR code carries, the ``number`` on the
    screen, which the QR code does not carry, the ``place`` the phone is told, and how often a wrong number was given.
    """

    code_hash: str
    number: str
    place: str
    until: datetime
    wrong: int = 0
    level: Level
    enterprise: bool


class Wanting(BaseModel):
    """What is wanting before a case may be handed in: a ``level`` to sign in at, and whether as an ``enterprise``."""

    level: Level
    enterprise: bool
    why: str


def policy(text: str) -> dict[str, Level]:
    """Items and the level handing them in needs, as it is set: ``company-founding=face;*=real_name``; ``*`` is every other.

    Raises:
        ValueError: it is not of that form, or names a level there is not.

    >>> policy("a=face; *=real_name")
    {'a': 'face', '*': 'real_name'}
    """
    found: dict[str, Level] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        code, _, level = (piece.strip() for piece in part.partition("="))
        if not code or level not in LEVELS:
            raise ValueError(f"BANDAO_SIGN_IN_TO_SUBMIT: {part!r} is not ITEM=LEVEL with a level of {', '.join(LEVELS)}")
        found[code] = level
    return found


def wanting(needed: Level | None, signed: SignedIn | None, guide: Guide, case: Case, now: datetime) -> Wanting | None:
    """What is wanting before this case may be handed in now; None where nothing is.

    The case of an enterprise that exists already takes its electronic licence, in the hands of somebody who may hand this
    item in for it today.
    """
    if needed is None:
        return None
    uscc = enterprise_of(guide, case)
    if signed is None or not signed.reaches(needed, now):
        return Wanting(level=needed, enterprise=bool(uscc), why=t(f"signin.wanted_{needed}"))
    if uscc is None:
        return None
    held = signed.authority
    if held is None or held.uscc != uscc:
        why = t("signin.wanted_licence")
    elif held.items and guide.code not in held.items:
        why = t("signin.not_this_item", name=held.name)
    elif "submit" not in held.may:
        why = t("signin.may_not_submit", name=held.name)
    elif held.until is not None and now.date() > held.until:
        why = t("signin.authority_over", name=held.name, day=held.until)
    else:
        return None
    return Wanting(level=needed, enterprise=True, why=why)


def enterprise_of(guide: Guide, case: Case) -> str | None:
    """The unified social credit code of the enterprise the case is about, where it has one."""
    codes = (case.answers.get(field.key) for field in guide.fields if field.subject == "enterprise" and field.type == "uscc")
    return next((str(answer.value) for answer in codes if answer is not None and not answer.skipped), None)
