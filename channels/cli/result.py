"""``bandao result verify|withdraw``: is a result the one that was issued, checked offline; and one that no longer holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.output import Json, fail, show

commands = typer.Typer(no_args_is_help=True)


@commands.command("verify", help=t("cli.help_result_verify"))
def verify(
    file: Annotated[Path, typer.Argument(help=t("cli.help_result_file"))],
    proof: Annotated[Path | None, typer.Option("--proof", help=t("cli.help_result_proof"))] = None,
    key: Annotated[list[Path] | None, typer.Option("--key", help=t("cli.help_package_key"))] = None,
    as_json: Json = False,
) -> None:
    """Check a result offline; status 1 where anything is wrong. Whether it was withdrawn since only the public page knows."""
    from assistant.casework.package.signing import KeyUnreadable, PackageKeys, PublicKey, read_keys
    from assistant.casework.results.codes import grouped
    from assistant.casework.results.proof import examine

    keys: list[PublicKey] = []
    try:
        for path in key or []:
            keys += read_keys(path.read_text(encoding="utf-8"))
        own = get_settings().keys_dir / "package_keys.json"
        if not key and own.exists():
            keys = PackageKeys(own).known()
        verdict = examine(file.read_bytes(), proof.read_bytes() if proof else None, keys)
    except (OSError, UnicodeDecodeError) as error:
        fail(t("cli.package_unreadable_file", detail=str(error)), as_json=as_json, code="unreadable")
    except KeyUnreadable as error:
        fail(t("cli.package_key_unreadable", detail=str(error)), as_json=as_json, code="key_unreadable")
    said = verdict.statement
    expired = said is not None and said.expires is not None and said.expires < datetime.now(SHANGHAI).date()
    if verdict.ok and said is not None:
        lines = [
            t("cli.result_well", title=said.title, number=said.number, issuer=said.issuer, issued=said.issued),
            t("cli.package_signed_by", algorithm=verdict.algorithm, key_id=verdict.key_id),
            *([t("cli.result_expired", expires=said.expires)] if expired else []),
            t("cli.result_online", address=said.verify, code=grouped(said.code)),
        ]
    else:
        lines = [t(f"cli.result_{verdict.fault}")]
    show({**verdict.model_dump(mode="json"), "expired": expired}, lines, as_json=as_json)
    if not verdict.ok:
        raise typer.Exit(1)


@commands.command("withdraw", help=t("cli.help_result_withdraw"))
def withdraw(code: Annotated[str, typer.Argument(help=t("cli.help_result_code"))], as_json: Json = False) -> None:
    """From now on the public page says of this result that it no longer holds; its proof stays what it is."""
    from assistant.casework.results import store
    from assistant.casework.results.codes import BadCode, read_code
    from assistant.foundation import audit
    from assistant.foundation.clock import SystemClock
    from assistant.foundation.crypto import KeyRing
    from assistant.foundation.database import Database

    settings, now = get_settings(), SystemClock().now()
    keyring = KeyRing.open(settings.keyring_path)
    try:
        index = keyring.blind_index(read_code(code))
    except BadCode:
        fail(t("cli.result_no_code"), as_json=as_json, code="no_code")
    db = Database(settings.database_url, keyring)
    with db.write() as conn:
        held = store.by_code(conn, index)
        if held is not None and store.set_state(conn, held.id, "withdrawn", now):
            detail = {"sha256": held.sha256}
            audit.append(conn, at=now, actor="system", action="result.withdrawn", subject=held.case_no, detail=detail)
    db.dispose()
    if held is None:
        fail(t("cli.result_unknown"), as_json=as_json, code="unknown")
    show({"ok": True, "title": held.said.title, "number": held.said.number},
         [t("cli.result_withdrawn", title=held.said.title, number=held.said.number)], as_json=as_json)  # fmt: skip
