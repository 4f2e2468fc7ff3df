"""What a kiosk's devices bring to a conversation: a card's answers with their source, prints on the audit chain, faults in the log."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.casework import interview
from assistant.casework import repository as cases
from assistant.casework.flow import choosing
from assistant.casework.flow.asking import ask
from assistant.casework.flow.proving import provable
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Answer, Case, PackageRef, Source
from assistant.engine.client import Parse
from assistant.foundation.tables import audit_entry
from channels.kiosk.devices import statement
from channels.kiosk.devices.interfaces import Card
from channels.parts import Parts
from knowledge.catalogue import Catalogue
from tests.contract.desk_world import Visitor, with_toy_engine

CARD = Card("张三", "女", "汉", date(1949, 12, 31), "上海市浦东新区样板路66弄5号301室", "11010519491231002X", "示例市公安局", date(2020, 5, 1), None)
OK, NO_CONTENT, NOT_FOUND, CONFLICT, REFUSED = 200, 204, 404, 409, 422
_ids = itertools.count(1)
KEY = Ed25519PrivateKey.generate()


def also(talk: Talk, text: str, asking: dict[str, Any] | None) -> Parse | None:
    """办<code> begins that item; 问<key> asks that field; 填<key>=<value> answers one."""
    if text.startswith("办"):
        guide = talk.services.catalogue.get(text[1:])
        assert guide is not None
        choosing.begin(talk, guide)
        return Parse(intent="apply", confidence=1.0)
    guide, case = talk.official, talk.case
    if guide is None or case is None or text[0] not in "问填":
        return None
    key, _, value = text[1:].partition("=")
    field = guide.field(key)
    assert field is not None, key
    if text[0] == "问":
        ask(talk, interview.ask_field(field, case))
        talk.status = "collecting"
    else:
        case.answers[key] = Answer(value=value, display=value, source=Source(kind="said", turn=talk.turn), confirmed_at=talk.now)
        talk.status = "answered"
    return Parse(intent="provide", confidence=1.0)


class AtKiosk(Visitor):
    """A citizen before a kiosk whose machine is registered."""

    def __init__(self, http: Any, parts: Parts, channel: str = "kiosk", locale: str = "zh-CN") -> None:
        self.http, self.parts = http, parts
        opened = http.post("/api/v1/conversations", json={"channel": channel, "locale": locale}).json()
        self.id, self.headers = opened["conversation_id"], {"Authorization": f"Bearer {opened['token']}"}
        statement.trust(parts.settings.data_dir / "kiosks", "hall-2", statement.told(KEY))

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.id}/identity-card"

    def lays(self, card: Card = CARD, said: str | None = None, message: str | None = None) -> Any:
        body = {"client_message_id": message or f"c-{next(_ids)}", "statement": said or statement.stated(KEY, "hall-2", self.id, card)}
        return self.http.post(self.path, json=body, headers=self.headers)

    def offered(self) -> list[str]:
        return [one["field"] for one in self.http.get(self.path, headers=self.headers).json()["items"]]

    @property
    def case(self) -> Case:
        with self.parts.db.read() as conn:
            [case] = cases.cases_of(conn, self.id)
        return case


@pytest.fixture
def parts(app: FastAPI) -> Parts:
    with_toy_engine(app, also)
    found: Parts = app.state.parts
    return found


@pytest.fixture
def her(app: FastAPI, parts: Parts) -> AtKiosk:
    return AtKiosk(TestClient(app), parts)


def asked(her: AtKiosk, key: str, item: str = "disability-card") -> AtKiosk:
    her.say(f"办{item}")
    her.say(f"问{key}")
    return her


def test_a_card_answers_what_it_proves_and_says_so(her: AtKiosk) -> None:
    asked(her, "applicant_name")
    assert her.offered() == ["applicant_name", "id_number", "household_address"]
    answer = her.lays()
    assert answer.status_code == OK, answer.text
    turn = answer.json()
    held = her.case.answers
    assert {key: held[key].value for key in ("applicant_name", "id_number", "household_address")} == {
        "applicant_name": CARD.name, "id_number": CARD.number, "household_address": CARD.address,
    }  # fmt: skip
    assert {(held[key].source.kind, held[key].source.ref) for key in ("applicant_name", "id_number")} == {("licence", "identity_card@hall-2")}
    [shown] = [reply for reply in turn["replies"] if reply["kind"] == "card"]
    assert {row["source"] for row in shown["rows"]} == {next(iter({row["source"] for row in shown["rows"]}))}
    assert "身份证" in shown["rows"][0]["source"] and "一体机" in shown["rows"][0]["source"]
    assert CARD.number not in answer.text, "replies are masked"
    assert turn["ask"]["field"] not in ("applicant_name", "id_number", "household_address")
    assert turn["case"]["prefilled"] == 3


def test_nothing_of_a_card_is_kept_beside_its_answers(her: AtKiosk, parts: Parts) -> None:
    asked(her, "applicant_name")
    her.lays()
    with parts.db.read() as conn:
        entries = [dict(row._mapping) for row in conn.execute(select(audit_entry))]
    assert not any(CARD.number in str(entry) or CARD.name in str(entry) or CARD.issuer in str(entry) for entry in entries)
    assert "case.card_read" in {entry["action"] for entry in entries}
    said = [data["text"] for kind, data in her.events() if kind == "message" and data["from"] == "citizen"]
    assert said[-1] == "（放了身份证）"
    assert CARD.issuer not in her.case.model_dump_json()


def test_the_same_message_is_the_same_turn(her: AtKiosk) -> None:
    asked(her, "applicant_name")
    said = statement.stated(KEY, "hall-2", her.id, CARD)
    first, again = her.lays(said=said, message="m"), her.lays(said=said, message="m")
    assert first.content == again.content
    other = statement.stated(KEY, "hall-2", her.id, Card(**{**CARD.__dict__, "address": "上海市静安区样板路1号"}))
    assert her.lays(said=other, message="m").status_code == CONFLICT


def test_a_page_is_not_believed(her: AtKiosk, app: FastAPI, parts: Parts) -> None:
    asked(her, "applicant_name")
    other = AtKiosk(TestClient(app), parts)
    for said in (
        statement.stated(Ed25519PrivateKey.generate(), "hall-2", her.id, CARD), statement.stated(KEY, "hall-3", her.id, CARD),
        statement.stated(KEY, "hall-2", other.id, CARD), "made.up",
    ):  # fmt: skip
        answer = her.lays(said=said)
        assert (answer.status_code, answer.json()["code"]) == (REFUSED, "card_not_believed")
    assert her.case.answers.get("applicant_name") is None


def test_only_a_kiosk_lays_cards(app: FastAPI, parts: Parts) -> None:
    at_home = AtKiosk(TestClient(app), parts, channel="web")
    asked(at_home, "applicant_name")
    assert at_home.offered() == []
    assert at_home.lays().status_code == NOT_FOUND


@pytest.mark.parametrize(("card", "code"), [
    (Card(**{**CARD.__dict__, "valid_until": date(2021, 5, 1)}), "card_expired"), (Card(**{**CARD.__dict__, "valid_from": date(2999, 1, 1)}), "card_expired"),
])  # fmt: skip
def test_a_card_whose_days_are_over_proves_nothing(her: AtKiosk, card: Card, code: str) -> None:
    asked(her, "applicant_name")
    turn = her.lays(card).json()
    assert (turn["status"], turn["ask"]["field"], turn["ask"]["error"]["code"]) == ("rejected_answer", "applicant_name", code)
    assert "applicant_name" not in her.case.answers


def test_another_s_card_is_not_mixed_with_hers(her: AtKiosk) -> None:
    her.say("办disability-card")
    her.say("填applicant_name=李四")
    her.say("问id_number")
    turn = her.lays().json()
    assert (turn["status"], turn["ask"]["error"]["code"]) == ("rejected_answer", "card_of_another")
    assert her.case.answers["applicant_name"].value == "李四"
    assert "id_number" not in her.case.answers
    her.say("填applicant_name=张三")
    assert her.offered() == ["id_number", "household_address"]
    assert her.lays().json()["status"] == "collecting"
    assert her.case.answers["applicant_name"].source.kind == "said", "what she said stays hers"


def test_a_card_answers_no_other_question(her: AtKiosk) -> None:
    asked(her, "phone")
    assert her.offered() == []
    turn = her.lays().json()
    assert (turn["status"], turn["ask"]["error"]["code"]) == ("rejected_answer", "card_not_asked")


def test_while_people_talk_a_card_changes_nothing(her: AtKiosk) -> None:
    asked(her, "applicant_name")
    her.say("转人工")
    assert her.offered() == []
    her.lays()
    assert "applicant_name" not in her.case.answers


def test_in_english_it_is_told_in_english(app: FastAPI, parts: Parts) -> None:
    her = AtKiosk(TestClient(app), parts, locale="en")
    asked(her, "applicant_name")
    told = her.lays().text
    assert "read at a kiosk" in told
    assert her.case.answers["applicant_name"].display == "张三"


def test_a_card_is_an_answer_where_a_guide_asks_for_persons(app: FastAPI, parts: Parts) -> None:
    """Every number that is asked for is answered by a card; names where the guide says whose they are."""
    catalogue: Catalogue = parts.services.catalogue
    now = parts.clock.now()
    for guide in catalogue.guides.values():
        case = Case(case_no="BD1", guide_code=guide.code, guide_name=guide.name, guide_version="1", created_at=now, updated_at=now)
        applying = {field.key for field in interview.applying_fields(guide, case)}
        for field in guide.fields:
            proof = provable(guide, case, field.key)
            assert set(proof) <= applying
            if field.type == "id_number" and field.key in applying:
                assert proof[field.key] == "id_number", f"{guide.code}: {field.key}"
            if field.type in ("phone", "uscc", "company_name"):
                assert proof == {}, f"{guide.code}: {field.key}"
            numbers = [key for key, value in proof.items() if value == "id_number"]
            assert len(numbers) <= 1, f"{guide.code}: {field.key} is of one person"


def test_an_agent_s_card_is_the_agent_s(her: AtKiosk, parts: Parts) -> None:
    guide = parts.services.catalogue.guides["disability-card"]
    asked(her, "applicant_name")
    case = her.case
    filer = guide.field("filer")
    assert filer is not None and filer.options
    for option in filer.options:
        case.answers["filer"] = Answer(value=option.value, display=option.label, source=Source(kind="tapped"))
        proof = provable(guide, case, "agent_id_number")
        assert set(proof) in ({"agent_name", "agent_id_number"}, set())
        assert proof or option.value in filer.herself


def test_a_print_is_noted_by_its_digest(her: AtKiosk, parts: Parts) -> None:
    asked(her, "applicant_name")
    case, now = her.case, parts.clock.now()
    path = f"/api/v1/cases/{case.case_no}/prints"
    body = {"what": "package", "sha256": "a" * 64, "pages": 7, "copies": 2, "outcome": "done"}
    assert her.http.post(path, json=body, headers=her.headers).status_code == CONFLICT
    with parts.db.write() as conn:
        case.package = PackageRef(version=1, sha256="a" * 64, blob_id="b", built_at=now)
        cases.save(conn, case, her.id, now)
    assert her.http.post(path, json=body, headers=her.headers).status_code == NO_CONTENT
    receipt = {"what": "receipt", "sha256": "c" * 64, "outcome": "paper_out"}
    assert her.http.post(path, json=receipt, headers=her.headers).status_code == NO_CONTENT
    with parts.db.read() as conn:
        noted = [row.detail for row in conn.execute(select(audit_entry).where(audit_entry.c.action == "kiosk.printed"))]
    assert [(one["what"], one["sha256"][:1], one["copies"], one["outcome"]) for one in noted] == [
        ("package", "a", 2, "done"), ("receipt", "c", 1, "paper_out"),
    ]  # fmt: skip
    assert her.http.post(path, json={**body, "outcome": "张三"}, headers=her.headers).status_code == REFUSED


def test_a_broken_device_is_in_the_log(her: AtKiosk) -> None:
    path = f"/api/v1/conversations/{her.id}/device-faults"
    assert her.http.post(path, json={"device": "a4", "code": "paper_out", "place": "一楼2号机"}, headers=her.headers).status_code == NO_CONTENT
    assert her.http.post(path, json={"device": "piano", "code": "paper_out"}, headers=her.headers).status_code == REFUSED
