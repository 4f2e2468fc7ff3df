"""From submission to the paper in hand: a report issued in the turn after, a certificate the office made; both verified by strangers."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest

from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import load
from benchmarks.stack import Stack
from tests.e2e.test_office import Office, prepared, until

CREDIT = load(Path(__file__).with_name("cases") / "credit-report.yaml")[1]


def results(citizen: Citizen) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = citizen.get(f"/cases/{citizen.case_no}/results").json()["items"]
    return items


def checked(server: Stack, citizen: Citizen, held: dict[str, Any], folder: Path) -> bytes:
    """The result as downloaded, after everybody has verified it: we by hash, the public page by code, anybody offline."""
    answer = citizen.http.get(held["url"], headers=citizen.headers)
    assert answer.headers["content-type"] == "application/pdf" and hashlib.sha256(answer.content).hexdigest() == held["sha256"]
    assert len(pypdfium2.PdfDocument(io.BytesIO(answer.content))) >= 1
    assert citizen.http.get(held["url"]).status_code == 401
    assert Citizen(server.base_url).get(held["url"].removeprefix("/api/v1")).status_code == 404, "somebody else's is unknown"
    public = httpx.get(f"{server.base_url}/api/v1/verify/{held['code']}", trust_env=False).json()
    assert (public["standing"], public["sha256"], public["number"]) == ("valid", held["sha256"], held["number"])
    assert citizen.case_no not in json.dumps(public)
    file, proof = folder / "result.pdf", folder / "proof.json"
    file.write_bytes(answer.content)
    proof.write_bytes(citizen.http.get(held["proof_url"], headers=citizen.headers).content)
    keys = folder / "keys.json"
    keys.write_text(httpx.get(f"{server.base_url}/api/v1/package-keys", trust_env=False).text)
    return answer.content


def offline(folder: Path, *arguments: str) -> Any:
    """What the command line says, knowing nothing but the public keys."""
    command = [sys.executable, "-m", "channels.cli", "result", "verify", str(folder / "result.pdf"), "--key", str(folder / "keys.json"), "--json"]
    environment = {**os.environ, "BANDAO_DATA_DIR": str(folder / "nothing")}
    return json.loads(subprocess.run([*command, *arguments], check=False, capture_output=True, env=environment, timeout=120).stdout)


@pytest.fixture
def staff(server: Stack) -> Iterator[Office]:
    """The receiving office, well again at the end."""
    made = Office(server)
    yield made
    made.fault("ok")
    made.http.close()


@pytest.mark.timeout(400)
def test_a_credit_report_is_there_in_the_turn_after(server: Stack, tmp_path: Path) -> None:
    citizen = prepared(server, CREDIT)
    assert citizen.choose("yes")["status"] == "submitted"
    until(lambda: bool(results(citizen)))
    held = results(citizen)[0]
    assert held["title"] == "市场主体专用信用报告" and held["state"] == "valid"
    messages = [data for _, kind, data in citizen.events() if kind == "message" and "防伪码" in json.dumps(data, ensure_ascii=False)]
    assert [reply["kind"] for reply in messages[0]["replies"]] == ["text", "card", "file", "file"] and len(messages) == 1
    data = checked(server, citizen, held, tmp_path)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(data)))
    assert "上海样品贸易有限公司" in text and "演税罚" in text and "演消罚" not in text, "the records are written as they are"
    assert offline(tmp_path)["ok"] and offline(tmp_path)["embedded"]
    (tmp_path / "result.pdf").write_bytes(data.replace(b"%PDF-1.7", b"%PDF-1.6"))
    assert offline(tmp_path)["fault"] == "changed"


@pytest.mark.timeout(400)
def test_a_certificate_of_the_office_and_one_that_is_broken_on_the_way(server: Stack, staff: Office, tmp_path: Path) -> None:
    citizen = prepared(server)
    staff.fault("wrong_result", count=1)  # before it is handed in: what is plain is granted and fetched within a second
    citizen.choose("yes")
    until(lambda: len(staff.files(citizen.case_no)) == 1)
    staff.grant(citizen.case_no)
    until(lambda: bool(results(citizen)))
    notices = [data["text"] for _, kind, data in citizen.events() if kind == "notice" and "校验码" in data.get("text", "")]
    assert len(notices) == 1, "the broken one was told once and not handed on"
    held = results(citizen)[0]
    checked(server, citizen, held, tmp_path)
    assert held["sha256"] == staff.files(citizen.case_no)[0]["result"]["sha256"], "passed on byte for byte"
    assert offline(tmp_path)["fault"] == "no_proof"
    assert offline(tmp_path, "--proof", str(tmp_path / "proof.json"))["ok"]
    time.sleep(3)
    assert len(results(citizen)) == 1
    posted(citizen, held)


def posted(citizen: Citizen, held: dict[str, Any]) -> None:
    """The paper by post: only with a yes to a whole address, once, tracked, her address in part only."""
    path = f"/api/v1/cases/{citizen.case_no}/shipments"
    body = {"kind": "delivery", "result_id": held["id"], "name": "张三", "phone": "13800138000", "address": "上海市浦东新区示例路1号101室"}
    assert citizen.http.post(path, json={**body, "agreed": False}, headers=citizen.headers).status_code == 422
    assert citizen.http.post(path, json=body, headers=citizen.headers).status_code == 422
    first = citizen.http.post(path, json={**body, "agreed": True}, headers=citizen.headers)
    again = citizen.http.post(path, json={**body, "agreed": True}, headers=citizen.headers)
    assert (first.status_code, again.status_code) == (201, 200) and first.json()["id"] == again.json()["id"]
    until(lambda: citizen.http.get(path, headers=citizen.headers).json()["items"][0]["tracking"] != [])
    listed = citizen.http.get(path, headers=citizen.headers).json()
    assert listed["total"] == 1 and listed["items"][0]["tracking_no"].startswith("YS")
    assert "示例路1号" not in json.dumps(listed["items"], ensure_ascii=False) and "13800138000" not in json.dumps(listed["items"])
    assert citizen.http.get(path).status_code == 401
