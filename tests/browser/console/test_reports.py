"""The page of figures: the board, a report with its charts and their tables, narrowed, and taken along as a table."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.console.conftest import DESK, Office
from tests.contract.desk_world import PASSWORD, Visitor, hire

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


def clean(page: Page) -> None:
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


def test_the_board_and_a_month_with_charts_filters_and_a_table(
    browser: Browser, office: Office, citizen: Callable[..., Visitor], tmp_path: Path
) -> None:
    hire(office.parts, "lead-1", "主管", roles="supervisor")
    citizen("我要办公司地址变更")
    citizen("转人工")
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" and "401" not in message.text else None)
    page.goto(office.base + "/console/reports/")
    page.locator("#login").fill("lead-1")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")

    board = page.get_by_role("region", name="现在")
    expect(board.locator(".tiles > div").filter(has_text="在等").locator("dd")).to_have_text("1")
    expect(board.get_by_role("row").nth(1)).to_contain_text("1")

    page.locator("#unit").select_option("month")
    expect(page).to_have_url(re.compile(r"[?]when=\d{4}-\d{2}$"))
    report = page.get_by_role("region", name="日报和月报")
    expect(report).to_have_attribute("aria-busy", "false")
    chart = report.get_by_role("figure").filter(has_text="每天的对话")
    expect(chart.get_by_role("img", name="每天的对话")).to_be_visible()
    chart.get_by_text("看数字").click()
    assert chart.get_by_role("row").count() >= 29
    expect(report.get_by_role("table", name="停在哪一问").get_by_role("row")).to_have_count(2)
    page.screenshot(path=tmp_path / "reports.png", full_page=True)
    clean(page)

    expect(report.locator("#totals")).to_contain_text("1 / 2 次对话")
    page.locator("#channel").select_option("网页")
    page.locator("#item").select_option("company-address-change")
    expect(report.locator("#totals")).to_contain_text("1 / 1 次对话")
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载表格（CSV）").click()
    text = Path(taken.value.path()).read_bytes().decode("utf-8-sig")
    assert taken.value.suggested_filename.endswith(".csv")
    assert "company-address-change" in text
    assert "网页" in text

    page.get_by_role("button", name="大屏").click()
    expect(report).to_be_hidden()
    page.screenshot(path=tmp_path / "wall.png")
    clean(page)
    page.get_by_role("button", name="大屏").click()
    expect(report).to_be_visible()
    assert errors == []
    context.close()
