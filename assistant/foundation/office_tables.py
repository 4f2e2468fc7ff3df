"""Tables about receiving offices; a second module of ``tables``, of the same metadata."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from assistant.foundation.columns import UtcDateTime
from assistant.foundation.tables import metadata

office_choice = Table(
    "office_choice",
    metadata,
    Column("case_no", ForeignKey("case_file.case_no"), primary_key=True),
    Column("part", String(80), primary_key=True),
    Column("office", String(32), nullable=False),
    Column("tried", String(200)),
    Column("chosen_at", UtcDateTime, nullable=False),
)
"""The office a part of a case goes to ("" is the usual one), chosen before it is first sent and never changed.

``tried`` is the key of a sending whose end is unknown, at an office that cannot be asked about it.
"""
