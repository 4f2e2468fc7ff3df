"""How far a case is, over the API: the view beside the timeline, a key by proof, changes as they come, and 催办."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from assistant.casework import repository
from assistant.casework.model import Answer, Case, CaseStatus, Source
from assistant.conversation import repository as conversations
from assistant.conversation import watching
from assistant.foundation.clock import FixedClock
from assistant.foundation.settings import Settings
from channels.app import create_app
from tests.quick import empty_database
from tests.unit.casework.clocks.support import S, at, case_of

CODE = "K7M3PX"
ID = "11010519491231002X"


class World:
    """An app on Wednesday, 11 November 2026, two conversations, and cases put into the first."""

    def __init__(self, settings: Settings) -> None:
        self.clock = FixedClock(at("2026-11-11"))
        self.app = create_app(settings, self.clock)
        self.parts = self.app.state.parts
        self.client = TestClient(self.app)
        self.mine, self.stranger = self._open("zh-CN"), self._open("en")
        self.made = 0

    def _open(self, locale: str) -> tuple[str, dict[str, str]]:
        opened = self.client.post("/api/v1/conversations", json={"channel": "web", "locale": locale}).json()
        return opened["conversation_id"], {"Authorization": f"Bearer {opened['token']}"}

    def case(self, *lines: tuple[str, CaseStatus, str]) -> Case:
        """A food permit in the first conversation, with an identity number and a resume code."""
        self.made += 1
        case = case_of(*(lines or ACCEPTED)).model_copy(update={"case_no": f"BD20261109{self.made:08d}"})
        guide = self.parts.services.catalogue.get(case.guide_code)
        case.guide_version = guide.version
        key = next(field.key for field in guide.fields if field.type == "id_number")
        case.answers[key] = Answer(value=ID, display=ID, source=Source(kind="said"))
        case.resume_code_hash = self.parts.services.hash_resume_code(CODE)
        with self.parts.db.write() as conn:
            repository.save(conn, case, self.mine[0], self.clock.now())
        return case


RECEIVED = (("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "受理部门"))
ACCEPTED = (*RECEIVED, ("2026-11-10", S.ACCEPTED, "示例局"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("progress"), rate_per_conversation=0, rate_per_address=0)
    empty_database(settings).dispose()
    yield World(settings)


def test_the_timeline_has_the_view_beside_it(world: World) -> None:
    case = world.case()
    answer = world.client.get(f"/api/v1/cases/{case.case_no}/timeline", headers=world.mine[1]).json()
    assert [item["status"] for item in answer["items"]] == ["submitted", "submitted", "accepted"]
    assert set(answer["items"][0]) == {"at", "status", "who", "text"}
    (line,) = answer["progress"]["lines"]
    assert [stage["state"] for stage in line["stages"]] == ["done", "done", "now", "ahead", "ahead"]
    legal = next(due for due in line["until"] if due["kind"] == "legal")
    assert (legal["date"], legal["days"], legal["used"], legal["remaining"]) == ("2026-12-08", 20, 1, 19)
    assert "《行政许可法》第四十二条" in legal["basis"]
    assert line["since"] == "2026-11-10"
    assert {contact.get("phone") for contact in line["contacts"]} >= {"12345"}


def test_it_is_told_in_the_readers_language_and_script(world: World) -> None:
    case = world.case()
    for locale, word in (("en", "Legal time limit"), ("zh-Hant", "法定辦結時限"), ("zh-CN", "法定办结时限")):
        answer = world.client.get(f"/api/v1/cases/{case.case_no}/timeline", params={"locale": locale}, headers=world.mine[1])
        assert word in answer.text


def test_a_stranger_sees_nothing_without_the_proof(world: World) -> None:
    case = world.case()
    for path in ("timeline", "events"):
        assert world.client.get(f"/api/v1/cases/{case.case_no}/{path}", headers=world.stranger[1]).status_code == 404
        assert world.client.get(f"/api/v1/cases/{case.case_no}/{path}").status_code == 401
    assert world.client.post(f"/api/v1/cases/{case.case_no}/urgings", headers=world.stranger[1]).status_code == 404


def test_the_proof_gives_a_key_to_this_case_only(world: World) -> None:
    case, other = world.case(), world.case()
    opened = world.client.post(f"/api/v1/cases/{case.case_no}/viewing", json={"proof": f"002x{CODE}"}, headers=world.stranger[1])
    assert opened.status_code == 200
    assert "Legal time limit" in opened.text  # the stranger's conversation is English
    key = {"Authorization": f"Bearer {opened.json()['token']}"}
    assert world.client.get(f"/api/v1/cases/{case.case_no}/timeline", headers=key).status_code == 200
    assert world.client.get(f"/api/v1/cases/{other.case_no}/timeline", headers=key).status_code == 404
    assert world.client.get(f"/api/v1/cases/{case.case_no}", headers=key).status_code == 401
    assert world.client.get(f"/api/v1/cases/{case.case_no}/package", headers=key).status_code == 401
    # The case has not moved, and the code still opens it.
    with world.parts.db.read() as conn:
        found = repository.find(conn, case.case_no)
    assert found is not None
    assert found[1] == world.mine[0]
    assert found[0].resume_code_hash is not None


def test_a_key_is_over_after_a_while_and_cannot_be_made_up(world: World) -> None:
    case = world.case()
    sign, now = world.parts.services.sign, world.clock.now()
    token, until = watching.make_key(sign, case.case_no, "zh-CN", now)
    assert watching.read_key(sign, token, now) == watching.Key(case.case_no, "zh-CN")
    assert watching.read_key(sign, token, until + timedelta(seconds=1)) is None
    later = token.replace(str(int(until.timestamp())), str(int(until.timestamp()) + 999))
    for forged in (later, token.replace(case.case_no, "BD2026110900000099"), token[:-1], "view.x", "view....", token + "0"):
        assert watching.read_key(sign, forged, now) is None
        answer = world.client.get(f"/api/v1/cases/{case.case_no}/timeline", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401


def test_wrong_proofs_lock_the_case(world: World) -> None:
    case = world.case()
    statuses = [
        world.client.post(f"/api/v1/cases/{case.case_no}/viewing", json={"proof": proof}, headers=world.stranger[1]).status_code
        for proof in (*["0000WRONG1"] * 5, f"002X{CODE}")
    ]
    assert statuses == [404] * 5 + [423]
    unknown = world.client.post("/api/v1/cases/BD20261109ZZZZZZZZ/viewing", json={"proof": "x"}, headers=world.stranger[1])
    assert unknown.status_code == 404


def test_urging_is_kept_and_told(world: World) -> None:
    case = world.case()
    before = world.client.get(f"/api/v1/cases/{case.case_no}/timeline", headers=world.mine[1]).json()
    assert before["progress"]["urging"]["possible"] is True
    answer = world.client.post(f"/api/v1/cases/{case.case_no}/urgings", headers=world.mine[1])
    assert answer.status_code == 200
    assert answer.json()["progress"]["urging"]["last"] == world.clock.now().isoformat()
    again = world.client.post(f"/api/v1/cases/{case.case_no}/urgings", headers=world.mine[1])
    assert (again.status_code, again.json()["code"]) == (409, "urging_not_now")
    assert "今天已经记过" in again.json()["detail"]
    unsent = world.case(("2026-11-09", S.SUBMITTED, "me"))
    assert world.client.post(f"/api/v1/cases/{unsent.case_no}/urgings", headers=world.mine[1]).status_code == 409


def test_changes_come_as_events_numbered_by_revision(world: World) -> None:
    case = world.case()
    path = f"/api/v1/cases/{case.case_no}/events"
    first = world.client.get(path, params={"follow": False}, headers=world.mine[1]).text
    assert "id: 1\nevent: case\n" in first
    assert world.client.get(path, params={"follow": False, "after": 1}, headers=world.mine[1]).text == ": hello\n\n"
    world.client.post(f"/api/v1/cases/{case.case_no}/urgings", headers=world.mine[1])
    assert "id: 2\nevent: case\n" in world.client.get(path, params={"follow": False, "after": 1}, headers=world.mine[1]).text


def test_where_a_case_goes_on_elsewhere_its_old_conversation_is_told(world: World) -> None:
    case = world.case(("2026-11-09", S.DRAFT, "me"))
    with world.parts.db.write() as conn:
        old = conversations.load(conn, world.mine[0])
        assert old is not None
        old.active_case = case.case_no
        conversations.save(conn, old, world.clock.now())
    path = f"/api/v1/cases/{case.case_no}/resume"
    assert world.client.post(path, json={"proof": f"002X{CODE}"}, headers=world.stranger[1]).status_code == 200
    with world.parts.db.read() as conn:
        told = conversations.events_after(conn, world.mine[0], 0)[-1]
    assert (told.kind, told.data["moved"]) == ("notice", case.case_no)
    assert "已在别处接着办" in told.data["text"], "in the language of the conversation that is told"


def test_the_page_is_for_everybody_and_holds_nothing(world: World) -> None:
    case = world.case()
    page = world.client.get("/progress", params={"case": case.case_no, "lang": "en"})
    assert page.status_code == 200
    assert "Progress of a case" in page.text
    assert "示例" not in page.text
    assert "&lt;script&gt;" in world.client.get("/progress", params={"case": "<script>"}).text
