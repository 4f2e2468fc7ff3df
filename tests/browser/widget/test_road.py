"""A whole case that begins in the widget of a city's page: questions and a form there, papers and a signature in the full page; and the
page opened by the sandbox's app, as somebody who runs it tries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from benchmarks.cases import CITIZENS
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import load
from benchmarks.citizens.manners import Plain
from benchmarks.citizens.road import Road, walk
from benchmarks.stack import Stack
from sandbox.identity.realms import subject_of
from tests.browser.chat.conftest import Chat
from tests.browser.chat.test_signature import open_pad, write
from tests.browser.widget.page import Widget
from tests.browser.widget.site import Site

BARBER = next(facts for facts in load(CITIZENS / "sole-trader-founding.yaml") if facts.name.startswith("barber"))
"""Many questions, a paper to upload, and a form that is taken only signed."""
SKIP = "跳过"


class Visitor(Citizen):
    """A citizen whose hands are on the screen: in the widget as long as it can show what is asked, then in the full page."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.widget, self.base_url = Widget(page), base_url
        self.http = httpx.Client(base_url=base_url, trust_env=False)
        self.chat: Chat | None = None
        self.turn: dict[str, Any] = {}
        self.answered_there: list[str] = []

    def say(self, text: str) -> dict[str, Any]:
        """Type it; an optional question is skipped by its button."""
        self._come_over()
        if text == SKIP:
            return self._turn(lambda: self._press(SKIP))
        return self._turn(lambda: self.chat.say(text) if self.chat else self.widget.say(text))

    def choose(self, *values: str) -> dict[str, Any]:
        """Press the button of a choice."""
        self._come_over()
        [value] = values
        [label] = [option["label"] for option in self.turn["ask"]["options"] or [] if option["value"] == value]
        return self._turn(lambda: self._press(label))

    def upload(
        self, data: bytes, name: str, material: str | None = None, media_type: str = "application/octet-stream"
    ) -> httpx.Response:
        """Choose the file, and wait until it is there."""
        self._come_over()
        assert self.chat is not None
        file = {"name": name, "mimeType": media_type, "buffer": data}
        with self.chat.page.expect_response(_posted("/uploads")) as got:
            self.chat.ask.locator("input[type=file]").first.set_input_files([file])  # type: ignore[list-item]  # its TypedDict
        return httpx.Response(got.value.status, content=got.value.body())

    def attach(self, *upload_ids: str, text: str | None = None) -> dict[str, Any]:
        """Hand in what was uploaded; the empty sheet is doubted, and handed in all the same."""
        return self._turn(lambda: self._press("仍要提交"))

    def form(self, answers: dict[str, str]) -> dict[str, Any]:
        """Fill in what is to be typed of the card of several questions."""
        self._press("一次填写多项")
        card = self.widget.ask.get_by_role("form", name="一次填写多项")
        expect(card).to_be_visible()
        for label, words in answers.items():
            if (box := card.get_by_role("textbox", name=label, exact=True)).count():
                box.fill(words)
        return self._turn(lambda: card.get_by_role("button", name="填好了").click())

    def _press(self, name: str) -> None:
        asked = self.chat.ask if self.chat else self.widget.ask
        asked.get_by_role("button", name=name, exact=True).click()

    def _turn(self, act: Callable[[], None]) -> dict[str, Any]:
        before = self.asking
        page = self.chat.page if self.chat else self.widget.page
        with page.expect_response(_posted("/messages")) as got:
            act()
        assert got.value.status == httpx.codes.OK, got.value.text()
        self.turn = got.value.json()
        if self.chat is None and before:
            self.answered_there.append(before)
        asked = self.chat.ask if self.chat else self.widget.ask
        expect(asked).not_to_have_attribute("aria-busy", "true")
        if ask := self.turn["ask"]:
            expect(asked.locator("h2, h3").first).to_contain_text(ask["label"])
        return self.turn

    def _come_over(self) -> None:
        """Files, tables and the look at everything are in the full page; it asks what was asked in the widget."""
        ask = self.turn.get("ask")
        if self.chat is not None or ask is None:
            return
        if ask["kind"] != "file" and not ask.get("columns") and ask["field"] != "review":
            return
        with self.widget.page.context.expect_page() as opened:
            self.widget.panel.get_by_role("button", name="在完整页面打开").last.click()
        self.chat = Chat(opened.value, self.base_url)
        expect(self.chat.ask.get_by_role("heading", name=ask["label"])).to_be_visible()
        held = self.chat.session()
        self.id, self.headers = held["id"], {"Authorization": f"Bearer {held['token']}"}


class AtOnce(Plain):
    """Fills in the card of several questions at the first question of words."""

    def __init__(self, she: Visitor) -> None:
        self.she, self.filled = she, False

    def answer(self, road: Road) -> dict[str, Any] | None:
        """What is asked in words, all at once; the rest one by one."""
        turn, facts = self.she.turn, road.facts
        if self.filled or self.she.chat or turn["ask"]["kind"] != "text":
            return None
        self.filled = True
        known = {one["label"]: facts.expect.get(one["field"]) for one in turn["case"]["missing"]}
        return self.she.form({label: words for label, words in known.items() if isinstance(words, str)})


def _posted(end: str) -> Callable[[Response], bool]:
    return lambda answer: answer.request.method == "POST" and urlsplit(answer.url).path.endswith(end)


@pytest.mark.timeout(300)
def test_from_the_city_s_page_to_the_submission(browser: Browser, server: Stack, city_site: Site) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 700}, locale="zh-CN", reduced_motion="reduce")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    she = Visitor(context.new_page(), server.base_url)
    try:
        she.widget.page.goto(city_site.url)
        she.widget.launcher.click()
        journey = walk(server.base_url, BARBER, AtOnce(she), submit=False, citizen=she)
        assert journey.first_time_right and journey.documents, journey.why
        assert she.chat is not None, "the paper was uploaded in the full page"
        assert journey.asked[: len(she.answered_there)] == she.answered_there
        assert journey.asked[len(she.answered_there) :] == ["material:premises_consent", "review"], "all else was answered in the widget"
        assert not {"id_number", "phone", "company_name"} & {*journey.asked}, "filled in at once"

        full = she.chat
        dialog = open_pad(full)
        write(full, dialog)
        dialog.get_by_role("button", name="签好了").click()
        expect(full.log).to_contain_text("签名已经放进材料。材料包现在是第 2 版。")
        with she.package() as package:
            assert any(name.startswith("signatures/") for name in package.namelist())
        full.tap("提交", exact=True)
        expect(full.log).to_contain_text("已提交")
        assert she.get(f"/cases/{she.case_no}").json()["status"] == "submitted"
        expect(she.widget.panel.get_by_role("alert")).to_contain_text("已经在完整页面打开")
    finally:
        she.http.close()
        context.close()
    assert errors == []


def test_the_sandbox_s_app_opens_the_page_signed_in(browser: Browser, server: Stack) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 700}, locale="zh-CN", reduced_motion="reduce")
    try:
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(f"{server.office_url.removesuffix('/office/')}/container/")
        page.locator(f"a[href='/container/?as={subject_of('440106199801020017')}&acr=real_name']").click()
        expect(page.get_by_role("heading", name="李四")).to_contain_text("实名认证")
        page.get_by_role("button", name="打开（繁體）").click()
        chat = Chat(page, server.base_url)
        expect(chat.log).to_contain_text("您已登錄：李*")
        assert page.url == f"{server.base_url}/" and problems == []
        page.go_back()
        page.get_by_role("button", name="打开办事页面").click()
        expect(chat.log).to_contain_text("您已登录：李*")
    finally:
        context.close()
