"""What people who did this needed next stands beside the case once it is on its way: seen, read out, reached by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from tests.browser.chat.conftest import Chat, Mock

NEXT = {"code": "shop-sign", "name": "户外招牌设置", "version": "2026.1", "reason": "办过食品经营许可的人常接着办。", "count": 7}


def case(status: str) -> dict[str, Any]:
    guide = {"code": "food-permit-new", "name": "食品经营许可新办", "version": "2026.1"}
    return {"case_no": "BD20261122ABCDEFGH", "guide": guide, "status": status, "filled": 8, "total": 8, "missing": [], "materials": []}


def turn(number: int, status: str) -> dict[str, Any]:
    return {
        "turn": number, "owner": "bot", "status": "answered", "replies": [{"kind": "text", "text": "好的。"}], "ask": None,
        "understanding": {"intent": "submit", "confidence": 1.0, "guide": None, "candidates": []}, "case": case(status),
    }  # fmt: skip


def serve(chat: Chat, items: list[dict[str, Any]]) -> list[str]:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"items": items, "total": len(items)})

    chat.page.route("**/recommendations", answer)
    return asked


def test_what_comes_next_is_shown_when_the_case_is_sent_and_not_before(chat: Chat, mock: Mock) -> None:
    asked = serve(chat, [NEXT])
    chat.say("你好")
    mock.emit(chat, "turn", **turn(90, "draft"))
    place = chat.page.get_by_role("region", name="接着可能要办的")
    expect(place).to_have_count(0)
    before = len(asked)
    mock.emit(chat, "turn", **turn(91, "submitted"))
    button = place.get_by_role("button", name="户外招牌设置 办过食品经营许可的人常接着办。")
    expect(button).to_be_visible()
    assert len(asked) == before + 1
    button.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.mine.last).to_contain_text("我要办户外招牌设置")


@pytest.mark.parametrize("items", [[], None])
def test_nothing_to_show_shows_nothing(chat: Chat, mock: Mock, items: list[dict[str, Any]] | None) -> None:
    if items is not None:
        serve(chat, items)
    chat.say("你好")
    mock.emit(chat, "turn", **turn(90, "submitted"))
    expect(chat.log.get_by_text("好的。").last).to_be_visible()
    expect(chat.page.locator("#recommended")).to_be_hidden()


def test_axe_finds_nothing_in_it(chat: Chat, mock: Mock) -> None:
    serve(chat, [NEXT])
    chat.say("你好")
    mock.emit(chat, "turn", **turn(90, "submitted"))
    expect(chat.page.locator("#recommended li")).to_have_count(1)
    found = Axe().run(chat.page, context="#recommended").response["violations"]
    assert [one["id"] for one in found] == []
