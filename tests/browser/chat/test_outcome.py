"""结果和快递 beside the conversation: listed, downloaded, followed, by mouse, keyboard and screen reader, on a phone, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from tests.browser.chat.conftest import NARROW, Chat, Mock
from tests.browser.chat.test_signature import to_package

AT = "2026-11-10T09:50:00+08:00"
STEPS = [("ordered", "已下单，等待揽收"), ("collected", "快递员已揽收"), ("in_transit", "运输中")]


def result(number: str) -> dict[str, Any]:
    base = f"/api/v1/cases/{number}/results/r1"
    return {"id": "r1", "title": "食品经营许可证", "state": "valid", "number": "JY1310000000001", "issuer": "示例市场监督管理局", "issued": "2026-11-10",
            "expires": "2031-11-09", "code": "K7M3-PXQ2-9ABC-DEF8", "url": base, "proof_url": f"{base}/proof"}  # fmt: skip


def parcel(state: str, kind: str = "delivery") -> dict[str, Any]:
    return {"id": f"s-{state}", "kind": kind, "contents": "食品经营许可证", "state": state, "tracking_no": "YS20261110000001", "name": "张*", "phone": "138****8000",
            "address": "上海市浦东新区***", "tracking": [{"at": AT, "status": status, "text": text} for status, text in STEPS]}  # fmt: skip


@pytest.fixture
def submitted(open_chat: Callable[..., Chat], mock: Mock) -> Callable[..., tuple[Chat, Locator]]:
    """The demonstration case sent, with these parcels; the page and its part of the case."""

    def walk(*parcels: dict[str, Any], **options: Any) -> tuple[Chat, Locator]:
        chat = to_package(open_chat(**options))
        number = chat.page.locator("#case-content code").first.text_content() or ""
        mock.switch(results=[result(number)], shipments=list(parcels))
        chat.tap("提交", exact=True)
        if "viewport" in options:
            chat.page.locator("#casebar-open").click()
        part = chat.page.get_by_role("region", name="结果和快递")
        expect(part).to_be_visible()
        return chat, part

    return walk


def test_what_was_issued_and_sent_is_listed_downloaded_and_followed(submitted: Callable[..., tuple[Chat, Locator]]) -> None:
    chat, part = submitted(parcel("in_transit"))
    expect(part).to_contain_text("K7M3-PXQ2-9ABC-DEF8")
    with chat.page.expect_download() as saved:
        part.get_by_role("button", name="下载《食品经营许可证》").click()
    assert saved.value.suggested_filename == "食品经营许可证.pdf"
    assert saved.value.path().read_bytes() == b"%PDF-1.7 r1"
    for words in ("在路上", "运输中", "YS20261110000001", "138****8000"):
        expect(part).to_contain_text(words)
    steps = part.locator("summary")
    steps.focus()
    chat.page.keyboard.press("Enter")
    expect(part.get_by_text("快递员已揽收")).to_be_visible()
    found = Axe().run(chat.page, context="#case-content").response["violations"]
    assert [one["id"] for one in found] == []
    part.get_by_role("button", name="怎么领，改一下").click()
    expect(chat.mine.last).to_contain_text("改领取方式")


def test_on_a_phone_what_came_back_can_be_sent_again_and_an_envelope_has_its_slip(submitted: Callable[..., tuple[Chat, Locator]]) -> None:
    chat, part = submitted(parcel("failed"), parcel("ordered", "envelope"), viewport=NARROW)
    assert chat.overflow() == 0
    expect(part.get_by_role("button", name="下载信封单子")).to_have_count(1)
    again = part.get_by_role("button", name="换个地址再寄")
    again.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.mine.last).to_contain_text("换个地址再寄")


def test_what_was_sent_can_be_taken_back_with_one_press_and_the_conversation_asks(submitted: Callable[..., tuple[Chat, Locator]]) -> None:
    chat, _ = submitted()
    chat.page.locator("#case-content").get_by_role("button", name="撤回", exact=True).click()
    expect(chat.mine.last).to_contain_text("撤回")
