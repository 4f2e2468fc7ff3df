"""Looking for a past conversation and reading it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.console.conftest import PHONE, Console
from tests.browser.console.test_console import violations
from tests.contract.desk_world import Visitor


def test_a_past_conversation_is_found_and_read(console: Callable[..., Console], citizen: Callable[..., Visitor]) -> None:
    desk = console("zhuo-2", bypass_csp=True, reduced_motion="reduce")
    citizen("我要办住所变更", "转人工")
    expect(desk.waiting).to_have_count(1)
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.page.keyboard.type("您好，我来帮您")
    desk.press("Enter")
    expect(desk.page.locator(".said.staff .say")).to_have_text("您好，我来帮您")
    desk.press("Escape", "h")
    expect(desk.page.locator("#wrap")).to_be_visible()
    desk.press("1")
    expect(desk.mine).to_have_count(0)

    page = desk.page
    page.get_by_role("link", name="查找对话").click()
    expect(page.locator("#lines tr").first).to_contain_text("公司住所变更登记")
    expect(page.locator("#scope")).to_contain_text("您可以看自己接待过的对话")
    expect(page.get_by_label("接待人账号")).to_be_hidden()
    page.get_by_label("办件编号").fill("BD00000000NOTHING")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator("#none")).to_be_visible()
    page.get_by_label("办件编号").fill("")
    page.get_by_label("为什么转来").select_option(label="申请人要求")
    page.get_by_role("button", name="查找", exact=True).click()
    page.get_by_label("说过的话").fill("我来帮您")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator("#lines .line")).to_have_text("“您好，我来帮您”")
    found = {"list": violations(page)}
    # look desk-6-search
    page.get_by_role("button", name="打开").first.click()
    reader = page.get_by_role("dialog", name="公司住所变更登记")
    expect(reader).to_contain_text("您好，我来帮您")
    found["reader"] = violations(page)
    # look desk-7-read
    page.set_viewport_size(PHONE)
    assert reader.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    assert {place: what for place, what in found.items() if what} == {}
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
