"""Who is in a call in the browser tests, and what they do there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.video_tables import video_call
from channels.parts import Parts
from tests.browser.console.conftest import DESK, PHONE, Console

LOOK = os.environ.get("LOOK")
#: Where a kiosk of these tests looks for its devices; nothing listens there.
PORT = 18199
ARRIVES = """async (video) => {
  for (let tries = 0; tries < 300 && !(video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 3); tries += 1) {
    await new Promise((done) => { setTimeout(done, 100); });
  }
  return [video.videoWidth, video.getVideoPlaybackQuality().totalVideoFrames];
}"""

#: The shape of a picture, once it is the one that is waited for: its size follows the network.
SHOWS = """async (video, wide) => {
  const shape = () => Math.round(video.videoWidth / video.videoHeight * 10) / 10;
  for (let tries = 0; tries < 300 && shape() !== wide; tries += 1) await new Promise((done) => { setTimeout(done, 100); });
  return shape();
}"""
#: A screen to be shown: headless Chromium has none to choose.
SCREEN = """navigator.mediaDevices.getDisplayMedia = async () => {
  const screen = Object.assign(document.createElement("canvas"), { width: 1000, height: 500 }), pen = screen.getContext("2d");
  setInterval(() => { pen.fillStyle = `hsl(${Date.now() % 360} 50% 50%)`; pen.fillRect(0, 0, 1000, 500); }, 100);
  return screen.captureStream(5);
};"""


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
        expect(page.locator("#log")).to_contain_text("数字人")  # the conversation is open: what is sent before stays in the box
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


def look(page: Page, name: str) -> None:
    """A picture for whoever wants to see it."""
    if LOOK:
        page.screenshot(path=str(Path(LOOK) / f"{name}.png"))


def press(page: Page, name: str) -> None:
    page.locator("#call").get_by_role("button", name=name, exact=True).click()


def sees(*pages: Page) -> None:
    """Each page shows whom it talks to."""
    for page in pages:
        width, frames = page.locator("#call .them").evaluate(ARRIVES)
        assert width > 0 and frames > 3


def in_call(hall: Hall, her: Page, desk: Console) -> None:
    """Staff ring, she answers with her camera, and both see each other."""
    desk.page.locator("#call-open").click()
    press(desk.page, "视频邀请")
    press(her, "用视频接")
    sees(her, desk.page)


def document_camera(hall: Hall, route: Route) -> None:
    """The devices of the kiosk's machine, of which there is a document camera: the picture of a sheet of paper."""
    allowed = {"Access-Control-Allow-Origin": hall.base, "Access-Control-Allow-Headers": "*"}
    if route.request.url.endswith("/devices"):
        route.fulfill(json={"devices": {"camera": {"state": "ready"}}}, headers=allowed)
    elif "/camera/" in route.request.url:
        sheet = BytesIO()
        Image.effect_noise((1600, 1200), 40).save(sheet, "JPEG")
        route.fulfill(body=sheet.getvalue(), headers={**allowed, "Content-Type": "image/jpeg"})
    else:
        route.fulfill(json={}, headers=allowed)
