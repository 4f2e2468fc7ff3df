"""Tables of citizens who signed in, and of misuse; a further module of ``tables``, of the same metadata."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from assistant.foundation.columns import EncryptedJSON, EncryptedText, UtcDateTime
from assistant.foundation.tables import metadata

citizen = Table(
    "citizen",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("number_index", String(64), unique=True),
    Column("details", EncryptedJSON("citizen.details"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
"""Somebody who signed in. ``number_index`` is the blind index of her identity number: one person, whichever door she comes by.

It is empty as long as she has signed in with a telephone number only.
"""

citizen_subject = Table(
    "citizen_subject",
    metadata,
    Column("subject_index", String(64), primary_key=True),
    Column("citizen_id", ForeignKey("citizen.id"), nullable=False, index=True),
)
"""Who she is to an identity provider: blind index of issuer and subject."""

citizen_session = Table(
    "citizen_session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("citizen_id", ForeignKey("citizen.id"), nullable=False, index=True),
    Column("subject_index", String(64), nullable=False),
    Column("sid_index", String(64)),
    Column("standing", EncryptedJSON("citizen_session.standing"), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
)
"""Being signed in. ``id`` is the hash of the cookie's token, ``standing`` a ``casework.signing.SignedIn``."""

citizen_conversation = Table(
    "citizen_conversation",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    Column("citizen_id", ForeignKey("citizen.id"), nullable=False, index=True),
    Column("session_id", String(64)),
    Column("since", UtcDateTime, nullable=False),
)
"""Whose conversation it is, from her first sign-in on and for good; ``session_id`` is empty once she signed out of it."""

citizen_case = Table(
    "citizen_case",
    metadata,
    Column("case_no", ForeignKey("case_file.case_no", ondelete="CASCADE"), primary_key=True),
    Column("citizen_id", ForeignKey("citizen.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Cases of hers that went on in another conversation; those of her conversations are hers without being written down."""

misuse_try = Table(
    "misuse_try",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(24), nullable=False),
    Column("address_index", String(64), nullable=False),
    Column("what_index", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_misuse_try_address_index_kind_at", "address_index", "kind", "at"),
)
"""One act of which many are misuse; ``what_index`` is the blind index of what it was about, to count different ones."""

misuse_alarm = Table(
    "misuse_alarm",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("address_index", String(64), nullable=False, index=True),
    Column("address", EncryptedText("misuse_alarm.address"), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("slowed_until", UtcDateTime),
    Column("seen_by", ForeignKey("staff.id")),
    Column("seen_at", UtcDateTime),
)
"""What staff are shown: one for an address and kind, until nothing happened for a while. ``slowed_until`` is empty where it is
not slowed (this machine's own addresses: a proxy that does not say whom it speaks for)."""
