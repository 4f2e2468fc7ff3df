"""What the office takes in, what it sends back, and that it takes nothing in twice."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.unit.sandbox import packages
from tests.unit.sandbox.conftest import Hands, Sender


def test_a_good_package_gets_a_receipt_and_an_office_file(sender: Sender) -> None:
    answer = sender.send_good()
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["receipt_no"] == "SJ20251121000001"
    assert receipt["status"] == "received"
    assert receipt["received_at"] == "2025-11-21T09:00:00.000+08:00"
    file = sender.get(f"/submissions/{receipt['receipt_no']}").json()
    assert (file["case_no"], file["version"], file["status"]) == ("BD-0001", 1, "received")
    assert [entry["status"] for entry in file["history"]] == ["received"]
    assert "correction" not in file
    assert sender.get("/submissions?case_no=BD-0001").json() == {"items": [file]}


def test_a_repeat_gets_the_same_receipt_and_leaves_one_entry(sender: Sender, hands: Hands) -> None:
    first = sender.send_good()
    hands.advance(hours=1)
    again = sender.send_good()
    assert again.status_code == 200
    assert again.json() == first.json()
    assert len(sender.get("/submissions?case_no=BD-0001").json()["items"][0]["history"]) == 1


def test_the_same_key_with_other_bytes_is_refused(sender: Sender) -> None:
    sender.send_good()
    other = sender.send_good(content=b"another form")
    assert other.status_code == 409
    assert other.json()["code"] == "key-reused"
    assert other.headers["content-type"] == "application/problem+json"


def test_the_same_version_under_another_key_is_refused(sender: Sender) -> None:
    sender.send_good()
    package = packages.good_package()
    answer = sender.send(package, packages.metadata(package), "another-key")
    assert (answer.status_code, answer.json()["code"]) == (409, "version-not-newer")


def test_a_corrected_package_is_a_new_version_of_the_same_file(sender: Sender) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    assert sender.act(receipt_no, "correct", "请补充租赁合同").status_code == 200
    asked = sender.get(f"/submissions/{receipt_no}").json()
    assert asked["correction"] == "请补充租赁合同"
    answer = sender.send_good(version=3, content=b"corrected")
    assert (answer.status_code, answer.json()["receipt_no"], answer.json()["version"]) == (201, receipt_no, 3)
    file = sender.get(f"/submissions/{receipt_no}").json()
    assert [entry["status"] for entry in file["history"]] == ["received", "correction_needed", "received"]
    assert [item["version"] for item in file["versions"]] == [1, 3]
    assert "correction" not in file


def test_a_new_version_nobody_asked_for_is_refused(sender: Sender) -> None:
    sender.send_good()
    answer = sender.send_good(version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "no-correction-expected")


def test_without_the_key_nothing_is_answered(sender: Sender) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    sender.headers = {"X-Api-Key": "错的钥匙".encode()}
    answers = [
        sender.send_good(case_no="BD-0002"),
        sender.get(f"/submissions/{receipt_no}"),
        sender.get("/submissions?case_no=BD-0001"),
        sender.act(receipt_no, "accept"),
        sender.post(f"/submissions/{receipt_no}/withdraw", {}),
        sender.post("/admin/faults", {"mode": "ok"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)
    sender.headers = {}
    assert sender.get(f"/submissions/{receipt_no}").status_code == 401


def _problem(sender: Sender, members: dict[str, bytes], document: Any, **said: Any) -> tuple[int, str]:
    package = packages.pack(members, document)
    answer = sender.send(package, packages.metadata(package, **said))
    return answer.status_code, answer.json()["code"]


FILES = {"01_申请书.pdf": packages.FORM}


@pytest.mark.parametrize(
    ("members", "document", "code"),
    [
        (FILES, None, "manifest-missing"),
        (FILES, b"{", "manifest-invalid"),
        (FILES, packages.manifest(FILES, files=[]), "manifest-invalid"),
        (FILES, packages.manifest(FILES, case_no="BD-0002"), "manifest-mismatch"),
        (FILES, packages.manifest(FILES, version=2), "manifest-mismatch"),
        ({}, packages.manifest(FILES), "file-missing"),
        ({**FILES, "extra.pdf": b"x"}, packages.manifest(FILES), "file-unlisted"),
        ({"01_申请书.pdf": b"changed"}, packages.manifest(FILES), "file-hash-mismatch"),
        ({"../up.pdf": b"x"}, packages.manifest({"../up.pdf": b"x"}), "unsafe-name"),
        ({"/etc/x.pdf": b"x"}, packages.manifest({"/etc/x.pdf": b"x"}), "unsafe-name"),
        ({"a\\b.pdf": b"x"}, packages.manifest({"a\\b.pdf": b"x"}), "unsafe-name"),
        ({"A.pdf": b"x", "a.pdf": b"y"}, packages.manifest({"A.pdf": b"x", "a.pdf": b"y"}), "duplicate-file"),
    ],
)
def test_a_package_that_is_not_what_it_says_is_refused(
    sender: Sender, members: dict[str, bytes], document: Any, code: str
) -> None:
    assert _problem(sender, members, document) == (422, code)
    assert sender.get("/submissions?case_no=BD-0001").json() == {"items": []}


def test_a_wrong_sm3_is_noticed_too(sender: Sender) -> None:
    document = packages.manifest(FILES)
    document["files"][0]["sm3"] = "0" * 64
    assert _problem(sender, FILES, document) == (422, "file-hash-mismatch")


def test_signatures_need_not_be_listed(sender: Sender) -> None:
    package = packages.pack({**FILES, "signatures/manifest.sig": b"s"}, packages.manifest(FILES))
    assert sender.send(package, packages.metadata(package)).status_code == 201


def test_a_package_is_bounded_in_size_members_and_unpacked_size(sender: Sender, config: Any) -> None:
    large = {"01.bin": hashlib.shake_256(b"seed").digest(300_000)}
    assert _problem(sender, large, packages.manifest(large))[0] == 413
    bomb = {"01.bin": b"\0" * 1_000_000}
    object.__setattr__(config, "max_unpacked_bytes", 500_000)
    assert _problem(sender, bomb, packages.manifest(bomb)) == (413, "package-too-large")
    object.__setattr__(config, "max_members", 3)
    many = {f"{n}.txt": b"x" for n in range(4)}
    assert _problem(sender, many, packages.manifest(many)) == (413, "too-many-files")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"not a zip at all"])
def test_what_is_not_a_zip_is_refused(sender: Sender, data: bytes) -> None:
    answer = sender.send(data, packages.metadata(data))
    assert (answer.status_code, answer.json()["code"]) == (422, "package-unreadable")


@pytest.mark.parametrize(
    "said",
    [
        {"sha256": "0" * 64},
        {"sha256": "short"},
        {"case_no": "../../etc"},
        {"version": 0},
        {"guide": {"code": "", "name": ""}},
        {"surprise": 1},
    ],
)
def test_wrong_metadata_is_refused_without_repeating_it(sender: Sender, said: dict[str, Any]) -> None:
    package = packages.good_package()
    answer = sender.send(package, {**packages.metadata(package), **said})
    assert answer.status_code == 422
    assert "etc" not in answer.text


@pytest.mark.parametrize("key", ["", "two words", "x" * 129])
def test_an_idempotency_key_is_required_and_plain(sender: Sender, key: str) -> None:
    package = packages.good_package()
    answer = sender.send(package, packages.metadata(package), key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key")


def test_a_form_without_its_parts_is_refused(sender: Sender) -> None:
    answer = sender.client.post("/office/v1/submissions", data={"metadata": "{}"}, headers=sender.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "form-invalid")


def test_unknown_addresses_are_problem_documents(sender: Sender) -> None:
    for path in ("/submissions/SJ0", "/nothing"):
        answer = sender.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not-found"
