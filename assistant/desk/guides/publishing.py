"""Putting approved revisions into the guides' folder on their day, once, whatever happens in between.

The folder is what is served, the database says who wrote it. First the file is written (whole or not at all), then the
revision is called published: killed in between, the next run finds the file with the revision's own digest and only finishes.
A file that is neither that one nor the one the revision was written for was changed by somebody else: it is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, or_, select, update

from assistant.desk.guides import revisions
from assistant.desk.guides.revisions import APPROVED, PUBLISHED, REPLACED, RETURNED, Revision
from assistant.foundation import audit
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.tables import guide_revision
from knowledge.editing import places
from knowledge.editing.places import Place, digest

log = get_logger(__name__)
FILE_CHANGED, UNSOUND, UNWRITABLE = "file_changed", "unsound", "unwritable"
Sound = Callable[[Place, str, str | None], bool]
"""Whether a text may be served in place of a file with this text (None: a new one)."""


def publish_due(db: Database, folder: Path, now: datetime, sound: Sound) -> list[Revision]:
    """Publish everything approved whose day has come; what cannot be is given back or tried again. Returns what was published."""
    due = select(guide_revision.c.id).where(
        guide_revision.c.state == APPROVED,
        or_(guide_revision.c.effective.is_(None), guide_revision.c.effective <= now.date().isoformat()),
    ).order_by(guide_revision.c.decided_at, guide_revision.c.id)  # fmt: skip
    with db.read() as conn:
        waiting = [str(row.id) for row in conn.execute(due)]
    done = []
    for revision_id in waiting:
        try:
            published = _publish(db, folder, revision_id, now, sound)
        except OSError as error:
            log.error("guide.unwritable", error=type(error).__name__)
            with db.write() as conn:
                conn.execute(update(guide_revision).where(guide_revision.c.id == revision_id).values(trouble=UNWRITABLE))
            continue
        if published is not None:
            done.append(published)
    return done


def _publish(db: Database, folder: Path, revision_id: str, now: datetime, sound: Sound) -> Revision | None:
    with db.write() as conn:
        # Locked, so that of two processes one publishes; the file is small, and must not be written twice.
        row = conn.execute(select(guide_revision.c.state).where(guide_revision.c.id == revision_id).with_for_update()).first()
        if row is None or row.state != APPROVED:
            return None
        held = revisions.load(conn, revision_id)
        if held.author is None or held.reviewer is None or held.author == held.reviewer:
            return None
        there = places.read(folder, held.place)
        if digest(there) != held.digest:
            trouble = _in_the_way(held, there, sound)
            if trouble is not None:
                revisions.remember(conn, held.place, there, now)
                values = {"state": RETURNED, "trouble": trouble, "updated_at": now, "saves": held.saves + 1}
                conn.execute(update(guide_revision).where(guide_revision.c.id == held.id).values(**values))
                _audit(conn, held, f"guide.{trouble}", now)
                return None
            revisions.remember(conn, held.place, there, now)
            places.write(folder, held.place, held.text)
        same = guide_revision.c.code == held.place.code, guide_revision.c.place == held.place.place
        conn.execute(update(guide_revision).where(*same, guide_revision.c.state == PUBLISHED).values(state=REPLACED))
        values = {"state": PUBLISHED, "published_at": now, "updated_at": now, "trouble": None}
        conn.execute(update(guide_revision).where(guide_revision.c.id == held.id).values(**values))
        _audit(conn, held, "guide.published", now)
        return revisions.load(conn, held.id)


def _in_the_way(held: Revision, there: str | None, sound: Sound) -> str | None:
    if digest(there) != held.base_digest:
        return FILE_CHANGED
    return None if sound(held.place, held.text, there) else UNSOUND


def _audit(conn: Connection, held: Revision, action: str, now: datetime) -> None:
    by = {"author": held.author, "reviewer": held.reviewer}
    detail = {"place": held.place.place, "revision": held.id, "digest": held.digest, **by}
    audit.append(conn, at=now, actor="system", action=action, subject=held.place.code, detail=detail)
