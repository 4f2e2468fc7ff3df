"""Tables of calls by picture and voice; a further module of ``tables``, of the same metadata."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from assistant.foundation.columns import EncryptedJSON, EncryptedText, UtcDateTime
from assistant.foundation.tables import metadata

_LIVE = text("state <> 'ended'")

video_call = Table(
    "video_call",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("kind", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_by", String(8), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("rung_at", UtcDateTime),
    Column("began_at", UtcDateTime),
    Column("connected_at", UtcDateTime),
    Column("ended_at", UtcDateTime, index=True),
    Column("outcome", String(16), nullable=False),
    Column("fell_back", String(8), nullable=False),
    Column("recording", String(8), nullable=False),
    Column("citizen_page", String(64), nullable=False),
    Column("citizen_line", Integer, nullable=False),
    Column("citizen_seen", UtcDateTime),
    Column("staff_page", String(64), nullable=False),
    Column("staff_line", Integer, nullable=False),
    Column("staff_seen", UtcDateTime),
    Column("revision", Integer, nullable=False),
    Index("ux_video_call_live", "conversation_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
)
"""A call, as codes and times (see ``channels.video.call``); of those that are not over, a conversation has one at most."""

video_signal = Table(
    "video_signal",
    metadata,
    Column("call_id", ForeignKey("video_call.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("party", String(8), nullable=False),
    Column("body", EncryptedJSON("video_signal.body"), nullable=False),
)
"""What one page said to the other's while a call goes on, numbered from 1; ``party`` is whom it is for. Gone when it ends."""

video_recording = Table(
    "video_recording",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("call_id", ForeignKey("video_call.id"), nullable=False, index=True),
    Column("words", EncryptedText("video_recording.words"), nullable=False),
    Column("agreed_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),
    Column("state", String(16), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("pieces", Integer),
    Column("deleted_at", UtcDateTime),
    Index("ix_video_recording_state_agreed_at", "state", "agreed_at"),
)
"""A recording she agreed to: the ``words`` she was shown; running, stopped (pieces may still come), whole, cut or deleted.
``pieces`` is how many there should be, once that is known.
"""

video_piece = Table(
    "video_piece",
    metadata,
    Column("recording_id", ForeignKey("video_recording.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("blob_id", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
)
"""One piece of a recording, numbered from 0, each an encrypted file."""
