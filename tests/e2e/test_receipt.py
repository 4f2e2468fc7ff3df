"""The receiving office's receipt: a page beside the package, told in the conversation as soon as there is one."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from benchmarks.citizens.answers import answer
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import load
from benchmarks.citizens.papers import pdf_text
from benchmarks.stack import Stack

PATIENCE_S = 60
SHORTEST = load(Path(__file__).with_name("cases") / "remote-medical.yaml")[0]


def test_the_offices_receipt_is_a_page_beside_the_package(server: Stack) -> None:
    citizen, stranger = Citizen(server.base_url), Citizen(server.base_url)
    citizen.say(SHORTEST.opening)
    for _ in range(40):
        if citizen.asking in (None, "submit"):
            break
        answer(citizen, SHORTEST)
    case_no, sha256 = citizen.case_no, citizen.turn["case"]["package"]["sha256"]
    assert citizen.get(f"/cases/{case_no}").json()["receipts"] == []
    assert citizen.get(f"/cases/{case_no}/receipts/1").status_code == 404
    assert citizen.choose("yes")["status"] == "submitted"
    deadline = time.monotonic() + PATIENCE_S
    while not (receipts := citizen.get(f"/cases/{case_no}").json()["receipts"]):
        assert time.monotonic() < deadline, "the office's receipt never came"
        time.sleep(0.2)
    held = receipts[0]
    assert len(receipts) == 1 and held["sha256"] == sha256 and held["version"] == 1
    page = citizen.http.get(held["url"], headers=citizen.headers)
    assert page.status_code == 200 and page.headers["content-type"] == "application/pdf"
    text = "".join(pdf_text(page.content).split())
    names = [name for name in citizen.package().namelist() if not name.startswith(("signatures/", "manifest"))]
    assert all("".join(words.split()) in text for words in (case_no, held["number"], sha256, *names))
    package = citizen.get(f"/cases/{case_no}/package").content
    assert hashlib.sha256(package).hexdigest() == sha256, "the package is what it was"
    assert citizen.http.get(held["url"], headers=citizen.headers).content == page.content
    assert citizen.http.get(held["url"]).status_code == 401
    assert citizen.http.get(held["url"], headers=stranger.headers).status_code == 404
    told = [reply for _, kind, data in citizen.events() if kind == "message" for reply in data.get("replies", [])]
    assert [reply["url"] for reply in told if reply["kind"] == "file"] == [held["url"]]
    citizen.say("谢谢")  # right after sending she is asked where else to be told
    asked = citizen.say("办到哪一步了")["replies"]
    assert held["url"] in [reply.get("url") for reply in asked]
