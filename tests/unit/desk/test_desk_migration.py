"""Stays of before the desk had groups: they wait on, and of several live ones of a conversation the newest counts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from tests.conftest import NOW

OLD = {"e1": ("c1", "waiting", 1), "e2": ("c1", "claimed", 2), "e3": ("c2", "waiting", 1), "e4": ("c3", "released", 1)}


def test_stays_of_before(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'old.db'}", KeyRing.open(tmp_path / "ring.json"))
    db.upgrade("0014")
    with db.write() as conn:
        for name in ("c1", "c2", "c3"):
            conn.execute(text(
                "INSERT INTO conversation (id, token_hash, token_expires_at, channel, locale, owner, created_at, updated_at, revision,"
                " turn_count, state, last_event) VALUES (:id, 'x', :at, 'web', 'zh-CN', 'queue', :at, :at, 0, 0, x'00', 0)"
            ), {"id": name, "at": NOW.isoformat()})  # fmt: skip
        for entry, (name, state, minute) in OLD.items():
            queued = NOW.replace(minute=minute).isoformat()
            conn.execute(text(
                "INSERT INTO desk_entry (id, conversation_id, reason, queued_at, state) VALUES (:id, :of, 'to_human', :at, :state)"
            ), {"id": entry, "of": name, "at": queued, "state": state})  # fmt: skip
    db.upgrade()
    with db.read() as conn:
        kept = conn.execute(text("SELECT id, state, kind, skill_group FROM desk_entry ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [
        ("e1", "left", "talk", "general"), ("e2", "claimed", "talk", "general"), ("e3", "waiting", "talk", "general"),
        ("e4", "released", "talk", "general"),
    ]  # fmt: skip
    db.dispose()
