"""The widget in a page of another site: one that breaks whatever a page can break, and an ordinary one, into the full page and back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from assistant.casework.flow import choosing
from assistant.casework.flow.talk import Talk
from assistant.engine.client import Parse
from tests.browser.chat.conftest import PHONE
from tests.browser.chat.real_app import GUIDE, RealApp, heard, running
from tests.browser.console.test_console import violations
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


def plain(app: str) -> tuple[str, str]:
    """An ordinary page."""
    return "", f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>示例市</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>:root {{ --bandao-accent: #a40f16; --bandao-inset: 20px }}</style>
<script src="{app}/static/widget/bandao.js" data-side="left" defer></script></head>
<body><main><h1>示例市人民政府</h1><a href="/next">下一页</a></main></body></html>"""


class City(BaseHTTPRequestHandler):
    """The other site. A real one on this machine: browsers keep pages from elsewhere away from what runs here."""

    app = ""

    def do_GET(self) -> None:
        policy, body = (hostile if self.path.startswith("/hostile") else plain)(City.app)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), City)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, site: str) -> Iterator[RealApp]:
    with running(tmp_path_factory.mktemp("widget"), widget_origins=site) as made:
        City.app = made.url
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


@dataclass
class Widget:
    """The widget as somebody uses it."""

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
    def mine(self) -> Locator:
        return self.panel.locator(".mine .bubble")

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.mine.last).to_have_text(text)


def test_a_hostile_page(context: BrowserContext, app: RealApp, site: str) -> None:
    page = context.new_page()
    widget = Widget(page)
    page.goto(f"{site}/hostile")
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
    page.goto(f"{site}/hostile/2")
    expect(widget.mine).to_have_count(2)
    expect(widget.panel.locator(".case")).to_contain_text("已填 1")
    expect(page.locator("body")).to_be_focused()
    expect(page).to_have_title("city ready")


def test_into_the_full_page_and_back(context: BrowserContext, app: RealApp, site: str) -> None:
    page = context.new_page()
    widget = Widget(page)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(site)
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
    page.goto(f"{site}/next")
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
