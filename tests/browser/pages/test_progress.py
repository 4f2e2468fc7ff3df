"""The progress page in a real browser: opened by its proof, followed without reload, read on a phone and by a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from assistant.casework import repository
from assistant.casework.model import Answer, CasePart, CaseStatus, Correction, Source, TimelineEntry
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.tables import conversation
from tests.browser.pages.conftest import FOOD
from tests.browser.pages.test_pages import DESK, NARROW, violations
from tests.unit.casework.clocks.support import S, case_of

Visit = Callable[..., Page]
CODE, ID = "K7M3PX", "11010519491231002X"


class Cases:
    """Cases in the database the pages are served from."""

    def __init__(self, data: Path) -> None:
        self.keyring = KeyRing.open(data / "keys" / "keyring.json")
        self.db = Database(f"sqlite:///{data / 'bandao.db'}", self.keyring)
        self.now = datetime.now(SHANGHAI)
        self.made = 0
        common: dict[str, Any] = {"created_at": self.now, "updated_at": self.now, "revision": 1}
        with self.db.write() as conn:
            conn.execute(insert(conversation).values(
                id="progress", token_hash="progress", token_expires_at=datetime.now(UTC), channel="web", locale="zh-CN", owner="bot",
                turn_count=1, state={}, last_event=0, **common,
            ))  # fmt: skip

    def add(self, *parts: CasePart) -> str:
        """A case accepted yesterday, or one with these parts; its number."""
        self.made += 1
        day = (self.now - timedelta(days=1)).date().isoformat()
        case = case_of((day, S.SUBMITTED, "me"), (day, S.SUBMITTED, "受理部门"), (day, S.ACCEPTED, "示例市场监督管理局"), guide=FOOD)
        case.case_no = f"BD20261122{self.made:08d}"
        case.answers["legal_representative_id"] = Answer(value=ID, display=ID, source=Source(kind="said"))
        case.resume_code_hash = self.keyring.blind_index(f"resume:{CODE}")
        if parts:
            case.parts = list(parts)
        with self.db.write() as conn:
            repository.save(conn, case, "progress", self.now)
        return case.case_no

    def move(self, number: str, status: CaseStatus, text: str) -> None:
        """The office says something."""
        with self.db.write() as conn:
            found = repository.find(conn, number)
            assert found is not None
            case, holder = found
            case.move(status)
            if status is S.CORRECTION_NEEDED:
                case.correction = Correction(text=text)
            case.timeline.append(TimelineEntry(at=datetime.now(SHANGHAI), status=status, who="示例市场监督管理局", text=text))
            repository.save(conn, case, holder, datetime.now(SHANGHAI))


@pytest.fixture(scope="module")
def cases(pages_data: Path, pages_url: str) -> Iterator[Cases]:
    held = Cases(pages_data)
    with pytest.MonkeyPatch.context() as patch:
        # another process changes the cases here, so the bell does not ring: the stream looks by itself
        patch.setattr("channels.api.progress.HEARTBEAT_SECONDS", 0.2)
        yield held
    held.db.dispose()


def prove(page: Page, number: str, *, words: tuple[str, str, str] = ("证件号码后四位", "恢复码", "看进度")) -> None:
    """Fill in the form and send it."""
    tail, code, see = words
    if not page.locator("#number").input_value():
        page.locator("#number").fill(number)
    page.get_by_label(tail).fill("002x")
    page.get_by_label(code, exact=True).fill(CODE.lower())
    page.get_by_role("button", name=see).click()


def test_by_the_proof_and_then_live(visit: Visit, cases: Cases) -> None:
    number = cases.add()
    page = visit(f"/progress?case={number}", viewport=NARROW)
    expect(page.get_by_label("办件编号")).to_have_value(number)
    expect(page.get_by_label("证件号码后四位")).to_be_focused()
    page.get_by_label("恢复码", exact=True).fill("WRONG2")
    page.get_by_role("button", name="看进度").click()
    expect(page.get_by_role("alert")).to_contain_text("不对")
    prove(page, number)
    expect(page.locator(".stage.now")).to_contain_text("审核")
    expect(page.locator("[aria-current=step]")).to_have_count(1)
    expect(page.get_by_text("法定办结时限")).to_be_visible()
    expect(page.get_by_text("您现在不用做什么")).to_be_visible()
    cases.move(number, S.CORRECTION_NEEDED, "请补交场地平面图")
    expect(page.locator(".todo")).to_contain_text("补正：请补交场地平面图")
    expect(page.locator(".stage.halt")).to_contain_text("停在这里")
    expect(page.locator("#news")).to_contain_text("有新进展")
    page.reload()
    expect(page.locator(".todo")).to_contain_text("请补交场地平面图"), "the tab keeps its key"


def test_asking_to_hurry(visit: Visit, cases: Cases) -> None:
    page = visit("/progress", viewport=NARROW)
    prove(page, cases.add())
    page.get_by_role("button", name="催办").click()
    expect(page.locator("#line")).to_contain_text("已记下您的催办")
    expect(page.get_by_role("button", name="催办")).to_have_count(0)
    expect(page.get_by_text("今天已经记过催办了")).to_be_visible()


def test_each_department_has_its_line(visit: Visit, cases: Cases) -> None:
    number = cases.add(
        CasePart(item="company-founding", name="公司设立登记", department="市场监督管理局", status=S.ACCEPTED, received_at=cases.now, office_ref="SJ001"),
        CasePart(item=FOOD, name="食品经营许可新办", department="食品科", after=["company-founding"]),
    )  # fmt: skip
    page = visit(f"/progress?case={number}", viewport=NARROW)
    prove(page, number)
    expect(page.get_by_role("region", name="公司设立登记")).to_contain_text("SJ001")
    expect(page.get_by_role("region", name="食品经营许可新办")).to_contain_text("要等“公司设立登记”办好")


def test_in_english_and_in_traditional_characters(visit: Visit, cases: Cases) -> None:
    number = cases.add()
    page = visit(f"/progress?case={number}&lang=en", viewport=NARROW)
    prove(page, number, words=("Last four characters of the identity number", "Resume code", "See the progress"))
    expect(page.get_by_text("Legal time limit")).to_be_visible()
    page.get_by_role("link", name="繁").click()
    expect(page.get_by_text("法定辦結時限")).to_be_visible()


def test_from_the_chat_by_the_qr_code(visit: Visit, cases: Cases) -> None:
    number = cases.add()
    page = visit(f"/?case={number}", viewport=NARROW)
    page.locator("#resume-tail").fill("002X")
    page.locator("#resume-code").fill(CODE)
    page.locator("#resume-go").click()
    expect(page.get_by_role("heading", level=1, name="办件进度")).to_be_visible()
    expect(page.locator(".stage.now")).to_contain_text("审核")


@pytest.mark.parametrize(
    ("preferences", "options"),
    [
        ({"theme": "light"}, {"viewport": NARROW}),
        ({"care": "on", "theme": "dark"}, {"viewport": NARROW}),
        ({"theme": "dark"}, {"viewport": DESK}),
    ],
    ids=["light-360", "large-dark-360", "dark-1280"],
)  # fmt: skip
def test_axe_finds_nothing_and_nothing_sticks_out(
    visit: Visit, cases: Cases, preferences: dict[str, str], options: dict[str, Any]
) -> None:
    number = cases.add()
    cases.move(number, S.CORRECTION_NEEDED, "请补交场地平面图")
    page = visit(f"/progress?case={number}", preferences, bypass_csp=True, reduced_motion="reduce", **options)
    expect(page.locator("#proof")).to_be_visible()
    assert violations(page) == []
    prove(page, number)
    expect(page.locator(".stage.halt")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((element) => { element.open = true; })")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
