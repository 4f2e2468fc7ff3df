"""帮办代办: staff fill in with her consent, she alone confirms and sends, on her own device; and she may end it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.casework import repository as cases
from assistant.casework.flow import answering
from assistant.casework.flow.asking import confirm_question
from assistant.casework.flow.talk import Built, Talk
from assistant.casework.model import CaseStatus, PackageRef
from assistant.conversation import repository
from assistant.engine.client import Parse
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import assistance
from assistant.foundation.settings import get_settings
from assistant.foundation.tables import audit_entry, event, notice
from channels.parts import Parts
from knowledge.catalogue import Catalogue
from knowledge.search import Search
from tests.contract.desk_world import Colleague, hire, with_toy_engine

ITEM = "residence-permit-endorsement"
ID_NUMBER = "11010519491231002X"
PHONE = "13800138000"
Json = dict[str, Any]


@cache
def _catalogue(folder: Path) -> Catalogue:
    return Catalogue.load(folder)


@cache
def _search(models_dir: Path, model: str) -> Search:
    return Search.build(_catalogue(get_settings().guides_dir), models_dir, model)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guides and their index are the same in every test."""
    monkeypatch.setattr("channels.app.Catalogue", SimpleNamespace(load=lambda folder, *_: _catalogue(folder)))
    monkeypatch.setattr("channels.app.Search", SimpleNamespace(build=lambda _catalogue, models_dir, model, **_: _search(models_dir, model)))


def _answers(talk: Talk, _text: str, _asking: Json | None) -> Parse | None:
    """Whatever is said answers what is asked, as in an interview."""
    if talk.asking is None:
        return None
    answering.take(talk)
    return Parse(intent="provide", confidence=1.0)


class Clerk(Colleague):
    """Somebody at the counter."""

    id = ""
    said = 0

    def post(self, path: str, **body: Any) -> Any:
        return self.http.post(f"/console/api/assisted{path}", json=body, headers=self.csrf)

    def begin(self, **other: Any) -> Any:
        body = {"item": ITEM, "channel": "counter", "given": "oral", "agreed": True, **other}
        answer = self.post("", **body)
        if answer.status_code == 201:
            self.id = answer.json()["conversation_id"]
        return answer

    def say(self, **what: Any) -> Any:
        self.said += 1
        return self.post(f"/{self.id}/messages", client_message_id=f"s-{self.said}", **what)

    def detail(self) -> Json:
        found: Json = self.http.get(f"/console/api/assisted/{self.id}").json()
        return found

    def fill(self) -> Json:
        """Answer everything that is asked, until she has to look."""
        while (ask := self.detail()["ask"])["field"] != "review":
            answer = self.say(**_answer(ask))
            assert answer.status_code == 200, answer.text
            assert answer.json()["status"] != "rejected_answer", answer.json()
        return ask

    def link(self, **body: Any) -> Json:
        answer = self.post(f"/{self.id}/link", **body)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


def _answer(ask: Json) -> Json:
    if ask["field"] == "id_number":
        return {"text": ID_NUMBER}
    if ask["field"] == "phone":
        return {"text": PHONE}
    values = [option["value"] for option in ask["options"] or []]
    liked = next((value for value in ("bring", "self", "no") if value in values), values[0] if values else None)
    return {"choice": liked} if liked else {"text": ask["example"]}


@pytest.fixture
def parts(app: FastAPI) -> Parts:
    with_toy_engine(app, _answers)
    found: Parts = app.state.parts
    return found


@pytest.fixture
def clerk(app: FastAPI, parts: Parts) -> Clerk:
    hire(parts, "hall-1", "1号窗口")
    return Clerk(TestClient(app), "hall-1")


@pytest.fixture
def her(app: FastAPI) -> TestClient:
    """Her own device."""
    return TestClient(app)


def _say(her: TestClient, opened: Json, number: int, **what: Any) -> Json:
    headers = {"Authorization": f"Bearer {opened['token']}"}
    path = f"/api/v1/conversations/{opened['conversation_id']}/messages"
    answer = her.post(path, json={"client_message_id": f"c-{number}", **what}, headers=headers)
    assert answer.status_code == 200, answer.text
    turn: Json = answer.json()
    return turn


def _open(her: TestClient, code: str, proof: str = ID_NUMBER[-4:]) -> Any:
    return her.post("/api/v1/handovers", json={"code": code, "proof": proof})


def _actions(db: Database, subject: str) -> list[str]:
    with db.read() as conn:
        return list(conn.execute(select(audit_entry.c.action).where(audit_entry.c.subject == subject).order_by(audit_entry.c.seq)).scalars())


def test_from_consent_to_her_own_yes(
    clerk: Clerk, her: TestClient, parts: Parts, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clerk.begin(agreed=False).status_code == 422
    assert clerk.begin().status_code == 201
    assert clerk.fill()["kind"] == "confirm"
    with db.read() as conn:
        [case] = cases.cases_of(conn, clerk.id)
        stored = conn.execute(select(assistance.c.given, assistance.c.consent)).one()
        before = len(conn.execute(select(event.c.seq)).all())
    assert {answer.source.kind for answer in case.answers.values()} <= {"staff", "computed"}
    assert case.answers["id_number"].source.ref == "1号窗口"
    assert stored.given == "oral"
    assert "只有您本人能确认和提交" in stored.consent["words"]

    # Whatever way staff say yes to the review, nothing of it is kept
    for yes in ({"choice": "yes"}, {"text": "确认"}, {"text": "是的"}):
        refused = clerk.say(**yes)
        assert (refused.status_code, refused.json()["code"]) == (403, "only_applicant")
    with db.read() as conn:
        assert len(conn.execute(select(event.c.seq)).all()) == before

    link = clerk.link()
    assert ID_NUMBER[-4:] not in link["url"]
    assert link["url"].endswith(f"/handover#{link['code']}")
    assert clerk.detail()["state"] == "handed"
    opened = _open(her, link["code"])
    assert opened.status_code == 200, opened.text
    assert _open(her, link["code"]).status_code == 404  # it opens once
    assert clerk.detail()["state"] == "opened"
    assert clerk.say(choice="yes").status_code == 409

    built = Built(sha256="0" * 64, blob_id=parts.blobs.put(b"zip"), files=["1.pdf"], notices=[], parts=[])
    monkeypatch.setattr(parts.services, "build_package", lambda *_: built)
    turn = _say(her, opened.json(), 1, choice="yes")
    assert (turn["status"], turn["owner"], turn["ask"]["field"]) == ("ready", "bot", "submit")
    assert _say(her, opened.json(), 2, choice="yes")["status"] == "submitted"
    assert clerk.detail()["case_status"] == "submitted"
    assert _actions(db, clerk.id)[:3] == ["assistance.begun", "conversation.owner", "assistance.handed"]
    with db.read() as conn:
        noted = conn.execute(select(audit_entry.c.action, audit_entry.c.actor).where(audit_entry.c.subject == case.case_no))
        by = {(row.action, row.actor.partition(":")[0]) for row in noted}
    assert {("case.created", "staff"), ("case.answered", "staff"), ("case.submitted", "citizen")} <= by


def test_what_staff_may_not_send_either(clerk: Clerk, her: TestClient, parts: Parts, db: Database) -> None:
    """A case that she confirmed and has not sent yet is not sent by staff, even where they have it at the desk."""
    clerk.begin()
    clerk.fill()
    with db.write() as conn:
        [case] = cases.cases_of(conn, clerk.id)
        case.move(CaseStatus.READY)
        case.package = PackageRef(version=1, sha256="0" * 64, blob_id="none", built_at=parts.clock.now(), files=[])
        cases.save(conn, case, clerk.id, parts.clock.now())
        conv = repository.load(conn, clerk.id)
        assert conv is not None
        conv.state.ask = confirm_question("submit")
        repository.save(conn, conv, parts.clock.now())
    for yes in ({"choice": "yes"}, {"text": "提交吧"}):
        assert clerk.say(**yes).status_code == 403
    with db.read() as conn:
        assert cases.cases_of(conn, clerk.id)[0].status is CaseStatus.READY


def test_five_wrong_proofs_lock_it_and_time_ends_it(clerk: Clerk, her: TestClient, parts: Parts, clock: FixedClock) -> None:
    clerk.begin()
    assert clerk.post(f"/{clerk.id}/link").status_code == 422  # nothing to prove it with yet
    code = clerk.link(tail="002X")["code"]
    assert [_open(her, code, "1111").status_code for _ in range(5)] == [404] * 5
    assert _open(her, code, "002X").status_code == 423
    assert clerk.detail()["state"] == "locked"
    other = clerk.link(tail="002X")["code"]
    assert _open(her, code, "002X").status_code == 404
    clock.advance(timedelta(minutes=31))
    late = _open(her, other, "002x")
    assert (late.status_code, late.json()["code"], late.headers["content-type"]) == (410, "handover_expired", "application/problem+json")
    assert _open(her, clerk.link(tail="002X")["code"], "002x").status_code == 200


@pytest.mark.parametrize("keep", [True, False])
def test_she_takes_her_consent_back(clerk: Clerk, her: TestClient, db: Database, keep: bool) -> None:
    clerk.begin()
    clerk.fill()
    opened = _open(her, clerk.link()["code"]).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    path = f"/api/v1/conversations/{opened['conversation_id']}/assistance"
    with db.write() as conn:  # she has begun another case in it since
        [first] = cases.cases_of(conn, clerk.id)
        other = first.model_copy(update={"case_no": "BD20261110ABCD2345", "guide_code": "senior-card", "revision": 0})
        cases.save(conn, other, clerk.id, first.created_at)
        conv = repository.load(conn, clerk.id)
        assert conv is not None
        conv.active_case = other.case_no
        repository.save(conn, conv, first.created_at)
    assert her.get(path, headers=headers).json()["agreed"] == opened["agreed"]
    assert her.post(f"{path}/end", json={"keep": keep}, headers=headers).status_code == 200
    assert her.post(f"{path}/end", json={"keep": keep}, headers=headers).status_code == 409
    assert clerk.detail()["state"] == "ended"
    assert clerk.post(f"/{clerk.id}/link").status_code == 409
    with db.read() as conn:
        held = {one.case_no: one for one in cases.cases_of(conn, clerk.id)}
        case = held[first.case_no]
        said = conn.execute(select(event.c.kind).where(event.c.conversation_id == clerk.id)).scalars().all()
    assert (case.status, bool(case.answers)) == ((CaseStatus.DRAFT, True) if keep else (CaseStatus.WITHDRAWN, False))
    assert ("turn" in said) is keep
    assert (held[other.case_no].status, bool(held[other.case_no].answers)) == (CaseStatus.DRAFT, True)


def test_on_the_phone_she_gets_the_link_by_text_message(clerk: Clerk, her: TestClient, db: Database) -> None:
    assert clerk.begin(channel="phone", sms=True).status_code == 422
    assert clerk.begin(channel="phone", sms=True, phone=PHONE).status_code == 201
    link = clerk.link(tail="002X", sms=True)
    assert link["sent"]
    with db.read() as conn:
        row = conn.execute(select(notice).where(notice.c.kind == "handover")).mappings().one()
    assert (row["address"], row["words"]["link"]) == (PHONE, link["url"])
    ended = clerk.post(f"/{clerk.id}/end", keep=True).json()
    assert ended["resume_code"]
    assert _open(her, link["code"], "002X").status_code == 404
    assert clerk.say(text="你好").status_code == 409


def test_it_is_nobody_elses(clerk: Clerk, app: FastAPI, parts: Parts, staff_of: Callable[[str], Clerk]) -> None:
    clerk.begin()
    other = staff_of("hall-2")
    other.id = clerk.id
    assert other.say(text="张三").status_code == 404
    assert other.post(f"/{clerk.id}/link", tail="002X").status_code == 404


@pytest.fixture
def staff_of(app: FastAPI, parts: Parts) -> Callable[[str], Clerk]:
    def one(login: str) -> Clerk:
        hire(parts, login, login)
        return Clerk(TestClient(app), login)

    return one
