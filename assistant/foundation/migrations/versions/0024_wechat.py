"""WeChat's doors: what arrived, who it is from, access tokens, and how far customer-service messages were read.

Revision ID: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "wechat_inbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("dedup", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.LargeBinary()),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_inbox"),
        sa.UniqueConstraint("account", "dedup", name="uq_wechat_inbox_account_dedup"),
    )
    op.create_index("ix_wechat_inbox_state_id", "wechat_inbox", ["state", "id"])
    op.create_index("ix_wechat_inbox_peer_state", "wechat_inbox", ["peer", "state"])
    op.create_index("ix_wechat_inbox_received_at", "wechat_inbox", ["received_at"])
    op.create_table(
        "wechat_peer",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("openid", sa.LargeBinary(), nullable=False),
        sa.Column("conversation_id", sa.String(64)),
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column("batch_seq", sa.Integer(), nullable=False),
        sa.Column("sent_part", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("budget_until", MOMENT),
        sa.Column("subscribed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT),
        sa.Column("menu", sa.LargeBinary()),
        sa.Column("service_state", sa.Integer()),
        sa.Column("resting_until", MOMENT),
        sa.Column("lease_by", sa.String(40)),
        sa.Column("lease_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_peer"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_wechat_peer_conversation_id_conversation"),
    )
    op.create_index("ix_wechat_peer_conversation_id", "wechat_peer", ["conversation_id"])
    op.create_index("ix_wechat_peer_budget_until", "wechat_peer", ["budget_until"])
    op.create_table(
        "wechat_token",
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("expires_at", MOMENT),
        sa.Column("lease_until", MOMENT),
        sa.PrimaryKeyConstraint("account", name="pk_wechat_token"),
    )
    op.create_table(
        "wechat_cursor",
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("cursor", sa.String(200), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_wechat_cursor"),
    )
