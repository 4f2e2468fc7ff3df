"""Cases that staff began for a citizen, with her consent.

Revision ID: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "assistance",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("given", sa.String(16), nullable=False),
        sa.Column("consent", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("link", sa.String(64)),
        sa.Column("proof", sa.String(64)),
        sa.Column("link_until", MOMENT),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_assistance"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_assistance_conversation_id_conversation"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_assistance_staff_id_staff"),
        sa.UniqueConstraint("conversation_id", name="uq_assistance_conversation_id"),
        sa.UniqueConstraint("link", name="uq_assistance_link"),
    )
    op.create_index("ix_assistance_staff_id", "assistance", ["staff_id"])
