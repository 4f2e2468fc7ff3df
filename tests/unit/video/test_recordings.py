"""Recordings on disk: encrypted, numbered, closed with their gaps, deleted when they are old."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from assistant.foundation.audit import verify
from assistant.foundation.blobs import BlobStore, CannotDecrypt
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import staff
from assistant.foundation.tables import audit_entry
from assistant.foundation.video_tables import video_piece
from channels.video import recordings, store
from channels.video.call import Party, begun
from channels.video.messages import Ring
from channels.video.recordings import Keeping, PieceRefused, Recording
from tests.conftest import NOW
from tests.unit.foundation.rows import add_conversation

PIECES = (b"picture and sound " * 50, b"more of it " * 50, b"the end " * 50)


@pytest.fixture
def blobs(db: Database, tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs", db.keyring)


@pytest.fixture
def made(db: Database) -> Recording:
    """A recording that runs."""
    conversation = add_conversation(db, NOW, state={})
    with db.write() as conn:
        conn.execute(insert(staff).values(id="s1", login="zhuo-1", password_hash="x", display_name="一号坐席", active=True, created_at=NOW))
        call = store.add(conn, begun(conversation, Party.STAFF, Ring(type="ring"), "p", NOW, "s1").call)
        recordings.begin(conn, call.id, "可以录吗", NOW)
    return found(db)


def found(db: Database) -> Recording:
    with db.read() as conn:
        [one] = recordings.of_conversation(conn, "conversation-1")
    return one


def files(blobs: BlobStore) -> list[bytes]:
    return [path.read_bytes() for path in blobs.root.rglob("*") if path.is_file()]


def test_pieces_in_any_order_are_played_in_theirs_and_read_by_nobody_without_the_key(
    db: Database, blobs: BlobStore, made: Recording, tmp_path: Path
) -> None:
    for number in (2, 0, 0, 1):
        recordings.put(db, blobs, made, number, PIECES[number])
    with db.write() as conn:
        assert recordings.finish(conn, made, 3) == []
        ids = recordings.blobs_of(conn, made.id)
    assert b"".join(recordings.played(blobs, ids)) == b"".join(PIECES)
    assert len(files(blobs)) == 3, "the same piece again is the same file"
    assert not any(b"picture" in one or b"the end" in one for one in files(blobs))
    stranger = BlobStore(blobs.root, KeyRing.open(tmp_path / "another.json"))
    with pytest.raises(CannotDecrypt):
        list(recordings.played(stranger, ids))
    assert (found(db).state, found(db).words, found(db).size) == ("whole", "可以录吗", sum(map(len, PIECES)))


def test_another_piece_under_a_number_leaves_the_first(db: Database, blobs: BlobStore, made: Recording) -> None:
    recordings.put(db, blobs, made, 0, PIECES[0])
    for number, code in ((0, "other"), (recordings.MOST_PIECES, "number"), (-1, "number")):
        with pytest.raises(PieceRefused) as refused:
            recordings.put(db, blobs, made, number, PIECES[1])
        assert refused.value.code == code
    assert len(files(blobs)) == 1


def test_what_does_not_come_in_time_is_said_to_be_missing(
    db: Database, blobs: BlobStore, made: Recording, clock: FixedClock
) -> None:
    keeping = Keeping(db, blobs, clock, days=30)
    recordings.put(db, blobs, made, 1, PIECES[1])
    with db.write() as conn:
        assert recordings.finish(conn, made, 3) == [0, 2]
        with pytest.raises(PieceRefused):
            recordings.finish(conn, made, 1)
        assert recordings.stop(conn, made.call_id, NOW) == made.id
        assert recordings.stop(conn, made.call_id, NOW) is None
    clock.advance(recordings.LATE)
    keeping.run()
    recordings.put(db, blobs, found(db), 0, PIECES[0])
    clock.advance(timedelta(seconds=1))
    keeping.run()
    assert found(db).state == "cut"
    with pytest.raises(PieceRefused):
        recordings.put(db, blobs, found(db), 2, PIECES[2])


def test_old_ones_go_with_their_files_and_that_is_audited(
    db: Database, blobs: BlobStore, made: Recording, clock: FixedClock
) -> None:
    recordings.put(db, blobs, made, 0, PIECES[0])
    keeping = Keeping(db, blobs, clock, days=30)
    clock.advance(timedelta(days=30))
    assert keeping.run() == 0 and files(blobs)
    clock.advance(timedelta(seconds=1))
    assert keeping.run() == 1 and keeping.run() == 0
    assert files(blobs) == [] and found(db).state == "deleted"
    with db.read() as conn:
        assert conn.execute(select(video_piece)).first() is None
        assert "video.recording_deleted" in conn.execute(select(audit_entry.c.action)).scalars()
        assert verify(conn).ok
