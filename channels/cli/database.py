"""``bandao db upgrade|backup|restore|rotate-key``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from assistant.foundation import maintenance
from assistant.foundation.blobs import BlobStore
from assistant.foundation.crypto import CannotDecrypt, KeyRing, KeyRingError
from assistant.foundation.database import Database, WrongKeyRing
from assistant.foundation.messages import t
from assistant.foundation.settings import Settings, get_settings
from channels.cli.output import Json, fail, show
from channels.serve import runlock

commands = typer.Typer(no_args_is_help=True)

Target = Annotated[Path, typer.Argument(metavar="FILE", help=t("cli.help_backup_target"))]
Source = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=t("cli.help_restore_source"))]
Keys = Annotated[Path | None, typer.Option("--keys", exists=True, dir_okay=False, help=t("cli.help_restore_keys"))]


@commands.command("upgrade", help=t("cli.help_db_upgrade"))
def upgrade(as_json: Json = False) -> None:
    """Bring the database to the version this program needs."""
    with explained(as_json=as_json), opened(get_settings(), create=True) as database:
        database.upgrade()
    show({"ok": True}, [t("cli.db_upgraded")], as_json=as_json)


@commands.command("backup", help=t("cli.help_db_backup"))
def backup(target: Target, as_json: Json = False) -> None:
    """Write everything kept to one archive, and the keys to a file beside it."""
    with explained(as_json=as_json), opened(get_settings(), create=False) as database:
        report = maintenance.backup(database, get_settings(), target.absolute())
    show({"ok": True, **asdict(report)}, [t("cli.db_backed_up", **asdict(report))], as_json=as_json)


@commands.command("restore", help=t("cli.help_db_restore"))
def restore(source: Source, keys: Keys = None, as_json: Json = False) -> None:
    """Put an archive back into an empty data folder."""
    settings = get_settings()
    if runlock.running(settings.data_dir / "run") is not None:
        fail(t("cli.stop_first"), remedy=t("cli.stop_first_remedy"), as_json=as_json, code="running")
    with explained(as_json=as_json):
        report = maintenance.restore(settings, source.absolute(), keys=keys)
    show({"ok": True, **asdict(report)}, [t("cli.db_restored", **asdict(report))], as_json=as_json)


@commands.command("rotate-key", help=t("cli.help_db_rotate"))
def rotate_key(as_json: Json = False) -> None:
    """Re-encrypt everything under a new key; the app may go on working."""
    settings = get_settings()
    with explained(as_json=as_json), opened(settings, create=False) as database:
        blobs = BlobStore(settings.blobs_dir, database.keyring)
        rotation = maintenance.rotate_key(database, blobs, database.keyring)
    show({"ok": True, **asdict(rotation)}, [t("cli.db_rotated", **asdict(rotation))], as_json=as_json)


@contextmanager
def opened(settings: Settings, *, create: bool) -> Iterator[Database]:
    """The database, closed at the end; ``create`` makes the keys of a new installation."""
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path, create=create), settings.fsync)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def explained(*, as_json: bool) -> Iterator[None]:
    """Say what went wrong in a line or two instead of a trace."""
    try:
        yield
    except maintenance.BackupError as error:
        fail(t("cli.backup_error", reason=error), remedy=t("cli.backup_error_remedy"), as_json=as_json, code="backup")
    except maintenance.RotationError as error:
        fail(t("cli.rotation_error", reason=error), remedy=t("cli.rotation_error_remedy"), as_json=as_json, code="rotation")
    except (KeyRingError, WrongKeyRing, CannotDecrypt) as error:
        fail(t("cli.key_error", reason=error), remedy=t("cli.key_error_remedy"), as_json=as_json, code="keys")
    except SQLAlchemyError as error:
        # The driver's words may quote values; its kind is enough, the remedy says where to look.
        fail(t("cli.db_error", reason=type(error).__name__), remedy=t("cli.db_error_remedy"), as_json=as_json, code="database")
    except OSError as error:
        fail(str(error), remedy=t("cli.file_error_remedy"), as_json=as_json, code="file")
