"""The review list: masked sentences that were not understood, kept for a while to be labelled.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its indexes."""
    op.create_table(
        "review_sentence",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("read_intent", sa.String(32), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("read_item", sa.String(64)),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("suggested_intent", sa.String(32)),
        sa.Column("suggested_item", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_sentence"),
        sa.UniqueConstraint("digest", name="uq_review_sentence_digest"),
    )
    op.create_index("ix_review_sentence_at", "review_sentence", ["at"])
