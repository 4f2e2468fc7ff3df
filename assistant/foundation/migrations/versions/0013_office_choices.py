"""Which office a part of a case goes to.

Revision ID: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "office_choice",
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("tried", sa.String(200)),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_no", "part", name="pk_office_choice"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_office_choice_case_no_case_file"),
    )
