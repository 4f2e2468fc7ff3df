"""The verification page in a real browser: a slip said at once, a stranger's view of a result, a file compared in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from assistant.casework.results import store
from assistant.casework.results.codes import grouped, new_code
from assistant.casework.results.store import Result, Said
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.tables import case_, conversation
from tests.browser.pages.test_pages import NARROW, violations

Visit = Callable[..., Page]
FILE = b"%PDF-1.7 the report as it was issued"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def code(pages_data: Path, pages_url: str) -> str:
    """The code of a result in the database the pages are served from."""
    keyring = KeyRing.open(pages_data / "keys" / "keyring.json")
    db, made, number = Database(f"sqlite:///{pages_data / 'bandao.db'}", keyring), new_code(), "BD20261122ABCDEFGH"
    common: dict[str, Any] = {"created_at": NOW, "updated_at": NOW, "revision": 1}
    with db.write() as conn:
        conn.execute(insert(conversation).values(
            id="c1", token_hash="x", token_expires_at=NOW, channel="web", locale="zh-CN", owner="bot", turn_count=1, state={},
            last_event=0, **common,
        ))  # fmt: skip
        conn.execute(insert(case_).values(case_no=number, conversation_id="c1", guide_code="credit-report", guide_version="2026.2",
                                          status="approved", data={}, **common))
        said = Said(title="市场主体专用信用报告", number="ZX202611220001", issuer="示例公共信用主管部门", holder="示例餐饮有限公司",
                    holder_shown="示例**有限公司", issued=date(2026, 11, 22), code=made)
        digest = hashlib.sha256(FILE).hexdigest()
        store.add(conn, Result("r1", number, "", "ZX1", "valid", digest, "application/pdf", len(FILE), "0" * 32, said, NOW, NOW),
                  keyring.blind_index(made))
    db.dispose()
    return made


def test_a_code_from_paper_and_the_file_with_it(visit: Visit, code: str, tmp_path: Path) -> None:
    page = visit("/verify", viewport=NARROW)
    page.get_by_label("防伪码").fill(grouped(code).lower())
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_text("真的，现在有效。")).to_be_visible()
    expect(page.get_by_text("示例**有限公司")).to_be_visible()
    assert "示例餐饮" not in page.content() and "BD20261122" not in page.content()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    for name, data, words in (("report.pdf", FILE, "一个字都没有改"), ("other.pdf", FILE + b" changed", "不是当时出的那份")):
        (tmp_path / name).write_bytes(data)
        page.locator("#file").set_input_files(tmp_path / name)
        expect(page.locator("#verdict")).to_contain_text(words)
    assert sent == [], "the file went nowhere"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}])
def test_axe_finds_nothing(visit: Visit, code: str, look: dict[str, Any]) -> None:
    for path in (f"/verify?code={code}", "/verify?code=2346", f"/verify?code={code}&lang=en"):
        page = visit(path, bypass_csp=True, viewport=NARROW, **look)
        assert violations(page) == []


def test_a_slip_is_said_before_anything_is_looked_up(visit: Visit, code: str, pages_url: str) -> None:
    other = "2" if code[0] != "2" else "3"
    page = visit(f"/verify?code={other}{code[1:]}")
    expect(page.get_by_role("alert")).to_contain_text("有一位不对")
    page.goto(f"{pages_url}/verify?code={new_code()}")
    expect(page.get_by_role("alert")).to_contain_text("没有查到")
    answers = {httpx.get(f"{pages_url}/api/v1/verify/{new_code()}").text for _ in range(3)}
    assert len(answers) == 1 and "code_unknown" in answers.pop()
    known = httpx.get(f"{pages_url}/api/v1/verify/{grouped(code)}").json()
    assert known["standing"] == "valid" and known["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert set(known) == {"code", "title", "number", "issuer", "issued", "expires", "holder", "standing", "text", "sha256", "checked_at"}


def test_it_can_be_read_without_scripts(visit: Visit, code: str) -> None:
    page = visit(f"/verify?code={code}", java_script_enabled=False)
    expect(page.get_by_text("ZX202611220001")).to_be_visible()
    expect(page.locator("#compare-part")).to_be_hidden()
