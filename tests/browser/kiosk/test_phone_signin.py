"""用手机登录 with both screens: the kiosk shows a code, a phone of another browser signs in, and the kiosk knows her."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
import segno
from playwright.sync_api import Browser, expect

from assistant.foundation.clock import SystemClock
from assistant.identity.provider import IdentityProvider
from channels.signin.serving import BACK
from tests.browser.chat.conftest import PHONE
from tests.browser.chat.real_app import RealApp
from tests.browser.chat.real_app import running as real
from tests.browser.console.test_console import violations
from tests.contract.citizens_world import SECRET, Provider

PLACE = "一楼大厅2号机"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealApp]:
    """The app under a name a phone could open, and the sandbox's provider, which sends back to it."""
    with real(tmp_path_factory.mktemp("hall")) as made:
        made.url = made.url.replace("127.0.0.1", "hall.localhost")  # browsers find any name below localhost here
        there, parts = Provider(tmp_path_factory.mktemp("sandbox"), made.url), made.parts
        there.clock = SystemClock()  # type: ignore[assignment]  # declared as the still clock other tests give it
        parts.settings = parts.settings.model_copy(update={"public_url": made.url})
        parts.citizens = IdentityProvider(
            there.issuer, "bandao", SECRET, f"{made.url}{BACK}", scope="openid profile phone", wanted_claim="id_number", now=parts.clock.now,
        )  # fmt: skip
        yield made
        there.stop()


def test_a_phone_signs_in_where_the_kiosk_stands(browser: Browser, hall: RealApp) -> None:
    kiosks = browser.new_context(viewport={"width": 1080, "height": 1920}, locale="zh-CN", reduced_motion="reduce", bypass_csp=True)
    phones = browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce", bypass_csp=True)
    errors: list[str] = []
    try:
        kiosk, phone = kiosks.new_page(), phones.new_page()
        kiosk.on("pageerror", lambda error: errors.append(str(error)))
        kiosk.goto(f"{hall.url}/kiosk?microphone=0&place={PLACE}")
        with kiosk.expect_response(lambda answer: answer.url.endswith("/sign-in/code")) as told:
            kiosk.locator("#start").click()
            kiosk.locator("#message").fill("你好")
            kiosk.locator("#send").click()
            kiosk.get_by_role("button", name="用手机登录").click()
        code = told.value.json()
        dialog = kiosk.locator("#signin-dialog")
        expect(kiosk.locator("#signin-number")).to_have_text(code["number"])
        drawn = unquote(kiosk.locator("#signin-qr").get_attribute("src") or "")
        assert segno.make(code["address"], error="m", micro=False).svg_inline(scale=4, border=2).removeprefix("<svg ") in drawn
        found = {"kiosk": violations(kiosk)}

        phone.goto(code["address"])
        expect(phone.get_by_role("main")).to_contain_text(PLACE)
        found["phone"] = violations(phone)
        assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        phone.get_by_label("核对数字").fill(f"{(int(code['number']) + 1) % 1000:03}")
        phone.get_by_role("button", name="是我，去登录").click()
        expect(phone.get_by_role("alert")).to_contain_text("数字不对")
        phone.get_by_label("核对数字").fill(code["number"])
        phone.get_by_role("button", name="是我，去登录").click()
        phone.get_by_role("listitem").filter(has_text="实名认证 002X").get_by_role("link", name="张三").click()
        expect(phone.get_by_role("main")).to_contain_text("登录好了")
        assert [cookie["name"] for cookie in phones.cookies() if "bandao" in cookie["name"]] == []

        expect(dialog).to_be_hidden()
        expect(kiosk.locator("#replies")).to_contain_text("您已登录：张*（实名认证）")
        expect(kiosk.get_by_role("button", name="已登录：张*")).to_be_disabled()
        assert code["number"] not in (dialog.text_content() or "")
        kiosk.locator("#leave").click()
        kiosk.locator("#leave-yes").click()
        expect(kiosk.locator("#attract")).to_be_visible()
        assert "张*" not in (kiosk.locator("body").text_content() or "")
        assert {place: what for place, what in found.items() if what} == {} and errors == []
    finally:
        kiosks.close()
        phones.close()
