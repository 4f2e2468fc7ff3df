"""A real Chromium against the mock API, or against a running server named by ``BASE_URL``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.mock_api import create_app
from tests.browser.serving import answering, listening

if TYPE_CHECKING:
    from tests.browser.chat.real_app import RealApp

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
APPLY = "我要开一家餐馆，办食品经营许可"


@contextmanager
def served(app: FastAPI | None = None) -> Iterator[str]:
    """An app, or a mock API of its own, on a free port, with the page; gives its address."""
    with answering(app or create_app(), listening()) as base:
        yield base


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """Where the page is served: ``BASE_URL``, else the mock."""
    given = os.environ.get("BASE_URL")
    if given:
        yield given.rstrip("/")
    else:
        with served() as base:
            yield base


# Ended with its module: one process has one such app at a time, and the console's tests start theirs.
@pytest.fixture(scope="module")
def real_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealApp]:
    """The real app with a stand-in for the language engine, once for all tests that ask."""
    from tests.browser.chat.real_app import running

    with running(tmp_path_factory.mktemp("chat")) as app:
        yield app


@dataclass
class Chat:
    """The chat page as a person uses it."""

    page: Page
    base: str

    @property
    def box(self) -> Locator:
        return self.page.locator("#message")

    @property
    def ask(self) -> Locator:
        return self.page.locator("#ask")

    @property
    def mine(self) -> Locator:
        return self.page.locator(".msg.mine")

    @property
    def log(self) -> Locator:
        return self.page.locator("#log")

    def say(self, text: str) -> None:
        """Types and sends, and waits until the server has it and has answered."""
        before = self.mine.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.mine).to_have_count(before + 1)
        self.settled()

    def tap(self, name: str, *, exact: bool = False) -> None:
        """Presses a button of the answer panel and waits for the answer."""
        before = self.mine.count()
        self.ask.get_by_role("button", name=name, exact=exact).click()
        expect(self.mine).to_have_count(before + 1)
        self.settled()

    def settled(self) -> None:
        """Nothing is on its way any more."""
        expect(self.page.locator(".msg.mine.pending")).to_have_count(0)
        expect(self.page.locator("#typing")).to_be_hidden()
        expect(self.ask).not_to_have_attribute("aria-busy", "true")

    def asked(self, label: str) -> None:
        """The panel asks for this."""
        expect(self.ask.get_by_role("heading", name=label)).to_be_visible()

    def to_file_question(self) -> None:
        """Walks the demonstration case up to its upload."""
        self.say(APPLY)
        self.tap("同意调取")
        self.tap("餐饮服务经营者")
        for answer in ("老码头面馆", "85", "2026-12-01"):
            self.say(answer)
        self.ask.get_by_label("热食类制售").check()
        self.tap("确定")
        self.say("13800000000")
        self.asked("经营场所平面布局图")

    def stand_still(self) -> None:
        """The page's clock stands from here on, and moves only when it is told to: what is shown for a moment stays."""
        self.page.clock.install()
        self.page.clock.pause_at(datetime.now() + timedelta(seconds=1))

    def session(self) -> dict[str, Any]:
        """What the browser remembers of the session."""
        found: dict[str, Any] = self.page.evaluate("JSON.parse(localStorage.getItem('bandao.chat.session'))")
        return found

    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        pixels: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return pixels


@pytest.fixture
def open_chat(browser: Browser, base_url: str) -> Iterator[Callable[..., Chat]]:
    """Opens the page; keyword arguments go to the browser context, ``preferences`` are set before the first paint."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def start(preferences: dict[str, str] | None = None, **options: Any) -> Chat:
        context = browser.new_context(**{"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options})
        contexts.append(context)
        for key, value in (preferences or {}).items():
            context.add_init_script(f"localStorage.setItem('bandao.chat.{key}', '{value}')")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(base_url + "/")
        expect(page.locator("#status")).to_have_attribute("data-owner", "bot")
        expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
        return Chat(page, base_url)

    yield start
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def chat(open_chat: Callable[..., Chat]) -> Chat:
    """The page, freshly opened on a wide screen."""
    return open_chat()


class Mock:
    """The mock's switches; absent when the tests run against a real server."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(base_url=base, trust_env=False)

    def switch(self, **values: Any) -> None:
        self.http.post("/mock/switch", json=values).raise_for_status()

    def emit(self, chat: Chat, kind: str, **data: Any) -> None:
        self.http.post(f"/mock/{chat.session()['id']}/emit", json={"kind": kind, "data": data}).raise_for_status()

    def expire(self, chat: Chat) -> None:
        self.http.post(f"/mock/{chat.session()['id']}/expire").raise_for_status()

    def seen(self, chat: Chat) -> dict[str, Any]:
        """What reached the server: posts, stored messages, uploads."""
        seen: dict[str, Any] = self.http.get(f"/mock/{chat.session()['id']}").json()
        return seen


@pytest.fixture
def mock(base_url: str) -> Iterator[Mock]:
    """The mock's switches, put back afterwards."""
    if os.environ.get("BASE_URL"):
        pytest.skip("brings about what only the mock can")
    switches = Mock(base_url)
    yield switches
    switches.switch(delay=0.0, fail=[], stream=True, check_ok=True, lose_answer=False, engine_down=0)
    switches.http.close()
