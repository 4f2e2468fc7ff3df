"""The first tables; what identifies a citizen is encrypted from the start, and the audit chain only grows.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CIPHERTEXT = sa.LargeBinary()


def upgrade() -> None:
    """Create every table, index and trigger."""
    _conversations()
    _cases()
    _desk()
    _audit()
    op.create_table(
        "setting_kv",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting_kv"),
    )


def _conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("token_expires_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("region", sa.String(6)),
        sa.Column("owner", sa.String(16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("turn_count", sa.Integer(), nullable=False),
        sa.Column("state", CIPHERTEXT, nullable=False),
        sa.Column("active_case", sa.String(64)),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
    )
    op.create_index("ix_conversation_token_hash", "conversation", ["token_hash"])
    op.create_table(
        "turn",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("client_message_id", sa.String(128), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("response", CIPHERTEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "turn", name="pk_turn"),
        sa.UniqueConstraint("conversation_id", "client_message_id", name="uq_turn_conversation_id_client_message_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_turn_conversation_id_conversation", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "event",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("data", CIPHERTEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_event"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_event_conversation_id_conversation", ondelete="CASCADE"
        ),
    )


def _cases() -> None:
    op.create_table(
        "case_file",
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("guide_code", sa.String(64), nullable=False),
        sa.Column("guide_version", sa.String(16), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("data", CIPHERTEXT, nullable=False),
        sa.Column("resume_tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("resume_locked_until", MOMENT),
        sa.PrimaryKeyConstraint("case_no", name="pk_case_file"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_case_file_conversation_id_conversation"),
    )
    op.create_index("ix_case_file_conversation_id", "case_file", ["conversation_id"])
    op.create_index("ix_case_file_status", "case_file", ["status"])
    op.create_table(
        "upload",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("case_no", sa.String(64)),
        sa.Column("material", sa.String(64)),
        sa.Column("file_name", CIPHERTEXT, nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.Integer()),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_upload_conversation_id_conversation"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_upload_case_no_case_file"),
    )
    op.create_index("ix_upload_conversation_id", "upload", ["conversation_id"])
    op.create_index("ix_upload_case_no", "upload", ["case_no"])
    op.create_table(
        "submission",
        sa.Column("case_no", sa.String(64), nullable=False),
        sa.Column("package_version", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("office_ref", sa.String(128)),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_attempt_at", MOMENT),
        sa.Column("last_error", sa.String(255)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_submission"),
        sa.UniqueConstraint("case_no", "package_version", name="uq_submission_case_no_package_version"),
        sa.ForeignKeyConstraint(["case_no"], ["case_file.case_no"], name="fk_submission_case_no_case_file"),
    )
    op.create_index("ix_submission_state_next_attempt_at", "submission", ["state", "next_attempt_at"])


def _desk() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("display_name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("login", name="uq_staff_login"),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_session"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_session_staff_id_staff", ondelete="CASCADE"),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_table(
        "desk_entry",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT),
        sa.Column("staff_id", sa.String(64)),
        sa.Column("released_at", MOMENT),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("note", CIPHERTEXT),
        sa.PrimaryKeyConstraint("id", name="pk_desk_entry"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_desk_entry_conversation_id_conversation"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_desk_entry_staff_id_staff"),
    )
    op.create_index("ix_desk_entry_conversation_id", "desk_entry", ["conversation_id"])
    op.create_index("ix_desk_entry_staff_id", "desk_entry", ["staff_id"])
    op.create_index("ix_desk_entry_state_queued_at", "desk_entry", ["state", "queued_at"])


def _audit() -> None:
    op.create_table(
        "audit_entry",
        # INTEGER on SQLite, so that the primary key is the row id and the next number is found at once.
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject"])
    statements = POSTGRES_TRIGGERS if op.get_bind().dialect.name == "postgresql" else SQLITE_TRIGGERS
    for statement in statements:
        op.execute(statement)


SQLITE_TRIGGERS = (
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    # INSERT OR REPLACE deletes without firing the trigger above; and a gap would look like a removed entry.
    "CREATE TRIGGER audit_entry_in_order BEFORE INSERT ON audit_entry "
    "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit_entry) "
    "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
)
POSTGRES_TRIGGERS = (
    "CREATE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$",
    "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
    "FOR EACH ROW EXECUTE FUNCTION audit_entry_append_only()",
    "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_append_only()",
)
