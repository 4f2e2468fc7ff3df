"""``bandao staff``: accounts from the command line, each fault with its remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.desk import accounts, sessions
from assistant.desk.arrangement import arrangement
from assistant.desk.seats import Seats
from assistant.desk.sessions import Lives
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
    run("add", "chief", "--name", "主管", "--role", "supervisor,administrator")
    status, made = run("add", "zhuo-1", "--name", "1号坐席")
    assert status == 0
    with db.read() as conn:
        assert accounts.check(conn, "zhuo-1", made["password"]) is not None
    assert run("disable", "zhuo-1")[0] == 0
    listed = run("list")[1]["items"]
    assert [(one["login"], one["roles"], one["active"]) for one in listed] == [
        ("chief", ["supervisor", "administrator"], True), ("zhuo-1", ["operator"], False),
    ]  # fmt: skip
    assert run("enable", "zhuo-1")[0] == 0
    fresh = run("password", "zhuo-1")[1]["password"]
    with db.read() as conn:
        assert accounts.check(conn, "zhuo-1", made["password"]) is None
        assert accounts.check(conn, "zhuo-1", fresh) is not None


def test_another_role_ends_the_session(db: Database) -> None:
    run("add", "chief", "--name", "主管", "--role", "supervisor,administrator")
    run("add", "bian-1", "--name", "1号编辑", "--role", "editor")
    with db.write() as conn:
        token, _ = sessions.sign_in(conn, accounts.find(conn, "bian-1"), NOW, Lives(12, 60))
    assert run("role", "bian-1", "editor,approver")[0] == 0
    with db.read() as conn:
        assert sessions.signed_in(conn, token, NOW) is None
    assert [one["roles"] for one in run("list")[1]["items"]] == [["editor", "approver"], ["supervisor", "administrator"]]
    assert run("role", "chief", "editor")[1]["error"]["code"] == "last_administrator"
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


def test_groups_and_capacity(db: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text("groups:\n  english: {name: 英语, languages: [en]}\n  general: {name: 综合}\n", encoding="utf-8")
    arranged = settings.model_copy(update={"desk": file})
    monkeypatch.setattr(staff, "get_settings", lambda: arranged)
    run("add", "zhuo-1", "--name", "1号坐席")
    assert run("group", "zhuo-1", "english")[1]["groups"] == ["english"]
    assert run("group", "zhuo-1", "french")[1]["error"]["code"] == "group_unknown"
    assert run("group", "nobody", "english")[1]["error"]["code"] == "login_unknown"
    assert run("capacity", "zhuo-1", "9")[1]["capacity"] == 9
    seats = Seats(arrangement(file, "24h"), 90)
    with db.write() as conn:
        staff_id = accounts.find(conn, "zhuo-1")
        seats.acts(conn, staff_id, NOW)
        assert (seats.groups_of(conn, staff_id), seats.room(conn, staff_id)) == ({"english"}, 9)
    assert run("group", "zhuo-1")[1]["groups"] == []
    assert run("capacity", "zhuo-1", "0")[1]["capacity"] == 5
    file.write_text("groups: {}\n", encoding="utf-8")
    assert run("group", "zhuo-1")[1]["error"]["code"] == "bad_desk"
