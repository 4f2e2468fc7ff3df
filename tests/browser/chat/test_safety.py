"""What a server or a person wrote never becomes code, and the token never leaves the house."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.chat.conftest import Chat, Mock
from tests.browser.mock_script import PAYLOAD


def test_markup_in_replies_is_only_words(chat: Chat, mock: Mock) -> None:
    chat.say("攻击")
    expect(chat.log.get_by_text(PAYLOAD, exact=True).first).to_be_visible()
    chat.log.locator(".cites summary").click()
    assert chat.page.evaluate("window.pwned") is None
    assert chat.log.locator("img:not(.face), script, b, [onerror]").count() == 0
    assert chat.log.locator("a").count() == 0, "a javascript: address became a link"


def test_markup_in_own_words_stays_words_after_a_reload(chat: Chat) -> None:
    chat.say(PAYLOAD)
    chat.page.reload()
    expect(chat.mine.locator(".say")).to_have_text(PAYLOAD)
    assert chat.page.evaluate("window.pwned") is None


def test_the_browser_itself_refuses_markup_from_strings(chat: Chat) -> None:
    refused = chat.page.evaluate("""() => {
      try { document.createElement('div').innerHTML = '<b>x</b>'; return false; } catch (error) { return error instanceof TypeError; }
    }""")
    assert refused


def test_the_token_travels_in_a_header_only(chat: Chat) -> None:
    addresses: list[str] = []
    chat.page.on("request", lambda request: addresses.append(request.url))
    token = chat.session()["token"]
    chat.say("你好")
    chat.page.reload()
    expect(chat.mine).to_have_count(1)
    assert any("/events" in address for address in addresses)
    assert not [address for address in addresses if token in address]


def test_the_token_is_never_sent_to_another_host(chat: Chat, mock: Mock) -> None:
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.say("你好")
    mock.emit(chat, "turn", turn=99, owner="bot", status="answered", ask=None, case=None, replies=[
        {"kind": "file", "name": "诱饵.zip", "url": "https://elsewhere.example/steal", "media_type": "application/zip"}])
    chat.log.get_by_role("button", name="诱饵.zip").click()
    expect(chat.log.locator(".notice.error")).to_be_visible()
    assert not [address for address in asked if "elsewhere" in address]


def test_nothing_is_fetched_from_anywhere_else(chat: Chat) -> None:
    fetched: list[str] = []
    chat.page.on("request", lambda request: fetched.append(request.url))
    chat.page.reload()
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")
    assert fetched
    assert not [address for address in fetched if not address.startswith((chat.base, "data:", "blob:"))]


def test_a_reply_kind_newer_than_the_page_is_still_read(chat: Chat, mock: Mock) -> None:
    mock.emit(chat, "turn", turn=98, owner="bot", status="answered", ask=None, case=None,
              replies=[{"kind": "hologram", "text": "说出来也明白"}])
    expect(chat.log).to_contain_text("说出来也明白")
