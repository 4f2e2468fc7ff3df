"""The package looked at and signed on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat.conftest import NARROW, Chat, Mock


def to_package(chat: Chat) -> Chat:
    """Walks the demonstration case until its package is there."""
    chat.to_file_question()
    chat.ask.get_by_role("button", name="先办，以后补交").click()
    chat.settled()
    chat.tap("跳过")
    chat.tap("确认无误")
    chat.asked("确认提交给受理部门吗？")
    return chat


@pytest.fixture
def ready(chat: Chat) -> Chat:
    """A case with its package, on a wide screen."""
    return to_package(chat)


def open_pad(chat: Chat) -> Locator:
    """The signing dialog, opened from the question."""
    chat.ask.get_by_role("button", name="手写签名").click()
    dialog = chat.page.get_by_role("dialog", name="手写签名")
    expect(dialog).to_be_visible()
    return dialog


def write(chat: Chat, dialog: Locator, strokes: int = 2) -> None:
    """Draws slanting lines with the mouse."""
    box = dialog.get_by_role("img").bounding_box()
    assert box is not None
    mouse = chat.page.mouse
    for number in range(strokes):
        left = box["x"] + 40 + number * 50
        mouse.move(left, box["y"] + 40)
        mouse.down()
        for step in range(1, 12):
            mouse.move(left + step * 6, box["y"] + 40 + step * 8)
        mouse.up()


def ink(dialog: Locator) -> int:
    """How many pixels of the pad are drawn on."""
    dark: int = dialog.get_by_role("img").evaluate(
        "pad => { const seen = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height).data;"
        " let dark = 0; for (let at = 3; at < seen.length; at += 4) dark += seen[at] > 128; return dark; }")
    return dark


def test_signing_makes_the_package_again_and_says_so(ready: Chat, mock: Mock) -> None:
    panel = ready.page.locator("#case-content")
    expect(panel.get_by_role("button", name="下载材料包（第 1 版）")).to_be_visible()
    dialog = open_pad(ready)
    write(ready, dialog)
    assert ink(dialog) > 300
    dialog.get_by_role("button", name="签好了").click()
    expect(dialog).to_have_count(0)
    expect(ready.log).to_contain_text("签名已经放进材料。材料包现在是第 2 版。")
    expect(panel.get_by_role("button", name="下载材料包（第 2 版）")).to_be_visible()
    expect(panel).to_contain_text("已签名 2026年11月10日 09:50")
    strokes: list[list[list[float]]] = mock.seen(ready)["switches"]["strokes"]
    assert len(strokes) == 2 and all(len(stroke) > 5 and all(len(point) == 2 for point in stroke) for stroke in strokes)
    panel.get_by_role("button", name="撤回签名").click()
    expect(ready.log).to_contain_text("签名已经撤回。材料包现在是第 3 版。")
    expect(panel.get_by_role("button", name="手写签名")).to_be_visible()


def test_an_empty_signature_is_refused_in_words(ready: Chat, mock: Mock) -> None:
    dialog = open_pad(ready)
    dialog.get_by_role("button", name="签好了").click()
    expect(dialog.get_by_role("alert")).to_contain_text("还没有签名")
    box = dialog.get_by_role("img").bounding_box()
    assert box is not None
    ready.page.mouse.click(box["x"] + 30, box["y"] + 30)  # a dot is no signature
    dialog.get_by_role("button", name="签好了").click()
    expect(dialog.get_by_role("alert")).to_contain_text("还没有签名")
    assert "strokes" not in mock.seen(ready)["switches"] or not mock.seen(ready)["switches"]["strokes"]


def test_the_last_stroke_is_undone_and_all_can_be_cleared(ready: Chat) -> None:
    dialog = open_pad(ready)
    write(ready, dialog, 1)
    one = ink(dialog)
    dialog.get_by_role("button", name="重写").click()
    assert ink(dialog) == 0
    write(ready, dialog, 2)
    assert ink(dialog) > one
    dialog.get_by_role("button", name="撤销一笔").click()
    assert ink(dialog) == one


def test_what_goes_wrong_is_said_and_what_was_drawn_stays(ready: Chat, mock: Mock) -> None:
    dialog = open_pad(ready)
    write(ready, dialog)
    drawn = ink(dialog)
    mock.switch(sign_fails=[409, "材料已经提交，不能再签名。"])
    dialog.get_by_role("button", name="签好了").click()
    expect(dialog.get_by_role("alert")).to_contain_text("材料已经提交，不能再签名。")
    assert ink(dialog) == drawn
    dialog.get_by_role("button", name="先不签").click()
    expect(dialog).to_have_count(0)
    expect(ready.ask.get_by_role("button", name="手写签名")).to_be_focused()


def test_a_finger_signs_on_a_phone_without_moving_the_page(open_chat: Callable[..., Chat], mock: Mock) -> None:
    chat = to_package(open_chat(viewport=NARROW, has_touch=True, is_mobile=True, device_scale_factor=3))
    dialog = open_pad(chat)
    pad = dialog.get_by_role("img")
    box = pad.bounding_box()
    assert box is not None
    # The canvas has the screen's own pixels, three to one of the page's.
    assert pad.evaluate("pad => pad.width") == pytest.approx(box["width"] * 3, abs=3)
    before = chat.page.evaluate("document.querySelector('.sign-dialog').scrollTop")
    touch = chat.page.context.new_cdp_session(chat.page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    send("touchStart", (box["x"] + 30, box["y"] + 30))
    for step in range(1, 15):
        send("touchMove", (box["x"] + 30 + step * 8, box["y"] + 30 + step * 7))
    send("touchEnd")
    assert ink(dialog) > 500
    assert chat.page.evaluate("document.querySelector('.sign-dialog').scrollTop") == before
    assert chat.overflow() <= 0
    dialog.get_by_role("button", name="签好了").click()
    expect(chat.log).to_contain_text("材料包现在是第 2 版")


def test_paper_is_offered_to_whoever_cannot_draw(ready: Chat) -> None:
    dialog = open_pad(ready)
    pad = dialog.get_by_role("img", name="签名框")
    described = pad.evaluate("pad => pad.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent).join(' ')")
    assert "打印出来手签" in described
    ready.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_once_submitted_nothing_is_signed_any_more(ready: Chat) -> None:
    ready.tap("提交", exact=True)
    expect(ready.page.get_by_role("button", name="手写签名")).to_have_count(0)


def test_pages_are_shown_in_the_conversation_and_leafed_through(ready: Chat, mock: Mock) -> None:
    ready.say("看材料")
    thumbs = ready.log.locator(".page-thumb")
    expect(thumbs).to_have_count(3)
    expect(thumbs.first.locator("img")).to_have_js_property("naturalWidth", 300)
    thumbs.first.click()
    dialog = ready.page.get_by_role("dialog", name="申请书第 1 页")
    expect(dialog.get_by_role("img")).to_have_js_property("naturalWidth", 1400)
    ready.page.keyboard.press("ArrowRight")
    dialog = ready.page.get_by_role("dialog", name="申请书第 2 页")
    expect(dialog).to_contain_text("第 2 张，共 3 张")
    expect(dialog.get_by_role("img")).to_have_js_property("naturalWidth", 1400)
    small = dialog.get_by_role("img").bounding_box()
    dialog.get_by_role("button", name="放大").click()
    large = dialog.get_by_role("img").bounding_box()
    assert small and large and large["width"] > 2 * small["width"]
    ready.page.keyboard.press("Escape")
    expect(thumbs.first).to_be_focused()


def test_the_case_panel_shows_the_pages_and_what_was_brought_in(ready: Chat) -> None:
    panel = ready.page.locator("#case-content")
    pages = panel.get_by_role("list", name="材料预览").get_by_role("button")
    expect(pages).to_have_count(3)
    expect(pages.nth(1)).to_have_accessible_name("食品经营许可申请书（第2页）")
    panel.locator("summary", has_text="其中 4 项已替您带入").click()
    brought = panel.locator(".brought > div")
    expect(brought).to_have_count(4)
    expect(brought.first).to_contain_text("示例餐饮有限公司")
    expect(brought.first).to_contain_text("电子证照")


def test_each_department_of_one_thing_has_its_own_package(chat: Chat, mock: Mock) -> None:
    url = "/mock/sample.txt"
    mock.switch(packages=[
        {"item": "sole-trader-founding", "name": "个体工商户设立", "department": "市场监督管理局", "after": [], "url": url},
        {"item": "food-permit-new", "name": "食品经营许可新办", "department": "市场监督管理局", "after": ["sole-trader-founding"], "url": url}])
    to_package(chat)
    panel = chat.page.locator("#case-content")
    panel.locator("summary", has_text="各部门的材料包（2 份）").click()
    mock.switch(packages=[])
    expect(panel.locator(".departments li").last).to_contain_text("要等“个体工商户设立”办好")
    with chat.page.expect_download() as saved:
        panel.get_by_role("button", name="食品经营许可新办").click()
    assert saved.value.suggested_filename.endswith("-食品经营许可新办.zip")


def test_the_code_on_a_cover_asks_for_proof_of_its_case(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat()
    chat.page.goto(f"{chat.base}/?case=BD20261110ABCDEFGH")
    dialog: Any = chat.page.get_by_role("dialog", name="凭办件编号继续办理")
    expect(dialog.get_by_role("textbox", name="办件编号")).to_have_value("BD20261110ABCDEFGH")
    expect(dialog.get_by_role("textbox", name="证件号码末四位")).to_be_focused()
    assert chat.page.url == f"{chat.base}/"
