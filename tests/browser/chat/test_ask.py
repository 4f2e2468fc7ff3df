"""Answering each kind of question, and the case beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import segno
from playwright.sync_api import Route, expect

from tests.browser.chat.conftest import APPLY, PHONE, Chat, Mock


@pytest.fixture(autouse=True)
def _scripted(mock: Mock) -> None:
    """All of these follow the mock's script."""


def test_confirm_has_words_of_its_own_and_sends_yes(chat: Chat) -> None:
    chat.say(APPLY)
    chat.asked("同意调取电子营业执照吗？")
    expect(chat.ask.get_by_role("button", name="不同意，自己填")).to_be_visible()
    with chat.page.expect_request("**/messages") as sent:
        chat.tap("同意调取")
    body = sent.value.post_data_json or {}
    assert body["choice"] == "yes"
    assert set(body) == {"client_message_id", "choice"}


def test_a_choice_is_one_tap_and_a_double_tap_sends_once(chat: Chat, mock: Mock) -> None:
    chat.say(APPLY)
    chat.tap("同意调取")
    mock.switch(delay=0.5)
    chat.ask.get_by_role("button", name="餐饮服务经营者").dblclick()
    chat.asked("门店招牌名称")
    expect(chat.mine.last).to_contain_text("餐饮服务经营者")
    assert len(mock.seen(chat)["posts"]) == 3


def test_why_and_example_are_there_for_typed_answers(chat: Chat) -> None:
    chat.say(APPLY)
    chat.tap("同意调取")
    chat.tap("餐饮服务经营者")
    expect(chat.ask).to_contain_text("例如：老码头面馆")
    chat.ask.get_by_text("为什么要问").click()
    expect(chat.ask).to_contain_text("顾客凭它认店")
    chat.say("老码头面馆")
    chat.asked("经营面积（平方米）")
    expect(chat.box).to_have_attribute("inputmode", "decimal")


def test_date_multi_error_and_skip(chat: Chat) -> None:
    chat.say(APPLY)
    chat.tap("同意调取")
    chat.tap("餐饮服务经营者")
    chat.say("老码头面馆")
    chat.say("85")
    chat.asked("计划开业日期")
    chat.ask.locator("input[type=date]").fill("2026-12-01")
    chat.tap("确定")
    chat.asked("经营项目")
    chat.ask.get_by_role("button", name="确定").click()
    expect(chat.ask.get_by_role("alert")).to_have_text("请至少选一项")
    chat.ask.get_by_label("热食类制售").check()
    chat.ask.get_by_label("自制饮品制售").check()
    with chat.page.expect_request("**/messages") as sent:
        chat.tap("确定 · 已选 2 项")
    assert (sent.value.post_data_json or {})["choice"] == ["hot", "drink"]
    chat.say("138")
    alert = chat.ask.get_by_role("alert")
    expect(alert).to_contain_text("电话号码应是 11 位数字")
    expect(chat.box).to_have_attribute("aria-invalid", "true")
    described = chat.box.get_attribute("aria-describedby") or ""
    assert alert.get_attribute("id") in described.split()
    wrong = chat.page.get_by_text("电话号码应是 11 位数字").filter(visible=True)
    expect(wrong).to_have_count(1)
    chat.say("13800000000")
    chat.asked("经营场所平面布局图")
    # once the panel asks something else, the talk keeps what was wrong
    expect(chat.log.get_by_text("电话号码应是 11 位数字")).to_be_visible()
    expect(wrong).to_have_count(1)


def test_from_the_first_word_to_submitted(chat: Chat) -> None:
    chat.to_file_question()
    chat.ask.locator("input[type=file]").first.set_input_files(
        {"name": "平面图.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    chat.tap("提交这份材料")
    chat.asked("其他需要说明的情况")
    chat.tap("跳过")
    chat.asked("信息都对吗？")
    row = chat.log.locator(".card").last.locator(".row", has_text="门店招牌名称")
    row.get_by_role("button", name="修改 门店招牌名称").click()
    chat.asked("门店招牌名称")
    expect(chat.box).to_have_value("老码头面馆")
    chat.say("新码头面馆")
    chat.asked("信息都对吗？")
    chat.tap("确认无误")
    chat.asked("确认提交给受理部门吗？")
    chat.tap("提交", exact=True)
    expect(chat.page.locator("#case-content .status").first).to_have_text("已提交")
    chat.tap("满意", exact=True)
    expect(chat.ask).to_be_hidden()


def test_what_a_paper_says_otherwise_is_one_tap_whatever_is_asked(chat: Chat) -> None:
    chat.say(APPLY)
    chat.tap("同意调取")
    chat.say("姓名不一样")
    expect(chat.ask.get_by_role("button", name="身份证上的：张三")).to_be_visible()
    expect(chat.box).to_have_value("")  # what she said is a choice already
    chat.tap("我填的：张山")
    expect(chat.log).to_contain_text("好，记下了：mine。")
    chat.say("日期不一样")
    expect(chat.ask.locator("input[type=date]")).to_have_value("1949-12-13")
    chat.tap("身份证上的：1949-12-31")
    expect(chat.log).to_contain_text("好，记下了：paper。")


def test_the_same_question_after_a_digression_keeps_what_was_ticked(chat: Chat) -> None:
    chat.say(APPLY)
    chat.tap("同意调取")
    chat.tap("餐饮服务经营者")
    for answer in ("老码头面馆", "85", "2026-12-01"):
        chat.say(answer)
    chat.ask.get_by_label("热食类制售").check()
    chat.say("多久能办好")
    expect(chat.ask.get_by_label("热食类制售")).to_be_checked()


def test_the_case_panel_beside_the_conversation(chat: Chat) -> None:
    panel = chat.page.locator("#side")
    expect(panel).to_contain_text("怎么办到")
    chat.say(APPLY)
    chat.tap("同意调取")
    expect(panel).to_contain_text("食品经营许可新办")
    expect(panel.locator(".status").first).to_have_text("草稿")
    expect(panel).to_contain_text("已填 4 项，共 12 项")
    expect(panel).to_contain_text("还缺 8 项")
    expect(panel.locator(".material", has_text="食品安全管理制度")).to_contain_text("容缺受理")
    expect(panel.locator(".material", has_text="食品安全管理制度")).to_contain_text("2026年12月8日 前补交")
    expect(panel.locator(".timeline li")).to_contain_text("已带入营业执照信息")
    expect(panel.locator("[aria-current=step]")).to_contain_text("填报")
    expect(panel.get_by_role("heading", name="怎么办到")).to_be_hidden()
    panel.get_by_role("button", name="暂停").click()
    expect(chat.mine.last).to_contain_text("暂停")
    expect(chat.log).to_contain_text("恢复码 K7QM2R")
    # What a self-service machine's scanner reads, for whoever asks for it; the code travels in no address
    drawn = segno.make("whatever the server draws").svg_inline().replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    chat.page.route("**/kiosk/qr?**", lambda route: route.fulfill(body=drawn, content_type="image/svg+xml"))
    with chat.page.expect_request("**/kiosk/qr?**") as asked:
        chat.log.get_by_text("在自助终端上接着办").click()
    assert asked.value.headers["bandao-resume-code"] == "K7QM2R" and "K7QM2R" not in asked.value.url
    expect(chat.log.get_by_alt_text("给自助终端扫的二维码")).to_be_visible()
    chat.say("哪一步")
    expect(chat.page.locator(".to-kiosk")).to_have_count(0)


def test_a_case_event_changes_the_panel(chat: Chat, mock: Mock) -> None:
    chat.say(APPLY)
    chat.tap("同意调取")
    number = chat.page.locator("#side .case-no code").inner_text()
    mock.emit(chat, "case", case_no="BD-another", status="denied", at="2026-11-10T10:00:00+08:00")
    held: list[Route] = []
    chat.page.route(f"**/cases/{number}", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the function
    mock.emit(chat, "case", case_no=number, status="correction_needed", at="2026-11-10T10:00:00+08:00")
    expect(chat.page.locator("#side .status").first).to_have_text("待补正")
    while not held:  # it asks a little later
        chat.page.wait_for_timeout(25)
    with chat.page.expect_response(f"**/cases/{number}") as fetched:
        for route in held:
            route.continue_()
    assert fetched.value.ok
    # What the server says about the case now is what stays.
    expect(chat.page.locator("#side .status").first).to_have_text("草稿")


def test_a_material_can_be_met_without_a_file(chat: Chat) -> None:
    chat.to_file_question()
    with chat.page.expect_request("**/messages") as sent:
        chat.tap("先办，以后补交")
    assert (sent.value.post_data_json or {})["choice"] == "tolerate"
    chat.asked("其他需要说明的情况")


def test_on_a_phone_the_case_is_a_sheet(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(viewport=PHONE, has_touch=True, is_mobile=True)
    bar = chat.page.locator("#casebar")
    expect(bar).to_be_hidden()
    chat.say(APPLY)
    chat.tap("同意调取")
    expect(bar).to_contain_text("4/12")
    bar.get_by_role("button").click()
    sheet = chat.page.get_by_role("dialog", name="我的办件")
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="查看全部").click()
    expect(sheet).to_be_hidden()
    expect(chat.log).to_contain_text("目前的全部信息")


def test_the_package_is_downloaded_with_the_token(chat: Chat) -> None:
    chat.to_file_question()
    chat.ask.locator("input[type=file]").first.set_input_files(
        {"name": "平面图.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    chat.tap("提交这份材料")
    chat.tap("跳过")
    chat.tap("确认无误")
    with chat.page.expect_download() as saved:
        chat.page.locator("#side").get_by_role("button", name="下载材料包（第 1 版）").click()
    assert saved.value.path().read_bytes().startswith(b"PK")
    assert saved.value.suggested_filename.endswith("-v1.zip")
