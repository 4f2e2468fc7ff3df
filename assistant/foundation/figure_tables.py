"""The table figures are counted from; a further module of ``tables``, of the same metadata."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from assistant.foundation.columns import UtcDateTime
from assistant.foundation.tables import metadata

turn_fact = Table(
    "turn_fact",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("heard_by", String(16), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("status", String(64), nullable=False),
    Column("intent", String(32), nullable=False),
    Column("item", String(80)),
    Column("case_no", String(64), index=True),
    Column("asked", String(128)),
)
"""What a turn was, in codes (see ``conversation.facts``): nothing that was said, answered or read from anybody's papers.

``heard_by`` is who owned the conversation when the message came, ``owner`` who owns it afterwards; ``item`` what the turn was
about, ``case_no`` the case in hand, ``asked`` the field that is asked for at its end.
"""
