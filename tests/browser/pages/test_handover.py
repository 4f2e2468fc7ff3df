"""The page behind the link staff give a citizen: her four characters open it, wrong ones are said, axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.conversation.ownership import Ownership
from assistant.desk import accounts, assisting
from assistant.desk.assisting import Consent
from assistant.desk.queue import Desk
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from tests.browser.pages.test_pages import NARROW, violations
from tests.unit.foundation.rows import add_conversation

CODE, TAIL = "WXYZ-6789", "002X"


@pytest.fixture(scope="module")
def handed(pages_data: Path, pages_url: str) -> None:
    """A case that is handed over, in the database the pages are served from."""
    keyring, now = KeyRing.open(pages_data / "keys" / "keyring.json"), datetime.now(UTC)
    db = Database(f"sqlite:///{pages_data / 'bandao.db'}", keyring)
    add_conversation(db, now, "handed", state={})
    with db.write() as conn:
        staff = accounts.add(conn, "zhuo-1", "Fictitious-Pass-2026", "1号坐席", "operator", now)
        assisting.begin(
            conn, Desk(Settings(data_dir=pages_data), Ownership()), "handed", staff_id=staff, name="1号坐席", item="food-permit-new",
            channel="phone", given="oral", consent=Consent("同意1号坐席替我填写。"), at=now,
        )  # fmt: skip
        found = assisting.of(conn, "handed")
        assert found is not None
        assisting.hand_over(conn, found, staff_id=staff, code=CODE, tail=TAIL, keyed=keyring.blind_index, at=now)
    db.dispose()


@pytest.mark.usefixtures("handed")
def test_she_opens_it_by_keyboard_after_a_slip(visit: Callable[..., Page]) -> None:
    page = visit(f"/handover#{CODE}", viewport=NARROW, bypass_csp=True, reduced_motion="reduce")
    assert violations(page) == []
    page.locator("#tail").fill("1234")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.locator("#tail").fill(TAIL.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("同意1号坐席替我填写。")).to_be_visible()
    expect(page.locator("#hers a")).to_be_focused()
    assert CODE not in page.url, "the code does not stay in the address"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
