"""读错了, with the keyboard: the sentence, what it was read as, what it meant."""

from __future__ import annotations

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from assistant.foundation.tables import review_sentence
from tests.browser.console.conftest import Console, Office
from tests.contract.desk_world import Visitor


def test_a_sentence_is_put_right(console: Callable[..., Console], citizen: Callable[..., Visitor], office: Office) -> None:
    # the stand-in for the engine reads a wish
    citizen("我叫张三，我要办住所变更", "转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()
    button = desk.page.get_by_role("button", name="读错了：我叫张三，我要办住所变更")
    expect(button).to_be_visible()
    button.focus()
    desk.press("Enter")
    dialog = desk.page.locator("#misread")
    expect(dialog).to_contain_text("我叫张三，我要办住所变更")
    expect(dialog).to_contain_text("读作：要办 · 公司住所变更登记")
    expect(desk.page.locator("#misread-intent")).to_be_focused()
    found = Axe().run(desk.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    desk.page.locator("#misread-intent").select_option("greet")
    expect(desk.page.locator("#misread-item")).to_be_disabled()
    desk.page.locator("#misread-intent").select_option("ask_fee")
    expect(dialog).to_contain_text("多少钱")
    expect(desk.page.locator("#misread-item")).to_have_value("?")
    desk.page.locator("#misread-item").select_option("公司设立登记")
    desk.page.locator("#misread-save").focus()
    desk.press("Enter")
    expect(dialog).to_be_hidden()
    expect(desk.page.locator("#banner")).to_have_text("已收进标注清单，谢谢。")
    expect(desk.page.get_by_text("已标注")).to_be_visible()
    with office.parts.db.read() as conn:
        row = conn.execute(select(review_sentence).where(review_sentence.c.reason == "relabelled")).one()
    assert (row.text, row.suggested_intent, row.suggested_item) == ("我叫[name]，我要办住所变更", "ask_fee", "company-founding")


def test_escape_changes_nothing(console: Callable[..., Console], citizen: Callable[..., Visitor], office: Office) -> None:
    citizen("我要办住所变更，快点", "转人工")
    desk = console()
    desk.press("n")
    button = desk.page.get_by_role("button", name="读错了：我要办住所变更，快点")
    button.click()
    expect(desk.page.locator("#misread")).to_be_visible()
    desk.press("Escape")
    expect(desk.page.locator("#misread")).to_be_hidden()
    expect(button).to_be_focused()
    with office.parts.db.read() as conn:
        assert "我要办住所变更，快点" not in [row.text for row in conn.execute(select(review_sentence)).all()]
