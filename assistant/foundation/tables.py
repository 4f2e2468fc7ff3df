"""All tables, in one place, as ``migrations`` creates them (a test holds the two equal).

What identifies a citizen or is said by one sits in encrypted columns only; the rest are ids, codes, counts and times.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from assistant.foundation.columns import EncryptedJSON, EncryptedText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token_hash", String(64), nullable=False, index=True),
    Column("token_expires_at", UtcDateTime, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("region", String(6)),
    Column("owner", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("turn_count", Integer, nullable=False),
    Column("state", EncryptedJSON("conversation.state"), nullable=False),
    Column("active_case", String(64)),
    Column("last_event", Integer, nullable=False),
)
"""A conversation. ``owner`` is bot, queue, staff or closed; ``revision`` locks; ``last_event`` is the last ``event.seq``."""

turn = Table(
    "turn",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("client_message_id", String(128), nullable=False),
    Column("request_hash", String(64), nullable=False),
    Column("response", EncryptedText("turn.response"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "client_message_id"),
)
"""One turn. ``response`` is the exact text of the JSON sent, repeated byte for byte when the message comes again."""

event = Table(
    "event",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("data", EncryptedJSON("event.data"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""What the event stream replays, numbered from 1 in each conversation."""

case_ = Table(
    "case_file",
    metadata,
    Column("case_no", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("guide_code", String(64), nullable=False),
    Column("guide_version", String(16), nullable=False),
    Column("status", String(32), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("data", EncryptedJSON("case_file.data"), nullable=False),
    Column("resume_tries", Integer, nullable=False, server_default="0"),
    Column("resume_locked_until", UtcDateTime),
)
"""A case, whole, in ``data``; the other columns repeat what has to be found or locked. CASE is a reserved word of SQL."""

upload = Table(
    "upload",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("case_no", ForeignKey("case_file.case_no"), index=True),
    Column("material", String(64)),
    Column("file_name", EncryptedText("upload.file_name"), nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("pages", Integer),
    Column("sha256", String(64), nullable=False),
    Column("blob_id", String(64), nullable=False),
    Column("checks", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("reading", EncryptedJSON("upload.reading")),
    Column("straight_blob_id", String(64)),
    Column("straight_sha256", String(64)),
)
"""A file a citizen sent. ``size`` in bytes, ``sha256`` over them; the bytes themselves are ``blob_id`` in the blob store.

``reading`` is what was read from it (``papers.reading.Read``), ``straight_blob_id`` its straightened PDF, if any.
"""

submission = Table(
    "submission",
    metadata,
    Column("case_no", ForeignKey("case_file.case_no"), nullable=False),
    Column("part", String(80), nullable=False),
    Column("package_version", Integer, nullable=False),
    Column("submission_id", String(160), primary_key=True),
    Column("state", String(32), nullable=False),
    Column("office_ref", String(128)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", UtcDateTime),
    Column("last_error", String(255)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_no", "part", "package_version"),
    Index(None, "state", "next_attempt_at"),
)
"""One package on its way to the office of one part. ``last_error`` is a code, never a far side's text."""

office_history = Table(
    "office_history",
    metadata,
    Column("case_no", ForeignKey("case_file.case_no"), primary_key=True),
    Column("part", String(80), primary_key=True),
    Column("seen", Integer, nullable=False),
)
"""How many lines of an office's history of a part have been applied to the case."""

webhook_seen = Table(
    "webhook_seen",
    metadata,
    Column("office", String(64), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""Webhooks taken in the last minutes, so that none is taken twice."""

case_event = Table(
    "case_event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("case_no", ForeignKey("case_file.case_no"), nullable=False, index=True),
    Column("part", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("due", Date),
    Column("text", EncryptedText("case_event.text"), nullable=False),
)
"""What happened to cases, numbered in the order of commits (see ``casework.events``). ``part`` is an item's code or empty."""

result = Table(
    "result",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("case_no", ForeignKey("case_file.case_no"), nullable=False),
    Column("part", String(80), nullable=False),
    Column("office_ref", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("sha256", String(64), nullable=False), Column("media_type", String(128), nullable=False),
    Column("size", BigInteger, nullable=False), Column("blob_id", String(64), nullable=False),
    Column("code_index", String(64), unique=True),
    Column("data", EncryptedJSON("result.data"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False), Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_no", "part", "sha256"),
)  # fmt: skip
"""A result an office made of a case's part. ``sha256`` is over the bytes kept as ``blob_id``; ``code_index`` the blind index of
its anti-forgery code. ``state`` is valid, replaced, withdrawn, or aside (not what it said it was: never handed over).
"""

result_wait = Table(
    "result_wait",
    metadata,
    Column("case_no", ForeignKey("case_file.case_no"), primary_key=True),
    Column("part", String(80), primary_key=True),
    Column("attempts", Integer, nullable=False), Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("code", String(64), nullable=False), Column("told", Boolean, nullable=False),
)  # fmt: skip
"""Results that could not be had so far: ``code`` says why, ``told`` whether the citizen and staff know."""

notice = Table(
    "notice",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("about", String(160), nullable=False),
    Column("case_no", ForeignKey("case_file.case_no"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("address", EncryptedText("notice.address")),
    Column("words", EncryptedJSON("notice.words"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("far_ref", String(128)),
    Column("error", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Index(None, "case_no", "about"),
    Index(None, "state", "due_at"),
)
"""A notice to a citizen (see ``casework.notices.store``). ``key`` is made of case, ``about`` (an event's number or a reminder's
name, and the kind) and channel, so each is there once; ``error`` is a code, never a far side's text.
"""

issued_file = Table(
    "issued_file",
    metadata,
    Column("receipt_no", String(64), primary_key=True),
    Column("case_no", ForeignKey("case_file.case_no"), nullable=False),
    Column("part", String(80), nullable=False),
    Column("status", String(32), nullable=False),
    Column("data", EncryptedJSON("issued_file.data"), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_no", "part"),
)
"""What the office that issues at once holds (see ``submission.offices.credit_office``): its own books, not the case's."""

shipment = Table(
    "shipment",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("case_no", ForeignKey("case_file.case_no"), nullable=False, index=True),
    Column("kind", String(16), nullable=False), Column("result_id", String(64), nullable=False),
    Column("state", String(16), nullable=False), Column("tracking_no", String(64)),
    Column("attempts", Integer, nullable=False), Column("next_attempt_at", UtcDateTime, index=True),
    Column("data", EncryptedJSON("shipment.data"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False), Column("updated_at", UtcDateTime, nullable=False),
)  # fmt: skip
"""Something sent by post: ``kind`` is delivery (of ``result_id``) or envelope; ``id`` is the courier's idempotency key. Name,
phone and address are in ``data``. ``state`` is asked, a status of the courier's, or rejected.
"""

rating = Table(
    "rating",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("case_no", ForeignKey("case_file.case_no"), index=True),
    Column("item", String(80), nullable=False),
    Column("department", String(128), nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("grade", String(32), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("words", EncryptedText("rating.words"), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("follow_up", String(16), nullable=False),
    Column("due", Date),
    Column("contacted_at", UtcDateTime),
    Column("contact", EncryptedText("rating.contact"), nullable=False),
    Column("answer", EncryptedText("rating.answer"), nullable=False),
    Column("closed_at", UtcDateTime),
    Index(None, "follow_up", "due"),
)
"""A rating (好差评) of a case or a conversation, and what was done about it (see ``casework.ratings``)."""

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("action", String(128), nullable=False),
    Column("subject", String(128), nullable=False, index=True),
    Column("detail", JSON, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "action", "at"),
)
"""The audit chain (see ``audit``); triggers refuse every change of a written entry."""

review_sentence = Table(
    "review_sentence",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("reason", String(16), nullable=False),
    Column("text", EncryptedText("review_sentence.text"), nullable=False),
    Column("times", Integer, nullable=False),
    Column("read_intent", String(32), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("read_item", String(64)),
    Column("candidates", JSON, nullable=False),
    Column("suggested_intent", String(32)),
    Column("suggested_item", String(64)),
    Column("state", String(16), nullable=False),
)
"""A masked sentence that was not understood, for somebody to label; of no conversation, case or person.

``digest`` is the blind index of its normalised text, ``times`` how often it came, ``at`` when last. ``reason`` is fell_back,
corrected or relabelled; ``state`` new, labelled or dropped. Items are guide codes; a suggested one may also be ``?`` or ``-``.
"""

guide_revision = Table(
    "guide_revision",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("code", String(64), nullable=False),
    Column("place", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("base_digest", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("effective", String(10)),
    Column("author", ForeignKey("staff.id")),
    Column("reviewer", ForeignKey("staff.id")),
    Column("answer", Text, nullable=False),
    Column("trouble", String(32)),
    Column("saves", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("proposed_at", UtcDateTime),
    Column("decided_at", UtcDateTime),
    Column("published_at", UtcDateTime),
    CheckConstraint("reviewer IS NULL OR author IS NULL OR reviewer <> author", name="two_persons"),
    CheckConstraint(
        "state NOT IN ('approved', 'published', 'replaced') OR (author IS NOT NULL AND reviewer IS NOT NULL)",
        name="both_known",
    ),
    Index(None, "code", "place"),
    Index(None, "state", "effective"),
)
"""One text of one file of a guide, as somebody wrote it: public matter, never about a citizen. The folder is what is served.

``state`` is draft, proposed, approved, published, returned or replaced; found is the text of a file nobody wrote in the console.
``digest`` is SHA-256 of the text, ``base_digest`` that of the file it was written for (empty: there was none). ``note`` says what
changed and why, ``answer`` what the reviewer said; ``trouble`` is a code for why it could not be published. ``effective`` is the
day to publish on (ISO 8601), at once where none is given; ``saves`` counts savings and locks.
"""

setting_kv = Table(
    "setting_kv",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSON, nullable=False),
)
"""Small facts about the installation itself, never about a citizen."""
