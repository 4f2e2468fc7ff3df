"""Citizens who sign in, their sessions, conversations and cases; misuse as it is counted and shown.

Revision ID: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "citizen",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("number_index", sa.String(64)),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_citizen"),
        sa.UniqueConstraint("number_index", name="uq_citizen_number_index"),
    )
    op.create_table(
        "citizen_subject",
        sa.Column("subject_index", sa.String(64), nullable=False),
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("subject_index", name="pk_citizen_subject"),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name="fk_citizen_subject_citizen_id_citizen"),
    )
    op.create_index("ix_citizen_subject_citizen_id", "citizen_subject", ["citizen_id"])
    op.create_table(
        "citizen_session",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("subject_index", sa.String(64), nullable=False),
        sa.Column("sid_index", sa.String(64)),
        sa.Column("standing", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_citizen_session"),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name="fk_citizen_session_citizen_id_citizen"),
    )
    op.create_index("ix_citizen_session_citizen_id", "citizen_session", ["citizen_id"])
    op.create_table(
        "citizen_conversation",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64)),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_citizen_conversation"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_citizen_conversation_conversation_id_conversation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name="fk_citizen_conversation_citizen_id_citizen"),
    )
    op.create_index("ix_citizen_conversation_citizen_id", "citizen_conversation", ["citizen_id"])
    op.create_table(
        "citizen_case",
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("case_no", "citizen_id", name="pk_citizen_case"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_citizen_case_case_no_case_file", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name="fk_citizen_case_citizen_id_citizen", ondelete="CASCADE"),
    )
    op.create_index("ix_citizen_case_citizen_id", "citizen_case", ["citizen_id"])
    op.create_table(
        "misuse_try",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("address_index", sa.String(64), nullable=False),
        sa.Column("what_index", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_misuse_try"),
    )
    op.create_index("ix_misuse_try_address_index_kind_at", "misuse_try", ["address_index", "kind", "at"])
    op.create_table(
        "misuse_alarm",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("address_index", sa.String(64), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("slowed_until", MOMENT),
        sa.Column("seen_by", sa.String(64)),
        sa.Column("seen_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_misuse_alarm"),
        sa.ForeignKeyConstraint(["seen_by"], ["staff.id"], name="fk_misuse_alarm_seen_by_staff"),
    )
    op.create_index("ix_misuse_alarm_address_index", "misuse_alarm", ["address_index"])
    op.create_index("ix_misuse_alarm_last_at", "misuse_alarm", ["last_at"])
