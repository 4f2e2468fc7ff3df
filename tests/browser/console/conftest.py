"""A real Chromium at the console of the real app, whose language engine is a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import update

from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.settings import Settings
from channels.app import create_app
from channels.parts import Parts
from tests.browser.serving import answering, listening
from tests.contract.desk_world import PASSWORD, Visitor, hire, with_toy_engine

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@dataclass
class Office:
    """The app, where it listens, and its parts."""

    base: str
    parts: Parts


@pytest.fixture(scope="module")
def office_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("console"), rate_per_conversation=0, rate_per_address=0, fsync="normal",
        desk_hours="24h", engine_url=nowhere, sandbox_url=nowhere,
    )  # fmt: skip
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    database.upgrade()
    database.dispose()
    app = create_app(settings)
    with_toy_engine(app)
    app.state.parts.sign_in_tries.per_minute = 0
    for number in (1, 2):
        hire(app.state.parts, f"zhuo-{number}", f"{number}号坐席")
    hire(app.state.parts, "lead", "值班主管", roles="supervisor")
    with answering(app, listening()) as base:
        yield Office(base, app.state.parts)


@pytest.fixture
def office(office_running: Office) -> Iterator[Office]:
    """The office with an empty desk."""
    yield office_running
    with office_running.parts.db.write() as conn:
        conn.execute(update(desk_entry).values(state="released"))


@pytest.fixture
def citizen(office: Office) -> Iterator[Callable[..., Visitor]]:
    """Makes citizens who say these things."""
    http = httpx.Client(base_url=office.base, trust_env=False, timeout=20)

    def come(*words: str) -> Visitor:
        visitor = Visitor(http)
        for text in words:
            visitor.say(text)
        return visitor

    yield come
    http.close()


@dataclass
class Console:
    """The console as an operator uses it."""

    page: Page

    @property
    def waiting(self) -> Locator:
        return self.page.locator("#waiting .line")

    @property
    def mine(self) -> Locator:
        return self.page.locator("#mine .line")

    @property
    def box(self) -> Locator:
        return self.page.locator("#message")

    def press(self, *keys: str) -> None:
        """Keys, one after the other, wherever the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def sign_in(self, login: str) -> None:
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(PASSWORD)
        self.press("Enter")
        expect(self.page.locator("#desk")).to_be_visible()
        expect(self.page.locator("#sign-in")).to_be_hidden()
        expect(self.page.locator("#desk")).to_have_attribute("aria-busy", "false")


@pytest.fixture
def console(browser: Browser, office: Office) -> Iterator[Callable[..., Console]]:
    """Opens the console and signs in; keyword arguments go to the browser context."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def start(login: str = "zhuo-1", **options: Any) -> Console:
        context = browser.new_context(**{"viewport": DESK, "locale": "zh-CN", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(office.base + "/console/")
        opened = Console(page)
        opened.sign_in(login)
        return opened

    yield start
    for context in contexts:
        context.close()
    assert errors == []


