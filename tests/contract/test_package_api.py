"""The package's own routes on a finished case: pages, signature, departments' packages, keys."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw
from sqlalchemy import select

from assistant.casework import repository
from assistant.casework.interview import refresh_materials
from assistant.casework.model import Case, CaseStatus, PackageRef
from assistant.casework.package.checking import examine
from assistant.casework.package.errors import OfficeUnavailable
from assistant.casework.package.signing import read_keys
from assistant.foundation import tables
from assistant.foundation.settings import Settings
from benchmarks.package import sample_case
from channels.app import create_app
from tests.quick import empty_database
from tests.unit.casework.package.test_book import STROKES
from tests.unit.casework.package.test_build import Failing


class World:
    """An app without an engine, a conversation, and cases put into it."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self.parts = self.app.state.parts
        self.parts.services.packages._office = Failing(OfficeUnavailable("not here"))  # the plain layout will do
        self.client = TestClient(self.app)
        opened = self.client.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.conversation = opened["conversation_id"]
        self.client.headers["Authorization"] = f"Bearer {opened['token']}"
        self.made = 0

    def case(self, code: str = "company-address-change", status: CaseStatus = CaseStatus.READY, packed: bool = True, **said: str) -> Case:
        """A case of this guide, answered with examples; its package made unless it is a draft."""
        guide = self.parts.services.catalogue.get(code)
        case = sample_case(guide, said)
        self.made += 1
        case.case_no = f"BD20261110{self.made:08d}"
        now = self.parts.clock.now()
        refresh_materials(guide, case)
        case.status = status
        if packed:
            built = self.parts.services.build_package(case, guide, now)
            case.package_version = 1
            case.package = PackageRef(version=1, sha256=built.sha256, blob_id=built.blob_id, built_at=now)
            case.packages = built.parts
        with self.parts.db.write() as conn:
            repository.save(conn, case, self.conversation, now)
        return case

    def zip(self, case_no: str, **query: str) -> bytes:
        """The package as it is downloaded."""
        answer = self.client.get(f"/api/v1/cases/{case_no}/package", params=query)
        assert answer.status_code == 200
        return answer.content


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("package-api"), rate_per_conversation=0, rate_per_address=0)
    empty_database(settings).dispose()
    yield World(settings)


def manifest(package: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        held: dict[str, Any] = json.loads(archive.read("manifest.json"))
        return held


def test_pages_are_listed_and_drawn(world: World) -> None:
    case = world.case()
    listed = world.client.get(f"/api/v1/cases/{case.case_no}/package/pages").json()
    assert listed["total"] == len(listed["items"]) >= 6 and listed["version"] == 1 and listed["signed_at"] is None
    assert [item["page"] for item in listed["items"]] == list(range(1, listed["total"] + 1))
    assert {"封面和目录", "材料清单", "公司登记（备案）申请书（通用版式）"} <= {item["title"] for item in listed["items"]}
    answer = world.client.get(listed["items"][0]["url"], params={"width": 500})
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).width == pytest.approx(500, abs=2)
    assert "no-store" in answer.headers["cache-control"]
    base = f"/api/v1/cases/{case.case_no}/package/pages"
    assert world.client.get(f"{base}/{listed['total'] + 1}.png").status_code == 404
    assert world.client.get(f"{base}/1.png", params={"width": 9000}).status_code == 422


def test_nobody_elses_pages(world: World) -> None:
    case = world.case()
    stranger = TestClient(world.app).post("/api/v1/conversations", json={"channel": "web"}).json()
    headers = {"Authorization": f"Bearer {stranger['token']}"}
    for method, path in (("GET", "package/pages"), ("GET", "package/pages/1.png"), ("POST", "signature"), ("DELETE", "signature")):
        url = f"/api/v1/cases/{case.case_no}/{path}"
        body = {"json": {"strokes": STROKES}} if method == "POST" else {}
        assert world.client.request(method, url, headers={"Authorization": ""}, **body).status_code == 401
        assert world.client.request(method, url, headers=headers, **body).status_code == 404


def test_the_package_is_signed_with_the_published_key(world: World) -> None:
    case = world.case()
    keys = read_keys(TestClient(world.app).get("/api/v1/package-keys").text)
    verdict = examine(world.zip(case.case_no), keys)
    assert verdict.ok and verdict.case_no == case.case_no


def test_a_drawn_signature_makes_the_next_version(world: World) -> None:
    case = world.case()
    signed = world.client.post(f"/api/v1/cases/{case.case_no}/signature", json={"strokes": STROKES})
    assert signed.status_code == 200 and signed.json()["version"] == 2
    package = world.zip(case.case_no)
    held = manifest(package)
    assert (held["version"], held["signatures"][0]["kind"]) == (2, "drawn")
    assert world.client.get(f"/api/v1/cases/{case.case_no}").json()["package"]["sha256"] == signed.json()["sha256"]
    assert examine(package, read_keys(world.client.get("/api/v1/package-keys").text)).ok
    with world.parts.db.read() as conn:
        entry = tables.audit_entry.c
        said = conn.execute(select(entry.action).where(entry.subject == case.case_no)).scalars().all()
    assert said == ["case.signed"]
    taken = world.client.delete(f"/api/v1/cases/{case.case_no}/signature").json()
    assert taken["version"] == 3 and taken["signed_at"] is None
    assert [entry["kind"] for entry in manifest(world.zip(case.case_no))["signatures"]] == ["package"]


def test_a_picture_will_do(world: World) -> None:
    case = world.case(status=CaseStatus.DRAFT, packed=False)
    image = Image.new("RGB", (600, 300), "white")
    ImageDraw.Draw(image).line([(50, 250), (200, 40), (400, 250), (560, 60)], fill="black", width=10)
    out = io.BytesIO()
    image.save(out, "PNG")
    body = {"image": "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()}
    signed = world.client.post(f"/api/v1/cases/{case.case_no}/signature", json=body)
    assert signed.status_code == 200 and signed.json()["version"] is None and signed.json()["signed_at"]


@pytest.mark.parametrize(("body", "code"), [
    ({}, "invalid"), ({"strokes": STROKES, "image": "x"}, "invalid"), ({"strokes": [[[0, 0]]]}, "signature_empty"),
    ({"strokes": [[[1e9, 0], [1, 1]]]}, "invalid"), ({"image": "§"}, "signature_unreadable"), ({"image": "AAAA"}, "signature_unreadable"),
    ({"strokes": [[[0, 0]] * 3000]}, "invalid"),
])  # fmt: skip
def test_what_is_no_signature_changes_nothing(world: World, body: dict[str, Any], code: str) -> None:
    case = world.case(status=CaseStatus.DRAFT, packed=False)
    answer = world.client.post(f"/api/v1/cases/{case.case_no}/signature", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    with world.parts.db.read() as conn:
        assert repository.find(conn, case.case_no)[0].signature is None


@pytest.mark.parametrize("status", [CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.CLOSED])
def test_what_was_submitted_stays_as_it_is(world: World, status: CaseStatus) -> None:
    case = world.case(status=status)
    before = world.zip(case.case_no)
    answer = world.client.post(f"/api/v1/cases/{case.case_no}/signature", json={"strokes": STROKES})
    assert (answer.status_code, answer.json()["code"]) == (409, "signature_too_late")
    with world.parts.db.read() as conn:
        assert repository.find(conn, case.case_no)[0].signature is None
    assert world.zip(case.case_no) == before


def test_an_agent_does_not_sign_for_the_applicant(world: World) -> None:
    case = world.case(filer="agent")
    answer = world.client.post(f"/api/v1/cases/{case.case_no}/signature", json={"strokes": STROKES})
    assert (answer.status_code, answer.json()["code"]) == (409, "signature_by_agent")
    assert len(manifest(world.zip(case.case_no))["signatures"]) == 1


def test_each_department_gets_its_own(world: World) -> None:
    case = world.case("restaurant-opening")
    whole = manifest(world.zip(case.case_no))
    keys = read_keys(world.client.get("/api/v1/package-keys").text)
    items = [part["item"] for part in whole["parts"]]
    assert len(items) >= 2 and "food-permit-new" in items
    everything = {field["field"] for field in whole["fields"]}
    told = world.client.get(f"/api/v1/cases/{case.case_no}").json()["packages"]
    assert [(part["item"], part["sha256"]) for part in told] == [(part["item"], part["sha256"]) for part in whole["parts"]]
    assert world.client.get(told[0]["url"]).headers["etag"] == f'"{told[0]["sha256"]}"'
    for part in whole["parts"]:
        package = world.zip(case.case_no, part=part["item"])
        held = manifest(package)
        assert examine(package, keys).ok and held["part"] == {key: part[key] for key in ("item", "name", "department", "after")}
        fields = {field["field"] for field in held["fields"]}
        assert fields < everything and fields
        assert set(part["after"]) <= set(items) - {part["item"]}
    food = manifest(world.zip(case.case_no, part="food-permit-new"))
    titles = {file["title"] for file in food["files"]}
    assert any("食品" in title for title in titles) and not any("公司章程" in title for title in titles)
    assert world.client.get(f"/api/v1/cases/{case.case_no}/package", params={"part": "passport"}).status_code == 404
