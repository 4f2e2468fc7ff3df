"""Tables about receiving offices; a second module of ``tables``, of the same metadata."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

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

office_line = Table(
    "office_line",
    metadata,
    Column("case_no", ForeignKey("case_file.case_no"), primary_key=True),
    Column("part", String(80), primary_key=True),
    Column("line", String(64), primary_key=True),
    Column("status", String(32), nullable=False),
    Column("believed", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""The lines of an office's history of a part that are settled: applied to the case, or noted and not believed.

``line`` is the office's number, a colon and a hash of what it says; the words are not kept here.
"""

window_booking = Table(
    "window_booking",
    metadata,
    Column("office", String(32), primary_key=True),
    Column("booking_no", String(64), primary_key=True),
    Column("case_no", ForeignKey("case_file.case_no"), nullable=False),
    Column("part", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("starts", UtcDateTime, nullable=False),
    Column("ends", UtcDateTime, nullable=False),
    Column("place", String(600), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_window_booking_starts", "state", "starts"),
    Index("ix_window_booking_case_no", "case_no"),
)
"""Slots booked at the windows of an office for the papers of a case; ``place`` is the window's name and address."""
