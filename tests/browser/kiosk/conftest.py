"""The kiosk's page in a real Chromium, over the mock API; a socket and a microphone are stood in for where a test asks."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from channels.kiosk.routes import router
from tests.browser.chat.conftest import served
from tests.browser.mock_api import create_app

UPRIGHT = {"width": 1080, "height": 1920}
ACROSS = {"width": 1920, "height": 1080}
APPLY = "我要开一家餐馆，办食品经营许可"
SECRET = "老码头面馆"
IDLE_S, COUNTDOWN_S = 60, 20
PATIENCE_MS, LOOK_MS = 20_000, 25

#: A microphone that hums, made in the page: the machine of the tests has none.
HUMMING = """navigator.mediaDevices.getUserMedia = async (asked) => {
  window.asked = asked;
  const context = new AudioContext(), tone = context.createOscillator(), out = context.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  if (navigator.userActivation.hasBeenActive) await context.resume();
  (window.streams ??= []).push(out.stream);
  return out.stream;
};"""
REFUSED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };"


@pytest.fixture(scope="module")
def kiosk_url() -> Iterator[str]:
    """Where the page is served, with the mock API behind it."""
    app = create_app()
    app.state.parts = SimpleNamespace(
        settings=SimpleNamespace(
            kiosk_idle_seconds=IDLE_S, kiosk_countdown_seconds=COUNTDOWN_S, citizens_url="https://hall.bandao.example",
            voice_recogniser="off",
        )
    )
    app.include_router(router)

    @app.post("/api/v1/conversations/{conversation}/leave", status_code=204)
    async def leave(conversation: str, request: Request) -> None:
        talk = app.state.talks[conversation]
        talk.dead = talk.dead or request.headers.get("authorization") == f"Bearer {talk.token}"

    with served(app) as base:
        yield base


@dataclass
class Voice:
    """The far end of the voice socket, as a test plays it."""

    page: Page
    frames: list[dict[str, Any]] = field(default_factory=list)
    sound: list[bytes] = field(default_factory=list)
    route: WebSocketRoute | None = None
    late: bool = False

    def connected(self, route: WebSocketRoute) -> None:
        self.route = route
        route.on_message(self._took)

    def _took(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.sound.append(message)
            return
        frame = json.loads(message)
        self.frames.append(frame)
        if frame["type"] == "hello" and "locale" in frame:
            self.tell(type="ready", recogniser="stand-in", activity="stand-in")
            self.tell(type="state", state="listening")
            return
        if frame["type"] == "hello" and not self.late:
            self.ready()

    def ready(self) -> None:
        self.tell(type="ready", recogniser="stand-in", synthesiser="stand-in", activity="stand-in", demo_only=False)
        self.tell(type="state", state="listening")

    def tell(self, **frame: Any) -> None:
        assert self.route is not None
        self.route.send(json.dumps(frame))

    def say(
        self, text: str, visemes: list[list[Any]], ms: int, utterance: int = 1, sentence: int = 0, kind: str = "answer", last: bool = True
    ) -> None:
        """One sentence and its sound: silence, which is as long."""
        self.tell(type="say", utterance=utterance, sentence=sentence, last=last, kind=kind, text=text, rate=16000, ms=ms, visemes=visemes)
        assert self.route is not None
        self.route.send(struct.pack("<II", utterance, sentence) + bytes(32 * ms))

    def got(self, kind: str, at_least: int = 1) -> list[dict[str, Any]]:
        """The frames of this kind, once there are that many: what the page shows and what it sends have no order between them."""
        for _ in range(PATIENCE_MS // LOOK_MS):
            found = [frame for frame in self.frames if frame["type"] == kind]
            if len(found) >= at_least:
                return found
            self.page.wait_for_timeout(LOOK_MS)
        raise AssertionError(f"{len(found)} of {at_least} frames {kind!r}: {self.frames}")


@dataclass
class Kiosk:
    """The page as somebody before it uses it."""

    page: Page
    voice: Voice

    @property
    def replies(self) -> Locator:
        return self.page.locator("#replies")

    @property
    def ask(self) -> Locator:
        return self.page.locator("#ask")

    def start(self) -> None:
        self.page.locator("#start").click()
        expect(self.page.locator("#tiles button").first).to_be_visible()

    def listening(self) -> None:
        """Started, and the far end of its voice has said so: what is told before that would be told to the door, or overtaken."""
        self.start()
        expect(self.page.locator("#sign")).to_have_attribute("data-state", "listening")

    def say(self, text: str) -> None:
        self.page.locator("#message").fill(text)
        self.page.locator("#send").click()

    def tap(self, name: str) -> None:
        self.ask.get_by_role("button", name=name).click()

    def kept(self) -> dict[str, Any]:
        """What the browser keeps: storage, cookies, history, and the text of the page."""
        found: dict[str, Any] = self.page.evaluate(
            "() => ({local: localStorage.length, session: sessionStorage.length, cookie: document.cookie, text: document.body.textContent,"
            " fields: [...document.querySelectorAll('input')].map((input) => input.value).join('')})"
        )
        return found


@pytest.fixture
def open_kiosk(browser: Browser, kiosk_url: str) -> Iterator[Callable[..., Kiosk]]:
    """Opens the page; ``script`` runs before it, ``voice`` says whether there is a socket, the rest goes to the browser context."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def start(script: str = "", *, voice: bool = False, path: str = "/kiosk", clock: bool = False, **options: Any) -> Kiosk:
        context = browser.new_context(**{"viewport": ACROSS, "locale": "zh-CN", "reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        far = Voice(page)
        if voice:
            page.route_web_socket("**/voice?*", far.connected)
        else:
            page.route_web_socket("**/voice?*", lambda route: route.close(code=1008))
        page.route_web_socket("**/kiosk/listen", far.connected)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        if clock:
            page.clock.install()
        context.add_init_script(script or REFUSED)
        page.goto(kiosk_url + path)
        return Kiosk(page, far)

    yield start
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def kiosk(open_kiosk: Callable[..., Kiosk]) -> Kiosk:
    """The page on a screen that stands across, with neither microphone nor socket."""
    return open_kiosk()
