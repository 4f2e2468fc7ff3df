"""Staff see whose time runs out and who asked to hurry, as long as it matters."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.casework import repository
from assistant.casework.events import EXTENDED, CaseEvent, add_in
from assistant.casework.model import CaseStatus
from channels.parts import Parts
from tests.contract.desk_world import GUIDE, ToyEngine, with_toy_engine
from tests.contract.test_console import Hiring, read_once, staff
from tests.unit.casework.clocks.support import S, at, case_of

__all__ = ["read_once", "staff"]


@pytest.fixture
def engine(app: FastAPI) -> ToyEngine:
    return with_toy_engine(app)


def test_the_latest_warning_of_each_clock_that_runs(app: FastAPI, staff: Hiring) -> None:
    operator = staff("zhuo-1")
    parts: Parts = app.state.parts
    holder = TestClient(app).post("/api/v1/conversations", json={"channel": "web"}).json()["conversation_id"]
    case = case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"), guide=GUIDE)

    def levels() -> list[str]:
        answer: list[dict[str, Any]] = operator.http.get("/console/api/clocks").json()
        return [f"{one['level']} {one['text']}" for one in answer]

    with parts.db.write() as conn:
        repository.save(conn, case, holder, at("2026-11-09"))
        for status in ("acceptance_red", "correction_overdue", "legal_yellow", "urged", "legal_red"):
            add_in(conn, CaseEvent(case.case_no, "clock", at("2026-11-10"), "", status, text=status))
    assert levels() == ["red legal_red", "urged urged"]
    with parts.db.write() as conn:
        add_in(conn, CaseEvent(case.case_no, "clock", at("2026-11-10"), "", EXTENDED, text=EXTENDED))
    assert levels() == ["extended legal_extended", "urged urged"]
    case.move(CaseStatus.APPROVED)
    with parts.db.write() as conn:
        repository.save(conn, case, holder, at("2026-11-11"))
    assert levels() == ["urged urged"]
    case.move(CaseStatus.DELIVERED)
    with parts.db.write() as conn:
        repository.save(conn, case, holder, at("2026-11-11"))
    assert levels() == []
    assert TestClient(app).get("/console/api/clocks").status_code == 401
