"""Sentences that say how she wants to be told, and those that only sound like it."""

from __future__ import annotations

import pytest

from assistant.casework.notices.words import Wish, only_address, read

OFF = """不要给我发短信了|别发短信了|别再给我发短信|短信不要发了|取消短信提醒|退订短信|请停止短信通知|stop texting me|don't text me|no more texts"""
ON = """发短信给我|给我发短信|有进展发短信给我|办好了发短信通知我|办好了短信告诉我一声|用短信通知我|能不能短信通知我|text me|notify me by sms|text me when it is done"""
HERE = """只在这里告诉我|只在这里告诉我就行|不用通知我|别通知我了|什么都别发了|tell me here only|不要给我发消息了"""
NEITHER = """短信验证码收不到|会发短信通知吗|我没收到短信|你们什么时候发短信|短信上说我要补正|发邮件给你们可以吗|我的邮箱是a@b.com|13800138000|微信支付可以吗|
我要办信息变更|微信|短信|text|联系电话13800138000|驾照到期了|身份证过期了怎么办|有什么政策|信息不对|不要|取消|我要改手机号|不用短信验证行吗|不用联系我爱人|身份证到期换领|
不用告诉我爱人|别告诉房东|不要|发|到期换证"""


@pytest.mark.parametrize("said", OFF.split("|"))
def test_no_more(said: str) -> None:
    wish = read(said)
    assert wish is not None and wish.off == {"sms"} and not wish.on and not wish.here


@pytest.mark.parametrize("said", ON.split("|"))
def test_please(said: str) -> None:
    wish = read(said)
    assert wish is not None and wish.on == {"sms"} and not wish.off


@pytest.mark.parametrize("said", HERE.split("|"))
def test_nowhere_else(said: str) -> None:
    assert read(said) == Wish(here=True)


@pytest.mark.parametrize("said", [said.strip() for said in NEITHER.split("|")])
def test_something_else(said: str) -> None:
    assert read(said) is None


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("不要再发短信和邮件了", Wish(off=frozenset({"sms", "email"}))),
        ("发短信到13800138000", Wish(on=frozenset({"sms"}), addresses={"sms": "13800138000"})),
        ("办好了发短信到 138 0013 8000", Wish(on=frozenset({"sms"}), addresses={"sms": "13800138000"})),
        ("通知发到邮箱zhang@example.com", Wish(on=frozenset({"email"}), addresses={"email": "zhang@example.com"})),
        ("email me at a@b.com", Wish(on=frozenset({"email"}), addresses={"email": "a@b.com"})),
        ("微信通知我", Wish(on=frozenset({"wechat"}))),
        ("执照快到期了提醒我", Wish(watch=True)),
        ("不要提醒我证照到期", Wish(watch=False)),
        ("有适合我的政策告诉我", Wish(policies=True)),
        ("不要给我推荐政策了", Wish(policies=False)),
        ("别再推送政策", Wish(policies=False)),
        ("证照到期和合适的政策也提醒我", Wish(watch=True, policies=True)),
        ("remind me before my licences expire", Wish(watch=True)),
        ("don't remind me of my licences", Wish(watch=False)),
        ("don't tell me about policies", Wish(policies=False)),
    ],
)
def test_each_wish_by_itself(said: str, wish: Wish) -> None:
    assert read(said) == wish


def test_the_words_the_app_itself_offers_are_understood() -> None:
    from assistant.foundation.messages import catalogue, english

    for texts in (catalogue(), english()):
        offers = {key: text for key, text in texts.items() if key.startswith("notices.offer_") and key.endswith("_message")}
        assert len(offers) == 5
        assert [key for key, text in offers.items() if read(text) is None] == []


def test_a_bare_name_is_an_answer_only_where_it_was_asked() -> None:
    assert read("短信吧", offered=True) == Wish(on=frozenset({"sms"})) and read("短信吧") is None


@pytest.mark.parametrize(("said", "found"), [("13800138000", True), ("我的手机号是13800138000", True), ("房东的电话13800138000", False)])
def test_an_address_and_nothing_else(said: str, found: bool) -> None:
    assert bool(only_address(said)) is found
