"""Results of cases, and the parts that wait for theirs.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "result",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("office_ref", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=False),
        sa.Column("code_index", sa.String(64)),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_result"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_result_case_no_case_file"),
        sa.UniqueConstraint("case_no", "part", "sha256", name="uq_result_case_no_part_sha256"),
        sa.UniqueConstraint("code_index", name="uq_result_code_index"),
    )
    op.create_table(
        "result_wait",
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_no", "part", name="pk_result_wait"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_result_wait_case_no_case_file"),
    )
