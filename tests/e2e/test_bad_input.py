"""Whatever is sent: a clear sentence saying what to do, nothing lost, nothing leaked, and never a server error."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from benchmarks.citizens.answers import sample_pdf
from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

PROBLEM = "application/problem+json"


@pytest.fixture
def citizen(server: Stack) -> Citizen:
    made = Citizen(server.base_url)
    made.say("我们公司搬家了，执照上的地址要改")
    return made


def zip_bomb() -> bytes:
    """A .docx of a few kilobytes that would unpack to 300 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * (300 << 20))
    return buffer.getvalue()


def says_what_to_do(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The answer is a problem with this status and a Chinese sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)
    body: dict[str, Any] = answer.json()
    assert body["code"] and any("一" <= ch <= "鿿" for ch in body["detail"])
    return body


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("营业执照.pdf", b"MZ\x90\x00" + b"\x00" * 4000, "program"),
        ("合同.pdf", b"%PDF-1.7\ngarbage without an end", "broken"),
        ("合同.docx", None, "archive_bomb"),
        ("空.pdf", b"", "empty"),
        ("大.pdf", b"%PDF-1.7\n" + b"0" * (50 << 20), "too_large"),
        ("网页.jpg", b"<html><script>alert(1)</script></html>", "type"),
    ],
)
def test_unusable_files_are_refused_with_the_remedy(citizen: Citizen, name: str, data: bytes | None, code: str) -> None:
    before = citizen.get(f"/cases/{citizen.case_no}").json()
    body = says_what_to_do(citizen.upload(zip_bomb() if data is None else data, name), 422)
    assert body["code"] == code
    assert citizen.get(f"/cases/{citizen.case_no}").json() == before
    assert not [kind for _, kind, _ in citizen.events() if kind == "upload"]


def test_an_upload_for_a_material_the_case_does_not_have(citizen: Citizen) -> None:
    assert says_what_to_do(citizen.upload(sample_pdf(), "a.pdf", "no_such_material"), 422)["code"] == "unknown_material"


def test_somebody_elses_upload_cannot_be_attached(citizen: Citizen, server: Stack) -> None:
    other = Citizen(server.base_url)
    upload_id = other.upload(sample_pdf(), "a.pdf").json()["upload_id"]
    assert says_what_to_do(citizen.post(attachments=[upload_id]), 422)["code"] == "unknown_attachment"


def test_foreign_and_unknown_numbers_are_the_same_404(citizen: Citizen, server: Stack) -> None:
    other = Citizen(server.base_url)
    for path in (f"/cases/{citizen.case_no}", f"/cases/{citizen.case_no}/package", f"/cases/{citizen.case_no}/timeline"):
        foreign = says_what_to_do(other.get(path), 404)
        assert foreign == says_what_to_do(other.get(path.replace(citizen.case_no, "BD00000000AAAAAAAA")), 404)
    foreign_talk = other.http.post(
        f"/api/v1/conversations/{citizen.id}/messages", json={"client_message_id": "1", "text": "你好"}, headers=other.headers
    )
    says_what_to_do(foreign_talk, 404)


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer wrong", "Basic abc", "Bearer " + "x" * 5000])
def test_without_a_good_token_nothing_opens(citizen: Citizen, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    says_what_to_do(citizen.http.get(f"/api/v1/cases/{citizen.case_no}", headers=headers), 401)
    says_what_to_do(citizen.http.get(f"/api/v1/conversations/{citizen.id}/events", headers=headers), 401)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "😀" * 50, "<b>你好</b><img src=x onerror=alert(1)>", "'; DROP TABLE case_file; --", "\x00\x07\x1b[31m", "长" * 10_000,
     "\u202e反过来的字", "{{ 7*7 }}", "/affirm{\"a\": 1}", "%s%s%n", "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace")],
)  # fmt: skip
def test_odd_texts_change_nothing_and_never_break(citizen: Citizen, text: str) -> None:
    before = citizen.turn["case"]
    turn = citizen.say(text)
    assert turn["replies"] and turn["case"]["filled"] == before["filled"] and turn["ask"]["field"] == "premises_source"


@pytest.mark.parametrize(
    "body", [{}, {"text": "你好"}, {"client_message_id": "", "text": "你好"}, {"client_message_id": "1", "text": "a", "choice": "b"},
             {"client_message_id": "1", "choice": []}, {"client_message_id": "1", "text": 5}, {"client_message_id": "1", "text": "a", "extra": 1}],
)  # fmt: skip
def test_malformed_messages_are_422_and_quote_nothing(citizen: Citizen, body: dict[str, Any]) -> None:
    answer = citizen.http.post(f"/api/v1/conversations/{citizen.id}/messages", json=body, headers=citizen.headers)
    says_what_to_do(answer, 422)
    assert "你好" not in answer.text


def test_five_wrong_proofs_lock_a_paused_case_for_an_hour(citizen: Citizen, server: Stack) -> None:
    turn = citizen.say("先到这里，我有事")
    assert turn["status"] == "paused"
    code = next(reply["text"] for reply in turn["replies"] if "恢复码" in reply["text"]).split("恢复码：")[1][:6]
    other = Citizen(server.base_url)
    for _ in range(5):
        wrong = other.http.post(f"/api/v1/cases/{citizen.case_no}/resume", json={"proof": "1234WRONG1"}, headers=other.headers)
        says_what_to_do(wrong, 404)
    locked = other.http.post(f"/api/v1/cases/{citizen.case_no}/resume", json={"proof": code}, headers=other.headers)
    says_what_to_do(locked, 423)


def test_a_paused_case_goes_on_in_another_conversation(citizen: Citizen, server: Stack) -> None:
    turn = citizen.say("先到这里，我有事")
    code = next(reply["text"] for reply in turn["replies"] if "恢复码" in reply["text"]).split("恢复码：")[1][:6]
    other = Citizen(server.base_url, channel="kiosk")
    taken = other.http.post(f"/api/v1/cases/{citizen.case_no}/resume", json={"proof": code}, headers=other.headers)
    assert taken.status_code == 200 and taken.json()["ask"]["field"] == "premises_source"
    assert other.say("租的")["case"]["filled"] == 1
    says_what_to_do(citizen.get(f"/cases/{other.case_no}"), 404)


def test_the_socket_carries_what_the_stream_carries(citizen: Citizen, server: Stack) -> None:
    token = citizen.opened["token"]
    address = f"ws://127.0.0.1:{server.port}/api/v1/conversations/{citizen.id}/ws?token={token}&after=0"
    with connect(address) as socket:
        got = [json.loads(socket.recv(timeout=10)) for _ in citizen.events()]
    assert [(e["id"], e["event"], e["data"]) for e in got] == citizen.events()
