"""``bandao staff add|list|disable|enable|role|password``: the accounts of the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Connection

from assistant.desk import accounts
from assistant.desk.accounts import AccountError
from assistant.foundation.clock import SystemClock
from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.database import explained, opened
from channels.cli.output import Json, fail, show

commands = typer.Typer(no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=t("desk.cli_help_login"))]


@commands.command("add", help=t("desk.cli_help_add"))
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help=t("desk.cli_help_name"))],
    role: Annotated[str, typer.Option("--role", help=t("desk.cli_help_role"))] = "operator",
    as_json: Json = False,
) -> None:
    """Make an account with a password shown this once."""
    password = accounts.new_password()
    with _changing(as_json=as_json) as conn:
        accounts.add(conn, login, password, name, role, SystemClock().now())
    told = {"login": login, "password": password}
    show({"ok": True, **told}, [t("desk.cli_added", **told)], as_json=as_json)


@commands.command("list", help=t("desk.cli_help_list"))
def list_(as_json: Json = False) -> None:
    """Every account: open or closed, there or away."""
    with explained(as_json=as_json), opened(get_settings(), create=False) as database, database.read() as conn:
        found = accounts.every(conn, SystemClock().now())
    words = {True: t("desk.cli_present"), False: t("desk.cli_away")}
    lines = [
        t("desk.cli_line", state=words[a.present] if a.active else t("desk.cli_closed"), role=f"{a.role:<10}",
          login=f"{a.login:<16}", name=a.name)
        for a in found
    ]  # fmt: skip
    show({"items": [asdict(a) for a in found], "total": len(found)}, lines, as_json=as_json)


@commands.command("disable", help=t("desk.cli_help_disable"))
def disable(login: Login, as_json: Json = False) -> None:
    """Close an account."""
    with _changing(as_json=as_json) as conn:
        accounts.disable(conn, login, SystemClock().now())
    show({"ok": True, "login": login}, [t("desk.cli_disabled", login=login)], as_json=as_json)


@commands.command("enable", help=t("desk.cli_help_enable"))
def enable(login: Login, as_json: Json = False) -> None:
    """Open a closed account again."""
    with _changing(as_json=as_json) as conn:
        accounts.enable(conn, login, SystemClock().now())
    show({"ok": True, "login": login}, [t("desk.cli_enabled", login=login)], as_json=as_json)


@commands.command("role", help=t("desk.cli_help_set_role"))
def role(login: Login, role: Annotated[str, typer.Argument(metavar="ROLE", help=t("desk.cli_help_role"))],
         as_json: Json = False) -> None:  # fmt: skip
    """Give an account another role."""
    with _changing(as_json=as_json) as conn:
        accounts.set_role(conn, login, role, SystemClock().now())
    show({"ok": True, "login": login, "role": role}, [t("desk.cli_role", login=login, role=role)], as_json=as_json)


@commands.command("password", help=t("desk.cli_help_password"))
def password(login: Login, as_json: Json = False) -> None:
    """Set a new password, shown this once: for somebody who forgot hers."""
    made = accounts.new_password()
    with _changing(as_json=as_json) as conn:
        accounts.change_password(conn, accounts.find(conn, login), made, SystemClock().now(), "system")
    told = {"login": login, "password": made}
    show({"ok": True, **told}, [t("desk.cli_password", **told)], as_json=as_json)


@contextmanager
def _changing(*, as_json: bool) -> Iterator[Connection]:
    """A transaction on the accounts; what cannot be done is said in a line or two."""
    try:
        with explained(as_json=as_json), opened(get_settings(), create=False) as database, database.write() as conn:
            yield conn
    except AccountError as error:
        fail(str(error), remedy=t("desk.cli_remedy"), as_json=as_json, code=error.code)
