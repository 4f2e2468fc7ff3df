"""The packet of a conversation over the console's API: everything at once, masked; one value whole, noted, for who has it."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import text

from assistant.casework import repository as cases
from assistant.casework.interview import refresh_materials
from assistant.casework.model import Answer, CaseStatus, PackageRef, Source
from assistant.casework.package.errors import OfficeUnavailable
from assistant.casework.prefill.state import VerifiedIdentity
from assistant.conversation import repository
from assistant.conversation.model import Event
from assistant.conversation.packet import feeling
from assistant.foundation import audit
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.database import Database
from benchmarks.package import sample_case
from channels.console.papers import WIDTHS
from tests.contract.desk_world import Visitor
from tests.contract.test_console import Hiring, citizen, engine, staff
from tests.unit.casework.package.test_build import Failing

__all__ = ["citizen", "engine", "staff"]
AT = datetime(2026, 11, 10, 10, tzinfo=SHANGHAI)


def test_everything_at_once(citizen: Visitor, staff: Hiring, db: Database) -> None:
    operator, other = staff("zhuo-1"), staff("zhuo-2")
    citizen.say("我要办住所变更")
    citizen.say("我的电话是13800138000")
    citizen.say("转人工")
    path = f"/console/api/conversations/{citizen.id}/packet"
    packet = operator.http.get(path).json()
    assert (packet["item"]["name"], packet["reason"], packet["mood"], packet["identity"]) == ("公司住所变更登记", "to_human", "neutral", "said")
    assert packet["missing"] and packet["asking"] and "13800138000" not in str(packet)
    assert packet["deadlines"] == [] and packet["promise"] is None, "nothing is handed in yet"
    assert "公司住所变更登记" in packet["summary"] and "申请人要求" in packet["summary"]
    assert len(packet["suggestions"]) == 3 and any(one["citations"] for one in packet["suggestions"])
    assert operator.do("unmask", citizen.id, field="company_name", reason="核对").status_code == 404, "it only waits"
    assert operator.do("claim", citizen.id).status_code == 200
    assert other.http.get(path).status_code == 404
    assert operator.do("unmask", citizen.id, field="nothing", reason="核对").status_code == 404
    with db.write() as conn:
        case = cases.cases_of(conn, citizen.id)[0]
        case.answers["phone"] = Answer(value="13800138000", display="13800138000", source=Source(kind="said"))
        cases.save(conn, case, citizen.id, AT)
    assert operator.do("unmask", citizen.id, field="phone", reason="").status_code == 422, "it takes a reason"
    assert operator.do("unmask", citizen.id, field="identity", reason="核对").status_code == 404, "nobody signed in"
    assert operator.do("unmask", citizen.id, field="phone", reason="核对").json() == {"field": "phone", "value": "13800138000"}
    with db.read() as conn:
        shown = conn.execute(text("SELECT subject FROM audit_entry WHERE action = 'case.value_shown'")).scalars().all()
        assert shown == [case.case_no] and audit.verify(conn).ok


def test_who_signed_in_is_masked_until_it_is_needed(citizen: Visitor, staff: Hiring, db: Database) -> None:
    operator = staff("zhuo-1")
    with db.write() as conn:
        conv = repository.load(conn, citizen.id)
        assert conv is not None
        conv.state.identity = VerifiedIdentity(id_number="11010519491231002X", name="张三", verified_at=AT)
        repository.save(conn, conv, AT)
    citizen.say("转人工")
    assert operator.do("claim", citizen.id).status_code == 200
    packet = operator.http.get(f"/console/api/conversations/{citizen.id}/packet").json()
    assert (packet["identity"], packet["name"], packet["id_number"]) == ("verified", "张*", "110***********002X")
    asked = {"field": "identity_number", "reason": "核对身份"}
    assert operator.do("unmask", citizen.id, **asked).json()["value"] == "11010519491231002X"
    notes = operator.http.get(f"/console/api/conversations/{citizen.id}/notes").json()
    assert [one["text"] for one in notes] == ["看了“身份证号”的完整内容，用途：核对身份"]


def photo() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (1600, 900), "#2a6f6b").save(held, "JPEG")
    return held.getvalue()


def test_papers_small_for_all_who_may_read_and_large_ones_are_audited(
    app: FastAPI, citizen: Visitor, staff: Hiring, db: Database
) -> None:
    operator, other = staff("zhuo-1"), staff("zhuo-2")
    citizen.say("我要办住所变更")
    public = TestClient(app)
    send = f"/api/v1/conversations/{citizen.id}/uploads"
    answer = public.post(send, files={"file": ("租赁合同.jpg", photo(), "image/jpeg")}, headers=citizen.headers)
    paper = f"/console/api/conversations/{citizen.id}/uploads/{answer.json()['upload_id']}/pages/1"
    assert operator.http.get(paper).status_code == 404, "she is with the bot"
    citizen.say("转人工")
    small = operator.http.get(paper)
    assert (small.status_code, small.headers["cache-control"]) == (200, "private, no-store")
    with Image.open(io.BytesIO(small.content)) as image:
        assert image.size == (120, 68)
    assert operator.do("claim", citizen.id).status_code == 200
    assert other.http.get(paper).status_code == 404
    assert operator.http.get(paper.replace("/pages/1", "/pages/2")).status_code == 404
    assert operator.http.get(paper.replace(answer.json()["upload_id"], "another")).status_code == 404
    large = operator.http.get(paper, params={"size": "large"})
    with Image.open(io.BytesIO(large.content)) as image:
        assert image.width == 1200
    with db.read() as conn:
        shown = conn.execute(text("SELECT subject FROM audit_entry WHERE action = 'upload.shown'")).scalars().all()
        assert shown == [answer.json()["upload_id"]] and audit.verify(conn).ok


def test_the_guide_is_that_of_the_case_and_there_is_no_package_yet(citizen: Visitor, staff: Hiring) -> None:
    operator = staff("zhuo-1")
    citizen.say("转人工")
    base = f"/console/api/conversations/{citizen.id}"
    assert operator.http.get(f"{base}/guide").status_code == 404, "nothing has been talked about"
    citizen.say("取消排队")
    citizen.say("我要办住所变更")
    citizen.say("转人工")
    page = operator.http.get(f"{base}/guide")
    assert page.status_code == 200 and "公司住所变更登记" in page.text
    assert "script-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert "现在就办" not in page.text and "<header" not in page.text and "<footer" not in page.text, "its content alone"
    assert "现在就办" in operator.http.get("/guides/company-address-change").text
    assert (operator.http.get(f"{base}/package").status_code, operator.http.get(f"{base}/package/pages/1").status_code) == (409, 409)


def test_the_package_she_has_is_read_page_by_page(app: FastAPI, citizen: Visitor, staff: Hiring, db: Database) -> None:
    operator, other, parts = staff("zhuo-1"), staff("zhuo-2"), app.state.parts
    parts.services.packages._office = Failing(OfficeUnavailable("not here"))  # the plain layout will do
    citizen.say("我要办住所变更")
    with db.write() as conn:
        [case] = cases.cases_of(conn, citizen.id)
        guide = parts.services.guide_of(case)
        case.answers = sample_case(guide).answers
        refresh_materials(guide, case)
        built = parts.services.build_package(case, guide, AT)
        case.status, case.package_version = CaseStatus.READY, 1
        case.package = PackageRef(version=1, sha256=built.sha256, blob_id=built.blob_id, built_at=AT)
        cases.save(conn, case, citizen.id, AT)
    citizen.say("转人工")
    assert operator.do("claim", citizen.id).status_code == 200
    base = f"/console/api/conversations/{citizen.id}/package"
    told = operator.http.get(base).json()
    assert (told["version"], told["sha256"], told["signed"]) == (1, built.sha256, False)
    assert [one["page"] for one in told["pages"]] == list(range(1, len(told["pages"]) + 1)) and len(told["pages"]) >= 6
    assert {"封面和目录", "材料清单"} <= {one["title"] for one in told["pages"]}
    for size, width in WIDTHS.items():
        answer = operator.http.get(f"{base}/pages/2", params={"size": size})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
        assert Image.open(io.BytesIO(answer.content)).width == width
    assert operator.http.get(f"{base}/pages/{len(told['pages']) + 1}").status_code == 404
    assert (other.http.get(base).status_code, other.http.get(f"{base}/pages/1").status_code) == (404, 404)
    with db.read() as conn:
        shown = conn.execute(text("SELECT subject FROM audit_entry WHERE action = 'package.shown'")).scalars().all()
    assert shown == [case.case_no], "small pages are not to be read"


def test_a_promised_call_is_listed_and_its_number_whole_only_for_who_has_it(
    app: FastAPI, citizen: Visitor, staff: Hiring, db: Database
) -> None:
    operator, parts = staff("zhuo-1"), app.state.parts
    citizen.say("我要办住所变更")
    with db.write() as conn:
        moment = parts.desk.promises.callback(conn, citizen.id, "13800138000", parts.clock.now())
    [promised] = operator.http.get("/console/api/desk/promises").json()
    assert (promised["number"], promised["name"]) == ("138****8000", "公司住所变更登记")
    with db.write() as conn:
        parts.desk.promises.wake(conn, [citizen.id])
    packet = operator.http.get(f"/console/api/conversations/{citizen.id}/packet").json()
    assert (packet["promise"]["kind"], packet["promise"]["number"]) == ("callback", "138****8000")
    assert datetime.fromisoformat(packet["promise"]["at"]) == moment
    assert operator.do("contact", citizen.id).status_code == 404, "it only waits"
    assert operator.do("claim", citizen.id).status_code == 200
    assert operator.do("contact", citizen.id).json() == {"number": "13800138000"}


def test_the_marker_at_the_end_says_who_it_was(citizen: Visitor, staff: Hiring) -> None:
    operator = staff("zhuo-1")
    citizen.say("转人工")
    assert operator.do("claim", citizen.id).status_code == 200
    assert operator.do("release", citizen.id).status_code == 200
    owners = [data["text"] for kind, data in citizen.events() if kind == "owner"]
    assert owners[-1] == "工作人员坐席zhuo-1的服务结束，由机器人继续为您服务"


@pytest.mark.parametrize(
    ("said", "turn", "mood"),
    [
        ("我不想活了", {}, "distress"),
        ("有人要杀人", {}, "danger"),
        ("你们太慢", {"understanding": {"intent": "complaint"}}, "complaint"),
        ("嗯", {"status": "clarify"}, "stuck"),
        ("好的", {"status": "collecting"}, "neutral"),
    ],
)
def test_moods_follow_rules(said: str, turn: dict[str, object], mood: str) -> None:
    events = [Event(1, "message", {"from": "citizen", "text": said}, AT), Event(2, "turn", turn, AT), Event(3, "turn", turn, AT)]
    assert feeling(events) == mood
