"""What was read from uploads, and their straightened copies.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; uploads from before have none of it."""
    op.add_column("upload", sa.Column("reading", sa.LargeBinary()))
    op.add_column("upload", sa.Column("straight_blob_id", sa.String(64)))
    op.add_column("upload", sa.Column("straight_sha256", sa.String(64)))
