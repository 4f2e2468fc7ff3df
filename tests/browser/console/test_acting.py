"""A citizen at her page and an operator at the console do it together: upload, form, a changed answer, the package she confirms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from assistant.casework.flow.talk import Built
from assistant.casework.model import CaseStatus
from assistant.casework.papers import background
from assistant.foundation.desk_tables import desk_entry
from tests.browser.console.conftest import PHONE, Console, Office
from tests.browser.console.test_console import violations
from tests.contract.test_acting import case_of, filled
from tests.unit.casework.test_uploads import pdf

Opening = Callable[..., Console]


@pytest.fixture
def her(browser: Browser, office: Office) -> Iterator[Page]:
    """A citizen at the chat page, on her phone."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(office.base + "/")
    yield page
    context.close()
    assert errors == []


def says(page: Page, text: str) -> None:
    page.locator("#message").fill(text)
    page.locator("#message").press("Enter")


def act(desk: Console, kind: str) -> None:
    """Open what can be done together, and choose."""
    desk.page.evaluate("document.activeElement.blur()")
    desk.press("a")
    expect(desk.page.locator("#act")).to_be_visible()
    desk.page.locator("#act").get_by_role("button", name=kind, exact=True).click()


def test_what_is_done_together_and_what_only_she_does(
    her: Page, console: Opening, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "begin", lambda *_: None)  # papers are not read here
    made = [Built(sha256=str(number) * 64, blob_id=f"none-{number}", files=["申请表.pdf"], notices=[]) for number in (1, 2)]
    monkeypatch.setattr(type(office.parts.services), "build_package", lambda *_: made.pop(0))
    desk = console("zhuo-1", bypass_csp=True, reduced_motion="reduce")
    says(her, "我要办住所变更")
    expect(her.get_by_text("新住所来源").first).to_be_visible()
    says(her, "转人工")
    expect(desk.waiting).to_have_count(1)
    with office.parts.db.read() as conn:
        conversation = str(conn.execute(select(desk_entry.c.conversation_id).where(desk_entry.c.state == "waiting")).scalar_one())
    filled(office.parts, conversation)
    desk.press("n")
    expect(desk.box).to_be_focused()
    found: dict[str, Any] = {}
    card = her.locator(".staff-card")

    # 1. An upload that is asked for
    act(desk, "请上传")
    desk.page.locator("#act-material").select_option("legal_representative_card")
    found["asking"] = violations(desk.page)
    # look desk-1-ask
    desk.page.get_by_role("button", name="发给申请人").click()
    expect(card).to_contain_text("请上传：法定代表人身份证")
    found["asked"] = violations(her)
    # look her-1-upload
    paper = tmp_path / "身份证.pdf"
    paper.write_bytes(pdf())
    card.locator("input[type=file]").first.set_input_files(paper)
    card.get_by_role("button", name=re.compile("提交")).click()
    expect(card.locator(".settled")).to_have_text("已交给工作人员")
    expect(desk.page.locator(".aside", has_text="申请人交了文件")).to_contain_text("身份证.pdf")

    # 2. A form
    act(desk, "请填表")
    desk.page.locator("#act").get_by_label("法定代表人移动电话").check()
    desk.page.locator("#act").get_by_label("公司名称").first.check()
    # look desk-2-form
    desk.page.get_by_role("button", name="发给申请人").click()
    form = card.last
    phone = form.get_by_label("法定代表人移动电话")
    phone.fill("12")
    form.get_by_role("button", name="填好了").click()
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("aria-invalid", "true")
    found["wrong"] = violations(her)
    # look her-2-wrong
    phone.fill("13900139000")
    form.get_by_role("button", name="填好了").click()
    expect(form.locator(".settled")).to_have_text("已填好")
    expect(desk.page.locator(".aside", has_text="申请人填好了")).to_contain_text("139")
    expect(desk.page.locator("#log")).not_to_contain_text("13900139000")

    # 3. The package to look at: she confirms the answers; a change of staff's afterwards takes that back
    act(desk, "请确认")
    # look desk-3-package
    desk.page.get_by_role("button", name="发给申请人").click()
    card.last.get_by_role("button", name="打开看一遍").click()
    look = her.get_by_role("dialog")
    expect(look).to_contain_text("请核对每一项")
    found["reading"] = violations(her)
    # look her-3-review
    expect(desk.page.locator(".aside", has_text="申请人打开了材料")).to_have_count(1)
    look.get_by_role("button", name="确认无误").click()
    expect(look).to_contain_text("这是生成的材料包")
    expect(desk.page.locator(".aside", has_text="第 1 版材料包已生成")).to_have_count(1)
    assert case_of(office.parts, conversation).status is CaseStatus.READY

    act(desk, "改一项")
    desk.page.locator("#act-field").select_option(label="法定代表人移动电话")
    desk.page.locator("#act-value").fill("12")
    desk.page.get_by_role("button", name="改好").click()
    expect(desk.page.locator("#act-error")).to_be_visible()
    found["changing"] = violations(desk.page)
    # look desk-4-edit
    desk.page.locator("#act-value").fill("13700137000")
    desk.page.get_by_role("button", name="改好").click()
    expect(desk.page.locator("#banner")).to_contain_text("已改好")
    look.get_by_role("button", name="提交", exact=True).click()
    expect(look.get_by_role("alert")).to_contain_text("内容有变化")
    assert case_of(office.parts, conversation).status is CaseStatus.DRAFT
    look.get_by_role("button", name="先不确认").click()
    change = card.filter(has_text="工作人员改了")
    expect(change).to_contain_text("要请您重新核对确认")
    found["changed"] = violations(her)
    # look her-4-changed
    change.get_by_role("button", name="改回去").click()
    expect(change.locator(".settled")).to_have_text("已改回去")
    expect(desk.page.locator(".aside", has_text="改了回去")).to_have_count(1)
    assert case_of(office.parts, conversation).answers["phone"].value == "13900139000"

    # 4. Her yes, on her own screen, to both
    package = card.filter(has_text="请您看材料并确认")
    package.get_by_role("button", name="打开看一遍").click()
    look.get_by_role("button", name="确认无误").click()
    look.get_by_role("button", name="提交", exact=True).click()
    expect(look).to_have_count(0)
    expect(package.locator(".settled")).to_have_text("您已确认并提交")
    expect(desk.page.locator(".aside", has_text="申请人确认并提交了")).to_have_count(1)
    # look her-5-done
    # look desk-5-done
    assert case_of(office.parts, conversation).status is CaseStatus.SUBMITTED
    expect(her.locator(".msg.bot").last).not_to_contain_text("已提交")
    assert {place: what for place, what in found.items() if what} == {}
    for page in (her, desk.page):
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
