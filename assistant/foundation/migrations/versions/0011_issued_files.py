"""The books of the office that issues at once.

Revision ID: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "issued_file",
        sa.Column("receipt_no", sa.String(64), nullable=False),
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("receipt_no", name="pk_issued_file"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_issued_file_case_no_case_file"),
        sa.UniqueConstraint("case_no", "part", name="uq_issued_file_case_no_part"),
    )
