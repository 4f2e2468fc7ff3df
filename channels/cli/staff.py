"""``bandao staff add|list|disable|enable|role|password|group|capacity|mail``: the accounts of the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Connection

from assistant.desk import accounts
from assistant.desk.accounts import AccountError
from assistant.desk.arrangement import BadArrangement, arrangement
from assistant.desk.roles import OPERATOR
from assistant.desk.seats import Seats
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
    role: Annotated[str, typer.Option("--role", help=t("desk.cli_help_role"))] = OPERATOR,
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
        t("desk.cli_line", state=words[a.present] if a.active else t("desk.cli_closed"), login=f"{a.login:<16}", name=a.name,
          roles=",".join(a.roles) or "-")
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
def role(login: Login, roles: Annotated[str, typer.Argument(metavar="ROLE[,ROLE]", help=t("desk.cli_help_role"))],
         as_json: Json = False) -> None:  # fmt: skip
    """Give an account these roles and no others."""
    with _changing(as_json=as_json) as conn:
        given = accounts.known(roles)
        accounts.set_roles(conn, login, given, SystemClock().now())
    show({"ok": True, "login": login, "roles": given}, [t("desk.cli_role", login=login, roles=",".join(given))], as_json=as_json)


@commands.command("password", help=t("desk.cli_help_password"))
def password(login: Login, as_json: Json = False) -> None:
    """Set a new password, shown this once: for somebody who forgot hers."""
    made = accounts.new_password()
    with _changing(as_json=as_json) as conn:
        accounts.change_password(conn, accounts.find(conn, login), made, SystemClock().now(), "system")
    told = {"login": login, "password": made}
    show({"ok": True, **told}, [t("desk.cli_password", **told)], as_json=as_json)


@commands.command("group", help=t("desk.cli_help_group"))
def group(
    login: Login,
    groups: Annotated[list[str] | None, typer.Argument(metavar="GROUP", help=t("desk.cli_help_groups"))] = None,
    as_json: Json = False,
) -> None:
    """Say which skill groups of the desk somebody serves; none: all."""
    settings = get_settings()
    named = sorted(set(groups or []))
    with _changing(as_json=as_json) as conn:
        seats = Seats(arrangement(settings.desk, settings.desk_hours), settings.desk_vanished_seconds)
        try:
            seats.set_groups(conn, accounts.find(conn, login), named, SystemClock().now())
        except ValueError as unknown:
            if isinstance(unknown, AccountError):
                raise
            known = "、".join(seats.arrangement.groups)
            raise AccountError("group_unknown", t("desk.cli_group_unknown", name=unknown, known=known)) from None
    told = ",".join(named) or t("desk.cli_all_groups")
    show({"ok": True, "login": login, "groups": named}, [t("desk.cli_group", login=login, groups=told)], as_json=as_json)


@commands.command("capacity", help=t("desk.cli_help_capacity"))
def capacity(
    login: Login,
    count: Annotated[int, typer.Argument(metavar="COUNT", min=0, max=100, help=t("desk.cli_help_count"))],
    as_json: Json = False,
) -> None:
    """Say how many conversations somebody has at a time; 0: as many as usual."""
    settings = get_settings()
    with _changing(as_json=as_json) as conn:
        seats = Seats(arrangement(settings.desk, settings.desk_hours), settings.desk_vanished_seconds)
        seats.set_capacity(conn, accounts.find(conn, login), count or None, SystemClock().now())
        usual = seats.arrangement.capacity
    show({"ok": True, "login": login, "capacity": count or usual}, [t("desk.cli_capacity", login=login, count=count or usual)],
         as_json=as_json)  # fmt: skip


@commands.command("mail", help=t("desk.cli_help_mail"))
def mail(
    login: Login,
    address: Annotated[str, typer.Argument(metavar="[ADDRESS]", help=t("desk.cli_help_address"))] = "",
    as_json: Json = False,
) -> None:
    """Say where a supervisor is written to when a limit runs out; no address: nowhere."""
    with _changing(as_json=as_json) as conn:
        accounts.set_email(conn, login, address, SystemClock().now())
    told = address or t("desk.cli_no_address")
    show({"ok": True, "login": login, "email": address or None}, [t("desk.cli_mail", login=login, address=told)], as_json=as_json)


@contextmanager
def _changing(*, as_json: bool) -> Iterator[Connection]:
    """A transaction on the accounts; what cannot be done is said in a line or two."""
    try:
        with explained(as_json=as_json), opened(get_settings(), create=False) as database, database.write() as conn:
            yield conn
    except BadArrangement as bad:
        fail(t("serve.bad_desk", faults=bad), remedy=t("serve.bad_desk_remedy"), as_json=as_json, code="bad_desk")
    except AccountError as error:
        fail(str(error), remedy=t("desk.cli_remedy"), as_json=as_json, code=error.code)
