"""She signs in and out in the middle of a conversation: the question, her answers and her case stay as they are.

What an identity answers in a case is looked up with the next turn, once she has agreed to that (``casework.flow.prefilling``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from assistant.casework.prefill.state import VerifiedIdentity
from assistant.casework.signing import LEVELS, SignedIn
from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.crypto import KeyRing
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import render, t, use_language
from assistant.identity import persons
from assistant.identity.claims import Proven
from assistant.identity.persons import Session


class SomebodyElses(Exception):
    """The conversation is another citizen's: what stands in it is not for whoever signs in now."""


def sign_in(
    conn: Connection, keyring: KeyRing, conversation_id: str, shown: Proven, now: datetime, lasts: timedelta
) -> tuple[Session, str]:
    """Sign in whoever has proven who she is, and let this conversation know; the session and its token.

    Raises:
        SomebodyElses: see there; nothing has changed then, if the caller's transaction is given up.
        repository.Conflict: a turn ended meanwhile; do it again.
    """
    standing = SignedIn(level=shown.level, at=now, until=now + lasts, authority=shown.authority)
    session, token = persons.enter(conn, keyring, shown, standing)
    bind(conn, conversation_id, session, now)
    return session, token


def bind(conn: Connection, conversation_id: str, session: Session, now: datetime) -> None:
    """Let a conversation know who is in it.

    Raises:
        SomebodyElses, repository.Conflict: see ``sign_in``.
    """
    conv = repository.load(conn, conversation_id)
    assert conv is not None
    if not persons.take(conn, conversation_id, session, now):
        raise SomebodyElses
    before, standing = conv.state.signed_in, session.standing
    if before is not None and before.reaches(standing.level, now) and standing.authority is None and before.authority is None:
        # a lesser proof takes nothing away
        standing = standing.model_copy(update={"level": max(before.level, standing.level, key=LEVELS.index)})
    conv.state.signed_in = standing
    if session.name and session.id_number and standing.level != "phone":
        conv.state.identity = VerifiedIdentity(
            id_number=session.id_number, name=session.name, phone=session.phone, verified_at=standing.at
        )
    repository.save(conn, conv, now)
    with use_language(conv.locale):
        told = t("signin.signed_in", who=called(session), level=t(f"signin.level_{standing.level}"))
        if standing.authority is not None:
            told += t("signin.acting", name=standing.authority.name)
    _tell(conn, conversation_id, render(told, conv.locale), now)
    detail = {"level": standing.level, "as": "enterprise" if standing.authority else "person", "channel": conv.channel}
    audit.append(conn, at=now, actor="citizen", action="citizen.signed_in", subject=conversation_id, detail=detail)


def called(session: Session) -> str:
    """How she is named where others may look over her shoulder: 张*, or her masked telephone number."""
    if session.name and session.standing.level != "phone":
        return mask_value("person_name", session.name)
    return mask_value("phone", session.phone) if session.phone else ""


def shut(conn: Connection, conversation_ids: Iterable[str], now: datetime, by: str) -> None:
    """These are no longer signed in, and their tokens open nothing: whoever sits at that screen next is not she.

    The cases stay; she finds them on her list when she has signed in again.

    Raises:
        repository.Conflict: a turn ended meanwhile; do it again.
    """
    for conversation_id in conversation_ids:
        conv = repository.load(conn, conversation_id)
        if conv is None:
            continue
        conv.state.identity = conv.state.signed_in = None
        repository.save(conn, conv, now)
        repository.end_token(conn, conv.id, conv.token_hash, now)
        audit.append(conn, at=now, actor="citizen", action="citizen.signed_out", subject=conv.id, detail={"by": by})


def _tell(conn: Connection, conversation_id: str, text: str, now: datetime) -> None:
    data = {"level": "info", "text": text, "at": now.isoformat()}
    repository.append_events(conn, conversation_id, [("notice", data)], now)
