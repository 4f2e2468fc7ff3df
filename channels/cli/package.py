"""``bandao package verify|keys|rotate-key``: is a package the one that was made, and the keys that say so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.output import Json, fail, show

commands = typer.Typer(no_args_is_help=True)


@commands.command("verify", help=t("cli.help_package_verify"))
def verify(
    file: Annotated[Path, typer.Argument(help=t("cli.help_package_file"))],
    key: Annotated[list[Path] | None, typer.Option("--key", help=t("cli.help_package_key"))] = None,
    as_json: Json = False,
) -> None:
    """Check a zip offline; status 1 where anything is wrong with it. Keys: those given, else those of the data folder."""
    from assistant.casework.package.checking import examine
    from assistant.casework.package.signing import KeyUnreadable, PackageKeys, PublicKey, read_keys

    keys: list[PublicKey] = []
    try:
        for path in key or []:
            keys += read_keys(path.read_text(encoding="utf-8"))
        own = get_settings().data_dir / "keys" / "package_keys.json"
        if not key and own.exists():
            keys = PackageKeys(own).known()
        data = file.read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        fail(t("cli.package_unreadable_file", detail=str(error)), as_json=as_json, code="unreadable")
    except KeyUnreadable as error:
        fail(t("cli.package_key_unreadable", detail=str(error)), as_json=as_json, code="key_unreadable")
    verdict = examine(data, keys)
    lines = [t(f"cli.package_{found.code}", member=found.member, detail=found.detail) for found in verdict.findings]
    if verdict.ok:
        lines = [t("cli.package_well", case_no=verdict.case_no, version=verdict.version, files=verdict.files)]
        lines += [
            t("cli.package_signed_by", algorithm=held["algorithm"], key_id=held["key_id"])
            for held in verdict.signatures if held["kind"] == "package"
        ]  # fmt: skip
    found = [{"code": f.code, "member": f.member, "detail": f.detail} for f in verdict.findings]
    show({**verdict.model_dump(exclude={"findings"}), "findings": found}, lines, as_json=as_json)
    if not verdict.ok:
        raise typer.Exit(1)


@commands.command("keys", help=t("cli.help_package_keys"))
def keys(as_json: Json = False) -> None:
    """The public keys, the newest first, as `verify --key` reads them."""
    from assistant.casework.package.maker import package_keys

    held = [key.model_dump(mode="json") for key in package_keys(get_settings()).public()]
    lines = [
        t("cli.package_key", key_id=key["key_id"], algorithm=key["algorithm"], public_key=key["public_key"],
          state=t("cli.package_key_retired", at=key["retired_at"]) if key["retired_at"] else t("cli.package_key_in_use"))
        for key in held
    ]  # fmt: skip
    show({"items": held, "total": len(held)}, lines, as_json=as_json)


@commands.command("rotate-key", help=t("cli.help_package_rotate"))
def rotate(as_json: Json = False) -> None:
    """Packages to come are signed with a new key; the old public key stays, so that old packages can be checked."""
    from assistant.casework.package.maker import package_keys

    made = package_keys(get_settings()).rotate(datetime.now().astimezone())
    show({"ok": True, **made.model_dump(mode="json")}, [t("cli.package_rotated", key_id=made.key_id)], as_json=as_json)
