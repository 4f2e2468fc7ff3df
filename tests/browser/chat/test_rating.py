"""好差评 on the page: five grades by tap and by key, what was wrong after a bad one, and the real app keeping it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from assistant.casework.model import CaseStatus
from assistant.foundation.tables import rating
from tests.browser.chat.conftest import NARROW, PHONE, Chat
from tests.browser.chat.real_app import RealApp
from tests.browser.chat.test_access import TARGET_PX, violations

GRADES = {
    "very_satisfied": "非常满意", "satisfied": "满意", "fair": "基本满意", "dissatisfied": "不满意", "very_dissatisfied": "非常不满意",
}  # fmt: skip


@pytest.fixture(scope="module")
def base_url(real_app: RealApp) -> str:
    return real_app.url


def kept(app: RealApp, subject: str) -> tuple[str, list[str], str]:
    """What is kept of the rating of a case or a talk."""
    with app.parts.db.read() as conn:
        row = conn.execute(select(rating).where(rating.c.subject == subject)).one()
    return row.grade, row.reasons, row.words


def test_every_grade_by_tap_on_a_phone_and_the_last_one_counts(open_chat: Callable[..., Chat], real_app: RealApp) -> None:
    chat = open_chat(viewport=PHONE, has_touch=True)
    for grade, label in GRADES.items():
        chat.say("我要评价")
        chat.asked("服务评价")
        buttons = chat.ask.get_by_role("button")
        assert all((box := one.bounding_box()) is not None and box["height"] >= TARGET_PX for one in buttons.all())
        before = chat.mine.count()
        chat.ask.get_by_role("button", name=label, exact=True).tap()
        expect(chat.mine).to_have_count(before + 1)
        chat.settled()
        if grade.endswith("dissatisfied"):
            chat.tap("跳过")
            expect(chat.log).to_contain_text("1个工作日内与您联系")
        else:
            expect(chat.log).to_contain_text("谢谢您的评价")
        assert kept(real_app, chat.session()["id"])[0] == grade
    assert chat.overflow() <= 0


def test_a_delivered_case_is_rated_at_the_end_with_the_keyboard_alone(open_chat: Callable[..., Chat], real_app: RealApp) -> None:
    chat = open_chat(viewport=NARROW, bypass_csp=True, reduced_motion="reduce")  # axe brings its own script
    case_no = real_app.case(chat, CaseStatus.DELIVERED)
    keys = chat.page.keyboard
    chat.box.focus()
    keys.type("好了，再见")
    keys.press("Enter")
    chat.asked("服务评价")
    assert violations(chat.page) == []
    chat.ask.get_by_role("button", name="非常满意", exact=True).focus()
    for _ in range(4):
        keys.press("ArrowDown")
    expect(chat.ask.get_by_role("button", name="非常不满意")).to_be_focused()
    keys.press("Enter")

    chat.asked("哪里不满意")
    assert violations(chat.page) == []
    chat.ask.get_by_label("太慢").focus()
    keys.press("Space")
    chat.ask.get_by_role("button", name="确定").focus()
    keys.press("Enter")
    expect(chat.ask).to_be_hidden()
    expect(chat.log).to_contain_text("1个工作日内与您联系")
    grade, reasons, words = kept(real_app, case_no)
    assert (grade, reasons, words) == ("very_dissatisfied", ["too_slow"], "")
    expect(chat.box).to_be_focused()
    chat.say("再见")
    expect(chat.ask).to_be_hidden()
