"""What each turn was, in codes, for figures; and what has to be found by its time.

Revision ID: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the indexes."""
    op.create_table(
        "turn_fact",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("heard_by", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(16), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("intent", sa.String(32), nullable=False),
        sa.Column("item", sa.String(80)),
        sa.Column("case_no", sa.String(64)),
        sa.Column("asked", sa.String(128)),
        sa.PrimaryKeyConstraint("conversation_id", "turn", name="pk_turn_fact"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_turn_fact_conversation_id_conversation", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_turn_fact_at", "turn_fact", ["at"])
    op.create_index("ix_turn_fact_case_no", "turn_fact", ["case_no"])
    op.create_index("ix_case_event_at", "case_event", ["at"])
    op.create_index("ix_audit_entry_action_at", "audit_entry", ["action", "at"])
