"""Citizens who signed in: one person whichever door she comes by, her sessions, conversations and cases. SQL about them is here.

A person is known by the blind index of her identity number. Who has shown a telephone number only is known by what she is to her
provider, until she shows more.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from assistant.casework.signing import SignedIn
from assistant.foundation.crypto import KeyRing
from assistant.foundation.identity_tables import citizen, citizen_case, citizen_conversation, citizen_session, citizen_subject
from assistant.foundation.tables import case_
from assistant.foundation.tokens import hash_token, new_token
from assistant.identity.claims import Proven


@dataclass(frozen=True)
class Session:
    """Being signed in, as it is kept. ``name``, ``id_number`` and ``phone`` are what she has shown at the most."""

    id: str
    citizen_id: str
    standing: SignedIn
    name: str | None
    id_number: str | None
    phone: str | None


@dataclass(frozen=True)
class Held:
    """A case of hers: where it is now, and when it last changed."""

    case_no: str
    guide_code: str
    status: str
    updated_at: datetime
    conversation_id: str


def enter(conn: Connection, keyring: KeyRing, shown: Proven, standing: SignedIn) -> tuple[Session, str]:
    """Begin a session for who has just signed in; the session and its token, for a cookie."""
    conn.execute(delete(citizen_session).where(citizen_session.c.until_at <= standing.at))
    subject = keyring.blind_index(f"subject:{shown.issuer} {shown.subject}")
    citizen_id, details = _person(conn, keyring, shown, subject, standing.at)
    token, session_id = new_token()
    conn.execute(
        insert(citizen_session).values(
            id=session_id, citizen_id=citizen_id, subject_index=subject, sid_index=_sid(keyring, shown.sid),
            standing=standing.model_dump(mode="json"), begun_at=standing.at, until_at=standing.until,
        )
    )  # fmt: skip
    return Session(session_id, citizen_id, standing, **details), token


def session(conn: Connection, token: str, now: datetime) -> Session | None:
    """The session a cookie's token opens, unless it is over."""
    return _session(conn, citizen_session.c.id == hash_token(token), now) if token else None


def session_of(conn: Connection, conversation_id: str, now: datetime) -> Session | None:
    """The session a conversation is signed in with, unless it is over."""
    held = select(citizen_conversation.c.session_id).where(citizen_conversation.c.conversation_id == conversation_id)
    return _session(conn, citizen_session.c.id == held.scalar_subquery(), now)


def owner_of(conn: Connection, conversation_id: str) -> str | None:
    """Whose conversation it is, where its citizen has signed in ever."""
    wanted = select(citizen_conversation.c.citizen_id).where(citizen_conversation.c.conversation_id == conversation_id)
    return conn.execute(wanted).scalar()


def take(conn: Connection, conversation_id: str, held: Session, now: datetime) -> bool:
    """Make a conversation hers, signed in with this session; False where it is somebody else's already."""
    owner = owner_of(conn, conversation_id)
    if owner is None:
        conn.execute(
            insert(citizen_conversation).values(
                conversation_id=conversation_id, citizen_id=held.citizen_id, session_id=held.id, since=now
            )
        )
        return True
    if owner != held.citizen_id:
        return False
    mine = citizen_conversation.c.conversation_id == conversation_id
    conn.execute(update(citizen_conversation).where(mine).values(session_id=held.id))
    return True


def let_go(conn: Connection, conversation_ids: Sequence[str]) -> None:
    """These conversations are no longer signed in; whose they are stays."""
    which = citizen_conversation.c.conversation_id.in_(conversation_ids)
    conn.execute(update(citizen_conversation).where(which).values(session_id=None))


def end(
    conn: Connection, keyring: KeyRing, *, session_id: str | None = None, citizen_id: str | None = None,
    there: tuple[str, str | None, str | None] | None = None,
) -> list[str]:  # fmt: skip
    """End sessions: one, all of a person's, or those that are over at the provider (``there``: issuer, subject, its session).

    Returns the conversations that were signed in with them; they no longer are.
    """
    which: list[ColumnElement[bool]] = []
    if session_id is not None:
        which.append(citizen_session.c.id == session_id)
    if citizen_id is not None:
        which.append(citizen_session.c.citizen_id == citizen_id)
    if there is not None:
        issuer, subject, sid = there
        if subject is not None:
            which.append(citizen_session.c.subject_index == keyring.blind_index(f"subject:{issuer} {subject}"))
        if sid is not None:
            which.append(citizen_session.c.sid_index == _sid(keyring, sid))
    if not which:
        return []
    ended = conn.execute(select(citizen_session.c.id).where(*which)).scalars().all()
    held = citizen_conversation.c.session_id.in_(ended)
    conversations = list(conn.execute(select(citizen_conversation.c.conversation_id).where(held)).scalars())
    let_go(conn, conversations)
    conn.execute(delete(citizen_session).where(citizen_session.c.id.in_(ended)))
    return conversations


def cases_of(conn: Connection, citizen_id: str) -> list[Held]:
    """Every case of hers, whichever door it was begun at, the most recently changed first."""
    conversations = select(citizen_conversation.c.conversation_id).where(citizen_conversation.c.citizen_id == citizen_id)
    moved = select(citizen_case.c.case_no).where(citizen_case.c.citizen_id == citizen_id)
    rows = conn.execute(
        select(case_.c.case_no, case_.c.guide_code, case_.c.status, case_.c.updated_at, case_.c.conversation_id)
        .where(case_.c.conversation_id.in_(conversations) | case_.c.case_no.in_(moved))
        .order_by(case_.c.updated_at.desc(), case_.c.case_no)
    )
    return [Held(*row) for row in rows]


def moves_on(conn: Connection, case_no: str, holder: str) -> None:
    """A case leaves the conversation that held it: whose it was, she keeps it on her list."""
    owner = owner_of(conn, holder)
    mine = citizen_case.c.case_no == case_no, citizen_case.c.citizen_id == owner
    if owner is not None and conn.execute(select(citizen_case.c.case_no).where(*mine)).first() is None:
        conn.execute(insert(citizen_case).values(case_no=case_no, citizen_id=owner))


def _person(
    conn: Connection, keyring: KeyRing, shown: Proven, subject: str, now: datetime
) -> tuple[str, dict[str, str | None]]:
    """The person, found or made, and what is known of her."""
    known = conn.execute(select(citizen_subject.c.citizen_id).where(citizen_subject.c.subject_index == subject)).scalar()
    number = keyring.blind_index(f"citizen:{shown.id_number}") if shown.id_number else None
    found = known
    if number is not None:
        found = conn.execute(select(citizen.c.id).where(citizen.c.number_index == number)).scalar()
        if found is None and known is not None and _nameless(conn, known):
            found = known  # she shows who she is for the first time
    if found is None:
        found = str(uuid.uuid4())
        conn.execute(insert(citizen).values(id=found, number_index=number, details={}, created_at=now))
    if known is None:
        conn.execute(insert(citizen_subject).values(subject_index=subject, citizen_id=found))
    elif known != found:
        _same(conn, known, found, subject)
    row = conn.execute(select(citizen.c.details).where(citizen.c.id == found)).one()
    fresh = {"name": shown.name, "id_number": shown.id_number, "phone": shown.phone}
    details = {key: value or row.details.get(key) for key, value in fresh.items()}
    values = {"details": details, **({"number_index": number} if number else {})}
    conn.execute(update(citizen).where(citizen.c.id == found).values(**values))
    return found, details


def _same(conn: Connection, known: str, found: str, subject: str) -> None:
    """The provider's account turns out to be somebody known already. Had it shown nobody's name so far, what was its is hers;
    else the account has another owner now (a telephone number given out anew), and nothing but the account changes hands."""
    which = citizen_subject.c.subject_index == subject
    conn.execute(update(citizen_subject).where(which).values(citizen_id=found))
    if _nameless(conn, known):
        for table in (citizen_conversation, citizen_session):
            conn.execute(update(table).where(table.c.citizen_id == known).values(citizen_id=found))


def _nameless(conn: Connection, citizen_id: str) -> bool:
    return conn.execute(select(citizen.c.number_index).where(citizen.c.id == citizen_id)).scalar() is None


def _sid(keyring: KeyRing, sid: str | None) -> str | None:
    return keyring.blind_index(f"sid:{sid}") if sid else None


def _session(conn: Connection, which: ColumnElement[bool], now: datetime) -> Session | None:
    held = citizen_session.c
    row = conn.execute(
        select(held.id, held.citizen_id, held.standing, citizen.c.details)
        .join(citizen, citizen.c.id == held.citizen_id)
        .where(which, held.until_at > now)
    ).first()
    if row is None:
        return None
    return Session(row.id, row.citizen_id, SignedIn.model_validate(row.standing), **row.details)
