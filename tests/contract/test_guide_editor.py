"""The guide editor's API: who may do what, and a guide's way from a draft to what citizens are told."""

from __future__ import annotations

import shutil
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

from assistant.desk import accounts
from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.passwords import hash_password
from assistant.foundation.settings import ROOT, Settings
from assistant.foundation.tables import audit_entry
from channels.app import create_app
from channels.console.guides_access import publish
from knowledge.editing.skeleton import version_of
from tests.contract.desk_world import PASSWORD

GUIDES = ROOT / "knowledge" / "guides"
YEAR, COUNT = str(version_of((GUIDES / "shop-sign.yaml").read_text(encoding="utf-8"))).split(".")
NOW, NEXT, AFTER_NEXT = (f"{YEAR}.{int(COUNT) + step}" for step in range(3))
"""The sign's version in service and the ones to come: guides go on, tests need not follow."""
API = "/console/api/guides"
FILES = ("shop-sign.yaml", "senior-card.yaml", "company-founding.yaml", "en/shop-sign.yaml", "regions/310000/shop-sign.yaml")
ROLES = {"bian": "editor", "shen": "editor,approver", "shen-2": "editor,approver", "zhu": "supervisor", "zuo": "operator"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / "guides" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(GUIDES / name, tmp_path / "guides" / name)
    return tmp_path / "guides"


@pytest.fixture
def writing(settings: Settings, db: Database, clock: FixedClock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The app with a few guides of its own and nothing to search them with."""
    monkeypatch.setattr("channels.app.Search", SimpleNamespace(build=lambda *_, **__: SimpleNamespace()))
    clock.advance(timedelta(days=30))  # after the days the guides say they were checked on
    nowhere = "http://127.0.0.1:9"
    app = create_app(settings.model_copy(update={"guides_dir": folder, "engine_url": nowhere, "sandbox_url": nowhere}), clock)
    app.state.parts.sign_in_tries.per_minute = 0
    monkeypatch.setattr("assistant.desk.accounts.hash_password", cache(hash_password))  # slow on purpose, and the same for all
    with db.write() as conn:
        for login, role in ROLES.items():
            accounts.add(conn, login, PASSWORD, f"{role} {login}", role, clock.now())
    return app


class Writer:
    """A member of staff at the editor's API."""

    def __init__(self, app: FastAPI, login: str) -> None:
        self.http = TestClient(app)
        answer = self.http.post("/console/api/login", json={"login": login, "password": PASSWORD})
        self.csrf: str = answer.json()["csrf"]
        self.http.headers["X-CSRF-Token"] = self.csrf

    def file(self, code: str = "shop-sign", place: str = "main") -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{API}/files/{place}/{code}").json()
        return found

    def check(self, text: str, code: str = "shop-sign", place: str = "main") -> dict[str, Any]:
        found: dict[str, Any] = self.http.post(f"{API}/check", json={"code": code, "place": place, "text": text}).json()
        return found

    def keep(self, text: str, base: str, code: str = "shop-sign", place: str = "main", **more: Any) -> Any:
        body = {"text": text, "base": base, "note": "改了", **more}
        return self.http.put(f"{API}/drafts/{place}/{code}", json=body)

    def do(self, what: str, revision: str, **body: Any) -> Any:
        return self.http.post(f"{API}/revisions/{revision}/{what}", json=body or None)


@pytest.fixture
def staff(writing: FastAPI) -> Callable[[str], Writer]:
    return lambda login: Writer(writing, login)


def better(text: str) -> str:
    """The next version, with another time limit."""
    text = text.replace(f'version: "{NOW}"', f'version: "{NEXT}"', 1).replace("days: 20", "days: 15", 1)
    history = f'history:\n  - {{version: "{NEXT}", effective: 2026-12-10, text: [时限改短]}}\n'
    return text.replace("history:\n", history, 1).replace("受理后20个工作日内", "受理后15个工作日内", 1)


def take_up(app: FastAPI) -> None:
    for _ in range(5):
        app.state.parts.guides.poll()


def test_the_whole_way(writing: FastAPI, staff: Callable[[str], Writer], folder: Path, db: Database) -> None:
    one, two = staff("bian"), staff("shen")
    there = one.file()
    text = better(there["text"])
    assert one.check(text)["sound"]
    kept = one.keep(text, there["digest"])
    assert (kept.status_code, kept.json()["state"], kept.json()["author"]) == (200, "draft", "editor bian")
    said = one.http.post(f"{API}/compare", json={"code": "shop-sign", "place": "main", "text": text}).json()
    assert "法定时限：20个工作日 → 15个工作日" in said["words"]
    assert {"come", "gone", "same", "gap"} == {line["kind"] for line in said["lines"]}
    assert "按开始时的那一版办完" in said["cases"]

    revision = kept.json()["id"]
    assert one.do("propose", revision).json()["state"] == "proposed"
    assert [waiting["id"] for waiting in two.http.get(API).json()["proposed"]] == [revision]
    done = two.do("approve", revision, answer="好").json()
    assert (done["state"], done["reviewer"], done["served"]) == ("published", "editor,approver shen", True)
    assert (folder / "shop-sign.yaml").read_text(encoding="utf-8") == text
    take_up(writing)
    told = TestClient(writing).get("/api/v1/guides/shop-sign", params={"region": "330000"}).json()
    assert told["version"].startswith(NEXT)

    found = next(old for old in one.file()["revisions"] if old["state"] == "found")
    back = one.do("restore", found["id"]).json()
    assert (back["state"], back["note"]) == ("draft", f"退回到 {NOW} 的内容。")
    old = one.http.get(f"{API}/revisions/{back['id']}").json()["text"]
    assert f'version: "{AFTER_NEXT}"' in old and "days: 20" in old
    assert one.do("propose", back["id"]).status_code == 200
    assert two.do("approve", back["id"]).status_code == 422, "a body is wanted"
    assert two.do("approve", back["id"], answer="好").json()["state"] == "published"
    assert "days: 20" in (folder / "shop-sign.yaml").read_text(encoding="utf-8")
    with db.read() as conn:
        assert audit.verify(conn).ok
        actions = [row.action for row in conn.execute(select(audit_entry).where(audit_entry.c.subject == "shop-sign").order_by(audit_entry.c.seq))]
    assert actions == [f"guide.{what}" for what in ("drafted", "proposed", "approved", "published") * 2]


def test_nobody_approves_her_own(staff: Callable[[str], Writer], folder: Path) -> None:
    writer, other = staff("shen"), staff("shen-2")
    before = (folder / "shop-sign.yaml").read_bytes()
    there = writer.file()
    revision = writer.keep(better(there["text"]), there["digest"]).json()["id"]
    writer.do("propose", revision)
    refused = writer.do("approve", revision, answer="好")
    assert (refused.status_code, refused.json()["code"]) == (403, "guide_own")
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert staff("bian").do("approve", revision, answer="好").json()["code"] == "role"
    assert (folder / "shop-sign.yaml").read_bytes() == before
    assert other.do("return", revision, answer=" ").json()["code"] == "guide_no_answer"
    assert other.do("return", revision, answer="依据呢？").json()["state"] == "returned"
    mine = writer.file()["mine"]
    assert (mine["state"], mine["answer"], mine["reviewer"]) == ("returned", "依据呢？", "editor,approver shen-2")


def test_a_faulty_text_is_kept_and_not_proposed(staff: Callable[[str], Writer]) -> None:
    one = staff("bian")
    there = one.file()
    broken = there["text"].replace("charged: false", "chrged: false")
    found = one.check(broken)
    assert not found["sound"]
    line = next(n for n, text in enumerate(broken.splitlines(), 1) if "chrged" in text)
    assert any(finding["line"] == line and finding["hard"] and finding["remedy"] for finding in found["findings"])
    kept = one.keep(broken, there["digest"]).json()
    refused = one.do("propose", kept["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "guide_unsound")
    assert one.file()["mine"]["text"] == broken


def test_without_a_note_or_a_change_nothing_is_proposed(staff: Callable[[str], Writer]) -> None:
    one = staff("bian")
    there = one.file()
    same = one.keep(there["text"], there["digest"]).json()
    assert one.do("propose", same["id"]).json()["code"] == "guide_unchanged"
    changed = one.keep(better(there["text"]), there["digest"], note=" ", saves=same["saves"]).json()
    assert one.do("propose", changed["id"]).json()["code"] == "guide_no_note"


def test_the_file_moved_under_the_draft(staff: Callable[[str], Writer], folder: Path) -> None:
    one, two = staff("bian"), staff("shen")
    there = one.file()
    revision = one.keep(better(there["text"]), there["digest"]).json()
    path = folder / "shop-sign.yaml"
    path.write_text("# 手工改的\n" + there["text"], encoding="utf-8")
    refused = one.do("propose", revision["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "guide_moved")
    mine = one.file()["mine"]
    assert mine["moved"] and "days: 15" in mine["text"]
    three = {"code": "shop-sign", "place": "main", "old": mine["base"]}
    theirs = one.http.post(f"{API}/compare", json={**three, "new": "served"}).json()["lines"]
    assert [line["text"] for line in theirs if line["kind"] == "come"] == ["# 手工改的"]
    ours = one.http.post(f"{API}/compare", json={**three, "new": revision["id"]}).json()["lines"]
    assert any(line["text"].strip() == "days: 15" for line in ours)
    again = one.keep("# 手工改的\n" + mine["text"], one.file()["digest"], saves=mine["saves"]).json()
    assert one.do("propose", again["id"]).status_code == 200
    path.write_text(there["text"], encoding="utf-8")
    assert two.do("approve", revision["id"], answer="好").json()["code"] == "guide_moved"
    assert path.read_text(encoding="utf-8") == there["text"]


def test_published_on_its_day(writing: FastAPI, staff: Callable[[str], Writer], folder: Path, clock: FixedClock) -> None:
    one, two = staff("bian"), staff("shen")
    there = one.file()
    day = (clock.now() + timedelta(days=1)).date().isoformat()
    revision = one.keep(better(there["text"]), there["digest"], effective=day).json()["id"]
    one.do("propose", revision)
    assert two.do("approve", revision, answer="好").json()["state"] == "approved"
    assert publish(writing.state.parts) == []
    assert (folder / "shop-sign.yaml").read_text(encoding="utf-8") == there["text"]
    clock.advance(timedelta(days=1))
    [done] = publish(writing.state.parts)
    assert done.id == revision
    assert "days: 15" in (folder / "shop-sign.yaml").read_text(encoding="utf-8")


def test_colleagues_see_each_others_drafts_and_leave_them_alone(staff: Callable[[str], Writer]) -> None:
    one, two = staff("bian"), staff("shen")
    there = one.file()
    mine = one.keep(better(there["text"]), there["digest"]).json()
    assert [held["author"] for held in two.file()["revisions"] if held["state"] == "draft"] == ["editor bian"]
    for what in ("propose", "withdraw"):
        assert two.do(what, mine["id"]).json()["code"] == "guide_not_yours"
    assert two.http.delete(f"{API}/revisions/{mine['id']}").status_code == 403
    assert two.keep("code: x\n", there["digest"]).json()["id"] != mine["id"]
    late = one.keep("code: y\n", there["digest"], saves=7)
    assert (late.status_code, late.json()["code"]) == (409, "guide_saved_elsewhere")


def test_a_new_guide_begins_with_every_part_explained(staff: Callable[[str], Writer], folder: Path) -> None:
    one, two = staff("bian"), staff("shen")
    text = one.http.post(f"{API}/new", json={"code": "street-stall", "name": "示例摊位备案"}).json()["text"]
    assert not one.check(text, "street-stall")["sound"]
    assert one.http.post(f"{API}/new", json={"code": "shop-sign", "name": "招牌"}).json()["code"] == "guide_taken"
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    written = "\n".join(line.replace("（待写）", "") for line in lines) + "\n"
    written = written.replace("answer: }", "answer: 身份证}").replace("answer: ,", "answer: 身份证,")
    found = one.check(written, "street-stall")
    assert found["sound"], found
    revision = one.keep(written, "", "street-stall").json()["id"]
    assert one.do("propose", revision).status_code == 200
    assert two.do("approve", revision, answer="好").json()["state"] == "published"
    assert (folder / "street-stall.yaml").read_text(encoding="utf-8") == written


def test_what_is_different_in_a_region_and_the_english_are_files_like_any_other(staff: Callable[[str], Writer]) -> None:
    one = staff("bian")
    local = one.file(place="310000")
    assert one.check(local["text"], place="310000")["sound"]
    wrong = local["text"].replace('region: "310000"', 'region: "320000"')
    assert any("320000" in finding["why"] for finding in one.check(wrong, place="310000")["findings"])
    english = one.file(place="en")
    found = one.check(english["text"].replace("texts:\n", "texts:\n  没有这一句: nothing\n"), place="en")
    assert any(not finding["hard"] and "没有这一句" in finding["why"] for finding in found["findings"])
    nowhere = one.file(place="442000")
    assert nowhere["text"] is None and 'region: "442000"' in nowhere["start"]
    assert one.http.get(f"{API}/files/main/nothing").json()["text"] is None
    for path in ("files/main/..%2f..%2fx", "files/x/shop-sign", "files/main/X"):
        assert one.http.get(f"{API}/{path}").status_code == 404


def test_a_draft_is_previewed_and_runs_nothing(staff: Callable[[str], Writer]) -> None:
    one = staff("bian")
    text = better(one.file()["text"]).replace("summary: ", "summary: <script>alert(1)</script>")
    form = {"csrf": one.csrf, "code": "shop-sign", "place": "main", "text": text, "region": "330000"}
    page = one.http.post(f"{API}/preview", data=form)
    assert page.status_code == 200
    assert "15个工作日" in page.text and "<script>alert" not in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert one.http.post(f"{API}/preview", data={**form, "csrf": "wrong"}).status_code == 403
    assert staff("zuo").http.post(f"{API}/preview", data=form).status_code == 403
    broken = one.http.post(f"{API}/preview", data={**form, "text": "a: ["})
    assert broken.status_code == 422 and "现在还预览不了" in broken.text


def test_refused_files_are_told_with_their_place(writing: FastAPI, staff: Callable[[str], Writer], folder: Path) -> None:
    path = folder / "senior-card.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("summary:", "sumary:", 1), encoding="utf-8")
    take_up(writing)
    [*refused] = staff("bian").http.get(API).json()["refused"]
    assert any((one["code"], one["place"]) == ("senior-card", "main") and "sumary" in one["why"] for one in refused)


@pytest.mark.parametrize("name", ["guides", "accounts", "audit", "past", "reports"])
def test_the_pages_are_public_and_strict(writing: FastAPI, name: str) -> None:
    page = TestClient(writing).get(f"/console/{name}/").text
    assert 'id="sign-in"' in page and page.count("<main") == 1 and "{%" not in page
    assert "<style" not in page and " style=" not in page and " onclick=" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')


def test_the_page_may_frame_only_ourselves(writing: FastAPI) -> None:
    policy = TestClient(writing).get("/console/guides/").headers["content-security-policy"]
    assert "frame-src 'self'" in policy and "trusted-types 'none'" in policy and "unsafe" not in policy
