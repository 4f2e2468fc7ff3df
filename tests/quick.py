"""What many tests begin with, made once: the guides we ship as read and indexed, and an empty database as migrated."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import PROBE_KEY, Database
from assistant.foundation.settings import ROOT, Settings
from knowledge.catalogue import Catalogue
from knowledge.living import LivingGuides
from knowledge.schema import Guide
from knowledge.search import Search

_SHIPPED = (ROOT / "knowledge" / "guides").resolve()


class SharedGuides(LivingGuides):
    """The guides in service of one app of many in this process.

    The first app reads and indexes our own folder; each later one is given that as "served so far", as an app that runs is
    after a change: what has not changed is not read again. Any other folder is read as it is.
    """

    served: tuple[Catalogue, Search] | None = None

    def __init__(self, folder: Path, load: Any, index: Any, *others: Any, **named: Any) -> None:
        ours = folder.resolve() == _SHIPPED

        def read(so_far: Catalogue | None, day: date) -> Catalogue:
            found: Catalogue = load(so_far or (SharedGuides.served[0] if ours and SharedGuides.served else None), day)
            return found

        def searched(catalogue: Catalogue, so_far: Search | None) -> Search:
            before = SharedGuides.served if ours else None
            if so_far is None and before and _the_same(catalogue, before[0]):
                return before[1]
            made: Search = index(catalogue, so_far or (before[1] if before else None))
            return made

        super().__init__(folder, read, searched, *others, **named)
        if ours and SharedGuides.served is None:
            SharedGuides.served = self.catalogue, self.search


def _the_same(one: Catalogue, other: Catalogue) -> bool:
    """Whether these are the very guides, not equal ones, in the same translations."""
    mine, theirs = one.all(), other.all()
    return len(mine) == len(theirs) and all(a is b for a, b in zip(mine, theirs, strict=True)) and one.translations == other.translations


_texts: dict[int, tuple[Guide, str]] = {}


def text_once(guide: Guide) -> str:
    """``knowledge.archive._text`` for apps that share their guides: each is written out once, not once an app."""
    kept = _texts.get(id(guide))
    if kept is None or kept[0] is not guide:
        kept = _texts[id(guide)] = guide, guide.model_dump_json(by_alias=True, exclude_unset=True)
    return kept[1]


@cache
def _migrated() -> Path:
    folder = Path(mkdtemp(prefix="bandao-test-"))
    database = Database(f"sqlite:///{folder / 'empty.db'}", KeyRing.open(folder / "key"), "normal")
    database.upgrade()
    database.dispose()
    with sqlite3.connect(folder / "empty.db") as connection:
        # Written anew under the key ring of each copy.
        connection.execute("DELETE FROM setting_kv WHERE key = ?", (PROBE_KEY,))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "empty.db"


def empty_database(settings: Settings) -> Database:
    """An empty, migrated SQLite database of these settings: a copy of one that was migrated, which is quicker than migrating."""
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_migrated(), path)
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    database.check_keyring()
    return database
