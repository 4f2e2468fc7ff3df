"""Guides are written, mended, proposed, approved by somebody else, published and taken back, in a real Chromium."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.desk import accounts
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, Settings
from channels.app import create_app
from channels.parts import Parts
from knowledge.editing.skeleton import version_of
from tests.browser.serving import answering, listening
from tests.contract.desk_world import PASSWORD, with_toy_engine

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
STAFF = {"bian-1": "editor", "bian-2": "editor", "shen-1": "editor,approver", "zhu-1": "supervisor"}
SIGN = "#/shop-sign/main"


@dataclass
class Writing:
    """The app with a guides' folder of its own."""

    base: str
    parts: Parts
    folder: Path

    @property
    def sign(self) -> str:
        return (self.folder / "shop-sign.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writing]:
    nowhere, home = "http://127.0.0.1:9", tmp_path_factory.mktemp("writing")
    folder = Path(shutil.copytree(ROOT / "knowledge" / "guides", home / "guides"))
    settings = Settings(
        data_dir=home / "data", guides_dir=folder, rate_per_conversation=0, rate_per_address=0, fsync="normal",
        engine_url=nowhere, sandbox_url=nowhere,
    )  # fmt: skip
    clock = FixedClock(datetime(2026, 12, 1, 10, 0, tzinfo=SHANGHAI))
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    database.upgrade()
    with database.write() as conn:
        for login, role in STAFF.items():
            accounts.add(conn, login, PASSWORD, f"{role}-{login}", role, clock.now())
    database.dispose()
    app = create_app(settings, clock)
    with_toy_engine(app)
    app.state.parts.sign_in_tries.per_minute = 0
    with answering(app, listening()) as base:
        yield Writing(base, app.state.parts, folder)


@pytest.fixture
def desk(browser: Browser, running: Writing) -> Iterator[Callable[..., Page]]:
    """Opens the editor at an address and signs in."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def start(login: str, address: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESK, "locale": "zh-CN", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(f"{running.base}/console/guides/{address}")
        page.locator("#login").fill(login)
        page.locator("#password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#sign-in")).to_be_hidden()
        return page

    yield start
    for context in contexts:
        context.close()
    assert errors == []


def typed(page: Page, old: str, new: str) -> None:
    """Replace something on the paper as a hand would: select it, type over it."""
    text = page.locator("#text").input_value()
    at = text.index(old)
    page.locator("#text").focus()
    page.evaluate("([a, b]) => document.getElementById('text').setSelectionRange(a, b)", [at, at + len(old)])
    page.keyboard.insert_text(new)


def checked(page: Page, says: str | re.Pattern[str]) -> None:
    expect(page.locator("#summary")).to_have_text(says)


def clean(page: Page) -> None:
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()


def test_from_the_first_letter_to_the_published_page_and_back(desk: Callable[..., Page], running: Writing) -> None:
    before, served = running.sign, str(version_of(running.sign))
    page = desk("bian-1")
    expect(page.locator("#lines > li")).to_have_count(len({path.stem for path in running.folder.glob("*.yaml")} | {path.stem for path in (running.folder / "components").glob("*.yaml")}))
    clean(page)
    page.locator("#search").fill("店招")
    page.get_by_role("link", name="户外招牌设置", exact=True).click()
    expect(page.locator("#file-title")).to_have_text("户外招牌设置 · 正文")
    checked(page, "没有问题。")

    # Something is wrong: it is said beside the line, and one key leads there
    typed(page, "days: 20", "days: 十五")
    checked(page, "1 处必须改。")
    expect(page.locator("#findings")).to_contain_text("legal_limit.days")
    clean(page)
    page.locator("#propose").click()
    expect(page.locator("#file-error")).to_have_text("请写一句：改了什么、为什么改。")
    page.locator("#note").fill("法定时限改成15个工作日，依据新的办法第八条")
    page.locator("#propose").click()
    expect(page.locator("#file-error")).to_contain_text("还有必须改的问题")
    page.keyboard.press("F8")
    expect(page.locator("#text")).to_be_focused()
    assert "days: 十五" in page.evaluate("() => { const box = document.getElementById('text'); return box.value.slice(box.selectionStart, box.selectionEnd); }")

    typed(page, "days: 十五", "days: 15")
    checked(page, "1 处必须改，1 处建议。")
    expect(page.locator("#findings")).to_contain_text("上海市另有写法，这里改了，那里不变")
    expect(page.locator("#findings")).to_contain_text("内容改了，version 还是")
    page.locator("#raise").click()
    expect(page.locator("#findings")).to_contain_text("这里还没有写")
    typed(page, "（待写）改了什么，给办事的人看", "法定时限从20个工作日改成15个工作日")
    typed(page, "受理后20个工作日内作出决定", "受理后15个工作日内作出决定")
    checked(page, "1 处建议。")
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("已保存")

    page.locator("#tab-preview").click()
    frame = page.frame_locator("#preview")
    expect(frame.locator("h1")).to_have_text("户外招牌设置")
    expect(frame.locator("#time")).to_contain_text("15个工作日")
    page.locator("#preview-language").select_option("en")
    expect(frame.locator("h1")).not_to_have_text("户外招牌设置")
    page.locator("#tab-compare").click()
    expect(page.locator("#compare")).to_contain_text("法定时限：20个工作日 → 15个工作日")
    expect(page.locator("#compare")).to_contain_text("已经开始办的件不受影响")
    expect(page.locator("#compare .come")).not_to_have_count(0)
    clean(page)
    page.locator("#tab-write").click()
    page.locator("#propose").click()
    expect(page.locator("#banner")).to_contain_text("已提交")
    assert running.sign == before, "nothing is served before a second person has seen it"

    page.locator("#proposed-list a").first.click()
    expect(page.locator("#review-why")).to_contain_text("自己写的要由另一位")
    expect(page.locator("#deciding")).to_be_hidden()

    other = desk("shen-1")
    other.locator("#proposed-list a").first.click()
    expect(other.locator("#review-note")).to_have_text("法定时限改成15个工作日，依据新的办法第八条")
    expect(other.locator("#review-compare")).to_contain_text("法定时限：20个工作日 → 15个工作日")
    clean(other)
    other.locator("#approve").click()
    expect(other.locator("#banner")).to_contain_text("已发布")
    assert "days: 15" in running.sign
    citizen = other.context.new_page()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        citizen.goto(running.base + "/guides/shop-sign?region=330000")
        if "15个工作日" in (citizen.locator("#time").text_content() or ""):
            break
    expect(citizen.locator("#time")).to_contain_text("15个工作日")

    # And back: the old text, another proposal, another approval
    page.goto(running.base + "/console/guides/" + SIGN)
    page.locator("#tab-history").click()
    expect(page.locator("#history")).to_contain_text("editor-bian-1 编写 · editor,approver-shen-1 审核")
    clean(page)
    page.get_by_role("button", name="退回到这一版").click()
    expect(page.locator("#banner")).to_contain_text("已经起了一份草稿")
    expect(page.locator("#note")).to_have_value(f"退回到 {served} 的内容。")
    checked(page, "1 处建议。")
    page.locator("#propose").click()
    expect(page.locator("#banner")).to_contain_text("已提交")
    other.goto(running.base + "/console/guides/#/")
    other.reload()
    other.locator("#proposed-list a").first.click()
    other.locator("#approve").click()
    expect(other.locator("#banner")).to_contain_text("已发布")
    year, count = served.split(".")
    assert "days: 20" in running.sign and f'version: "{year}.{int(count) + 2}"' in running.sign


def test_what_is_written_survives_a_reload_and_two_writers_see_each_other(desk: Callable[..., Page], running: Writing) -> None:
    page = desk("bian-1", "#/senior-card/main")
    checked(page, re.compile("问题|处"))
    typed(page, "name: ", "name: 改名的")
    page.reload()
    expect(page.locator("#restore")).to_be_visible()
    assert "改名的" not in page.locator("#text").input_value()
    page.locator("#restore-yes").click()
    assert "name: 改名的" in page.locator("#text").input_value()
    expect(page.locator("#saved")).to_contain_text("已保存")

    other = desk("bian-2", "#/senior-card/main")
    expect(other.locator("#others-list")).to_contain_text("editor-bian-1 · 草稿")

    # The file is changed by hand meanwhile: nothing is lost, and nothing is written over
    path = running.folder / "senior-card.yaml"
    path.write_text("# 手工改的\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    page.locator("#note").fill("改名")
    page.locator("#propose").click()
    expect(page.locator("#moved")).to_be_visible()
    page.locator("#moved-theirs").click()
    expect(page.locator("#compare .come")).to_contain_text("手工改的")
    page.locator("#moved-mine").click()
    expect(page.locator("#compare .come").first).to_contain_text("name: 改名的")
    page.locator("#tab-write").click()
    page.locator("#moved-keep").click()
    expect(page.locator("#moved")).to_be_hidden()
    page.locator("#discard").click()
    page.locator("#confirm-yes").click()
    expect(page.locator("#banner")).to_contain_text("草稿已删掉")


def test_refused_files_stand_on_top_and_lead_to_their_line(desk: Callable[..., Page], running: Writing) -> None:
    path = running.folder / "marriage.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("summary:", "sumary:", 1), encoding="utf-8")
    try:
        page = desk("zhu-1")
        for _ in range(20):
            page.reload()
            expect(page.locator("#lines > li").first).to_be_visible()
            if page.locator("#refused").is_visible():
                break
            time.sleep(0.5)
        expect(page.locator("#refused")).to_contain_text("marriage.yaml")
        clean(page)
        page.locator("#refused-list a").first.click()
        expect(page.locator("#text")).to_have_attribute("readonly", "")
        checked(page, re.compile("必须改"))
    finally:
        path.write_text(good, encoding="utf-8")


def test_a_new_guide_on_a_telephone(desk: Callable[..., Page]) -> None:
    page = desk("bian-2", viewport=PHONE)
    page.locator("#new-open").click()
    page.locator("#new-name").fill("示例摊位备案")
    page.locator("#new-code").fill("street-stall")
    page.keyboard.press("Enter")
    expect(page.locator("#file-title")).to_have_text("示例摊位备案 · 正文")
    checked(page, re.compile("必须改"))
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    clean(page)
    page.locator("#discard").click()
    page.locator("#confirm-yes").click()
    expect(page.locator("#banner")).to_contain_text("草稿已删掉")
