"""一次性告知 on the page: the news of it, then only what is wanting, with the office's reasons, by key and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from playwright.sync_api import expect

from assistant.casework.model import CaseStatus, Wanting
from assistant.casework.submission.sink import OfficeNews
from assistant.foundation.clock import SHANGHAI
from tests.browser.chat.conftest import NARROW, PHONE, Chat
from tests.browser.chat.real_app import RealApp
from tests.browser.chat.test_access import violations

WANTING = [
    Wanting(kind="field", code="sign_area", text="面积和效果图不一致"),
    Wanting(kind="material", code="picture", text="效果图上没有尺寸"),
]


@pytest.fixture(scope="module")
def base_url(real_app: RealApp) -> str:
    return real_app.url


def corrected(app: RealApp, chat: Chat) -> None:
    """The office asks for a correction of the visitor's case."""
    case_no = app.case(chat, CaseStatus.ACCEPTED)
    news = OfficeNews(
        0, datetime.now(SHANGHAI), "correction_needed", CaseStatus.CORRECTION_NEEDED, "请补正：\n1. 面积和效果图不一致\n2. 效果图上没有尺寸",
        "示例街道办事处", wanting=WANTING, due=date(2099, 1, 8),
    )  # fmt: skip
    app.office.status(case_no, "", news, lambda _conn: True)


def test_only_what_is_wanting_is_asked_with_the_keyboard_alone(open_chat: Callable[..., Chat], real_app: RealApp) -> None:
    chat = open_chat(viewport=NARROW, bypass_csp=True, reduced_motion="reduce")  # axe brings its own script
    corrected(real_app, chat)
    told = chat.log.locator(".notice.warning")
    expect(told).to_contain_text("要补正")
    expect(told).to_contain_text("说“继续”就行，只补这几项，其他内容都不用动。请在2099年1月8日以前补好。")
    keys = chat.page.keyboard
    chat.box.focus()
    keys.type("继续")
    keys.press("Enter")
    chat.asked("招牌面积")
    expect(chat.ask).to_contain_text("面积和效果图不一致（示例城管局）")
    expect(chat.ask).to_contain_text("目前的回答：3.5")  # what stands there now
    expect(chat.log).to_contain_text("只要改好下面几项，其他内容都不用动。请在2099年1月8日以前补好。")
    expect(chat.box).to_be_focused()
    assert violations(chat.page) == []

    keys.type("4.5")
    keys.press("Enter")
    chat.asked("效果图")
    expect(chat.ask).to_contain_text("效果图上没有尺寸")
    assert violations(chat.page) == []
    assert chat.overflow() <= 0
    chat.ask.get_by_role("button", name="以后补").focus()
    keys.press("Enter")
    chat.asked("请核对全部内容")
    expect(chat.log).to_contain_text("4.5平方米")
    asked = re.findall("店铺是租的还是自己的|招牌会发光吗|店名是什么", chat.log.inner_text())
    assert asked == [], "what was right is not asked again"


def test_the_reason_survives_a_reload_and_an_answer_that_is_none(open_chat: Callable[..., Chat], real_app: RealApp) -> None:
    chat = open_chat(viewport=PHONE, has_touch=True)
    corrected(real_app, chat)
    chat.say("继续")
    chat.say("很大")
    chat.asked("招牌面积")
    expect(chat.ask.get_by_role("alert")).to_be_visible()
    chat.page.reload()
    chat.asked("招牌面积")
    expect(chat.log).to_contain_text("面积和效果图不一致")
    chat.say("4.5平方米")
    chat.asked("效果图")
