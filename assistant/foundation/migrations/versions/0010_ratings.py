"""Ratings of cases and conversations, and what was done about them.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its indexes."""
    at = sa.DateTime(timezone=True)
    op.create_table(
        "rating",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("case_no", sa.String(64)),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("department", sa.String(128), nullable=False),
        sa.Column("staff_id", sa.String(64)),
        sa.Column("grade", sa.String(32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", at, nullable=False),
        sa.Column("follow_up", sa.String(16), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("contacted_at", at),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", at),
        sa.PrimaryKeyConstraint("subject", name="pk_rating"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_rating_conversation_id_conversation"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_rating_case_no_case_file"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_rating_staff_id_staff"),
    )
    op.create_index("ix_rating_conversation_id", "rating", ["conversation_id"])
    op.create_index("ix_rating_case_no", "rating", ["case_no"])
    op.create_index("ix_rating_at", "rating", ["at"])
    op.create_index("ix_rating_follow_up_due", "rating", ["follow_up", "due"])
