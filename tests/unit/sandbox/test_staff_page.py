"""The staff page: who gets in, what is shown, and that nobody else can press its buttons."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.unit.sandbox import packages
from tests.unit.sandbox.conftest import STAFF_KEY, Hands, Sender


@pytest.fixture
def receipt_no(sender: Sender) -> str:
    return str(sender.send_good().json()["receipt_no"])


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    answer = client.post("/office/login", data={"key": STAFF_KEY})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    return client


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_nothing_is_shown_to_strangers(client: TestClient, receipt_no: str) -> None:
    file = f"/office/submissions/{receipt_no}"
    for path in ("/office/", file, f"{file}/packages/1", f"{file}/packages/1/files/0"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/office/login")
    for path in (f"{file}/actions", "/office/logout"):
        assert client.post(path, data={"action": "accept"}).headers["location"] == "/office/login"


def test_wrong_keys_are_slowed_down(client: TestClient, hands: Hands) -> None:
    assert [client.post("/office/login", data={"key": "guess"}).status_code for _ in range(11)] == [403] * 10 + [429]
    assert client.post("/office/login", data={"key": STAFF_KEY}).status_code == 429
    hands.advance(minutes=2)
    assert client.post("/office/login", data={"key": STAFF_KEY}).status_code == 303


def test_the_list_finds_by_status_and_text(staff: TestClient, sender: Sender, receipt_no: str) -> None:
    sender.send_good(case_no="BD-0002")
    sender.act(receipt_no, "accept")
    everything = staff.get("/office/").text
    assert "BD-0001" in everything and "BD-0002" in everything
    accepted = staff.get("/office/?status=accepted").text
    assert "BD-0001" in accepted and "BD-0002" not in accepted
    assert "没有符合条件的收件" in staff.get("/office/?q=nothing").text
    assert staff.get("/office/?status=nonsense").status_code == 200


def test_a_file_shows_fields_materials_and_history_escaped(staff: TestClient, receipt_no: str) -> None:
    page = staff.get(f"/office/submissions/{receipt_no}").text
    assert "经营者名称" in page and "示例公司&lt;b&gt;" in page and "示例公司<b>" not in page
    assert "热食、冷食" in page and "申请人口述" in page
    assert "材料 01_申请书.pdf" in page and "已收件，等待受理。" in page


def test_a_form_as_word_and_as_pdf_is_told_apart(staff: TestClient, sender: Sender) -> None:
    given = {"01_申请书.docx": packages.FORM, "01_申请书.pdf": packages.FORM}
    listed = packages.manifest(given)
    for one in listed["files"]:
        one["title"] = "申请书"
    package = packages.pack(given, listed)
    receipt_no = sender.send(package, packages.metadata(package)).json()["receipt_no"]
    page = staff.get(f"/office/submissions/{receipt_no}").text
    assert [page.count(f">申请书（{kind}）</a>") for kind in ("Word", "PDF")] == [1, 1]


def test_buttons_offer_only_what_is_allowed_and_work_once(staff: TestClient, sender: Sender, receipt_no: str) -> None:
    url = f"/office/submissions/{receipt_no}"
    page = staff.get(url).text
    assert set(re.findall(r'name="action" value="(\w+)"', page)) == {"accept", "correct", "refuse"}
    form = {"csrf": _csrf(page), "action": "accept"}
    answer = staff.post(f"{url}/actions", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{url}?done=accept")
    assert "已办理：受理" in staff.get(answer.headers["location"]).text
    again = staff.post(f"{url}/actions", data=form)
    assert again.status_code == 409 and "不能“受理”" in again.text
    assert len(sender.get(f"/submissions/{receipt_no}").json()["history"]) == 2


def test_a_missing_reason_is_said_and_typed_words_are_kept(staff: TestClient, receipt_no: str) -> None:
    url = f"/office/submissions/{receipt_no}"
    csrf = _csrf(staff.get(url).text)
    assert "须写明理由" in staff.post(f"{url}/actions", data={"csrf": csrf, "action": "correct", "text": " "}).text
    kept = staff.post(f"{url}/actions", data={"csrf": csrf, "action": "deny", "text": "缺少证明"})
    assert kept.status_code == 409 and "缺少证明</textarea>" in kept.text


def test_forged_forms_are_refused(staff: TestClient, sender: Sender, receipt_no: str) -> None:
    url = f"/office/submissions/{receipt_no}"
    csrf = _csrf(staff.get(url).text)
    forged = [
        staff.post(f"{url}/actions", data={"action": "accept"}),
        staff.post(f"{url}/actions", data={"action": "accept", "csrf": "伪造"}),
        staff.post(f"{url}/actions", data={"action": "accept", "csrf": csrf}, headers={"Origin": "http://elsewhere.example"}),
        staff.post("/office/logout", data={"csrf": "x"}),
        staff.post("/office/login", data={"key": STAFF_KEY}, headers={"Origin": "http://elsewhere.example"}),
    ]
    assert [answer.status_code for answer in forged] == [403] * len(forged)
    assert sender.get(f"/submissions/{receipt_no}").json()["status"] == "received"


def test_packages_and_their_files_can_be_fetched(staff: TestClient, receipt_no: str) -> None:
    url = f"/office/submissions/{receipt_no}/packages"
    zipped = staff.get(f"{url}/1")
    assert zipped.content == packages.good_package() and zipped.headers["content-type"] == "application/zip"
    form = staff.get(f"{url}/1/files/0")
    assert form.content == packages.FORM and form.headers["content-type"] == "application/pdf"
    for missing in ("2", "1/files/9", "1/files/-1"):
        assert staff.get(f"{url}/{missing}").status_code == 404


def test_signing_out_and_time_end_a_session(staff: TestClient, hands: Hands) -> None:
    hands.advance(hours=13)
    assert staff.get("/office/").status_code == 303
    staff.post("/office/login", data={"key": STAFF_KEY})
    csrf = _csrf(staff.get("/office/").text)
    assert staff.post("/office/logout", data={"csrf": csrf}).status_code == 303
    assert staff.get("/office/").status_code == 303


def test_pages_forbid_scripts_and_frames(client: TestClient) -> None:
    policy = client.get("/office/login").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
