"""Staff and a citizen do something together: cards for her screen, answers changed while she watches; and only she confirms."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from assistant.casework import interview
from assistant.casework import repository as cases
from assistant.casework.flow.talk import Built
from assistant.casework.model import Case, CaseStatus
from assistant.casework.papers import background
from assistant.foundation.tables import audit_entry, conversation
from benchmarks.package import sample_case
from channels.parts import Parts
from knowledge.schema import MeetWay
from tests.contract.desk_world import Colleague, Visitor, hire, with_toy_engine
from tests.unit.casework.test_uploads import pdf

Json = dict[str, Any]
_ids = itertools.count(1)
PDF = pdf()
WAYS: tuple[MeetWay, ...] = ("bring", "promise", "tolerate")


def case_of(parts: Parts, conversation_id: str) -> Case:
    with parts.db.read() as conn:
        [case] = cases.cases_of(conn, conversation_id)
    return case


class Her(Visitor):
    """A citizen on her page."""

    def card(self, card_id: str, action: str, **body: Any) -> Any:
        path = f"/api/v1/conversations/{self.id}/cards/{card_id}"
        return self.http.post(path, json={"client_message_id": f"c-{next(_ids)}", "action": action, **body}, headers=self.headers)

    def upload(self, material: str | None, name: str = "房产证.pdf") -> str:
        path = f"/api/v1/conversations/{self.id}/uploads"
        answer = self.http.post(
            path, files={"file": (name, PDF, "application/pdf")}, data={"material": material} if material else {}, headers=self.headers
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["upload_id"])

    def seen(self, kind: str) -> list[Json]:
        """What came over the stream as that kind."""
        return [data for what, data in self.events() if what == kind]


@pytest.fixture
def parts(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Parts:
    monkeypatch.setattr(background, "begin", lambda *_: None)  # papers are not read here
    with_toy_engine(app)
    found: Parts = app.state.parts
    hire(found, "zhuo-1", "1号坐席")
    hire(found, "zhuo-2", "2号坐席")
    return found


@pytest.fixture
def her(app: FastAPI, parts: Parts) -> Her:
    made = Her(TestClient(app))
    made.say("我要办住所变更")
    made.say("转人工")
    return made


@pytest.fixture
def desk(app: FastAPI, her: Her) -> Colleague:
    """She is at the desk of 1号坐席."""
    made = Colleague(TestClient(app), "zhuo-1")
    assert made.do("claim", her.id).status_code == 200
    return made


def filled(parts: Parts, conversation_id: str) -> None:
    """Everything is answered, and every paper is brought along."""
    case = case_of(parts, conversation_id)
    guide = parts.services.guide_of(case)
    for key, answer in sample_case(guide).answers.items():
        case.answers[key] = answer
        case.asked.append(key)
    interview.follow(guide, case, parts.clock.now())
    for material in interview.applying_materials(guide, case):
        way: MeetWay | None = next((way for way in WAYS if way in material.met_by), None)
        if way is not None:
            interview.meet(guide, case, material, way, parts.clock.now())
    with parts.db.write() as conn:
        cases.save(conn, case, conversation_id, parts.clock.now())


def test_an_upload_that_was_asked_for_meets_its_material(her: Her, desk: Colleague, parts: Parts) -> None:
    filled(parts, her.id)
    doable = desk.http.get(f"/console/api/conversations/{her.id}/acting").json()
    paper = next(one["code"] for one in doable["materials"] if one["status"] == "bring")
    assert desk.do("cards", her.id, kind="upload", material="application_form").status_code == 409
    sent = desk.do("cards", her.id, kind="upload", material=paper)
    assert sent.status_code == 201
    [words] = [one for one in her.seen("message") if one.get("card")]
    assert words["from"] == "staff" and words["name"] == "1号坐席" and words["card"]["material"] == paper
    before = len(her.seen("message"))
    answer = her.card(words["card"]["id"], "answer", attachments=[her.upload(paper)])
    assert answer.json()["state"] == "done" and answer.json()["errors"] == []
    assert case_of(parts, her.id).materials[paper].status == "uploaded"
    assert len(her.seen("message")) == before, "nobody said anything"
    assert her.seen("turn")[-1]["replies"] == [] and her.seen("turn")[-1]["owner"] == "staff"
    [told] = her.seen("card")
    assert told["state"] == "done" and told["files"][0]["name"] == "房产证.pdf"
    at_desk = [event["data"] for event in desk.read(her.id).json()["events"] if event["event"] == "card"]
    assert at_desk[0]["files"] == told["files"]
    assert her.card(words["card"]["id"], "answer", attachments=[her.upload(paper)]).json()["code"] == "card_done"


def test_what_is_asked_for_in_words_stays_in_the_talk(her: Her, desk: Colleague, parts: Parts) -> None:
    assert desk.do("cards", her.id, kind="upload", label=" ").status_code == 409
    card = desk.do("cards", her.id, kind="upload", label="门牌照片").json()["card_id"]
    assert her.card(card, "answer").json()["errors"], "nothing was attached"
    assert her.card(card, "answer", attachments=[her.upload(None, "门牌.pdf")]).json()["state"] == "done"
    assert not any(state.upload_ids for state in case_of(parts, her.id).materials.values())
    other = desk.do("cards", her.id, kind="upload", label="门牌照片").json()["card_id"]
    assert her.card(other, "no").json()["state"] == "declined"
    assert [one["state"] for one in her.seen("card")] == ["done", "declined"]


def test_a_form_is_taken_whole_or_not_at_all_by_the_rules_of_the_interview(her: Her, desk: Colleague, parts: Parts) -> None:
    filled(parts, her.id)
    assert desk.do("cards", her.id, kind="form", fields=["no_such"]).status_code == 409
    card = desk.do("cards", her.id, kind="form", fields=["phone", "company_name"]).json()["card_id"]
    before = case_of(parts, her.id)
    asked = her.seen("message")[-1]["card"]["fields"]
    assert [one["field"] for one in asked] == ["company_name", "phone"] and "*" in asked[1]["value"]
    wrong = her.card(card, "answer", fields={"company_name": "上海示例乙有限公司", "phone": "12"}).json()
    assert wrong["state"] == "open" and [one["field"] for one in wrong["errors"]] == ["phone"]
    assert case_of(parts, her.id).answers == before.answers, "nothing of it was kept"
    assert her.card(card, "answer").json()["errors"][0]["field"] == ""
    assert her.card(card, "answer", fields={"phone": "13900139000"}).json()["state"] == "done"
    now = case_of(parts, her.id)
    assert now.answers["phone"].value == "13900139000" and now.answers["phone"].source.kind == "said"
    assert now.answers["company_name"] == before.answers["company_name"], "what she left empty stays"
    [told] = her.seen("card")
    assert [row["label"] for row in told["rows"]] == ["法定代表人移动电话"] and "13900139000" not in str(told)
    assert "13900139000" not in str([event for event in desk.read(her.id).json()["events"] if event["event"] == "card"])


def test_what_staff_change_she_sees_at_once_and_changes_back(her: Her, desk: Colleague, parts: Parts, app: FastAPI) -> None:
    filled(parts, her.id)
    before = case_of(parts, her.id)
    assert desk.do("fields", her.id, field="phone", value="12").json()["errors"][0]["field"] == "phone"
    other = Colleague(TestClient(app), "zhuo-2")
    assert other.do("fields", her.id, field="phone", value="13900139000").status_code == 409
    assert case_of(parts, her.id).answers == before.answers
    assert desk.do("fields", her.id, field="phone", value="13900139000").json() == {"errors": []}
    answer = case_of(parts, her.id).answers["phone"]
    assert (answer.value, answer.source.kind, answer.source.ref) == ("13900139000", "staff", "1号坐席")
    words = her.seen("message")[-1]
    assert words["from"] == "staff" and words["card"]["kind"] == "edit" and words["card"]["label"] == "法定代表人移动电话"
    assert "13900139000" not in str(words) and words["card"]["new"] != words["card"]["old"]
    assert her.seen("turn")[-1]["replies"] == []
    assert her.card(words["card"]["id"], "undo").json()["state"] == "undone"
    assert case_of(parts, her.id).answers["phone"] == before.answers["phone"]
    assert her.seen("card")[-1]["state"] == "undone"
    assert her.card(words["card"]["id"], "undo").status_code == 409
    with parts.db.read() as conn:
        rows = conn.execute(select(audit_entry.c.actor, audit_entry.c.action).order_by(audit_entry.c.seq)).all()
    by_staff = [row.action for row in rows if row.actor.startswith("staff:")]
    assert by_staff[-2:] == ["desk.card_answered", "case.answered"]
    assert [row.action for row in rows if row.actor == "citizen"][-2:] == ["desk.card_answered", "case.answered"]


def test_a_change_after_her_yes_wants_her_yes_again_and_only_hers(
    her: Her, desk: Colleague, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.do("cards", her.id, kind="package").json()["code"] == "card_package_open"
    filled(parts, her.id)
    built = [Built(sha256=str(number) * 64, blob_id=f"blob-{number}", files=["申请表.pdf"], notices=[]) for number in (1, 2, 3)]
    monkeypatch.setattr(type(parts.services), "build_package", lambda *_: built.pop(0))
    card = desk.do("cards", her.id, kind="package").json()["card_id"]
    looked = her.card(card, "open").json()
    assert looked["stage"] == "review" and len(looked["rows"]) > 5
    assert desk.do("fields", her.id, field="phone", value="13900139000").json() == {"errors": []}
    assert her.card(card, "yes", seen=looked["seen"]).json()["code"] == "card_changed", "that is not what she has seen"
    made = her.card(card, "yes", seen=her.card(card, "open").json()["seen"]).json()
    assert (made["state"], made["stage"]) == ("open", "submit") and case_of(parts, her.id).status is CaseStatus.READY
    assert desk.do("fields", her.id, field="phone", value="13700137000").json() == {"errors": []}
    case = case_of(parts, her.id)
    assert case.status is CaseStatus.DRAFT and case.package is None
    assert her.seen("message")[-1]["card"]["again"] is True
    assert her.card(card, "yes", seen=made["seen"]).json()["code"] == "card_changed"
    again = her.card(card, "yes", seen=her.card(card, "open").json()["seen"]).json()
    done = her.card(card, "yes", seen=again["seen"]).json()
    assert (done["state"], done["stage"]) == ("done", "sent") and case_of(parts, her.id).status is CaseStatus.SUBMITTED
    assert all(turn["replies"] == [] for turn in her.seen("turn") if turn["owner"] == "staff")
    at_desk = [event["data"] for event in desk.read(her.id).json()["events"] if event["event"] == "card"]
    assert [one.get("stage") for one in at_desk if not one.get("opened")] == ["submit", "submit", "sent"]
    assert at_desk[0]["opened"] and not any("lines" in one for one in at_desk), "the code for her progress is hers alone"
    assert desk.do("fields", her.id, field="phone", value="13600136000").json()["code"] == "card_too_late"


def test_cards_rest_once_the_bot_has_her_again_and_are_nobody_elses(her: Her, desk: Colleague, parts: Parts, app: FastAPI) -> None:
    card = desk.do("cards", her.id, kind="upload", label="门牌照片").json()["card_id"]
    stranger = Her(TestClient(app))
    assert stranger.card(card, "no").status_code == 404 and stranger.card(card, "open").status_code == 404
    assert desk.do("release", her.id).status_code == 200
    assert her.card(card, "no").json()["code"] == "card_over"
    assert desk.do("cards", her.id, kind="upload", label="门牌照片").status_code == 409
    assert desk.http.get(f"/console/api/conversations/{her.id}/acting").status_code == 409


def test_cards_go_where_a_page_draws_them(her: Her, desk: Colleague, parts: Parts) -> None:
    def at(channel: str) -> tuple[int, bool]:
        with parts.db.write() as conn:
            conn.execute(update(conversation).where(conversation.c.id == her.id).values(channel=channel))
        may = desk.http.get(f"/console/api/conversations/{her.id}/acting").json()["why_not"] is None
        return desk.do("cards", her.id, kind="upload", label="门牌照片").status_code, may

    assert {channel: at(channel) for channel in ("web", "miniprogram", "wechat", "kiosk")} == {
        "web": (201, True), "miniprogram": (201, True), "wechat": (409, False), "kiosk": (201, True),
    }  # fmt: skip


def test_refusals_are_in_the_operators_language_whatever_the_citizen_speaks(app: FastAPI, her: Her, desk: Colleague, parts: Parts) -> None:
    with parts.db.write() as conn:
        conn.execute(update(conversation).where(conversation.c.id == her.id).values(locale="en"))
    wrong = desk.do("fields", her.id, field="phone", value="12").json()["errors"]
    early = desk.do("cards", her.id, kind="package").json()["detail"]
    held = Colleague(TestClient(app, headers={"Accept-Language": "en"}), "zhuo-2").do("fields", her.id, field="phone", value="1").json()["detail"]
    for said in (wrong[0]["message"], early, held):
        assert re.search(r"[一-鿿]{4}", said) and not re.search(r"[a-z]{4}", said), said
    assert desk.do("fields", her.id, field="phone", value="13900139000").json() == {"errors": []}
    *_, told = her.seen("message")
    assert "changed" in told["text"], "what she reads is in hers"
