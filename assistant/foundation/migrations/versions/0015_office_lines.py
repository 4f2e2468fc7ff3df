"""Lines of offices' histories are kept by name, each once.

Revision ID: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was believed before is given its names when its office is next asked."""
    op.create_table(
        "office_line",
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("line", sa.String(64), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("believed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_no", "part", "line", name="pk_office_line"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_office_line_case_no_case_file"),
    )
