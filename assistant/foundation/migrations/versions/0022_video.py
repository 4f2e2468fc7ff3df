"""Calls by picture and voice, what their pages say to each other meanwhile, and recordings.

Revision ID: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "video_call",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64)),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked_by", sa.String(8), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("rung_at", MOMENT),
        sa.Column("began_at", MOMENT),
        sa.Column("connected_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("fell_back", sa.String(8), nullable=False),
        sa.Column("recording", sa.String(8), nullable=False),
        sa.Column("citizen_page", sa.String(64), nullable=False),
        sa.Column("citizen_line", sa.Integer, nullable=False),
        sa.Column("citizen_seen", MOMENT),
        sa.Column("staff_page", sa.String(64), nullable=False),
        sa.Column("staff_line", sa.Integer, nullable=False),
        sa.Column("staff_seen", MOMENT),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_video_call"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_video_call_conversation_id_conversation", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_video_call_staff_id_staff"),
    )
    op.create_index("ix_video_call_conversation_id", "video_call", ["conversation_id"])
    op.create_index("ix_video_call_ended_at", "video_call", ["ended_at"])
    live = sa.text("state <> 'ended'")
    op.create_index(
        "ux_video_call_live", "video_call", ["conversation_id"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_table(
        "video_signal",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("party", sa.String(8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "seq", name="pk_video_signal"),
        sa.ForeignKeyConstraint(["call_id"], ["video_call.id"], name="fk_video_signal_call_id_video_call", ondelete="CASCADE"),
    )
    op.create_table(
        "video_recording",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("pieces", sa.Integer),
        sa.Column("deleted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_video_recording"),
        sa.ForeignKeyConstraint(["call_id"], ["video_call.id"], name="fk_video_recording_call_id_video_call"),
    )
    op.create_index("ix_video_recording_call_id", "video_recording", ["call_id"])
    op.create_index("ix_video_recording_state_agreed_at", "video_recording", ["state", "agreed_at"])
    op.create_table(
        "video_piece",
        sa.Column("recording_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "number", name="pk_video_piece"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["video_recording.id"], name="fk_video_piece_recording_id_video_recording", ondelete="CASCADE"
        ),
    )
