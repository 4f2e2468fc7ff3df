"""An operator's day: somebody waits, is taken over, talked to and handed back; and what goes wrong is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from sqlalchemy import delete

from assistant.foundation.desk_tables import staff_session
from tests.browser.console.conftest import PHONE, Console, Office
from tests.contract.desk_world import PASSWORD, Visitor

Opening = Callable[..., Console]
Coming = Callable[..., Visitor]


def test_with_the_keyboard_alone(console: Opening, citizen: Coming) -> None:
    desk = console()
    first = citizen("我要办住所变更", "转人工")
    expect(desk.waiting).to_have_count(1)
    expect(desk.page).to_have_title("(1) 坐席工作台 · 办到")
    expect(desk.waiting).to_have_attribute("aria-label", re.compile("第1位，公司住所变更登记，.*要找人工.*已等"))
    desk.press("ArrowDown")
    expect(desk.waiting).to_be_focused()
    desk.press("Enter")
    expect(desk.box).to_be_focused()
    expect(desk.page).to_have_title("坐席工作台 · 办到")
    desk.page.keyboard.type("您好，")
    desk.press("Shift+Enter")
    desk.page.keyboard.type("请讲")
    desk.press("Enter")
    expect(desk.page.locator(".said.staff .say")).to_have_text("您好，\n请讲", use_inner_text=True)
    assert first.told() == ["您好，\n请讲"]
    expect(desk.box).to_have_value("")
    assert first.say("房子是租的")["replies"] == []
    expect(desk.page.locator(".said.citizen .say").last).to_have_text("房子是租的")
    desk.press("Escape", "h")
    expect(desk.page.locator("#wrap")).to_contain_text("机器人会接着问“新住所来源”")
    desk.press("1")
    expect(desk.mine).to_have_count(0)
    expect(desk.page.locator("#banner")).to_have_text("已交还机器人。")
    assert first.told()[-1].startswith("我接着为您服务。刚才问到")


def test_everything_that_was_said_and_the_case(console: Opening, citizen: Coming) -> None:
    citizen("我要办住所变更", "我的电话13800138000，转人工")
    desk = console()
    desk.press("n")
    expect(desk.page.locator(".border")).to_have_text([re.compile("转为排队"), re.compile("人工开始.*1号坐席")])
    expect(desk.page.locator(".said.citizen .say").last).to_have_text("我的电话138****8000，转人工")
    expect(desk.page.locator(".said.bot")).not_to_have_count(0)
    case = desk.page.locator("#case")
    expect(case).to_contain_text("公司住所变更登记")
    expect(case).to_contain_text("指南版本")
    expect(case).to_contain_text("正问到“新住所来源”")
    expect(case.locator(".tags li").first).to_be_visible()
    expect(case).to_contain_text("材料包")


def test_an_input_method_s_enter_sends_nothing(console: Opening, citizen: Coming) -> None:
    visitor = citizen("转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.box.fill("nihao")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    assert desk.page.evaluate(f"document.querySelector('#message').dispatchEvent({composing})") is True
    expect(desk.box).to_have_value("nihao")
    assert visitor.told() == []


def test_two_at_once(console: Opening, citizen: Coming) -> None:
    citizen("转人工")
    one, other = console("zhuo-1"), console("zhuo-2")
    expect(other.waiting).to_have_count(1)
    # The other's page has not heard yet that somebody was quicker
    other.page.route("**/console/api/updates*", lambda route: None)
    other.page.evaluate("window.dispatchEvent(new Event('online'))")  # the request that was held already is given up
    one.press("n")
    expect(one.mine).to_have_count(1)
    other.page.locator("#waiting .take").click()
    expect(other.page.locator("#banner")).to_have_text("1号坐席已经接待了这个对话。请从队列里另选一个。")


def test_reading_one_that_somebody_else_takes(console: Opening, citizen: Coming) -> None:
    citizen("转人工")
    one, other = console("zhuo-1"), console("zhuo-2")
    other.waiting.click()
    expect(other.page.locator("#claim-bar")).to_be_visible()
    one.press("n")
    expect(other.page.locator("#banner")).to_contain_text("1号坐席已经接待了这个对话")
    expect(other.page.locator("#log")).to_be_empty()
    expect(other.waiting).to_have_count(0)


def test_the_session_ends_and_nothing_written_is_lost(
    console: Opening, citizen: Coming, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else what she left alone would return to the queue within a second
    monkeypatch.setattr(office.parts.desk, "left_alone", lambda *_: [])
    visitor = citizen("转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.box.fill("还没发出的话")
    with office.parts.db.write() as conn:
        conn.execute(delete(staff_session))
    desk.press("Enter")
    expect(desk.page.locator("#sign-in-text")).to_contain_text("登录已过期")
    desk.sign_in("zhuo-1")
    # Nobody else was there meanwhile, so it is still mine
    expect(desk.mine).to_have_count(1)
    expect(desk.box).to_have_value("还没发出的话")
    desk.box.press("Enter")
    expect(desk.box).to_have_value("")
    assert visitor.told() == ["还没发出的话"]


def test_offline_and_back(console: Opening, citizen: Coming) -> None:
    visitor = citizen("转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.page.context.set_offline(True)
    desk.box.fill("请稍等")
    desk.press("Enter")
    expect(desk.page.locator("#talk-error")).to_have_text("连不上服务器。请检查网络，然后再试一次。")
    expect(desk.box).to_have_value("请稍等")
    desk.page.context.set_offline(False)
    desk.press("Enter")
    expect(desk.page.locator(".said.staff")).to_have_count(1)
    expect(desk.page.locator("#talk-error")).to_be_hidden()
    assert visitor.told() == ["请稍等"]


def test_an_answer_lost_on_the_way_is_not_said_twice(console: Opening, citizen: Coming) -> None:
    visitor = citizen("转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.page.route("**/messages", lose, times=1)
    desk.box.fill("您好")
    desk.press("Enter")
    expect(desk.page.locator("#talk-error")).to_be_visible()
    desk.press("Enter")
    expect(desk.box).to_have_value("")
    assert visitor.told() == ["您好"]


def test_waiting_times_run_and_news_of_others_is_marked(console: Opening, citizen: Coming) -> None:
    first, _second = citizen("转人工"), citizen("转人工")
    desk = console()
    desk.press("n")
    expect(desk.mine).to_have_count(1)
    time = desk.waiting.locator(".time")
    before = time.inner_text()
    expect(time).not_to_have_text(before)
    desk.press("Escape")
    desk.page.locator("#queue-title").click()
    desk.press("n")
    expect(desk.mine).to_have_count(2)
    first.say("还有一个问题")
    expect(desk.page.locator("#mine .unread .why")).to_have_text("有新消息")
    expect(desk.page).to_have_title("● 坐席工作台 · 办到")


def test_changing_the_password_and_signing_out(console: Opening, citizen: Coming) -> None:
    citizen("转人工")
    desk = console("zhuo-2")
    page = desk.page
    page.locator("#account").click()
    page.locator("#password-open").click()
    for name, value in (("current", "wrong"), ("new", "Another-Pass-2026"), ("again", "Another-Pass-2027")):
        page.locator(f"#{name}").fill(value)
    desk.press("Enter")
    expect(page.locator("#password-error")).to_have_text("两次输入的新密码不一样，请重新输入。")
    page.locator("#again").fill("Another-Pass-2026")
    desk.press("Enter")
    expect(page.locator("#password-error")).to_have_text("现在的密码不对，请再试一次。")
    page.locator("#current").fill(PASSWORD)
    for name in ("new", "again"):
        page.locator(f"#{name}").fill(PASSWORD)
    desk.press("Enter")
    expect(page.locator("#banner")).to_contain_text("密码已修改")
    desk.press("n")
    expect(desk.mine).to_have_count(1)
    page.locator("#account").click()
    page.locator("#sign-out").click()
    expect(page.locator("#confirm")).to_contain_text("您还接待着 1 个对话")
    page.locator("#confirm-yes").click()
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#log")).to_be_empty()


def violations(page: Page) -> list[str]:
    response: dict[str, Any] = Axe().run(page).response
    return [f"{found['id']} ({found['impact']}): {node['html'][:160]}" for found in response["violations"] for node in found["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, {"width": 1024, "height": 768}, PHONE], ids=["1280", "1024", "phone"])
def test_axe_finds_nothing_and_nothing_sticks_out(console: Opening, citizen: Coming, scheme: str, size: dict[str, int]) -> None:
    citizen("我要办住所变更", "转人工")
    second = citizen("转人工")
    # axe brings its own script, which the page's policy would rightly refuse.
    desk = console(viewport=size, bypass_csp=True, reduced_motion="reduce", color_scheme=scheme)
    expect(desk.waiting).to_have_count(2)
    found = {"queue": violations(desk.page)}
    desk.waiting.first.click()
    expect(desk.page.locator("#claim-bar")).to_be_visible()
    found["reading"] = violations(desk.page)
    desk.page.locator("#claim").click()
    expect(desk.box).to_be_focused()
    desk.box.fill("您好")
    desk.press("Enter")
    expect(desk.page.locator(".said.staff")).to_have_count(1)
    found["talking"] = violations(desk.page)
    if size is PHONE:
        desk.page.get_by_role("button", name="办件").click()
        expect(desk.page.locator("#case")).to_be_visible()
        found["case"] = violations(desk.page)
    desk.press("Escape")
    desk.page.evaluate("document.activeElement.blur()")
    desk.press("?")
    expect(desk.page.locator("#keys")).to_be_visible()
    found["keys"] = violations(desk.page)
    assert {place: what for place, what in found.items() if what} == {}
    assert desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert second.told() == []
