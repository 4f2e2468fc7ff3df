"""Notices: what is told to citizens, over which channel, and what became of it.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty: nobody is told of what happened before it."""
    op.create_table(
        "notice",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("about", sa.String(160), nullable=False),
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("address", sa.LargeBinary()),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("far_ref", sa.String(128)),
        sa.Column("error", sa.String(64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name="pk_notice"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_notice_case_no_case_file"),
    )
    op.create_index("ix_notice_case_no_about", "notice", ["case_no", "about"])
    op.create_index("ix_notice_state_due_at", "notice", ["state", "due_at"])
