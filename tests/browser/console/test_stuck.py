"""未送达, with the keyboard: what did not get to its office, why, and sending it once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import delete

from assistant.casework.model import Case, CasePart, CaseStatus
from assistant.casework.notices import store as notices
from assistant.casework.notices.notice import Words
from assistant.casework.submission import outbox
from assistant.casework.submission.outbox import State
from assistant.foundation.database import Database
from assistant.foundation.tables import case_, submission
from tests.browser.console.conftest import PHONE, Console, Office
from tests.unit.casework.submission.support import CASE, NOW, add_case

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def one_case(office_running: Office) -> Database:
    """A 一件事 of two departments that was submitted."""
    db = office_running.parts.db
    add_case(db)
    held = Case(
        case_no=CASE, guide_code="x", guide_name="开店一件事", guide_version="1", status=CaseStatus.SUBMITTED, created_at=NOW, updated_at=NOW,
        parts=[
            CasePart(item="licence", name="营业执照办理", department="市场监督管理局", status=CaseStatus.SUBMITTED),
            CasePart(item="sign", name="招牌设置", department="城市管理局", status=CaseStatus.SUBMITTED),
        ],
    )  # fmt: skip
    with db.write() as conn:
        conn.execute(case_.update().where(case_.c.case_no == CASE).values(data=held.model_dump(mode="json", exclude={"revision"})))
    return db


@pytest.fixture
def put_aside(one_case: Database) -> Iterator[Callable[..., None]]:
    """Leaves the sending of a part to people."""

    def leave(part: str, state: State, code: str) -> None:
        with one_case.write() as conn:
            outbox.add(conn, CASE, 1, NOW, part)
            row = outbox.get(conn, CASE, 1, part)
            assert row is not None
            outbox.move(conn, row, state, NOW, error=code)

    yield leave
    with one_case.write() as conn:
        conn.execute(delete(submission).where(submission.c.case_no == CASE))


def test_it_is_counted_listed_with_why_and_sent_again(
    console: Callable[..., Console], put_aside: Callable[..., None], one_case: Database
) -> None:
    put_aside("licence", State.STUCK, "no-connection")
    put_aside("sign", State.REJECTED, "package-too-large")
    desk = console()
    button = desk.page.get_by_role("button", name="未送达 2")
    button.focus()
    desk.press("Enter")
    dialog = desk.page.get_by_role("dialog", name="没有送到的")
    lines = dialog.get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text="营业执照办理")).to_contain_text("市场监督管理局")
    expect(lines.filter(has_text="营业执照办理")).to_contain_text("送不出去")
    expect(lines.filter(has_text="营业执照办理")).to_contain_text("连接不上；从")
    found = Axe().run(desk.page, options=AXE)
    assert found.violations_count == 0, found.generate_report()

    again = lines.filter(has_text="营业执照办理").get_by_role("button", name="再送一次")
    again.focus()
    desk.press("Enter")
    expect(lines).to_have_count(1)
    expect(desk.page.get_by_text("已重新发送，送到后申请人会收到通知。")).to_be_visible()
    expect(lines.get_by_role("button", name="再送一次")).to_be_focused()  # the next is one key away
    with one_case.read() as conn:
        row = outbox.get(conn, CASE, 1, "licence")
    assert row is not None and row.state not in (State.STUCK, State.REJECTED)
    desk.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.page.get_by_role("button", name="未送达 1")).to_be_focused()


def test_nothing_waiting_is_no_button_and_a_phone_has_room(console: Callable[..., Console], put_aside: Callable[..., None]) -> None:
    desk = console(viewport=PHONE)
    expect(desk.page.locator("#stuck-open")).to_be_hidden()
    put_aside("sign", State.WITHDRAW_STUCK, "timeout")
    desk.page.reload()
    desk.page.get_by_role("button", name="未送达 1").click()
    dialog = desk.page.get_by_role("dialog", name="没有送到的")
    expect(dialog).to_contain_text("招牌设置")
    wide = dialog.evaluate("box => box.scrollWidth - box.clientWidth")
    assert wide <= 0, f"sticks out by {wide} px"


def test_a_notice_that_could_not_be_sent_is_sent_again(console: Callable[..., Console], one_case: Database) -> None:
    words = Words(title="办件有新进展", text="您的办件已受理。")
    with one_case.write() as conn:
        notices.plan(conn, "e1:accepted", CASE, "sms", "accepted", "13800000001", words, NOW)
        (key,) = notices.due(conn, NOW, 9)
        notices.settle(conn, key, notices.State.FAILED, NOW, error="invalid-number")
    desk = console()
    desk.page.get_by_role("button", name="未送达 1").click()
    line = desk.page.get_by_role("dialog", name="没有送到的").get_by_role("listitem")
    expect(line).to_contain_text("短信发不出去")
    expect(line).to_contain_text("您的办件已受理。")
    expect(line).to_contain_text("号码不对；从")
    expect(desk.page.locator("body")).not_to_contain_text("13800000001")
    line.get_by_role("button", name="再发一次").click()
    expect(line).to_have_count(0)
    expect(desk.page.locator("#stuck-none")).to_be_visible()
    with one_case.read() as conn:
        row = notices.get(conn, key)
    assert row is not None and row.state is not notices.State.FAILED
