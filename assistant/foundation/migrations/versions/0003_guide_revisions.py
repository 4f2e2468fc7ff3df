"""Revisions of guides: what civil servants write in the console, until two of them have it published.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and its indexes."""
    op.create_table(
        "guide_revision",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("place", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("base_digest", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("effective", sa.String(10)),
        sa.Column("author", sa.String(64)),
        sa.Column("reviewer", sa.String(64)),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("trouble", sa.String(32)),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("reviewer IS NULL OR author IS NULL OR reviewer <> author", name="ck_guide_revision_two_persons"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'published', 'replaced') OR (author IS NOT NULL AND reviewer IS NOT NULL)",
            name="ck_guide_revision_both_known",
        ),
        sa.ForeignKeyConstraint(["author"], ["staff.id"], name="fk_guide_revision_author_staff"),
        sa.ForeignKeyConstraint(["reviewer"], ["staff.id"], name="fk_guide_revision_reviewer_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_guide_revision"),
    )
    op.create_index("ix_guide_revision_code_place", "guide_revision", ["code", "place"])
    op.create_index("ix_guide_revision_state_effective", "guide_revision", ["state", "effective"])
