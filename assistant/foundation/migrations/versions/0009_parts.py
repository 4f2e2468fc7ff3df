"""Cases in parts, one for each department; how far an office's history has been read gets a table of its own.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = "office.history."


def upgrade() -> None:
    """Add the column and the table; what was kept among the installation's facts moves into it."""
    with op.batch_alter_table("submission") as table:
        table.add_column(sa.Column("part", sa.String(80), nullable=False, server_default=""))
        table.alter_column("submission_id", existing_type=sa.String(64), type_=sa.String(160), existing_nullable=False)
        table.drop_constraint("uq_submission_case_no_package_version", type_="unique")
        table.create_unique_constraint("uq_submission_case_no_part_package_version", ["case_no", "part", "package_version"])
    with op.batch_alter_table("submission") as table:  # the rows have it now, and whoever adds one says which part it is
        table.alter_column("part", existing_type=sa.String(80), existing_nullable=False, server_default=None)
    op.create_table(
        "office_history",
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_no", "part", name="pk_office_history"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_office_history_case_no_case_file"),
    )
    facts = sa.table("setting_kv", sa.column("key", sa.Text()), sa.column("value", sa.JSON()))
    history = sa.table(
        "office_history", sa.column("case_no", sa.String()), sa.column("part", sa.String()), sa.column("seen", sa.Integer())
    )
    conn = op.get_bind()
    ours = facts.c.key.like(f"{_KEY}%")
    for key, seen in conn.execute(sa.select(facts.c.key, facts.c.value).where(ours)).all():
        conn.execute(history.insert().values(case_no=key.removeprefix(_KEY), part="", seen=int(seen)))
    conn.execute(facts.delete().where(ours))
