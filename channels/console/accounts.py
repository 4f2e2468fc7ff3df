"""Accounts in the console: who may sign in, with which roles. Nothing a citizen said is to be seen here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from assistant.desk import accounts, identities
from assistant.desk.accounts import AccountError, Operator
from assistant.desk.roles import ROLES
from assistant.foundation.messages import t
from channels.console.access import needs
from channels.console.models import Done, In
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api/accounts", include_in_schema=False)
Looking = Annotated[Operator, Depends(needs("accounts.manage"))]
Managing = Annotated[Operator, Depends(needs("accounts.manage", change=True))]
T = TypeVar("T")
_STATUS = {"login_unknown": 404, "login_taken": 409, "subject_taken": 409, "last_administrator": 409, "own_roles": 403}


class AccountOut(BaseModel):
    """An account as the page lists it; ``mine`` is the one that asks."""

    login: str
    name: str
    roles: list[str]
    active: bool
    present: bool
    subject: str | None
    email: str | None
    mine: bool


class AccountList(BaseModel):
    """Every account; ``roles`` are those there are, ``provider`` is what the identity provider is called, if there is one."""

    items: list[AccountOut]
    roles: list[str]
    provider: str | None


class NewAccount(In):
    """``roles`` may be none; without ``email`` nothing is written to it."""

    login: Annotated[str, Field(max_length=64)]
    name: Annotated[str, Field(max_length=200)]
    roles: Annotated[list[str], Field(max_length=len(ROLES))]
    email: Annotated[str, Field(max_length=accounts.LONGEST_EMAIL)] = ""


class Changes(In):
    """What is to change; what is left out stays. An empty ``subject`` unlinks the account from the identity provider; with an
    empty ``email`` nothing is written to it.
    """

    name: Annotated[str, Field(max_length=200)] | None = None
    roles: Annotated[list[str], Field(max_length=len(ROLES))] | None = None
    active: bool | None = None
    subject: Annotated[str, Field(max_length=255)] | None = None
    email: Annotated[str, Field(max_length=accounts.LONGEST_EMAIL)] | None = None


class PasswordOut(BaseModel):
    """A first or new password, told this once."""

    login: str
    password: str


@router.get("")
def listed(who: Looking, request: Request) -> AccountList:
    """All accounts by login."""
    parts = parts_of(request)
    with parts.db.read() as conn:
        every = accounts.every(conn, parts.clock.now())
    items = [
        AccountOut(
            login=one.login, name=one.name, roles=one.roles, active=one.active, present=one.present, subject=one.subject,
            email=one.email, mine=one.login == who.login,
        )
        for one in every
    ]  # fmt: skip
    provider = parts.settings.oidc_name if parts.settings.oidc_issuer else None
    return AccountList(items=items, roles=list(ROLES), provider=provider)


@router.post("")
def add(body: NewAccount, who: Managing, request: Request) -> PasswordOut:
    """Make an account with a password told this once."""
    parts, password = parts_of(request), accounts.new_password()
    login = body.login.strip().lower()
    now, actor = parts.clock.now(), _actor(who)

    def work(conn: Connection) -> None:
        accounts.add(conn, login, password, body.name, body.roles, now, actor)
        if body.email:
            accounts.set_email(conn, login, body.email, now, actor)

    _changed(parts, work)
    return PasswordOut(login=login, password=password)


@router.put("/{login}")
def change(login: str, body: Changes, who: Managing, request: Request) -> Done:
    """Change an account, all of it or nothing. Nobody gives roles to herself: that takes another administrator."""
    parts = parts_of(request)
    now, actor = parts.clock.now(), _actor(who)

    def work(conn: Connection) -> None:
        if body.name is not None:
            accounts.rename(conn, login, body.name, now, actor)
        if body.roles is not None:
            given = accounts.known(body.roles)
            if login == who.login and set(given) != who.roles:
                raise AccountError("own_roles", t("desk.own_roles"))
            accounts.set_roles(conn, login, given, now, actor)
        if body.email is not None:
            accounts.set_email(conn, login, body.email, now, actor)
        if body.subject is not None:
            identities.link(conn, login, parts.settings.oidc_issuer, body.subject, now, actor)
        if body.active is not None:
            (accounts.enable if body.active else accounts.disable)(conn, login, now, actor)

    _changed(parts, work)
    return Done()


@router.post("/{login}/password")
def reset(login: str, who: Managing, request: Request) -> PasswordOut:
    """Set a new password, told this once; every session of the account ends."""
    parts, password = parts_of(request), accounts.new_password()
    now = parts.clock.now()
    _changed(parts, lambda conn: accounts.change_password(conn, accounts.find(conn, login), password, now, _actor(who)))
    return PasswordOut(login=login, password=password)


@router.post("/{login}/sign-out")
def sign_out(login: str, who: Managing, request: Request) -> Done:
    """End every session of an account."""
    parts = parts_of(request)
    _changed(parts, lambda conn: accounts.end_sessions(conn, login, parts.clock.now(), _actor(who)))
    return Done()


def _actor(who: Operator) -> str:
    return f"staff:{who.id}"


def _changed(parts: Parts, work: Callable[[Connection], T]) -> T:
    """Change accounts in a transaction; conversations nobody looks after any more go back to the queue with it."""
    now = parts.clock.now()
    try:
        with parts.db.write() as conn:
            done = work(conn)
            alone = list(parts.desk.left_alone(conn, now))
            parts.desk.requeue(conn, alone, now)
    except AccountError as error:
        raise Problem(_STATUS.get(error.code, 422), error.code, detail=str(error)) from None
    for conversation_id in alone:
        parts.announce(conversation_id)
    return done
