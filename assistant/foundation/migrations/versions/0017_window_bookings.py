"""Slots booked at windows.

Revision ID: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "window_booking",
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("booking_no", sa.String(64), nullable=False),
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(600), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("office", "booking_no", name="pk_window_booking"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_window_booking_case_no_case_file"),
    )
    op.create_index("ix_window_booking_starts", "window_booking", ["state", "starts"])
    op.create_index("ix_window_booking_case_no", "window_booking", ["case_no"])
