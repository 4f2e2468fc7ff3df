"""What the routes of signing in have in common: the provider, tries again after a turn, and how somebody stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework import signing
from assistant.conversation import repository, signing_in
from assistant.conversation.model import Conversation
from assistant.foundation.clock import Clock
from assistant.foundation.messages import render, t, use_language
from assistant.foundation.settings import Settings
from assistant.identity import misuse, persons
from assistant.identity.claims import Names, Proven, levels
from assistant.identity.persons import Session
from assistant.identity.provider import IdentityProvider, SignInRefused
from channels.parts import Parts
from channels.problems import Problem
from channels.signin.models import Acting, Standing, Wanted

BACK = "/signin/back"
_TRIES = 4
T = TypeVar("T")


def provider(settings: Settings, clock: Clock) -> IdentityProvider | None:
    """The citizens' provider, where there is one."""
    if not settings.citizen_issuer:
        return None
    return IdentityProvider(
        settings.citizen_issuer, settings.citizen_client_id, settings.citizen_client_secret, f"{settings.public_url}{BACK}",
        scope=settings.citizen_scope, wanted_claim=settings.citizen_number_claim, now=clock.now,
    )  # fmt: skip


def names(settings: Settings) -> Names:
    """What the provider calls things.

    Raises:
        ValueError: the levels that are set are none.
    """
    return Names(levels(settings.citizen_levels), number=settings.citizen_number_claim)


def provider_of(parts: Parts) -> IdentityProvider:
    """The provider.

    Raises:
        Problem: 409 where there is none.
    """
    if parts.citizens is None:
        raise Problem(409, "signin_off", detail=t("signin.off"))
    return parts.citizens


def lasts(parts: Parts) -> timedelta:
    """How long one stays signed in."""
    return timedelta(minutes=parts.settings.citizen_session_minutes)


def writing(parts: Parts, change: Callable[[Connection, datetime], T]) -> T:
    """Change conversations in one transaction; again where a turn ended meanwhile.

    Raises:
        Problem: 503 where turns go on ending meanwhile.
    """
    for _ in range(_TRIES):
        try:
            with parts.db.write() as conn:
                return change(conn, parts.clock.now())
        except (repository.Conflict, cases.CaseConflict):
            continue
    raise Problem(503, "signin_busy", detail=t("signin.busy"), headers={"Retry-After": "3"})


def standing(parts: Parts, conv: Conversation) -> Standing:
    """How she stands in a conversation now."""
    now = parts.clock.now()
    with parts.db.read() as conn:
        session = persons.session_of(conn, conv.id, now)
        found = cases.find(conn, conv.active_case) if conv.active_case else None
    signed = conv.state.signed_in if session is not None and conv.state.signed_in is not None else None
    wanted = None
    if found is not None and conv.state.ask is not None and conv.state.ask.field == "submit" and parts.citizens is not None:
        guide = parts.services.guide_of(found[0])
        with use_language(conv.locale):
            lacking = signing.wanting(parts.services.sign_in_needed(guide.code), signed, guide, found[0], now)
        if lacking is not None:
            why = render(lacking.why, conv.locale)
            wanted = Wanted(level=lacking.level, enterprise=lacking.enterprise, why=why)
    return Standing(
        offered=parts.citizens is not None, provider=parts.settings.citizen_name if parts.citizens else None,
        signed_in=signed is not None, level=signed.level if signed else None, who=_called(session) if signed else None,
        until=signed.until.isoformat() if signed else None,
        acting=_acting(parts, signed.authority) if signed and signed.authority else None, wanted=wanted,
    )  # fmt: skip


def _called(session: Session | None) -> str | None:
    return signing_in.called(session) if session is not None else None


def _acting(parts: Parts, held: signing.Authority) -> Acting:
    items = [parts.services.name_of(code) or code for code in held.items]
    return Acting(**{**held.model_dump(), "items": items})


def sign_in(parts: Parts, conversation_id: str, shown: Proven) -> tuple[Session, str]:
    """Sign her in, by whichever door; one address signing in for many enterprises is slowed, and counted.

    Raises:
        SignInRefused: ``slowed``.
    """

    def enter(conn: Connection, now: datetime) -> tuple[Session, str]:
        if shown.authority is not None:
            if misuse.slowed(conn, ("enterprises",), now) is not None:
                raise SignInRefused("slowed")
            misuse.note(conn, "enterprises", shown.authority.uscc, now)
        return signing_in.sign_in(conn, parts.db.keyring, conversation_id, shown, now, lasts(parts))

    return writing(parts, enter)
