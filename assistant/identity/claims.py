"""From what an identity provider vouches for to what we believe: how surely, who, and for which enterprise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from assistant.casework.fields.identifiers import parse_id_number, parse_uscc
from assistant.casework.fields.result import Accepted
from assistant.casework.signing import LEVELS, Authority, Level
from assistant.identity.provider import Person, SignInRefused, claim

_LONGEST_NAME = 60
_PHONE = re.compile(r"(?:\+?86)?(1\d{10})")


@dataclass(frozen=True)
class Names:
    """What the provider calls things: its ``acr`` values by level, and the claims of name, number, telephone and enterprise."""

    levels: Mapping[Level, tuple[str, ...]]
    name: str = "name"
    number: str = "id_number"
    phone: str = "phone_number"
    organization: str = "organization"


@dataclass(frozen=True)
class Proven:
    """Somebody who has just signed in. Name and number are there from the level ``real_name`` on."""

    issuer: str
    subject: str
    sid: str | None
    level: Level
    name: str | None
    id_number: str | None
    phone: str | None
    authority: Authority | None


def levels(text: str) -> dict[Level, tuple[str, ...]]:
    """The provider's ``acr`` values of each level, as they are set; the first is what is asked for.

    Raises:
        ValueError: it is not of that form, or a level is missing.

    >>> levels("phone=p;real_name=a,b;face=c")["real_name"]
    ('a', 'b')
    """
    found: dict[Level, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        level, _, given = part.partition("=")
        values = tuple(value.strip() for value in given.split(",") if value.strip())
        for known in LEVELS:
            if level.strip() == known and values:
                found[known] = values
    if set(found) != set(LEVELS):
        raise ValueError(f"BANDAO_CITIZEN_LEVELS must say LEVEL=ACR,… for each of {', '.join(LEVELS)}, with semicolons between")
    return found


def proven(person: Person, names: Names, now: datetime) -> Proven:
    """What the claims prove.

    Raises:
        SignInRefused: ``level`` (its ``acr`` is none that is known), ``claims`` (a name or number is missing where it must not
            be, or is none), ``authority`` (the enterprise's licence says nothing that can be used, or is over).
    """
    said = person.claims
    acr = said.get("acr")
    level = next((level for level, values in names.levels.items() if acr in values), None)
    if level is None:
        raise SignInRefused("level")
    phone = _PHONE.fullmatch(re.sub(r"[\s-]", "", str(claim(said, names.phone) or "")))
    name = number = None
    if level != "phone":
        name, number = _who(said, names, now.date())
    authority = _authority(claim(said, names.organization), now.date())
    if authority is not None and level == "phone":
        raise SignInRefused("authority")
    return Proven(
        person.issuer, person.subject, person.sid, level, name, number, phone[1] if phone else None, authority
    )


def _who(said: Mapping[str, Any], names: Names, today: date) -> tuple[str, str]:
    name, number = claim(said, names.name), claim(said, names.number)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME or not isinstance(number, str):
        raise SignInRefused("claims")
    read = parse_id_number(number, today)
    if not isinstance(read, Accepted):
        raise SignInRefused("claims")
    return name.strip(), str(read.value)


def _authority(said: Any, today: date) -> Authority | None:
    if said is None:
        return None
    try:
        held = Authority.model_validate(said)
    except ValidationError:
        raise SignInRefused("authority") from None
    if not isinstance(parse_uscc(held.uscc), Accepted) or (held.until is not None and held.until < today):
        raise SignInRefused("authority")
    return held
