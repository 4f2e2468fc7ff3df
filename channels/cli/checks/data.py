"""What is kept: the key ring, the database and the audit chain. Nothing is made or changed by looking."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from assistant.foundation import audit
from assistant.foundation.crypto import KeyRing, KeyRingError
from assistant.foundation.database import MIGRATIONS, Database, WrongKeyRing
from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def checks(settings: Settings) -> Iterator[Check]:
    """Key ring, then database and audit chain as far as there are any yet."""
    fresh = _fresh(settings)
    if not settings.keyring_path.exists():
        # A database without its keys is the one loss nothing repairs, so it must never pass for a first start.
        yield good("keyring", t("doctor.not_yet")) if fresh else bad("keyring", "keyring_lost", path=settings.keyring_path)
        return
    try:
        keyring = KeyRing.open(settings.keyring_path, create=False)
    except KeyRingError as error:
        yield bad("keyring", "keyring_broken", reason=error)
        return
    yield _permissions(settings)
    if fresh:
        yield good("database", t("doctor.not_yet"))
        return
    with closing(_Opened(settings, keyring)) as opened:
        yield from opened.checks()


def _fresh(settings: Settings) -> bool:
    """Whether this is before the first start: the database would be a file, and there is none."""
    address = make_url(settings.database_url)
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").exists()


def _permissions(settings: Settings) -> Check:
    files = [settings.keys_dir, *(file for file in settings.keys_dir.iterdir() if file.is_file())]
    open_to_others = [file.name for file in files if file.stat().st_mode & OTHERS]
    if open_to_others:
        return bad("keyring", "keyring_open", files=", ".join(sorted(open_to_others)), folder=settings.keys_dir)
    return good("keyring", str(settings.keyring_path))


class _Opened:
    """The database under examination."""

    def __init__(self, settings: Settings, keyring: KeyRing) -> None:
        self._database = Database(settings.database_url, keyring, settings.fsync)

    def close(self) -> None:
        self._database.dispose()

    def checks(self) -> Iterator[Check]:
        try:
            with self._database.read() as connection:
                have, wanted = _revisions(connection)
                if have != wanted:
                    yield bad("database", "not_migrated", have=have or "–", wanted=wanted)
                    return
                report = audit.verify(connection)
            self._database.check_keyring()
        except SQLAlchemyError as error:
            yield bad("database", "database", reason=type(error).__name__)
            return
        except WrongKeyRing:
            yield bad("database", "wrong_keyring")
            return
        yield good("database", t("doctor.database_good", dialect=self._database.dialect, revision=have))
        if report.ok:
            yield good("audit", t("doctor.audit_good", entries=report.entries))
        else:
            yield bad("audit", "audit_broken", entry=report.first_bad)


def _revisions(connection: Connection) -> tuple[str | None, str | None]:
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return MigrationContext.configure(connection).get_current_revision(), ScriptDirectory.from_config(config).get_current_head()
