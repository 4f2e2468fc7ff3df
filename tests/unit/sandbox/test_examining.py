"""智能审核: what is passed in seconds, and why everything else goes to the window."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sandbox.app import create_app
from sandbox.config import SandboxConfig, load_config
from sandbox.office.running import jobs, pause
from sandbox.office.service import Office
from tests.unit.sandbox import packages
from tests.unit.sandbox.conftest import Hands, Sender

GUIDE = {"code": "credit-report", "name": "市场主体专用信用报告", "version": "2026.1"}
ANSWERS = {
    "purpose": "招投标",
    "subject": "只查公司自己",
    "period": "近一年",
    "areas": "全部领域",
    "filer": "法定代表人（负责人、经营者）本人",
    "uscc": "91310115MA1K3TL06A",
    "company_name": "上海示例科技发展有限公司",
    "legal_representative": "张三",
    "phone": "13800138000",
}


@pytest.fixture
def office(client: TestClient) -> Office:
    held: Office = client.app.state.office  # type: ignore[attr-defined]
    return held


Send = Callable[..., str]


@pytest.fixture
def send(sender: Sender) -> Send:
    """Sends an application for a credit report; keyword arguments change its manifest."""

    def sending(answers: dict[str, str] | None = None, version: int = 1, **changes: Any) -> str:
        files = {"01_信息单.pdf": packages.FORM}
        fields = [
            {"field": code, "label": f"项目{code}", "value": value, "source": {"kind": "said"}, "confirmed_at": None}
            for code, value in (ANSWERS if answers is None else answers).items()
        ]
        made = packages.manifest(files, version=version, guide=GUIDE, fields=fields, **changes)
        package = packages.pack(files, made)
        said = {**packages.metadata(package, version=version), "guide": GUIDE}
        return str(sender.send(package, said, f"k-{version}").json()["receipt_no"])

    return sending


def test_a_plain_application_is_passed_in_seconds_with_its_result(
    send: Send, office: Office, sender: Sender, hands: Hands
) -> None:
    receipt_no = send()
    hands.advance(seconds=2)
    assert office.examine_waiting(3) == []
    hands.advance(seconds=2)
    assert office.examine_waiting(3) == [receipt_no]
    file = sender.get(f"/submissions/{receipt_no}").json()
    assert [line["status"] for line in file["history"]] == ["received", "accepted", "in_review", "approved", "delivered"]
    assert {line["by"] for line in file["history"][1:]} == {"智能审核"}
    assert (file["result"]["title"], file["result"]["expires"]) == ("市场主体专用信用报告", "2025-12-21")
    record = sender.get(f"/submissions/{receipt_no}/result/record").json()
    assert record["holder"] == "上海示例科技发展有限公司"
    assert [field["value"] for field in record["fields"] if field["field"] == "areas"] == ["全部领域"]
    assert office.examine_waiting(3) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answers": {**ANSWERS, "phone": ""}}, "没有填写：项目phone"),
        ({"answers": {code: value for code, value in ANSWERS.items() if code != "period"}}, "没有填写：period"),
        ({"answers": {**ANSWERS, "phone": "021-12345678"}}, "联系电话不是手机号码"),
        ({"answers": {**ANSWERS, "filer": "委托代理人"}}, "委托代理人申请，须核对授权"),
        ({"answers": {**ANSWERS, "company_name": "别家公司"}}, "登记信息里没有这个名称和统一社会信用代码的企业"),
        ({"answers": {**ANSWERS, "uscc": "91310115MA1K3TL06B"}}, "登记信息里没有这个名称和统一社会信用代码的企业"),
        ({"answers": {**ANSWERS, "legal_representative": "李四"}}, "法定代表人与登记信息不一致"),
        (
            {"materials": [{"code": "business_licence", "name": "营业执照", "status": "tolerated"}]},
            "材料“营业执照”：容缺，以后补",
        ),
        ({"materials": [{"code": "authorisation", "name": "授权书", "status": "bring"}]}, "材料“授权书”：带到窗口"),
    ],
)
def test_what_is_not_plain_waits_for_a_person_who_is_told_why(
    send: Send, office: Office, sender: Sender, change: dict[str, Any], why: str
) -> None:
    receipt_no = send(**change)
    assert office.examine_waiting(0) == []
    held = office.get(receipt_no)
    assert held.examined is not None and held.examined["reasons"] == [why]
    file = sender.get(f"/submissions/{receipt_no}")
    assert file.json()["status"] == "received" and len(file.json()["history"]) == 1
    assert why not in file.text  # it is for staff


@pytest.mark.parametrize(("kind", "why"), [("commitment", "有告知承诺书"), ("upload", "有上传的材料")])
def test_what_a_person_has_to_judge_is_not_passed(sender: Sender, office: Office, send: Send, kind: str, why: str) -> None:
    held = office.get(send())
    listed = held.packages[-1].manifest["files"]
    listed.append({**listed[0], "kind": kind})
    receipt_no = held.receipt_no
    with office.store.write() as conn:
        conn.execute("UPDATE package SET manifest = ?", (json.dumps(held.packages[-1].manifest),))
    assert office.examine_waiting(0) == []
    examined = office.get(receipt_no).examined
    assert examined is not None and examined["reasons"][0].startswith(why)


def test_what_was_corrected_is_examined_again_and_left_to_people(send: Send, office: Office, sender: Sender) -> None:
    receipt_no = send({**ANSWERS, "phone": ""})
    office.examine_waiting(0)
    sender.act(receipt_no, "correct", "补电话")
    send(version=2)
    assert office.examine_waiting(0) == []
    examined = office.get(receipt_no).examined
    assert examined is not None
    assert (examined["version"], examined["reasons"]) == (2, ["补正过的申请由工作人员办理"])


def test_items_without_rules_go_to_people(sender: Sender, office: Office) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    assert office.examine_waiting(0) == []
    examined = office.get(receipt_no).examined
    assert examined is not None and examined["reasons"] == ["这个事项由工作人员办理，没有智能审核规则"]


def test_without_a_register_nothing_is_passed_that_has_to_be_known(send: Send, office: Office, config: SandboxConfig) -> None:
    send()
    blind = Office(config, office.store)
    assert blind.examine_waiting(0) == []


def test_it_runs_only_when_it_is_told_to(config: SandboxConfig) -> None:
    good = {"BANDAO_OFFICE_KEY": "0123456789abcdef"}
    assert load_config(config.data_dir, good).examine_s is None
    assert load_config(config.data_dir, {**good, "BANDAO_OFFICE_EXAMINE": "3"}).examine_s == 3
    with pytest.raises(ValueError, match="BANDAO_OFFICE_EXAMINE"):
        load_config(config.data_dir, {**good, "BANDAO_OFFICE_EXAMINE": "soon"})
    app = create_app(config)
    assert jobs(config, app.state.office, app.state.faults) == []
    eager = replace(config, examine_s=0.5)
    assert len(jobs(eager, app.state.office, app.state.faults)) == 1 and pause(eager) == 0.25
