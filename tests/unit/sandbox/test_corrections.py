"""What exactly has to be corrected, until when; clocks that stand still; files of several departments; old databases."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sandbox.app import create_app
from sandbox.config import SandboxConfig
from tests.unit.sandbox import packages
from tests.unit.sandbox.conftest import Hands, Sender

WANTING = [
    {"kind": "field", "code": "name", "text": "名称与营业执照不一致"},
    {"kind": "material", "code": "01_申请书.pdf"},
    {"kind": "other", "text": "租赁合同"},
]


@pytest.fixture
def receipt_no(sender: Sender) -> str:
    return str(sender.send_good().json()["receipt_no"])


def decide(sender: Sender, receipt_no: str, action: str, **more: Any) -> Any:
    return sender.post(f"/admin/submissions/{receipt_no}/actions", {"action": action, **more})


def test_a_correction_names_fields_and_materials_of_the_manifest(sender: Sender, receipt_no: str) -> None:
    answer = decide(sender, receipt_no, "correct", wanting=WANTING, due="2025-12-05")
    assert answer.status_code == 200
    file = sender.get(f"/submissions/{receipt_no}").json()
    assert file["wanting"] == [
        {"kind": "field", "code": "name", "text": "名称与营业执照不一致"},
        {"kind": "material", "code": "01_申请书.pdf", "text": "材料 01_申请书.pdf"},
        {"kind": "other", "code": "", "text": "租赁合同"},
    ]
    assert file["due"] == "2025-12-05"
    assert file["correction"] == "请补正：\n1. 名称与营业执照不一致\n2. 材料 01_申请书.pdf\n3. 租赁合同"
    assert [line["seq"] for line in file["history"]] == [1, 2] and file["history"][-1]["text"] == file["correction"]


def test_materials_are_asked_for_by_their_own_codes_where_the_manifest_lists_them(sender: Sender) -> None:
    files = {"01_申请书.pdf": packages.FORM, "附件/01_租赁合同_a b.jpg": b"x"}
    listed = [{"code": "lease", "name": "租赁合同", "status": "uploaded", "files": ["附件/01_租赁合同_a b.jpg"]}]
    package = packages.pack(files, packages.manifest(files, materials=listed))
    number = sender.send(package, packages.metadata(package), "k").json()["receipt_no"]
    wanting = [{"kind": "material", "code": "lease", "text": "缺最后一页"}]
    assert decide(sender, number, "correct", wanting=wanting).json()["wanting"] == wanting
    assert decide(sender, number, "accept").status_code == 200
    by_path = [{"kind": "material", "code": "附件/01_租赁合同_a b.jpg"}]
    assert decide(sender, number, "correct", wanting=by_path).json()["code"] == "wanting-unknown"


def test_a_file_asked_for_by_its_path_is_named_in_the_words(sender: Sender, receipt_no: str) -> None:
    wanting = [{"kind": "material", "code": "01_申请书.pdf", "text": "没有签字"}]
    file = decide(sender, receipt_no, "correct", wanting=wanting).json()
    assert file["wanting"][0]["text"] == "材料 01_申请书.pdf：没有签字"


def test_the_words_of_staff_stay(sender: Sender, receipt_no: str) -> None:
    file = decide(sender, receipt_no, "correct", text="请改名称", wanting=WANTING[:1]).json()
    assert (file["correction"], len(file["wanting"])) == ("请改名称", 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"action": "correct", "wanting": [{"kind": "field", "code": "nobody"}]}, "wanting-unknown"),
        ({"action": "correct", "wanting": [{"kind": "material", "code": "name"}]}, "wanting-unknown"),
        ({"action": "correct", "wanting": [{"kind": "other", "code": "x"}]}, "reason-required"),
        ({"action": "correct", "text": "改", "due": "2025-11-21"}, "due-passed"),
        ({"action": "correct"}, "reason-required"),
        ({"action": "correct", "text": "改", "wanting": [{"kind": "planet"}]}, "invalid-request"),
        ({"action": "accept", "wanting": WANTING}, "not-of-action"),
        ({"action": "refuse", "text": "不归本机关", "due": "2025-12-05"}, "not-of-action"),
        ({"action": "accept", "basis": "某法第一条"}, "not-of-action"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_and_changes_nothing(
    sender: Sender, receipt_no: str, body: dict[str, Any], code: str
) -> None:
    answer = sender.post(f"/admin/submissions/{receipt_no}/actions", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len(sender.get(f"/submissions/{receipt_no}").json()["history"]) == 1


def test_what_was_wanting_is_forgotten_once_corrected(sender: Sender, receipt_no: str) -> None:
    decide(sender, receipt_no, "correct", wanting=WANTING, due="2025-12-05")
    sender.send_good(version=2, content=b"corrected")
    file = sender.get(f"/submissions/{receipt_no}").json()
    assert (file["wanting"], file["due"]) == ([], None) and "correction" not in file


def test_the_clock_stands_still_while_corrected_and_inspected(sender: Sender, receipt_no: str, hands: Hands) -> None:
    decide(sender, receipt_no, "correct", text="补租赁合同")
    hands.advance(hours=2)
    sender.send_good(version=2, content=b"corrected")
    for action in ("accept", "review", "inspect"):
        assert decide(sender, receipt_no, action).status_code == 200
    running = sender.get(f"/submissions/{receipt_no}").json()
    assert running["status"] == "in_review" and running["stopped"][-1]["until"] is None
    hands.advance(days=1)
    assert decide(sender, receipt_no, "inspected").json()["stopped"] == [
        {"from": "2025-11-21T09:00:00.000+08:00", "until": "2025-11-21T11:00:00.000+08:00", "why": "等待申请人补正"},
        {"from": "2025-11-21T11:00:00.000+08:00", "until": "2025-11-22T11:00:00.000+08:00", "why": "现场核查"},
    ]


def test_nothing_is_decided_while_an_inspection_runs(sender: Sender, receipt_no: str) -> None:
    decide(sender, receipt_no, "accept")
    assert decide(sender, receipt_no, "inspected").json()["code"] == "not-now"
    decide(sender, receipt_no, "inspect")
    for action in ("approve", "deny", "correct", "inspect"):
        answer = decide(sender, receipt_no, action, text="理由")
        assert (answer.status_code, answer.json()["code"]) == (409, "inspection-running")
    decide(sender, receipt_no, "inspected")
    assert decide(sender, receipt_no, "inspected").json()["code"] == "no-inspection"


def test_the_limit_is_extended_once_with_a_reason(sender: Sender, receipt_no: str, hands: Hands) -> None:
    assert decide(sender, receipt_no, "extend", text="须外地协查").json()["code"] == "not-now"
    decide(sender, receipt_no, "accept")
    assert decide(sender, receipt_no, "extend").json()["code"] == "reason-required"
    assert decide(sender, receipt_no, "extend", text="须外地协查", days=16).status_code == 422
    assert decide(sender, receipt_no, "review", days=10).json()["code"] == "not-of-action"
    hands.advance(hours=2)
    assert decide(sender, receipt_no, "extend", text="须外地协查").status_code == 200
    file = sender.get(f"/submissions/{receipt_no}").json()
    assert file["extension"] == {"days": 10, "reason": "须外地协查", "at": "2025-11-21T11:00:00.000+08:00"}
    assert (file["status"], file["history"][-1]["status"]) == ("accepted", "accepted")
    assert file["history"][-1]["text"] == "经本机关负责人批准，办理期限延长10个工作日。理由：须外地协查"
    decide(sender, receipt_no, "review")
    assert decide(sender, receipt_no, "extend", text="还不够").json()["code"] == "extended-already"
    assert sender.get(f"/submissions/{receipt_no}").json()["extension"]["days"] == 10


def test_withdrawing_ends_an_inspection(sender: Sender, receipt_no: str) -> None:
    decide(sender, receipt_no, "accept")
    decide(sender, receipt_no, "inspect")
    file = sender.post(f"/submissions/{receipt_no}/withdraw", {}).json()
    assert (file["status"], [stop["until"] is None for stop in file["stopped"]]) == ("withdrawn", [False])


def test_a_denial_tells_reason_law_and_remedy(sender: Sender, receipt_no: str) -> None:
    file = decide(sender, receipt_no, "refuse", text="不归本机关管", basis="示例条例第三条", remedy="可以申请行政复议").json()
    assert file["decision"] == {"reason": "不归本机关管", "basis": "示例条例第三条", "remedy": "可以申请行政复议"}
    assert file["history"][-1]["text"] == "不归本机关管\n法律依据：示例条例第三条\n救济途径：可以申请行政复议"


def _send_part(sender: Sender, part: dict[str, Any], **said: Any) -> Any:
    files = {"01_申请书.pdf": packages.FORM + part["item"].encode()}
    package = packages.pack(files, packages.manifest(files, part=part))
    return sender.send(package, packages.metadata(package, **said), f"BD-0001-{part['item']}-1")


def test_a_case_of_several_departments_has_a_file_in_each(sender: Sender) -> None:
    fire = {"item": "fire-safety-check", "name": "消防安全检查", "department": "消防救援机构", "after": []}
    sign = {"item": "shop-sign", "name": "户外招牌设置", "department": "城市管理部门", "after": []}
    first = _send_part(sender, fire, department="消防救援机构").json()
    second = _send_part(sender, sign).json()
    assert first["receipt_no"] != second["receipt_no"]
    found = sender.get("/submissions?case_no=BD-0001").json()["items"]
    assert [(file["department"], file["part"]) for file in found] == [
        ("消防救援机构", "fire-safety-check"),
        ("城市管理部门", "shop-sign"),
    ]
    assert found[0]["history"][0]["by"] == "消防救援机构"
    decide(sender, first["receipt_no"], "correct", text="补图纸")
    assert sender.get(f"/submissions/{second['receipt_no']}").json()["status"] == "received"


def test_departments_alone_tell_files_apart_too(sender: Sender) -> None:
    package = packages.good_package()
    first = sender.send(package, packages.metadata(package, department="a"), "k-a").json()["receipt_no"]
    second = sender.send(package, packages.metadata(package, department="b"), "k-b").json()["receipt_no"]
    assert first != second


_OLD = """
CREATE TABLE office_file (
  receipt_no TEXT PRIMARY KEY, case_no TEXT NOT NULL UNIQUE, guide_code TEXT NOT NULL, guide_name TEXT NOT NULL,
  status TEXT NOT NULL, version INTEGER NOT NULL, correction TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX office_file_updated ON office_file (updated_at);
CREATE TABLE package (
  receipt_no TEXT NOT NULL REFERENCES office_file, version INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, manifest TEXT NOT NULL, file_name TEXT NOT NULL,
  PRIMARY KEY (receipt_no, version));
CREATE TABLE history (
  receipt_no TEXT NOT NULL REFERENCES office_file, position INTEGER NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL,
  text TEXT NOT NULL, by TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (receipt_no, position));
CREATE TABLE counter (day TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE staff_session (id_hash TEXT PRIMARY KEY, csrf TEXT NOT NULL, expires_at TEXT NOT NULL);
INSERT INTO office_file VALUES ('SJ20251120000001', 'BD-0001', 'food-licence-new', '食品经营许可新办', 'correction_needed', 1,
  '补合同', '2025-11-20T09:00:00.000+08:00', '2025-11-20T10:00:00.000+08:00');
INSERT INTO package VALUES ('SJ20251120000001', 1, 'aa', 3, 'BD-0001-1', '2025-11-20T09:00:00.000+08:00', '{"files": []}', 'aa.zip');
INSERT INTO history VALUES ('SJ20251120000001', 0, '2025-11-20T09:00:00.000+08:00', 'received', '已收件', '收件办公室', 1);
INSERT INTO history VALUES ('SJ20251120000001', 1, '2025-11-20T10:00:00.000+08:00', 'correction_needed', '补合同', '收件办公室', 1);
INSERT INTO counter VALUES ('20251120', 1);
"""


def test_files_of_an_older_database_open_and_go_on(config: SandboxConfig, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    conn = sqlite3.connect(folder / "office.sqlite")
    conn.executescript(_OLD)
    conn.close()
    for _ in range(2):  # the second start finds everything done
        with TestClient(create_app(replace(config, data_dir=folder)), base_url="http://127.0.0.1") as client:
            sender = Sender(client)
            file = sender.get("/submissions/SJ20251120000001").json()
            assert (file["correction"], file["wanting"], file["stopped"], file["result"]) == ("补合同", [], [], None)
            assert [line["seq"] for line in file["history"]] == [1, 2]
    with TestClient(create_app(replace(config, data_dir=folder)), base_url="http://127.0.0.1") as client:
        sender = Sender(client)
        assert sender.send_good(version=2).json()["receipt_no"] == "SJ20251120000001"
        assert [line["seq"] for line in sender.get("/submissions/SJ20251120000001").json()["history"]] == [1, 2, 3]
    with sqlite3.connect(folder / "office.sqlite") as conn:
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        conn.execute("ALTER TABLE office_file DROP COLUMN extension")
        conn.execute("PRAGMA user_version=1")
    with TestClient(create_app(replace(config, data_dir=folder)), base_url="http://127.0.0.1") as client:
        assert Sender(client).get("/submissions/SJ20251120000001").json()["extension"] is None
    with sqlite3.connect(folder / "office.sqlite") as conn:
        assert "office_file_old" not in conn.execute("SELECT group_concat(sql) FROM sqlite_master").fetchone()[0]
