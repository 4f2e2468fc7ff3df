"""Recordings of calls: begun with her yes, kept piece by piece as encrypted files, looked at with a reason, deleted in time.

The operator's browser mixes both sides and sends pieces by number while the call goes on; the same piece may come again.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from assistant.foundation import audit
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.video_tables import video_call as calls
from assistant.foundation.video_tables import video_piece as pieces
from assistant.foundation.video_tables import video_recording as recordings

MOST_PIECES = 5_000
MOST_BYTES = 4 * 1024 * 1024
"""Of one piece; four seconds of our picture take some 400 KB."""
LATE = timedelta(minutes=10)
"""So long after the stop what is still on its way is taken; then a recording with gaps stays as it is."""
RUNNING, STOPPED, WHOLE, CUT, DELETED = "running", "stopped", "whole", "cut", "deleted"
_TO_COME = (RUNNING, STOPPED)


class PieceRefused(Exception):
    """A piece cannot be kept; ``code`` (``problems.recording_…``): over, number or other (another came under its number)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Recording:
    """A recording and what of it is there; ``pieces`` is how many there should be, where that is known."""

    id: str
    call_id: str
    conversation_id: str
    staff_id: str
    words: str
    agreed_at: datetime
    stopped_at: datetime | None
    state: str
    media_type: str
    pieces: int | None
    deleted_at: datetime | None
    size: int = 0


def begin(conn: Connection, call_id: str, words: str, at: datetime) -> str:
    """She agreed to these words; the recording's id."""
    made = str(uuid.uuid4())
    conn.execute(
        insert(recordings).values(id=made, call_id=call_id, words=words, agreed_at=at, state=RUNNING, media_type="video/webm")
    )
    return made


def stop(conn: Connection, call_id: str, at: datetime) -> str | None:
    """The call's recording that runs ends; its id."""
    running = (recordings.c.call_id == call_id) & (recordings.c.state == RUNNING)
    found = conn.execute(select(recordings.c.id).where(running)).scalar()
    conn.execute(update(recordings).where(running).values(state=STOPPED, stopped_at=at))
    return str(found) if found else None


def running(conn: Connection, call_id: str) -> str | None:
    """The id of the call's recording that runs."""
    query = select(recordings.c.id).where(recordings.c.call_id == call_id, recordings.c.state == RUNNING)
    return conn.execute(query).scalar()


def find(conn: Connection, recording_id: str) -> Recording | None:
    """A recording."""
    row = conn.execute(_query().where(recordings.c.id == recording_id)).mappings().first()
    return _read(row) if row else None


def of_conversation(conn: Connection, conversation_id: str) -> list[Recording]:
    """The recordings of a conversation's calls, the earliest first."""
    query = _query().where(calls.c.conversation_id == conversation_id).order_by(recordings.c.agreed_at)
    return [_read(row) for row in conn.execute(query).mappings()]


def put(db: Database, blobs: BlobStore, found: Recording, number: int, data: bytes) -> None:
    """Keep a piece, encrypted; one that is there already stays.

    Raises:
        PieceRefused: see its codes.
    """
    digest = hashlib.sha256(data).hexdigest()
    if not 0 <= number < MOST_PIECES or (found.pieces is not None and number >= found.pieces):
        raise PieceRefused("number")
    with db.read() as conn:
        if _there(conn, found.id, number, digest):
            return
    if found.state not in _TO_COME:
        raise PieceRefused("over")
    blob_id = blobs.put(data)
    kept = False
    try:
        with db.write() as conn:
            # the row first: of two that come at once, the second finds the first
            conn.execute(select(recordings.c.id).where(recordings.c.id == found.id).with_for_update())
            if not _there(conn, found.id, number, digest):
                conn.execute(
                    insert(pieces).values(
                        recording_id=found.id, number=number, blob_id=blob_id, size=len(data), sha256=digest
                    )
                )
                kept = True
    finally:
        if not kept:
            blobs.delete(blob_id)


def finish(conn: Connection, found: Recording, count: int) -> list[int]:
    """There are so many pieces; the numbers of those still wanted. Empty: it is whole.

    Raises:
        PieceRefused: ``number``, there are more than that.
    """
    have = set(conn.execute(select(pieces.c.number).where(pieces.c.recording_id == found.id)).scalars())
    if count > MOST_PIECES or any(number >= count for number in have):
        raise PieceRefused("number")
    wanted = sorted(set(range(count)) - have)
    if found.state in _TO_COME:
        # what is whole stays open while the call's own stop is still on its way
        state = found.state if wanted else WHOLE
        conn.execute(update(recordings).where(recordings.c.id == found.id).values(pieces=count, state=state))
    return wanted


def played(blobs: BlobStore, ids: Sequence[str]) -> Iterator[bytes]:
    """The recording, piece after piece.

    Raises:
        CannotDecrypt: a file was changed, or its key is not on the ring.
    """
    for blob_id in ids:
        yield blobs.get(blob_id)


def blobs_of(conn: Connection, recording_id: str) -> list[str]:
    """The files of a recording, in order."""
    query = select(pieces.c.blob_id).where(pieces.c.recording_id == recording_id).order_by(pieces.c.number)
    return [str(one) for one in conn.execute(query).scalars()]


class Keeping:
    """Closes what has gaps for good, and deletes what is old."""

    def __init__(self, db: Database, blobs: BlobStore, clock: Clock, days: int) -> None:
        self._db, self._blobs, self._clock, self._days = db, blobs, clock, timedelta(days=days)

    def run(self) -> int:
        """One round; how many were deleted."""
        now = self._clock.now()
        late = (recordings.c.state == STOPPED) & (recordings.c.stopped_at < now - LATE)
        with self._db.read() as conn:
            any_late = conn.execute(select(recordings.c.id).where(late).limit(1)).first() is not None
        if any_late:  # whoever only looks waits for no turn to write
            with self._db.write() as conn:
                conn.execute(update(recordings).where(late).values(state=CUT))
        with self._db.read() as conn:
            old = (recordings.c.state != DELETED) & (recordings.c.agreed_at < now - self._days)
            found = [_read(row) for row in conn.execute(_query().where(old)).mappings()]
        for one in found:
            self._delete(one, now)
        return len(found)

    def _delete(self, one: Recording, now: datetime) -> None:
        with self._db.read() as conn:
            files = blobs_of(conn, one.id)
        for blob_id in files:  # files first: a crash in between leaves rows that name nothing, and is made good next time
            self._blobs.delete(blob_id)
        with self._db.write() as conn:
            conn.execute(delete(pieces).where(pieces.c.recording_id == one.id))
            conn.execute(update(recordings).where(recordings.c.id == one.id).values(state=DELETED, deleted_at=now))
            detail = {"recording": one.id, "pieces": len(files)}
            audit.append(
                conn, at=now, actor="system", action="video.recording_deleted", subject=one.conversation_id, detail=detail
            )


def _there(conn: Connection, recording_id: str, number: int, digest: str) -> bool:
    query = select(pieces.c.sha256).where(pieces.c.recording_id == recording_id, pieces.c.number == number)
    held = conn.execute(query).scalar()
    if held is not None and held != digest:
        raise PieceRefused("other")
    return held is not None


def _query() -> Select[Any]:
    size = select(func.coalesce(func.sum(pieces.c.size), 0)).where(pieces.c.recording_id == recordings.c.id).scalar_subquery()
    return select(recordings, calls.c.conversation_id, calls.c.staff_id, size.label("size")).join(
        calls, calls.c.id == recordings.c.call_id
    )


def _read(row: RowMapping) -> Recording:
    return Recording(
        id=row["id"], call_id=row["call_id"], conversation_id=row["conversation_id"], staff_id=row["staff_id"],
        words=row["words"], agreed_at=row["agreed_at"], stopped_at=row["stopped_at"], state=row["state"],
        media_type=row["media_type"], pieces=row["pieces"], deleted_at=row["deleted_at"], size=int(row["size"]),
    )  # fmt: skip
