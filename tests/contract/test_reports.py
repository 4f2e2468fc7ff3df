"""Figures over the real API: what citizens and staff do is on the board at once and in the report, and in no other words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, select

from assistant.desk.reporting import period, record
from assistant.foundation.clock import FixedClock
from assistant.foundation.figure_tables import turn_fact
from assistant.foundation.settings import Settings
from channels.app import create_app
from channels.parts import Parts
from tests.conftest import NOW
from tests.contract.desk_world import GUIDE, Colleague, Visitor, hire, with_toy_engine
from tests.quick import empty_database
from tests.unit.cli.conftest import Call, bandao, data_dir

__all__ = ["bandao", "data_dir"]

TODAY = NOW.date().isoformat()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A day in the hall: one citizen began a case, one was answered by staff after half a minute, one waits."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("reports"), rate_per_conversation=0, rate_per_address=0, fsync="normal", desk_hours="24h")
    empty_database(settings).dispose()
    clock = FixedClock(NOW)
    made = create_app(settings, clock)
    with_toy_engine(made)
    parts: Parts = made.state.parts
    parts.sign_in_tries.per_minute = 0
    hire(parts, "zhuo-1", at=NOW)
    hire(parts, "lead", "主管", at=NOW, roles="supervisor")
    Visitor(TestClient(made)).say("我要办公司地址变更")
    helped = Visitor(TestClient(made))
    helped.say("张三想转人工")
    clock.advance(timedelta(seconds=30))
    desk = Colleague(TestClient(made), "zhuo-1")
    desk.queue()
    desk.do("claim", helped.id)
    desk.do("messages", helped.id, text="您好", message_id="m1")
    helped.say("这句话只有人听")
    Visitor(TestClient(made)).say("转人工")
    clock.advance(timedelta(seconds=20))
    return made


@pytest.fixture
def lead(app: FastAPI) -> Iterator[TestClient]:
    http = TestClient(app)
    Colleague(http, "lead")
    yield http


def test_the_board_shows_this_moment(lead: TestClient) -> None:
    board = lead.get("/console/api/board").json()
    assert (board["waiting"], board["longest"], board["talking"]) == (1, 20.0, 1)
    (group,) = board["groups"]
    assert (group["waiting"], group["talking"], group["open"], group["available"]) == (1, 1, True, board["available"])
    assert group["first_answer"] == {"count": 1, "mean": 30.0, "median": 30.0, "p95": 30.0}
    counts = board["today"]["counts"]
    assert (counts["conversations"], counts["contained"], counts["begun"], counts["by_bot"]) == (3, 1, 1, 0)


def test_the_report_counts_what_happened(lead: TestClient) -> None:
    found = lead.get("/console/api/reports", params={"when": TODAY}).json()
    assert (found["first"], found["last"], found["settled"]) == (TODAY, TODAY, False)
    counts = found["total"]["counts"]
    assert (counts["read"], counts["asked_for"], counts["submitted"]) == (3, 2, 0)
    assert found["total"]["limits"]["first_answer"] == [1, 0]
    assert found["total"]["reasons"] == {"to_human": 2}
    (item,) = found["items"]
    assert (item["key"], item["counts"]["begun"]) == (GUIDE, 1)
    (dropped,) = found["total"]["drop_off"]
    assert (dropped["item"], dropped["left"], dropped["asked"]) == (GUIDE, 1, 1)
    assert dropped["label"]
    assert [one["name"] for one in found["channels"]] == ["网页"]
    narrowed = lead.get("/console/api/reports", params={"when": "2026-11", "item": GUIDE, "channel": "web"}).json()
    assert (narrowed["total"]["counts"]["conversations"], len(narrowed["days"])) == (1, 30)
    assert lead.get("/console/api/reports", params={"when": "2026-11", "channel": "kiosk"}).json()["total"]["counts"]["begun"] == 0


def test_the_table_is_the_same_each_time(lead: TestClient) -> None:
    answers = [lead.get("/console/api/reports.csv", params={"when": TODAY}) for _ in range(2)]
    assert answers[0].headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answers[0].headers["content-disposition"]
    assert answers[0].content == answers[1].content
    assert "首次答复,中位数,,,,30.0" in answers[0].content.decode("utf-8-sig")


@pytest.mark.parametrize("when", ["2026-11-11", "2026-12", "2026-13", "9999-12", "yesterday"])
def test_days_that_are_not_or_have_not_been(lead: TestClient, when: str) -> None:
    for path in ("reports", "reports.csv"):
        answer = lead.get(f"/console/api/{path}", params={"when": when})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_period")


def test_what_is_kept_to_count_from_holds_no_word_that_was_said(app: FastAPI) -> None:
    parts: Parts = app.state.parts
    with parts.db.read() as conn:
        kept = [tuple(row) for row in conn.execute(select(turn_fact))]
    assert len(kept) == 4
    assert not any(word in str(kept) for word in ("张三", "这句话", "转人工", "收到"))


def test_a_month_takes_few_queries_and_none_of_what_is_encrypted(app: FastAPI) -> None:
    parts: Parts = app.state.parts
    asked: list[str] = []
    with parts.db.read() as conn:
        event.listen(conn, "before_cursor_execute", lambda *args: asked.append(args[2]))
        record.read(conn, period.parse("2026-11"))
    assert len(asked) == 9, "a BEGIN and eight queries"
    assert not [query for query in asked if "event.data" in query or "turn.response" in query or "case_file.data" in query]


def test_the_command_says_what_the_page_says(
    app: FastAPI, lead: TestClient, bandao: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings: Settings = app.state.parts.settings
    monkeypatch.setattr("channels.cli.report.get_settings", lambda: settings)
    monkeypatch.setattr("channels.cli.report.SystemClock", lambda: app.state.parts.clock)
    file = tmp_path / "day.csv"
    said = bandao("report", TODAY, "--csv", str(file), "--json")
    assert said.status == 0, said.stdout
    page = lead.get("/console/api/reports", params={"when": TODAY}).json()
    assert {key: value for key, value in said.json.items() if key != "ok"} == page
    assert file.read_bytes() == lead.get("/console/api/reports.csv", params={"when": TODAY}).content
    assert bandao("report", TODAY, "--json").json == said.json, "the same record, the same numbers"
    lines = bandao("report", "2026-11").stdout
    assert "没有结束" in lines and "为什么找人工 申请人要求  2 / 2（100.0%）" in lines
    assert bandao("report", "2026-13", "--json").json["error"]["code"] == "bad_period"
