"""Answering with files."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.chat.conftest import Chat, Mock

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC"
)
PLAN: FilePayload = {"name": "平面图.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 plan"}
PHOTO: FilePayload = {"name": "现场.png", "mimeType": "image/png", "buffer": PNG}


@pytest.fixture
def asked(chat: Chat, mock: Mock) -> Chat:
    """The page at the question for a file."""
    chat.to_file_question()
    return chat


def test_upload_shows_preview_progress_checks_and_hands_in(asked: Chat, mock: Mock) -> None:
    mock.switch(delay=60)
    asked.ask.locator("input[type=file]").first.set_input_files([PLAN, PHOTO])
    rows = asked.ask.locator(".upload")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).get_by_role("progressbar")).to_be_visible()
    expect(rows.nth(0)).to_contain_text("正在检查")
    expect(rows.nth(1).get_by_role("img", name="现场.png 的预览")).to_be_visible()
    mock.switch(delay=0.0)
    expect(rows.nth(0)).to_contain_text("已上传")
    expect(rows.nth(0).locator(".checks .ok")).to_have_count(2)
    with asked.page.expect_request("**/messages") as sent:
        asked.tap("提交这 2 份材料")
    handed_in = (sent.value.post_data_json or {})["attachments"]
    # they travel side by side: which of them arrives first is nobody's choice
    assert sorted(handed_in) == sorted(upload["upload_id"] for upload in mock.seen(asked)["uploads"])
    expect(asked.mine.last).to_contain_text("平面图.pdf、现场.png")
    asked.asked("其他需要说明的情况")
    asked.page.reload()
    # Played back, the names come from the server's upload events.
    expect(asked.mine.last).to_contain_text("平面图.pdf、现场.png")


def test_the_bar_moves_as_bytes_travel(asked: Chat, tmp_path: Path) -> None:
    asked.page.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => {
        const bar = document.querySelector('.upload progress');
        if (bar) window.seen.push(bar.value);
      }).observe(document.querySelector('#ask'), {subtree: true, childList: true, attributes: true, characterData: true});
    }""")
    big = tmp_path / "大图.pdf"
    big.write_bytes(b"%PDF" + bytes(12 * 1024 * 1024))
    asked.ask.locator("input[type=file]").first.set_input_files(big)
    expect(asked.ask.locator(".upload")).to_contain_text("已上传")
    seen = asked.page.evaluate("window.seen")
    assert seen == sorted(seen)
    assert seen[-1] == 100


def test_a_failed_check_is_said_and_may_still_be_handed_in(asked: Chat, mock: Mock) -> None:
    mock.switch(check_ok=False)
    asked.ask.locator("input[type=file]").first.set_input_files(PLAN)
    bad = asked.ask.locator(".checks .bad")
    expect(bad).to_contain_text("未通过")
    expect(bad).to_contain_text("没有找到比例尺")
    asked.tap("仍要提交")
    asked.asked("其他需要说明的情况")


def test_cancel_remove_and_choose_again(asked: Chat, mock: Mock) -> None:
    mock.switch(delay=60)
    asked.ask.locator("input[type=file]").first.set_input_files(PLAN)
    asked.ask.get_by_role("button", name="取消上传 平面图.pdf").click()
    expect(asked.ask.locator(".upload")).to_have_count(0)
    expect(asked.ask.get_by_role("button", name="提交这份材料")).to_be_hidden()
    mock.switch(delay=0.0)
    asked.ask.locator("input[type=file]").first.set_input_files(PHOTO)
    asked.ask.get_by_role("button", name="移除 现场.png").click()
    expect(asked.ask.locator(".upload")).to_have_count(0)


def test_a_chosen_file_stays_when_something_else_is_said(asked: Chat, mock: Mock) -> None:
    asked.ask.locator("input[type=file]").first.set_input_files(PLAN)
    row = asked.ask.locator(".upload")
    expect(row).to_contain_text("已上传")
    asked.say("等一下，我先问问家里人")
    expect(asked.ask.locator(".field-error").first).to_be_visible()
    expect(row).to_have_count(1)
    expect(row).to_contain_text("已上传")
    with asked.page.expect_request("**/messages") as sent:
        asked.tap("提交这份材料")
    handed_in = (sent.value.post_data_json or {})["attachments"]
    # they travel side by side: which of them arrives first is nobody's choice
    assert sorted(handed_in) == sorted(upload["upload_id"] for upload in mock.seen(asked)["uploads"])
    asked.asked("其他需要说明的情况")


def test_what_cannot_be_taken_is_said_at_the_file(asked: Chat, mock: Mock, tmp_path: Path) -> None:
    big = tmp_path / "太大.pdf"
    big.write_bytes(bytes(21 * 1024 * 1024))
    files = asked.ask.locator("input[type=file]").first
    files.set_input_files({"name": "程序.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(asked.ask.get_by_role("alert")).to_have_text("不支持这种文件，请上传 PDF JPG PNG。")
    files.set_input_files(big)
    expect(asked.ask.get_by_role("alert").nth(1)).to_contain_text("超过了 20 MB 的上限")
    files.set_input_files({"name": "空.pdf", "mimeType": "application/pdf", "buffer": b""})
    expect(asked.ask.get_by_role("alert").nth(2)).to_have_text("文件是空的，请重新选择。")
    assert mock.seen(asked)["uploads"] == []
    expect(asked.ask.get_by_role("button", name="提交这份材料")).to_be_hidden()


def test_files_can_be_dropped(asked: Chat) -> None:
    transfer = asked.page.evaluate_handle("""() => {
      const data = new DataTransfer();
      data.items.add(new File(['%PDF-1.4'], '拖来的.pdf', {type: 'application/pdf'}));
      return data;
    }""")
    asked.ask.locator(".drop").dispatch_event("drop", {"dataTransfer": transfer})
    expect(asked.ask.locator(".upload")).to_contain_text("拖来的.pdf")
    expect(asked.ask.locator(".upload")).to_contain_text("已上传")


def test_the_camera_is_offered_for_the_back_of_the_phone(asked: Chat) -> None:
    camera = asked.ask.locator("input[type=file]").nth(1)
    expect(camera).to_have_attribute("capture", "environment")
    expect(camera).to_have_attribute("accept", "image/*")
