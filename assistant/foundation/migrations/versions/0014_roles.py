"""Several roles to an account, identities at an identity provider, sessions that end when nobody is there.

Who approved guides could write them too: she now has both roles. The first login kept the accounts: it becomes administrator.
Sessions are begun anew: everybody signs in once more.

Revision ID: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, move each account's role."""
    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "role", name="pk_staff_role"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_role_staff_id_staff", ondelete="CASCADE"),
    )
    op.execute(
        "INSERT INTO staff_role (staff_id, role) SELECT id, CASE role WHEN 'publisher' THEN 'approver' ELSE role END FROM staff"
    )
    op.execute("INSERT INTO staff_role (staff_id, role) SELECT id, 'editor' FROM staff WHERE role = 'publisher'")
    op.execute(
        "INSERT INTO staff_role (staff_id, role) "
        "SELECT id, 'administrator' FROM staff WHERE login = 'admin' AND role = 'supervisor'"
    )
    # Not batch_alter_table: on SQLite it would drop the table others refer to, and take their rows along.
    op.execute("ALTER TABLE staff DROP COLUMN role")
    op.add_column("staff", sa.Column("issuer", sa.String(255)))
    op.add_column("staff", sa.Column("subject", sa.String(255)))
    op.create_index("ix_staff_issuer_subject", "staff", ["issuer", "subject"], unique=True)
    op.drop_index("ix_staff_session_staff_id", "staff_session")
    op.drop_table("staff_session")
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sid", sa.String(255)),
        sa.Column("id_token", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_staff_session"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_session_staff_id_staff", ondelete="CASCADE"),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_index("ix_staff_session_sid", "staff_session", ["sid"])
