"""Cards that staff send into a conversation: an upload asked for, a form, an answer changed, the package to look at.

Revision ID: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "desk_card",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("case_no", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.Column("done_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_desk_card"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_desk_card_conversation_id_conversation"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_card_staff_id_staff"),
    )
    op.create_index("ix_desk_card_conversation_id", "desk_card", ["conversation_id"])
