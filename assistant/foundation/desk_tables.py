"""Tables of the desk: staff, their sessions and what waits for them; a further module of ``tables``, of the same metadata."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from assistant.foundation.columns import EncryptedJSON, EncryptedText, UtcDateTime
from assistant.foundation.tables import metadata

staff = Table(
    "staff",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("display_name", String(64), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("issuer", String(255)),
    Column("subject", String(255)),
    Column("email", EncryptedText("staff.email")),
    Index(None, "issuer", "subject", unique=True),
)
"""A member of staff who signs in to the console; ``issuer`` and ``subject`` are who she is at an identity provider, ``email``
is where she is written to when she is not looking at it.
"""

staff_role = Table(
    "staff_role",
    metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(32), primary_key=True),
)
"""The roles of an account, none or more (see ``desk.roles``)."""

staff_session = Table(
    "staff_session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
    Column("sid", String(255), index=True),
    Column("id_token", EncryptedText("staff_session.id_token")),
)
"""A signed-in console session; ``id`` is the hash of the cookie's token.

It is over at ``expires_at``, which moves on while somebody is there, to ``until_at`` at the latest. ``sid`` and ``id_token``
are the identity provider's, of a session begun there.
"""

_LIVE = text("state IN ('waiting', 'claimed')")

desk_entry = Table(
    "desk_entry",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("reason", String(64), nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("staff_id", ForeignKey("staff.id"), index=True),
    Column("released_at", UtcDateTime),
    Column("state", String(16), nullable=False),
    Column("note", EncryptedText("desk_entry.note")),
    Column("kind", String(16), nullable=False),
    Column("skill_group", String(32), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("item", String(80)),
    Column("promised_at", UtcDateTime),
    Column("for_staff", ForeignKey("staff.id")),
    Column("contact", EncryptedText("desk_entry.contact")),
    Column("slot", String(96), unique=True),
    Column("escalated_at", UtcDateTime),
    Column("outcome", String(32)),
    Column("right_intent", String(32)),
    Column("right_item", String(80)),
    Column("keep_until", UtcDateTime),
    Index(None, "state", "queued_at"),
    Index("ux_desk_entry_live", "conversation_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
)
"""A conversation's stay at the desk, or one that is promised (see ``desk.books``). A conversation has one live stay at most.

``state`` is promised, waiting, claimed, released or left; ``kind`` talk, callback or slot; ``reason`` a code; ``priority`` 0
comes first. ``promised_at`` is the moment the citizen was told; ``contact`` the number to call; ``slot`` the appointment taken;
``for_staff`` whom it waits for; ``keep_until`` how long a closed conversation comes back to who had it.
"""

desk_moment = Table(
    "desk_moment",
    metadata,
    Column("entry_id", ForeignKey("desk_entry.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("detail", String(64), nullable=False),
)
"""What happened in a stay, in order (see ``desk.limits.Moment``): all limits and figures are computed from these."""

desk_note = Table(
    "desk_note",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("kind", String(16), nullable=False),
    Column("text", EncryptedText("desk_note.text"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""What staff tell each other about a conversation: ``kind`` is note, whisper, transfer or wrap_up. Citizens never see it.
Without ``staff_id`` it is the system's own.
"""

desk_party = Table(
    "desk_party",
    metadata,
    Column("entry_id", ForeignKey("desk_entry.id", ondelete="CASCADE"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
"""Who has joined a stay beside the one who has it."""

desk_seat = Table(
    "desk_seat",
    metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("capacity", Integer),
    Column("state", String(16), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
)
"""A member of staff at the desk: ``capacity`` where it is her own, ``state`` available, away or offline as she says, and when
her page was last heard of.
"""

desk_member = Table(
    "desk_member",
    metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("skill_group", String(32), primary_key=True),
)
"""The skill groups of a member of staff; who has none serves all."""

desk_letter = Table(
    "desk_letter",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("entry_id", ForeignKey("desk_entry.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("limit_name", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("settled_at", UtcDateTime),
    Index(None, "state", "planned_at"),
)
"""A mail to a supervisor about a limit of a stay (see ``desk.letters``). ``due_at`` is when the limit runs out; ``state``
planned, sent, suppressed (no longer true) or failed (refused).
"""

assistance = Table(
    "assistance",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, unique=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("item", String(80), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("given", String(16), nullable=False),
    Column("consent", EncryptedJSON("assistance.consent"), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("link", String(64), unique=True),
    Column("proof", String(64)),
    Column("link_until", UtcDateTime),
    Column("tries", Integer, nullable=False),
    Column("opened_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("ended", String(16)),
)
"""A case that staff began for a citizen (see ``desk.assisting``). ``given`` is how she agreed, ``consent`` to what and in which
words; ``link`` and ``proof`` are keyed hashes of the code that hands it over and of what has to be known besides; ``opened_at``
is when she had it on a device of hers; ``ended`` says whether the draft was kept or deleted when she took her consent back.
"""

desk_card = Table(
    "desk_card",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("case_no", String(64)),
    Column("state", String(16), nullable=False),
    Column("content", EncryptedJSON("desk_card.content"), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime),
    Column("done_at", UtcDateTime),
)
"""What staff put before a citizen to be done on her own screen (see ``conversation.cards``). ``kind`` is upload, form, edit or
package; ``state`` open, done, declined or undone.
"""
