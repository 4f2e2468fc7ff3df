"""``bandao staff``: accounts from the command line, each fault with its remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.desk import accounts
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from channels.cli import staff
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def here(settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "get_settings", lambda: settings)


def run(*words: str) -> tuple[int, dict[str, Any]]:
    """Exit status and what ``--json`` printed."""
    answer = CliRunner().invoke(staff.commands, [*words, "--json"])
    return answer.exit_code, json.loads(answer.stdout)


def test_add_list_disable_enable_and_reset(db: Database) -> None:
    run("add", "chief", "--name", "主管", "--role", "supervisor")
    status, made = run("add", "zhuo-1", "--name", "1号坐席")
    assert status == 0
    with db.read() as conn:
        assert accounts.check(conn, "zhuo-1", made["password"]) is not None
    assert run("disable", "zhuo-1")[0] == 0
    listed = run("list")[1]["items"]
    assert [(one["login"], one["role"], one["active"]) for one in listed] == [("chief", "supervisor", True), ("zhuo-1", "operator", False)]
    assert run("enable", "zhuo-1")[0] == 0
    fresh = run("password", "zhuo-1")[1]["password"]
    with db.read() as conn:
        assert accounts.check(conn, "zhuo-1", made["password"]) is None
        assert accounts.check(conn, "zhuo-1", fresh) is not None


def test_another_role_ends_the_session(db: Database) -> None:
    run("add", "chief", "--name", "主管", "--role", "supervisor")
    run("add", "bian-1", "--name", "1号编辑", "--role", "editor")
    with db.write() as conn:
        token, _ = accounts.sign_in(conn, accounts.find(conn, "bian-1"), NOW, 12)
    assert run("role", "bian-1", "publisher")[0] == 0
    with db.read() as conn:
        assert accounts.signed_in(conn, token, NOW) is None
    assert [one["role"] for one in run("list")[1]["items"]] == ["publisher", "supervisor"]
    assert run("role", "chief", "editor")[1]["error"]["code"] == "last_supervisor"
    assert run("role", "chief", "king")[1]["error"]["code"] == "role_unknown"
    assert run("role", "nobody", "editor")[1]["error"]["code"] == "login_unknown"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("disable", "nobody"), "login_unknown"),
        (("password", "nobody"), "login_unknown"),
        (("add", "Bad Login", "--name", "1号坐席"), "login_bad"),
        (("add", "zhuo-1", "--name", "1号坐席", "--role", "king"), "role_unknown"),
    ],
)
def test_what_goes_wrong_is_said(words: tuple[str, ...], code: str) -> None:
    status, answer = run(*words)
    assert status == 1
    assert answer["error"]["code"] == code
    assert answer["error"]["message"] and answer["error"]["remedy"]


def test_people_read_a_table() -> None:
    run("add", "zhuo-1", "--name", "1号坐席")
    line = CliRunner().invoke(staff.commands, ["list"]).stdout
    assert "离线" in line and "zhuo-1" in line and "1号坐席" in line
