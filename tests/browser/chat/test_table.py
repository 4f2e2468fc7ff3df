"""A table on one card: typing, pasting from a sheet, sending, and the same with a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat.conftest import APPLY, NARROW, Chat, Mock

SHEET = {"name": "名单.xlsx", "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "buffer": b"PK\x05\x06" + bytes(18)}


def cell(chat: Chat, row: int, label: str) -> Locator:
    """A cell by the number of its row and the heading of its column."""
    return chat.ask.get_by_role("group", name=f"第{row}行").get_by_label(label)


def paste(chat: Chat, into: Locator, text: str) -> None:
    """Pastes what a sheet puts on the clipboard."""
    into.evaluate(
        "(cell, text) => { const held = new DataTransfer(); held.setData('text/plain', text);"
        " cell.dispatchEvent(new ClipboardEvent('paste', {clipboardData: held, bubbles: true, cancelable: true})); }", text)


@pytest.fixture
def asked(chat: Chat) -> Chat:
    """A conversation in which the table is asked."""
    chat.say(APPLY)
    chat.say("人员名单")
    chat.asked("从业人员")
    return chat


def test_a_table_is_typed_row_by_row_and_sent_as_lines(asked: Chat) -> None:
    cell(asked, 1, "姓名").fill("张三")
    cell(asked, 1, "岗位").select_option("厨师")
    cell(asked, 1, "上岗日期").fill("2026-01-02")
    asked.ask.get_by_role("button", name="再加一行").click()
    expect(cell(asked, 2, "姓名")).to_be_focused()
    cell(asked, 2, "姓名").fill("李四")
    asked.tap("填好了")
    expect(asked.mine.last.locator(".bubble")).to_contain_text("姓名\t岗位\t上岗日期\t工龄\n张三\t厨师\t2026-01-02\t\n李四\t\t\t", use_inner_text=False)
    expect(asked.log).to_contain_text("收到 2 的名单")


def test_rows_of_a_sheet_are_pasted_with_their_headings_days_and_choices(asked: Chat) -> None:
    paste(asked, cell(asked, 1, "姓名"), "姓名\t岗位\t上岗日期\t工龄\r\n张三\t厨师\t2026年1月2日\t3\r\n李四\t服务\t2025/12/1\t1\r\n")
    expect(asked.ask.locator(".cells-row")).to_have_count(2)
    expect(cell(asked, 1, "上岗日期")).to_have_value("2026-01-02")
    expect(cell(asked, 2, "上岗日期")).to_have_value("2025-12-01")
    expect(cell(asked, 2, "岗位")).to_have_value("服务员")
    expect(asked.ask.get_by_role("status")).to_have_text("已粘贴 2 行")


def test_what_was_pasted_and_not_recognised_is_said_and_shown(asked: Chat) -> None:
    paste(asked, cell(asked, 1, "姓名"), "张三\t跑堂\t明年\t3")
    expect(asked.ask.get_by_role("alert")).to_contain_text("有 2 格没有认出来")
    expect(cell(asked, 1, "岗位")).to_have_attribute("aria-invalid", "true")
    expect(cell(asked, 1, "岗位")).to_be_focused()
    cell(asked, 1, "岗位").select_option("厨师")
    expect(cell(asked, 1, "岗位")).not_to_have_attribute("aria-invalid", "true")


def test_enter_goes_to_the_next_cell_and_only_the_button_sends(asked: Chat) -> None:
    before = asked.mine.count()
    cell(asked, 1, "姓名").fill("张三")
    cell(asked, 1, "姓名").press("Enter")
    expect(cell(asked, 1, "岗位")).to_be_focused()
    cell(asked, 1, "工龄").press("Enter")
    expect(asked.ask.get_by_role("button", name="填好了")).to_be_focused()
    expect(asked.mine).to_have_count(before)


def test_an_empty_table_is_not_sent_and_a_refused_one_comes_back_filled(asked: Chat) -> None:
    before = asked.mine.count()
    asked.ask.get_by_role("button", name="填好了").click()
    expect(asked.ask.get_by_role("alert")).to_contain_text("请先填姓名")
    expect(asked.mine).to_have_count(before)
    cell(asked, 1, "姓名").fill("123")
    cell(asked, 1, "岗位").select_option("厨师")
    asked.tap("填好了")
    expect(asked.ask.get_by_role("alert").first).to_contain_text("姓名里不能有数字")
    expect(cell(asked, 1, "姓名")).to_have_value("123")
    expect(cell(asked, 1, "岗位")).to_have_value("厨师")


def test_removing_rows_keeps_one_and_the_focus(asked: Chat) -> None:
    asked.ask.get_by_role("button", name="再加一行").click()
    cell(asked, 2, "姓名").fill("李四")
    asked.ask.get_by_role("button", name="删掉这一行").first.click()
    expect(cell(asked, 1, "姓名")).to_have_value("李四")
    expect(cell(asked, 1, "姓名")).to_be_focused()
    asked.ask.get_by_role("button", name="删掉这一行").click()
    expect(cell(asked, 1, "姓名")).to_have_value("")


def test_more_than_a_message_holds_is_to_go_as_a_sheet(asked: Chat) -> None:
    before = asked.mine.count()
    paste(asked, cell(asked, 1, "姓名"), "\n".join(f"{'长' * 100}\t厨师\t2026-01-02\t{n}" for n in range(40)))
    asked.ask.get_by_role("button", name="填好了").click()
    expect(asked.ask.get_by_role("alert")).to_contain_text("一次发不完")
    expect(asked.ask.get_by_role("button", name="上传填好的表格")).to_be_visible()
    expect(asked.mine).to_have_count(before)


def test_a_sheet_is_fetched_and_handed_in(asked: Chat, mock: Mock) -> None:
    asked.ask.locator("summary", has_text="用 Excel 填").click()
    with asked.page.expect_download() as saved:
        asked.ask.get_by_role("button", name="下载空白表格").click()
    assert saved.value.suggested_filename == "staff.xlsx"
    before = asked.mine.count()
    mock.switch(delay=60)
    asked.ask.locator("input[type=file]").set_input_files(SHEET)  # type: ignore[arg-type]
    expect(asked.ask.get_by_role("status")).to_contain_text("正在")
    mock.switch(delay=0.0)
    expect(asked.mine).to_have_count(before + 1)
    asked.settled()
    expect(asked.log).to_contain_text("收到 名单.xlsx 的名单")


def test_a_table_fits_a_narrow_phone_in_large_type(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat({"care": "on"}, viewport=NARROW)
    chat.say(APPLY)
    chat.say("人员名单")
    chat.asked("从业人员")
    assert chat.overflow() <= 0
    heights = chat.page.evaluate("[...document.querySelectorAll('#ask [data-column]')].map(cell => cell.getBoundingClientRect().height)")
    assert min(heights) >= 44


def test_a_form_of_several_questions_is_not_offered_beside_a_table(asked: Chat) -> None:
    expect(asked.ask.get_by_role("button", name="一次填几项")).to_have_count(0)
