"""The widget in a page of another site: one that breaks whatever a page can break, and an ordinary one, into the full page and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import select

from assistant.casework.flow import choosing
from assistant.casework.flow.talk import Talk
from assistant.engine.client import Parse
from assistant.foundation.tables import conversation
from tests.browser.chat.conftest import PHONE
from tests.browser.chat.real_app import GUIDE, RealApp, heard, running
from tests.browser.console.test_console import violations
from tests.browser.widget.page import Widget
from tests.browser.widget.site import Site, plain, serving
from tests.contract.desk_world import ToyEngine

BEFORE = """
for (const name of Object.getOwnPropertyNames(Array.prototype)) {
  if (typeof Array.prototype[name] === "function" && name !== "constructor") Array.prototype[name] = () => { throw new Error("array " + name); };
}
Array.prototype[Symbol.iterator] = () => { throw new Error("iterated"); };
Array.prototype.extend = function () {};
Array.prototype.toJSON = Object.prototype.toJSON = function () { return "spoilt"; };
Object.prototype.each = function () {};
Element.prototype.remove = Element.prototype.append = function () { throw new Error("library"); };
customElements.define("bandao-chat", class extends HTMLElement { connectedCallback() { this.hidden = true; } });
document.addEventListener("securitypolicyviolation", (event) => { document.title += " violated " + event.violatedDirective; });
window.addEventListener("error", (event) => { document.title += " error " + event.message; });
window.addEventListener("unhandledrejection", (event) => { document.title += " rejected " + event.reason; });
document.addEventListener("keydown", (event) => { if (event.key === "s") { event.preventDefault(); document.title += " shortcut"; } });
"""
AFTER = """
const broken = () => { throw new Error("overwritten"); };
window.addEventListener("load", () => {
  window.fetch = window.open = JSON.parse = JSON.stringify = document.createElement = broken;
  Node.prototype.appendChild = Node.prototype.removeChild = EventTarget.prototype.addEventListener = Element.prototype.setAttribute = broken;
  Element.prototype.querySelector = HTMLElement.prototype.focus = String.prototype.indexOf = String.prototype.slice = broken;
  String.prototype.trim = Response.prototype.text = Storage.prototype.setItem = Promise.prototype.then = Function.prototype.call = broken;
  window.setTimeout = () => 0;
  document.title += " ready";
});
"""
STYLE = """
* { all: unset !important; display: none !important; visibility: hidden !important; opacity: 0 !important; transform: scale(0) !important;
    font: 90px/3 serif !important; position: static !important; z-index: -1 !important; pointer-events: none !important; float: left !important;
    width: 3px !important; direction: rtl !important; }
html, body, .cover { display: block !important; visibility: visible !important; opacity: 1 !important; transform: none !important; width: auto !important; }
.cover { position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; pointer-events: auto !important; background: #fdd !important; }
"""


def hostile(app: str) -> tuple[str, str]:
    """A page that breaks what it can, and its content security policy."""
    policy = f"default-src 'none'; script-src 'nonce-n1'; style-src 'nonce-n1'; connect-src {app}; require-trusted-types-for 'script'"
    return policy, f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>city</title>
<style nonce="n1">{STYLE}</style><script nonce="n1">{BEFORE}</script>
<script nonce="n1" src="{app}/static/widget/bandao.js" defer></script><script nonce="n1" src="{app}/static/widget/bandao.js" defer></script>
<script nonce="n1">{AFTER}</script></head><body><bandao-chat></bandao-chat><div class="cover">city</div></body></html>"""


def drawn(path: str, app: str) -> tuple[str, str]:
    """What stands at a path: ``/lang/zh-TW/en`` is a page in one language whose tag asks for another."""
    match path.split("/")[1:]:
        case ["hostile", *_]:
            return hostile(app)
        case ["lang", page, tag]:
            return plain(app, page, f'data-lang="{tag}"' if tag else "")
    return plain(app)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving(drawn) as made:
        yield made


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[RealApp]:
    with running(tmp_path_factory.mktemp("widget"), widget_origins=site.url) as made:
        site.app = made.url
        made.parts.engine = made.parts.runner.engine = ToyEngine(made.parts, understood)
        yield made


def understood(talk: Talk, text: str, asking: dict[str, Any] | None) -> Parse | None:
    """招牌 begins the small guide's case; the rest is as in the chat's tests."""
    if asking is None and "招牌" in text:
        guide = talk.services.catalogue.get(GUIDE)
        assert guide is not None
        choosing.begin(talk, guide)
        return Parse(intent="apply", confidence=1.0)
    return heard(talk, text, asking)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="zh-CN", reduced_motion="reduce", viewport={"width": 1000, "height": 700})
    yield made
    made.close()


def test_a_hostile_page(context: BrowserContext, app: RealApp, site: Site) -> None:
    page = context.new_page()
    widget = Widget(page)
    page.goto(f"{site.url}/hostile")
    expect(page).to_have_title("city ready")
    expect(widget.launcher).to_have_count(1)
    box = widget.launcher.bounding_box()
    assert box is not None and box["x"] > 700 and box["y"] > 600 and 40 <= box["height"] <= 70
    widget.launcher.click()  # where something of the page lay above it, this would not arrive
    expect(widget.box).to_be_focused()
    expect(widget.panel.get_by_role("log")).to_contain_text("政务服务数字人")
    widget.box.press("s")
    expect(widget.box).to_have_value("s")
    widget.say("我要设置户外招牌")
    question = widget.panel.locator(".ask")
    expect(question.get_by_role("heading")).to_be_visible()
    shown = widget.panel.bounding_box()
    assert shown is not None and shown["x"] + shown["width"] <= 1000 and shown["y"] >= 0 and 300 < shown["width"] < 500

    question.get_by_role("button", name="一次填写多项").click()
    form = question.get_by_role("form", name="一次填写多项")
    expect(form.get_by_role("heading")).to_be_focused()
    form.get_by_role("button", name="填好了").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_role("combobox").first.select_option(index=1)
    form.get_by_role("button", name="填好了").click()
    expect(widget.mine).to_have_count(2)
    expect(widget.panel.locator(".case")).to_contain_text("已填 1")

    page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(widget.panel).to_be_visible()
    # the next page of the site, as broken: the same conversation, open as it was, and nobody's focus taken
    page.goto(f"{site.url}/hostile/2")
    expect(widget.mine).to_have_count(2)
    expect(widget.panel.locator(".case")).to_contain_text("已填 1")
    expect(page.locator("body")).to_be_focused()
    expect(page).to_have_title("city ready")


def test_into_the_full_page_and_back(context: BrowserContext, app: RealApp, site: Site) -> None:
    page = context.new_page()
    widget = Widget(page)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(site.url)
    expect(widget.launcher).to_have_css("background-color", "rgb(164, 15, 22)")
    corner = widget.launcher.bounding_box()
    assert corner is not None and corner["x"] == 20 and corner["y"] + corner["height"] == 680
    found = violations(page)
    assert [url for url in loaded if url.startswith(app.url)] == [f"{app.url}/static/widget/bandao.js"], "nothing before it is asked for"
    widget.launcher.click()
    widget.say("我要设置户外招牌")
    heading = widget.panel.locator(".ask").get_by_role("heading")
    asked = heading.inner_text()
    found += violations(page)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    shown = widget.panel.bounding_box()
    assert shown == {"x": 0, "y": 0, **PHONE} and page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    found += violations(page)
    assert found == []

    held = page.evaluate("sessionStorage.getItem('bandao.widget')")
    assert "我要设置户外招牌" not in held and page.evaluate("localStorage.length") == 0 and context.cookies() == []
    page.goto(f"{site.url}/next")
    expect(heading).to_have_text(asked)
    with context.expect_page() as opened:
        widget.panel.get_by_role("button", name="在完整页面打开").click()
    full = opened.value
    expect(full.locator("#ask").get_by_role("heading")).to_have_text(asked, timeout=20_000)
    expect(full.locator(".msg.mine")).to_contain_text("我要设置户外招牌")
    assert full.url == f"{app.url}/" and full.evaluate("window.opener") is None

    panel = widget.panel
    expect(panel.get_by_role("alert")).to_contain_text("已经在完整页面打开")
    panel.get_by_role("button", name="在这里接着办").click()
    expect(panel.get_by_role("alert")).to_contain_text("已经转到完整页面")
    assert "token" not in page.evaluate("sessionStorage.getItem('bandao.widget')")
    panel.get_by_role("button", name="开始新对话").click()
    expect(panel.get_by_role("log")).to_contain_text("政务服务数字人")
    expect(widget.mine).to_have_count(0)
    panel.get_by_role("button", name="结束", exact=True).click()
    panel.locator(".ask").get_by_role("button", name="结束", exact=True).click()
    expect(panel.get_by_role("alert")).to_contain_text("对话已经结束")


def test_it_speaks_the_page_s_language_or_its_tag_s(context: BrowserContext, app: RealApp, site: Site) -> None:
    page = context.new_page()
    said = {
        "zh-TW/": "辦事助手", "zh-hk/": "辦事助手", "zh-Hant-MO/": "辦事助手", "zh/": "办事助手", "zh-Hans-HK/": "办事助手", "/": "办事助手",
        "EN-gb/": "Ask us", "zh-Hant/en": "Ask us", "en/zh-CN": "办事助手", "en/zh-Hant": "辦事助手",
    }  # fmt: skip
    for path, words in said.items():
        page.goto(f"{site.url}/lang/{path}")
        expect(page.get_by_role("button", name=words, exact=True)).to_be_visible()
    page.get_by_role("button", name="辦事助手").click()
    panel = page.get_by_role("dialog", name="辦到 · 辦事助手")
    expect(panel.get_by_role("log", name="對話內容")).to_contain_text("政務服務數字人")
    with app.parts.db.read() as conn:
        held = page.evaluate("JSON.parse(sessionStorage.getItem('bandao.widget'))")
        assert conn.execute(select(conversation.c.locale).where(conversation.c.id == held["id"])).scalar() == held["locale"] == "zh-Hant"
    box = panel.get_by_role("textbox")
    box.fill("我要设置户外招牌")
    box.press("Enter")
    expect(panel.locator(".case")).to_contain_text("招牌設置")
    panel.get_by_role("button", name="一次填寫多項").click()
    expect(panel.get_by_role("form", name="一次填寫多項").get_by_role("button", name="填好了")).to_be_visible()
    with context.expect_page() as opened:
        panel.get_by_role("button", name="在完整頁面打開").click()
    full = opened.value
    expect(full.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(full.get_by_role("button", name="一次填幾項")).to_be_visible()
