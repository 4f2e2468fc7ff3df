"""Everybody can use it: axe, keyboard alone, large type, narrow screens, little motion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.chat.conftest import APPLY, DESK, NARROW, Chat, Mock

TARGET_PX = 44


LIGHT, DARK = {"theme": "light"}, {"theme": "dark"}
LARGE = {"care": "on"}
LOOKS: dict[str, tuple[dict[str, str], dict[str, Any], dict[str, int]]] = {
    "light-360": (LIGHT, {}, NARROW), "system-dark-360": ({}, {"color_scheme": "dark"}, NARROW),
    "large-360": ({**LIGHT, **LARGE}, {}, NARROW), "large-dark-360": ({**DARK, **LARGE}, {}, NARROW),
    "dark-1280": (DARK, {}, DESK), "large-1280": ({**LIGHT, **LARGE}, {}, DESK),
}
"""Every theme and size of type in both widths, by pairs."""
WHOLE = ("light-360", "large-1280")
"""In these every rule is asked, in each width once."""


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_sticks_out(open_chat: Callable[..., Chat], mock: Mock, look: str) -> None:
    preferences, options, size = LOOKS[look]
    # axe brings its own script, which the page's policy would rightly refuse.
    chat = open_chat(preferences, viewport=size, bypass_csp=True, reduced_motion="reduce", **options)
    found = {"first screen": violations(chat.page, whole=look in WHOLE)}
    chat.say(APPLY)
    found["confirm"] = violations(chat.page, whole=look in WHOLE)
    chat.tap("同意调取")
    chat.say("多久能办好")
    chat.log.locator(".cites summary").last.click()
    chat.say("提示都来")
    chat.say("给我样表")
    found["replies, choice"] = violations(chat.page, whole=look in WHOLE)
    chat.tap("餐饮服务经营者")
    for answer in ("老码头面馆", "85", "2026-12-01"):
        chat.say(answer)
    found["multi"] = violations(chat.page, whole=look in WHOLE)
    chat.ask.get_by_label("热食类制售").check()
    chat.tap("确定")
    chat.say("138")
    found["error"] = violations(chat.page, whole=look in WHOLE)
    chat.say("13800000000")
    mock.switch(check_ok=False)
    chat.ask.locator("input[type=file]").first.set_input_files({"name": "图.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(chat.ask.locator(".checks .bad")).to_be_visible()
    found["file"] = violations(chat.page, whole=look in WHOLE)
    chat.tap("仍要提交")
    chat.tap("跳过")
    found["review"] = violations(chat.page, whole=look in WHOLE)
    chat.tap("确认无误")
    chat.say("转人工")
    mock.emit(chat, "owner", owner="staff")
    mock.emit(chat, "message", **{"from": "staff", "text": "您好", "at": "2026-11-10T10:00:00+08:00"})
    expect(chat.log.locator(".msg.staff")).to_be_visible()
    if size is NARROW:
        chat.page.locator("#casebar button").click()
    found["package and case"] = violations(chat.page, whole=look in WHOLE)
    if size is NARROW:
        chat.page.keyboard.press("Escape")
    chat.page.get_by_role("button", name="设置与更多").click()
    found["menu"] = violations(chat.page, whole=look in WHOLE)
    chat.page.get_by_role("button", name="凭办件编号继续办理").last.click()
    found["resume"] = violations(chat.page, whole=look in WHOLE)
    assert {place: what for place, what in found.items() if what} == {}
    assert chat.overflow() <= 0


@pytest.mark.parametrize("look", ["light-360", "large-dark-360", "large-1280"])
def test_axe_finds_nothing_in_tables_forms_pages_and_signing(open_chat: Callable[..., Chat], mock: Mock, look: str) -> None:
    preferences, options, size = LOOKS[look]
    chat = open_chat(preferences, viewport=size, bypass_csp=True, reduced_motion="reduce", **options)
    chat.say(APPLY)
    chat.tap("同意调取")
    chat.ask.get_by_role("button", name="一次填几项").click()
    chat.page.locator(".form-card").get_by_role("button", name="填好了").click()
    found = {"form": violations(chat.page, whole=look in WHOLE)}
    chat.page.keyboard.press("Escape")
    chat.say("人员名单")
    chat.ask.get_by_role("button", name="再加一行").click()
    chat.ask.get_by_role("button", name="填好了").click()
    chat.ask.locator("summary", has_text="用 Excel 填").click()
    found["table"] = violations(chat.page, whole=look in WHOLE)
    chat.ask.get_by_label("姓名").first.fill("张三")
    chat.tap("填好了")
    chat.tap("餐饮服务经营者")
    for answer in ("老码头面馆", "85", "2026-12-01"):
        chat.say(answer)
    chat.ask.get_by_label("热食类制售").check()
    chat.tap("确定")
    chat.say("13800000000")
    chat.tap("先办，以后补交")
    chat.tap("跳过")
    chat.tap("确认无误")
    chat.say("看材料")
    found["pages"] = violations(chat.page, whole=look in WHOLE)
    chat.log.locator(".page-thumb").first.click()
    expect(chat.page.locator(".page-dialog img")).to_be_visible()
    found["one page"] = violations(chat.page, whole=look in WHOLE)
    chat.page.keyboard.press("Escape")
    chat.ask.get_by_role("button", name="手写签名").click()
    chat.page.get_by_role("button", name="签好了").click()
    found["signing"] = violations(chat.page, whole=look in WHOLE)
    chat.page.keyboard.press("Escape")
    if size is NARROW:
        chat.page.locator("#casebar button").click()
    chat.page.locator("summary", has_text="已替您带入").click()
    expect(chat.page.locator(".brought dt").first).to_be_visible()
    found["panel"] = violations(chat.page, whole=look in WHOLE)
    assert {place: what for place, what in found.items() if what} == {}
    assert chat.overflow() <= 0


def test_the_whole_way_with_the_keyboard_alone(chat: Chat, mock: Mock) -> None:
    page, keys = chat.page, chat.page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="跳到输入框")).to_be_focused()
    keys.press("Enter")
    expect(chat.box).to_be_focused()
    keys.type(APPLY)
    keys.press("Enter")
    chat.asked("同意调取电子营业执照吗？")
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    expect(chat.ask.get_by_role("button", name="不同意，自己填")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Enter")
    # The question changed under the focus: it moves to the new one, not to nowhere.
    expect(chat.ask.get_by_role("button", name="餐饮服务经营者")).to_be_focused()
    keys.press("ArrowDown")
    expect(chat.ask.get_by_role("button", name="食品销售经营者")).to_be_focused()
    keys.press("Enter")
    expect(chat.box).to_be_focused()
    for text in ("老码头面馆", "85", "2026-12-01"):
        keys.type(text)
        keys.press("Enter")
        chat.settled()
    chat.asked("经营项目")
    chat.ask.get_by_label("热食类制售").focus()
    keys.press("Space")
    keys.press("Enter")
    chat.asked("联系电话")
    expect(chat.box).to_be_focused()


def test_menu_and_dialogs_give_focus_back(chat: Chat) -> None:
    button = chat.page.get_by_role("button", name="设置与更多")
    button.focus()
    chat.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    chat.page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()
    opener = chat.page.locator("#welcome-resume")
    opener.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("textbox", name="办件编号")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_large_type_is_larger_everywhere_and_remembered(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(viewport=NARROW)
    size = "document.querySelector('#message').getBoundingClientRect().height"
    font = "parseFloat(getComputedStyle(document.body).fontSize)"
    before, before_font = chat.page.evaluate(size), chat.page.evaluate(font)
    care = chat.page.get_by_role("button", name="关怀模式")
    care.click()
    expect(care).to_have_attribute("aria-pressed", "true")
    assert chat.page.evaluate(font) / before_font == pytest.approx(1.35, abs=0.01)
    assert chat.page.evaluate(size) / before > 1.25
    assert chat.overflow() <= 0
    chat.page.reload()
    expect(care).to_have_attribute("aria-pressed", "true")
    assert chat.page.evaluate(font) / before_font == pytest.approx(1.35, abs=0.01)


def test_what_is_pressed_in_an_answer_is_large_enough(open_chat: Callable[..., Chat], mock: Mock) -> None:
    chat = open_chat(viewport=NARROW)
    chat.say(APPLY)
    chat.tap("同意调取")
    heights = chat.page.evaluate(
        "[...document.querySelectorAll('#ask .option, #ask .button, #send, .tile, #casebar button')].filter(b => b.offsetParent)"
        ".map(b => b.getBoundingClientRect().height)"
    )
    assert heights and min(heights) >= TARGET_PX


def test_dark_can_be_chosen_and_is_remembered(chat: Chat) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = chat.page.evaluate(paper)
    chat.page.get_by_role("button", name="设置与更多").click()
    chat.page.get_by_role("button", name="深色外观").click()
    dark = chat.page.evaluate(paper)
    assert dark != light
    chat.page.reload()
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")
    assert chat.page.evaluate(paper) == dark


def test_little_motion_where_asked_for(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(reduced_motion="reduce")
    moving = chat.page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).animationName !== 'none').length")
    assert moving == 0


def test_the_log_is_announced_politely_and_playing_back_is_not(chat: Chat) -> None:
    expect(chat.page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    chat.say("你好")
    chat.page.add_init_script(
        "window.busy = []; document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => window.busy.push("
        "document.querySelector('#log').getAttribute('aria-busy'))).observe(document.querySelector('#log'), {childList: true}))")
    chat.page.reload()
    expect(chat.mine).to_have_count(1)
    expect(chat.page.get_by_role("log")).to_have_attribute("aria-busy", "false")
    busy = chat.page.evaluate("window.busy")
    assert busy and set(busy) == {"true"}
