"""Deciding on the staff page: what is ticked, previewed, carried out, and what staff see that citizens do not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.unit.sandbox import packages
from tests.unit.sandbox.conftest import STAFF_KEY, Hands, Sender


@pytest.fixture
def receipt_no(sender: Sender) -> str:
    return str(sender.send_good().json()["receipt_no"])


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    client.post("/office/login", data={"key": STAFF_KEY})
    return client


class Desk:
    """One file's page, with the forms filled in as a browser does."""

    def __init__(self, staff: TestClient, receipt_no: str) -> None:
        self.staff, self.url = staff, f"/office/submissions/{receipt_no}"

    def page(self) -> str:
        return self.staff.get(self.url).text

    def send(self, **form: Any) -> Any:
        found = re.search(r'name="csrf" value="([^"]+)"', self.page())
        assert found
        return self.staff.post(f"{self.url}/actions", data={"csrf": found.group(1), **form})

    def confirm(self, preview: str, step: str = "") -> Any:
        """Send the preview's own form."""
        form: dict[str, Any] = {}
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview.split("<main", 1)[1]):
            form.setdefault(name, []).append(value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        return self.staff.post(f"{self.url}/actions", data={**form, **({"step": step} if step else {})})


@pytest.fixture
def desk(staff: TestClient, receipt_no: str) -> Desk:
    return Desk(staff, receipt_no)


CORRECTION = {
    "action": "correct",
    "wanting": ["field:name", "material:01_申请书.pdf"],
    "why:field:name": "与营业执照<不>一致",
    "other": "租赁合同\n\n房产证复印件",
    "due": "2025-12-05",
}


def test_fields_and_materials_are_offered_to_tick(desk: Desk) -> None:
    page = desk.page()
    assert 'value="field:name"' in page and 'value="material:01_申请书.pdf"' in page
    labelled = set(re.findall(r'<label for="([^"]+)"', page))
    boxes = set(re.findall(r'<input type="checkbox" id="([^"]+)"', page))
    assert boxes and boxes <= labelled


def test_a_correction_is_previewed_then_carried_out(desk: Desk, sender: Sender, receipt_no: str) -> None:
    preview = desk.send(**CORRECTION, step="preview")
    assert preview.status_code == 200
    assert "申请人将看到" in preview.text and "与营业执照&lt;不&gt;一致" in preview.text and "2025-12-05" in preview.text
    assert sender.get(f"/submissions/{receipt_no}").json()["status"] == "received"
    assert desk.confirm(preview.text).status_code == 303
    file = sender.get(f"/submissions/{receipt_no}").json()
    assert [(item["kind"], item["text"]) for item in file["wanting"]] == [
        ("field", "与营业执照<不>一致"),
        ("material", "材料 01_申请书.pdf"),
        ("other", "租赁合同"),
        ("other", "房产证复印件"),
    ]
    assert file["due"] == "2025-12-05"
    assert "等待补正" in desk.page() and "不计入时限" in desk.page()


def test_going_back_from_the_preview_keeps_everything(desk: Desk, sender: Sender, receipt_no: str) -> None:
    preview = desk.send(**CORRECTION, step="preview").text
    page = desk.confirm(preview, step="edit")
    assert page.status_code == 200
    assert re.search(r'value="field:name" checked', page.text) and "与营业执照&lt;不&gt;一致" in page.text
    assert "租赁合同" in page.text and 'value="2025-12-05"' in page.text and "<details open>" in page.text
    assert sender.get(f"/submissions/{receipt_no}").json()["status"] == "received"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"due": "soon"}, "补正期限不对"),
        ({"due": "2025-11-20"}, "补正期限须在今天以后"),
        ({"wanting": ["planet:x"]}, "填写的内容不对"),
        ({"wanting": ["field:nobody"]}, "不在申请包清单里"),
    ],
)
def test_a_wrong_form_is_said_and_kept(desk: Desk, change: dict[str, Any], words: str) -> None:
    answer = desk.send(**{**CORRECTION, **change}, step="preview")
    assert answer.status_code == 422 and words in answer.text and "租赁合同" in answer.text


def test_a_denial_shows_law_and_remedy_before_it_is_sent(desk: Desk, sender: Sender, receipt_no: str) -> None:
    sender.act(receipt_no, "accept")
    assert "行政复议" in desk.page()
    form = {"action": "deny", "text": "场所面积不够", "basis": "示例办法第五条", "remedy": "可以申请行政复议"}
    preview = desk.send(**form, step="preview").text
    assert "场所面积不够" in preview and "法律依据：示例办法第五条" in preview and "救济途径：可以申请行政复议" in preview
    desk.confirm(preview)
    assert sender.get(f"/submissions/{receipt_no}").json()["decision"]["basis"] == "示例办法第五条"


def test_an_approval_is_previewed_with_its_result_and_issues_it(desk: Desk, sender: Sender, receipt_no: str) -> None:
    sender.act(receipt_no, "accept")
    form = {"action": "approve", "result_title": "食品经营许可证", "result_expires": "2030-11-20", "text": "准予"}
    preview = desk.send(**form, step="preview").text
    assert "食品经营许可证" in preview and "2030-11-20" in preview and "签发时自动编号" in preview
    assert sender.get(f"/submissions/{receipt_no}").json()["result"] is None
    desk.confirm(preview)
    result = sender.get(f"/submissions/{receipt_no}").json()["result"]
    assert (result["title"], result["number"], result["expires"]) == ("食品经营许可证", "YS2025000001", "2030-11-20")
    shown = desk.staff.get(f"{desk.url}/result")
    assert shown.content == sender.get(f"/submissions/{receipt_no}/result").content
    assert "YS2025000001" in desk.page()


def test_an_extension_is_previewed_and_shown(desk: Desk, sender: Sender, receipt_no: str) -> None:
    sender.act(receipt_no, "accept")
    assert "延长天数不对" in desk.send(action="extend", days="many", text="须外地协查", step="preview").text
    preview = desk.send(action="extend", days="5", text="须外地协查", step="preview").text
    assert "办理期限延长5个工作日。理由：须外地协查" in preview and "已受理" in preview
    desk.confirm(preview)
    assert sender.get(f"/submissions/{receipt_no}").json()["extension"]["days"] == 5
    assert "延长5个工作日" in desk.page()


def test_an_inspection_starts_and_ends_by_button(desk: Desk, sender: Sender, receipt_no: str, hands: Hands) -> None:
    sender.act(receipt_no, "accept")
    assert desk.send(action="inspect").status_code == 303
    page = desk.page()
    assert set(re.findall(r'name="action" value="(\w+)"', page)) == {"inspected"} and "现场核查中" in page
    hands.advance(hours=3)
    desk.send(action="inspected")
    assert "approve" in re.findall(r'name="action" value="(\w+)"', desk.page())


def test_files_are_filtered_by_department(staff: TestClient, sender: Sender, receipt_no: str) -> None:
    for number, department in (("BD-0002", "消防救援机构"), ("BD-0003", "城市管理部门")):
        package = packages.good_package(case_no=number)
        sender.send(package, packages.metadata(package, case_no=number, department=department), f"k-{number}")
    everything = staff.get("/office/").text
    assert "消防救援机构" in everything and all(number in everything for number in ("BD-0001", "BD-0002", "BD-0003"))
    fire = staff.get("/office/?department=消防救援机构").text
    assert "BD-0002" in fire and "BD-0001" not in fire and "BD-0003" not in fire
    assert "%E6%B6%88" in fire  # the tabs keep the department
    assert "BD-0001" in staff.get("/office/?department=-").text and "BD-0002" not in staff.get("/office/?department=-").text
    assert "BD-0003" in staff.get("/office/?department=*").text


def test_staff_see_why_a_file_was_not_passed_automatically(desk: Desk, client: TestClient) -> None:
    client.app.state.office.examine_waiting(0)  # type: ignore[attr-defined]
    assert "没有智能审核规则" in desk.page()
    assert "未能自动办理" in desk.staff.get("/office/").text


def test_the_result_is_for_staff_only(client: TestClient, receipt_no: str) -> None:
    assert client.get(f"/office/submissions/{receipt_no}/result").headers["location"] == "/office/login"
