"""An e-mail address for accounts of staff, and what is written to supervisors about limits.

Revision ID: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("staff", sa.Column("email", sa.LargeBinary()))
    op.create_table(
        "desk_letter",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("limit_name", sa.String(16), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_desk_letter"),
        sa.ForeignKeyConstraint(["entry_id"], ["desk_entry.id"], name="fk_desk_letter_entry_id_desk_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_letter_staff_id_staff", ondelete="CASCADE"),
    )
    op.create_index("ix_desk_letter_entry_id", "desk_letter", ["entry_id"])
    op.create_index("ix_desk_letter_state_planned_at", "desk_letter", ["state", "planned_at"])
