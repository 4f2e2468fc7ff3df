"""Several questions answered in one form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat.conftest import APPLY, NARROW, Chat, Mock


@pytest.fixture
def asked(chat: Chat) -> Chat:
    """A case with eight questions to go."""
    chat.say(APPLY)
    chat.tap("同意调取")
    return chat


def form_of(chat: Chat) -> Locator:
    """The form, opened."""
    chat.ask.get_by_role("button", name="一次填几项").click()
    dialog = chat.page.get_by_role("dialog", name="一次填几项")
    expect(dialog).to_be_visible()
    return dialog


def test_what_is_filled_in_goes_out_as_lines_under_their_labels(asked: Chat) -> None:
    form = form_of(asked)
    form.get_by_label("主体业态").select_option("餐饮服务经营者")
    form.get_by_label("经营面积（平方米）").fill("85")
    form.get_by_label("计划开业日期").fill("2026-12-01")
    form.get_by_role("group", name="经营项目").get_by_label("热食类制售").check()
    form.get_by_role("group", name="经营项目").get_by_label("糕点类制售").check()
    before = asked.mine.count()
    form.get_by_role("button", name="填好了").click()
    expect(asked.mine).to_have_count(before + 1)
    assert asked.mine.last.locator(".bubble").inner_text().strip().split("\n") == [
        "主体业态：餐饮服务经营者", "经营面积（平方米）：85", "计划开业日期：2026-12-01", "经营项目：热食类制售、糕点类制售"]
    expect(form).to_have_count(0)


def test_an_empty_form_is_not_sent_and_gives_focus_back(asked: Chat) -> None:
    before = asked.mine.count()
    form = form_of(asked)
    form.get_by_role("button", name="填好了").click()
    expect(form.get_by_role("alert")).to_contain_text("还没有填")
    asked.page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(asked.ask.get_by_role("button", name="一次填几项")).to_be_focused()
    expect(asked.mine).to_have_count(before)


def test_no_form_without_the_guide_and_that_is_said(asked: Chat, mock: Mock) -> None:
    mock.switch(no_guide=True)
    asked.ask.get_by_role("button", name="一次填几项").click()
    expect(asked.log).to_contain_text("表格没有打开，请一项一项回答。")
    asked.tap("餐饮服务经营者")
    asked.asked("门店招牌名称")


def test_the_form_fits_a_narrow_phone_and_its_buttons_stay_in_sight(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat({"care": "on"}, viewport=NARROW)
    chat.say(APPLY)
    chat.tap("同意调取")
    form = form_of(chat)
    expect(form.get_by_role("button", name="填好了")).to_be_in_viewport()
    assert chat.overflow() <= 0
    assert form.evaluate("form => form.scrollWidth - form.clientWidth") <= 0


def test_the_form_is_offered_in_english_too(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat({"locale": "en"})
    chat.say(APPLY)
    chat.tap("Agree to fetch it")
    chat.ask.get_by_role("button", name="Fill in several at once").click()
    form = chat.page.get_by_role("dialog", name="Several answers at once")
    form.get_by_label("经营面积（平方米）").fill("85")
    form.get_by_role("group", name="经营项目").get_by_label("热食类制售").check()
    form.get_by_role("group", name="经营项目").get_by_label("糕点类制售").check()
    form.get_by_role("button", name="Done").click()
    expect(chat.mine.last).to_contain_text("经营面积（平方米）：85")
    expect(chat.mine.last).to_contain_text("热食类制售, 糕点类制售")
