"""The widget as somebody uses it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass
class Widget:
    """In the page of a city."""

    page: Page

    @property
    def launcher(self) -> Locator:
        return self.page.get_by_role("button", name="办事助手")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog", name="办到 · 办事助手")

    @property
    def box(self) -> Locator:
        return self.panel.get_by_role("textbox", name="说要办的事，或者回答上面的问题")

    @property
    def ask(self) -> Locator:
        return self.panel.locator(".ask")

    @property
    def mine(self) -> Locator:
        return self.panel.locator(".mine .bubble")

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.mine.last).to_have_text(text)
