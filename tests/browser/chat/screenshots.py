"""Takes the pictures in docs/screenshots from the mock's demonstration case: ``python -m tests.browser.chat.screenshots``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chat.conftest import APPLY, DESK, PHONE, Chat, served
from tests.browser.conftest import CHROMIUM, FLAGS

TARGET = Path(__file__).parents[3] / "docs" / "screenshots"
Steps = Callable[[Chat], None]


def first(chat: Chat) -> None:
    """The first screen."""


def prefilled(chat: Chat) -> None:
    """Values brought in from a licence, and a choice to make."""
    chat.say(APPLY)
    chat.tap("同意调取")


def sources(chat: Chat) -> None:
    """An answer with its sources opened, the question still there."""
    prefilled(chat)
    chat.say("多久能办好")
    chat.log.locator(".cites summary").last.click()


def uploading(chat: Chat) -> None:
    """A file with its checks."""
    chat.to_file_question()
    chat.ask.locator("input[type=file]").first.set_input_files(
        {"name": "平面布局图.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4" + bytes(182_000)})
    expect(chat.ask.locator(".checks")).to_be_visible()


def review(chat: Chat) -> None:
    """All answers before anything is made."""
    uploading(chat)
    chat.tap("提交这份材料")
    chat.tap("跳过")


def package(chat: Chat) -> None:
    """The package, and the case."""
    review(chat)
    chat.tap("确认无误")
    if chat.page.locator("#casebar").is_visible():
        chat.page.locator("#casebar button").click()
    expect(chat.page.locator("#case-content .page-thumb img[src]").first).to_be_attached()


SHOTS: list[tuple[str, Steps, dict[str, str], dict[str, Any]]] = [
    ("chat-first-desk-light", first, {"theme": "light"}, {"viewport": DESK}),
    ("chat-first-phone-light", first, {"theme": "light"}, {"viewport": PHONE}),
    ("chat-first-phone-dark", first, {"theme": "dark"}, {"viewport": PHONE}),
    ("chat-first-phone-large", first, {"theme": "light", "care": "on"}, {"viewport": PHONE}),
    ("chat-sources-desk-light", sources, {"theme": "light"}, {"viewport": DESK}),
    ("chat-choice-phone-light", prefilled, {"theme": "light"}, {"viewport": PHONE}),
    ("chat-choice-phone-large", prefilled, {"theme": "light", "care": "on"}, {"viewport": PHONE}),
    ("chat-upload-phone-light", uploading, {"theme": "light"}, {"viewport": PHONE}),
    ("chat-review-desk-dark", review, {"theme": "dark"}, {"viewport": DESK}),
    ("chat-review-desk-large", review, {"theme": "light", "care": "on"}, {"viewport": DESK}),
    ("chat-package-desk-light", package, {"theme": "light"}, {"viewport": DESK}),
    ("chat-case-phone-light", package, {"theme": "light"}, {"viewport": PHONE}),
    ("chat-case-phone-dark", package, {"theme": "dark"}, {"viewport": PHONE}),
]


def take(browser: Browser, base: str, name: str, steps: Steps, preferences: dict[str, str], options: dict[str, Any]) -> None:
    """One picture of one state in one look."""
    phone = options["viewport"] is PHONE
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", is_mobile=phone, has_touch=phone,
                                  **options)
    for key, value in preferences.items():
        context.add_init_script(f"localStorage.setItem('bandao.chat.{key}', '{value}')")
    page: Page = context.new_page()
    page.goto(base + "/")
    expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    steps(Chat(page, base))
    page.wait_for_timeout(600)
    page.screenshot(path=TARGET / f"{name}.png")
    context.close()


def main() -> None:
    """All pictures."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in SHOTS:
            take(browser, base, *shot)
        browser.close()


if __name__ == "__main__":
    main()
