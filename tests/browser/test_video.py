"""Two browsers in a call: a citizen on her phone and an operator at the console, with cameras and microphones that are made up."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from assistant.casework.papers import background
from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.settings import Settings
from assistant.foundation.video_tables import video_call
from channels.app import create_app
from channels.parts import Parts
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.console.conftest import DESK, PHONE, Console
from tests.browser.console.test_console import violations
from tests.contract.desk_world import hire, with_toy_engine
from tests.quick import empty_database

FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--auto-select-desktop-capture-source=Entire screen"]
LOOK = os.environ.get("LOOK")
ARRIVES = """async (video) => {
  for (let tries = 0; tries < 100 && !(video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 3); tries += 1) {
    await new Promise((done) => { setTimeout(done, 100); });
  }
  return [video.videoWidth, video.getVideoPlaybackQuality().totalVideoFrames];
}"""


@dataclass
class Hall:
    """The app, a browser with made-up cameras, and who is in it."""

    base: str
    parts: Parts
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def page(self, address: str, permissions: tuple[str, ...] = ("camera", "microphone"), **options: Any) -> Page:
        context = self.browser.new_context(locale="zh-CN", bypass_csp=True, reduced_motion="reduce", **options)
        context.grant_permissions(list(permissions), origin=self.base)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.base + address)
        return page

    def her(self, **options: Any) -> Page:
        """A citizen on her phone, who waits for a person with a case in hand."""
        page = self.page("/", **{"viewport": PHONE, **options})
        for number, words in enumerate(("我要办住所变更", "转人工"), 1):
            page.locator("#message").fill(words)
            page.locator("#message").press("Enter")
            expect(page.locator(".mine .state").nth(number - 1)).to_have_text("已发送")
        expect(page.locator("#status")).to_contain_text("排队中")
        return page

    def desk(self, login: str = "zhuo-1") -> Console:
        """An operator who has taken the first that waits."""
        console = Console(self.page("/console/", viewport=DESK))
        console.sign_in(login)
        expect(console.waiting).to_have_count(1)
        with self.parts.db.read() as conn:
            self.conversation = str(conn.execute(select(desk_entry.c.conversation_id).where(desk_entry.c.state == "waiting")).scalar_one())
        console.press("n")
        expect(console.box).to_be_focused()
        return console

    def calls(self) -> list[Any]:
        with self.parts.db.read() as conn:
            return list(conn.execute(select(video_call).where(video_call.c.conversation_id == self.conversation)))


@pytest.fixture(scope="module")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("calls"), rate_per_conversation=0, rate_per_address=0, fsync="normal", desk_hours="24h",
        engine_url=nowhere, sandbox_url=nowhere,
    )  # fmt: skip
    empty_database(settings).dispose()
    app = create_app(settings)
    with_toy_engine(app)
    app.state.parts.sign_in_tries.per_minute = 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the app did not start"
        time.sleep(0.02)
    for login, name, role in (("zhuo-1", "一号坐席", "operator"), ("lead", "值班主管", "supervisor")):
        hire(app.state.parts, login, name, roles=role)
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *FAKE])
    yield Hall(f"http://127.0.0.1:{port}", app.state.parts, chromium)
    chromium.close()
    server.should_exit = True
    thread.join(30)


@pytest.fixture
def hall(running: Hall, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(background, "begin", lambda *_: None)  # papers are not read here
    running.errors.clear()
    yield running
    for context in running.contexts:
        context.close()
    running.contexts.clear()
    with running.parts.db.write() as conn:
        conn.execute(desk_entry.update().values(state="released"))
        conn.execute(video_call.update().values(state="ended"))
    assert running.errors == []


def look(page: Page, name: str) -> None:
    """A picture for whoever wants to see it."""
    if LOOK:
        page.screenshot(path=str(Path(LOOK) / f"{name}.png"))


def press(page: Page, name: str) -> None:
    page.locator("#call").get_by_role("button", name=name, exact=True).click()


def in_call(hall: Hall, her: Page, desk: Console) -> None:
    """Staff ring, she answers with her camera, and both see each other."""
    desk.page.locator("#call-open").click()
    press(desk.page, "视频邀请")
    press(her, "用视频接")
    for page in (her, desk.page):
        width, frames = page.locator("#call .them").evaluate(ARRIVES)
        assert width > 0 and frames > 3


def test_she_asks_for_video_and_both_see_each_other(hall: Hall) -> None:
    her = hall.her()
    look(her, "her-1-offered")
    press(her, "视频")
    expect(her.locator("#call")).to_contain_text("已告诉工作人员")
    look(her, "her-2-asked")
    desk = hall.desk()
    expect(desk.page.locator("#call")).to_contain_text("申请人想要视频通话")
    look(desk.page, "desk-1-asked")
    press(desk.page, "视频接通")
    for page in (her, desk.page):
        width, frames = page.locator("#call .them").evaluate(ARRIVES)
        assert width > 0 and frames > 3
    found: dict[str, Any] = {"her": violations(her), "desk": violations(desk.page)}
    look(her, "her-3-live")
    look(desk.page, "desk-2-live")
    expect(her.locator("#call")).to_contain_text("正在和工作人员一号坐席通话")
    press(her, "挂断")
    expect(her.locator("#call")).to_contain_text("通话结束了")
    expect(desk.page.locator("#log")).to_contain_text("通话结束")
    look(her, "her-4-ended")
    look(desk.page, "desk-3-ended")
    (call,) = hall.calls()
    assert (call.outcome, call.kind, call.asked_by, call.fell_back) == ("done", "video", "citizen", "")
    assert call.connected_at is not None
    assert {place: what for place, what in found.items() if what} == {}
    for page in (her, desk.page):
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
