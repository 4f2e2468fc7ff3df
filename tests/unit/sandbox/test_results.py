"""What an approval issues: a certificate to fetch, the same as data, and what of it staff may settle."""

from __future__ import annotations

import hashlib
from typing import Any

import pypdfium2
import pytest

from sandbox.office.rules import rules
from tests.unit.sandbox import packages
from tests.unit.sandbox.conftest import Hands, Sender


@pytest.fixture
def receipt_no(sender: Sender) -> str:
    number = str(sender.send_good().json()["receipt_no"])
    sender.act(number, "accept")
    return number


def approve(sender: Sender, receipt_no: str, **result: Any) -> Any:
    return sender.post(f"/admin/submissions/{receipt_no}/actions", {"action": "approve", "result": result})


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[page].get_textpage().get_text_range() for page in range(len(document)))


def test_an_approval_issues_a_certificate_that_is_what_it_says(sender: Sender, receipt_no: str) -> None:
    assert sender.get(f"/submissions/{receipt_no}/result").json()["code"] == "no-result"
    file = sender.post(f"/admin/submissions/{receipt_no}/actions", {"action": "approve"}).json()
    answer = sender.get(f"/submissions/{receipt_no}/result")
    assert answer.headers["content-type"] == "application/pdf"
    assert file["result"] == {
        "kind": "certificate",
        "number": "YS2025000001",
        "title": "食品经营许可新办办理结果",
        "issued": "2025-11-21",
        "expires": None,
        "sha256": hashlib.sha256(answer.content).hexdigest(),
        "media_type": "application/pdf",
    }
    words = text_of(answer.content)
    assert all(word in words for word in ("YS2025000001", "BD-0001", receipt_no, "示例公司<b>", "数据均为虚构"))
    assert sender.act(receipt_no, "deliver").json()["result"] == file["result"]


def test_the_record_says_the_same_as_data(sender: Sender, receipt_no: str) -> None:
    approve(sender, receipt_no)
    record = sender.get(f"/submissions/{receipt_no}/result/record").json()
    assert (record["holder"], record["case_no"], record["number"]) == ("示例公司<b>", "BD-0001", "YS2025000001")


def test_staff_settle_number_title_and_dates(sender: Sender, receipt_no: str) -> None:
    given = {
        "number": "沪食1号",
        "title": "食品经营许可证",
        "kind": "certificate",
        "issued": "2025-11-20",
        "expires": "2030-11-19",
    }
    result = approve(sender, receipt_no, **given).json()["result"]
    assert {name: result[name] for name in given} == given


@pytest.mark.parametrize(
    "dates", [{"issued": "2025-11-22"}, {"expires": "2025-11-21"}, {"issued": "2025-01-01", "expires": "2024-01-01"}]
)
def test_dates_that_cannot_be_are_refused(sender: Sender, receipt_no: str, dates: dict[str, str]) -> None:
    answer = approve(sender, receipt_no, **dates)
    assert (answer.status_code, answer.json()["code"]) == (422, "result-dates")
    assert sender.get(f"/submissions/{receipt_no}").json()["status"] == "accepted"


def test_a_number_is_issued_once(sender: Sender, receipt_no: str) -> None:
    second = sender.send_good(case_no="BD-0002").json()["receipt_no"]
    sender.act(second, "accept")
    assert approve(sender, receipt_no, number="X-1").status_code == 200
    answer = approve(sender, second, number="X-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "number-taken")
    assert sender.get(f"/submissions/{second}").json()["status"] == "accepted"
    assert approve(sender, second).status_code == 200


def test_a_result_may_be_changed_on_its_way(sender: Sender, receipt_no: str) -> None:
    approve(sender, receipt_no)
    right = sender.get(f"/submissions/{receipt_no}/result").content
    sender.post("/admin/faults", {"mode": "wrong_result", "count": 1})
    assert sender.get(f"/submissions/{receipt_no}").status_code == 200  # not concerned
    wrong = sender.get(f"/submissions/{receipt_no}/result").content
    assert len(wrong) == len(right) and hashlib.sha256(wrong).digest() != hashlib.sha256(right).digest()
    assert sender.get(f"/submissions/{receipt_no}/result").content == right


def test_only_the_sender_may_fetch_it(sender: Sender, receipt_no: str) -> None:
    approve(sender, receipt_no)
    sender.headers = {}
    assert sender.get(f"/submissions/{receipt_no}/result").status_code == 401


def test_validity_comes_from_the_items_rules(sender: Sender) -> None:
    files = {"01_申请书.pdf": packages.FORM}
    guide = {"code": "food-permit-new", "name": "食品经营许可新办", "version": "1"}
    package = packages.pack(files, packages.manifest(files, guide=guide))
    number = sender.send(package, {**packages.metadata(package), "guide": guide}, "k").json()["receipt_no"]
    sender.act(number, "accept")
    result = approve(sender, number).json()["result"]
    assert (result["title"], result["expires"]) == ("食品经营许可证", "2030-11-20")


def test_a_licence_of_the_29th_of_february_ends_on_the_28th(sender: Sender, hands: Hands) -> None:
    hands.at = hands.at.replace(year=2028, month=2, day=29)
    files = {"01.pdf": packages.FORM}
    guide = {"code": "residence-permit", "name": "居住证申领", "version": "1"}
    package = packages.pack(files, packages.manifest(files, guide=guide))
    number = sender.send(package, {**packages.metadata(package), "guide": guide}, "k").json()["receipt_no"]
    sender.act(number, "accept")
    assert approve(sender, number).json()["result"]["expires"] == "2029-02-28"


def test_every_rule_can_be_read() -> None:
    assert len(rules().items) >= 46
    assert all(rule.result.title for rule in rules().items.values())
    assert rules().item("nobody's").passing is None
