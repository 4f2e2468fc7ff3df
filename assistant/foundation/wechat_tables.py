"""Tables of WeChat's doors: what arrived, who it is from and how far she has been answered, tokens and places of reading."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from assistant.foundation.columns import EncryptedJSON, EncryptedText, UtcDateTime
from assistant.foundation.tables import metadata

wechat_inbox = Table(
    "wechat_inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account", String(80), nullable=False),
    Column("peer", String(64), nullable=False),
    Column("dedup", String(160), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payload", EncryptedJSON("wechat_inbox.payload")),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    UniqueConstraint("account", "dedup"),
    Index("ix_wechat_inbox_state_id", "state", "id"),
    Index("ix_wechat_inbox_peer_state", "peer", "state"),
    Index("ix_wechat_inbox_received_at", "received_at"),
)
"""Everything that was acknowledged, once each by ``dedup``. ``state`` is new, done or failed.

``payload`` goes when it is settled; the row stays, so that a repeat is known. ``peer`` is ``wechat_peer.id``, whether or not
that row is there yet.
"""

wechat_peer = Table(
    "wechat_peer",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account", String(80), nullable=False),
    Column("openid", EncryptedText("wechat_peer.openid"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), index=True),
    Column("sent_seq", Integer, nullable=False),
    Column("batch_seq", Integer, nullable=False),
    Column("sent_part", Integer, nullable=False),
    Column("budget", Integer, nullable=False),
    Column("budget_until", UtcDateTime, index=True),
    Column("subscribed", Boolean, nullable=False),
    Column("changed_at", UtcDateTime),
    Column("menu", EncryptedJSON("wechat_peer.menu")),
    Column("service_state", Integer),
    Column("resting_until", UtcDateTime),
    Column("lease_by", String(40)),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime, nullable=False),
)
"""Somebody at one account; ``id`` is a blind index of account and openid.

``sent_seq`` is the last event of her conversation she was sent; those up to ``batch_seq`` are being sent, and ``sent_part`` of
the messages made of them have gone; ``budget`` is how many messages the platform still takes for her until ``budget_until``;
``changed_at`` is when ``subscribed`` was last told (by the platform's clock); ``menu`` is what the numbers of the last list
mean; ``service_state`` is WeCom's; ``resting_until`` puts sending off. Whoever holds the lease works for her, nobody else.
"""

wechat_token = Table(
    "wechat_token",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("value", EncryptedText("wechat_token.value")),
    Column("expires_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
)
"""The access token of an account, for all processes; whoever holds the lease fetches the next one."""

wechat_cursor = Table(
    "wechat_cursor",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("cursor", String(200), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""How far the messages of a customer-service account were read."""
