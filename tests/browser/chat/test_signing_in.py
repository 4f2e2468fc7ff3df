"""A guest signs in from the chat page: off to the sandbox's provider and back, at the same question, with her unsent words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from assistant.casework.model import CaseStatus
from assistant.conversation import repository
from assistant.foundation.clock import SystemClock
from assistant.identity.provider import IdentityProvider
from channels.signin.serving import BACK
from tests.browser.chat.conftest import PHONE, Chat
from tests.browser.chat.real_app import RealApp
from tests.browser.console.test_console import violations
from tests.contract.citizens_world import SECRET, Provider


@pytest.fixture(scope="module")
def base_url(real_app: RealApp) -> str:
    return real_app.url


@pytest.fixture(scope="module")
def provider(real_app: RealApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The sandbox's citizens' provider, for the address the app came to be at."""
    made, parts = Provider(tmp_path_factory.mktemp("sandbox"), real_app.url), real_app.parts
    made.clock = SystemClock()
    parts.settings = parts.settings.model_copy(update={"public_url": real_app.url})
    parts.citizens = IdentityProvider(
        made.issuer, "bandao", SECRET, f"{real_app.url}{BACK}", scope="openid profile phone", wanted_claim="id_number", now=parts.clock.now,
    )  # fmt: skip
    yield made
    made.stop()


def test_there_and_back_at_the_same_question(real_app: RealApp, provider: Provider, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(bypass_csp=True, reduced_motion="reduce")
    page = chat.page
    chat.say("你好")
    number = real_app.case(chat, CaseStatus.DRAFT)
    with real_app.parts.db.write() as conn:
        conv = repository.load(conn, chat.session()["id"])
        assert conv is not None
        conv.active_case = number
        repository.save(conn, conv, real_app.parts.clock.now())
    chat.say("继续")
    asked = chat.ask.get_by_role("heading").inner_text()
    chat.box.fill("还没发出去的话")

    page.get_by_role("button", name="设置与更多").click()
    page.locator("#menu-signin").click()
    dialog = page.locator("#signin-dialog")
    expect(dialog.get_by_role("heading")).to_have_text("统一身份认证")
    found = {"ways": violations(page)}
    dialog.get_by_role("button", name="本人登录", exact=True).click()
    page.get_by_role("listitem").filter(has_text="实名认证 002X").get_by_role("link", name="张三").click()

    expect(chat.log).to_contain_text("您已登录：张*（实名认证）")
    chat.asked(asked)
    expect(chat.box).to_have_value("还没发出去的话")
    assert page.url == f"{real_app.url}/", "how it went is told once"
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "eyJ" not in kept and "11010519491231002X" not in kept and "bandao_citizen" not in kept

    page.get_by_role("button", name="设置与更多").click()
    expect(page.locator("#menu-signin")).to_have_text("我的登录（张*）")
    page.locator("#menu-signin").click()
    expect(dialog).to_contain_text(number)
    found["hers"] = violations(page)
    page.set_viewport_size(PHONE)
    assert dialog.evaluate("box => box.scrollWidth - box.clientWidth") <= 0 and chat.overflow() == 0
    assert {place: what for place, what in found.items() if what} == {}
    token = chat.session()["token"]
    dialog.get_by_role("button", name="退出登录", exact=True).click()
    expect(page.locator("#welcome-title")).to_be_visible()
    expect(chat.log).not_to_contain_text("您已登录")
    anew = "token => { const held = JSON.parse(localStorage.getItem('bandao.chat.session')); return held !== null && held.token !== token; }"
    page.wait_for_function(anew, arg=token)


def test_not_wanting_to_is_no_matter(provider: Provider, open_chat: Callable[..., Chat]) -> None:
    chat = open_chat()
    page = chat.page
    page.get_by_role("button", name="设置与更多").click()
    page.locator("#menu-signin").click()
    page.locator("#signin-dialog").get_by_role("button", name="本人登录", exact=True).click()
    page.get_by_role("link", name="不登录了").click()
    expect(page.locator("#banner")).to_contain_text("不登录也能接着办")
    chat.say("你好")
