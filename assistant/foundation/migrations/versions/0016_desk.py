"""The desk: skill groups, priorities, promises, presence, notes, and what happened in every stay.

Revision ID: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("state IN ('waiting', 'claimed')")
# Of several live stays of one conversation the newest counts.
DOUBLED = """
UPDATE desk_entry SET state = 'left' WHERE state IN ('waiting', 'claimed') AND EXISTS (
    SELECT 1 FROM desk_entry AS later WHERE later.conversation_id = desk_entry.conversation_id
    AND later.state IN ('waiting', 'claimed')
    AND (later.queued_at > desk_entry.queued_at OR (later.queued_at = desk_entry.queued_at AND later.id > desk_entry.id)))
"""


def upgrade() -> None:
    """Add the columns and the tables."""
    _entry()
    op.create_table(
        "desk_moment",
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("staff_id", sa.String(64)),
        sa.Column("detail", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "seq", name="pk_desk_moment"),
        sa.ForeignKeyConstraint(["entry_id"], ["desk_entry.id"], name="fk_desk_moment_entry_id_desk_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_moment_staff_id_staff"),
    )
    op.create_index("ix_desk_moment_at", "desk_moment", ["at"])
    op.create_table(
        "desk_note",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_note"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_desk_note_conversation_id_conversation"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_note_staff_id_staff"),
    )
    op.create_index("ix_desk_note_conversation_id", "desk_note", ["conversation_id"])
    op.create_table(
        "desk_party",
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "staff_id", name="pk_desk_party"),
        sa.ForeignKeyConstraint(["entry_id"], ["desk_entry.id"], name="fk_desk_party_entry_id_desk_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_party_staff_id_staff"),
    )
    op.create_table(
        "desk_seat",
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT),
        sa.PrimaryKeyConstraint("staff_id", name="pk_desk_seat"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_seat_staff_id_staff", ondelete="CASCADE"),
    )
    op.create_table(
        "desk_member",
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("skill_group", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "skill_group", name="pk_desk_member"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_member_staff_id_staff", ondelete="CASCADE"),
    )


def _entry() -> None:
    op.execute(DOUBLED)
    with op.batch_alter_table("desk_entry") as table:
        table.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="talk"))
        table.add_column(sa.Column("skill_group", sa.String(32), nullable=False, server_default="general"))
        table.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="5"))
        table.add_column(sa.Column("item", sa.String(80)))
        table.add_column(sa.Column("promised_at", MOMENT))
        table.add_column(sa.Column("for_staff", sa.String(64)))
        table.add_column(sa.Column("contact", sa.LargeBinary()))
        table.add_column(sa.Column("slot", sa.String(96)))
        table.add_column(sa.Column("escalated_at", MOMENT))
        table.add_column(sa.Column("outcome", sa.String(32)))
        table.add_column(sa.Column("right_intent", sa.String(32)))
        table.add_column(sa.Column("right_item", sa.String(80)))
        table.add_column(sa.Column("keep_until", MOMENT))
        table.create_unique_constraint("uq_desk_entry_slot", ["slot"])
        table.create_foreign_key("fk_desk_entry_for_staff_staff", "staff", ["for_staff"], ["id"])
    with op.batch_alter_table("desk_entry") as table:  # the rows have them now, and whoever adds one says what it is
        table.alter_column("kind", existing_type=sa.String(16), existing_nullable=False, server_default=None)
        table.alter_column("skill_group", existing_type=sa.String(32), existing_nullable=False, server_default=None)
        table.alter_column("priority", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    op.create_index(
        "ux_desk_entry_live", "desk_entry", ["conversation_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
