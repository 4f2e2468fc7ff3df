"""Hearing what she wants to be told and where: 不要给我发短信了, 办好了发邮件通知我, text me, 证照到期提醒我.

Only whole sentences that say nothing else are heard, so that 短信验证码收不到 and 会发短信通知吗 go to whom they belong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.casework.notices.wishes import Outside

_CHANNEL = r"(?:手机)?短信|简讯|信息|消息|微信(?:消息)?|电子邮件|邮件|邮箱|e-?mails?|texts?|text messages?|sms|wechat"
_CHANNELS: dict[Outside, re.Pattern[str]] = {
    "sms": re.compile(r"短信|简讯|text|sms", re.I),
    "wechat": re.compile(r"微信|wechat", re.I),
    "email": re.compile(r"邮件|邮箱|e-?mail|@", re.I),
}
_LIST = rf"(?:{_CHANNEL})(?:(?:和|跟|、|,|，|还有| and )(?:{_CHANNEL}))*"
_POLITE = r"(?:那|请|麻烦|你们?|您|我|以后|今后|就|还是|都|也|再|，|,| )*"
_OCCASION = (
    r"(?:(?:办件|事情|材料|结果)?(?:有了?|一有)?(?:进展|消息|结果|变化|办好了?|办完了?|好了)(?:的?(?:话|时候))?"
    r"(?:就|请|，|,| )*)?"
)
_END = r"(?:一下|就行|就可以|吧|啊|呀|了|吗)*[。.！!~～ ]*"
_NOT = r"(?:不要|不用|不必|不想|不需要|不许|不准|别|勿|停止|停|取消|关掉|关闭|退订|别再|不再)"
_TELL = r"(?:通知|提醒|告诉|告知|联系|推送|打扰|骚扰|发)"
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_MAIL = re.compile(r"[A-Za-z0-9_%+.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_TO = r"(?:(?:发?到|给|至|to|at)?(?:我的?)?(?:手机号?码?|号码|邮箱|邮件地址|微信)?[:：是 ]*⟨a⟩)"

_OFF = re.compile(
    rf"{_POLITE}{_NOT}(?:再|继续|往|向|给|用|我|收到?|手机|上|里)*(?:发|推送?|推|寄|收)?(?:什么|任何|这些|这种)*(?:{_LIST})"
    rf"(?:给我|到我手机|通知|提醒|推送)*(?:通知|提醒)?{_END}|"
    rf"{_POLITE}(?:{_LIST})(?:通知|提醒|推送)?(?:就|都|全|也)*{_NOT}(?:再|给我|用)*(?:发|推送?|要|收)?(?:给我)?{_END}|"
    rf"(?:please )?(?:stop|no more|cancel|turn off|unsubscribe(?: me)? from)(?: sending(?: me)?)?(?: the| my| any)? ?(?:{_LIST})"
    r"(?:ing)?(?: me)?(?: notices| notifications)?(?: please)?[.! ]*|"
    rf"(?:please )?(?:do not|don't|stop) (?:send(?: me)?(?: any)? )?(?:{_LIST})(?:ing)?(?: me)?(?: any ?more)?[.! ]*",
    re.I,
)
_ON = re.compile(
    rf"{_POLITE}{_OCCASION}{_POLITE}(?:可以|能不能|能|可不可以)?(?:给我|向我|用|通过|要)?(?:发个?|发条|用|推送?)?(?:{_LIST})"
    rf"(?:{_TO}|给我|{_TELL}|我|一声)*(?:{_TO})?{_END}|"
    rf"{_POLITE}{_OCCASION}{_POLITE}(?:{_TELL})(?:我)?{_TO}{_END}|"
    rf"{_POLITE}(?:把)?(?:通知|消息|提醒)(?:都)?(?:发到|发给|改成|换成|用)(?:我的?)?(?:{_LIST})(?:上|里)?{_TO}?{_END}|"
    rf"(?:please )?(?:also )?(?:notify|tell|update|message|send) me(?: updates| notices)? (?:by|via|over|with|on) (?:{_LIST})"
    rf"(?: {_TO})?(?: please| instead)?[.! ]*|"
    rf"(?:please )?(?:text|sms|e-?mail) me(?: {_TO})?(?: please| when .{{1,30}})?[.! ]*|"
    rf"(?:please )?send me (?:an? )?(?:{_LIST})[.! ]*",
    re.I,
)
_HERE = re.compile(
    rf"{_POLITE}(?:只|仅|就)(?:要|用|需要)?(?:在)?(?:这里|这儿|网页|页面|对话里?|聊天里?|本页)(?:上|面)?{_TELL}我?(?:就行|就好|就可以)?{_END}|"
    rf"{_POLITE}{_NOT}(?:再)?(?:{_TELL})(?:我)?{_END}|{_POLITE}(?:什么|通知)都{_NOT}(?:再|给我)*发?(?:给我)?{_END}|"
    r"(?:please )?(?:only )?(?:tell|notify) me (?:only )?here(?: only)?[.! ]*|"
    r"(?:please )?(?:do not|don't|stop) (?:notify|notifying) me[.! ]*",
    re.I,
)
_WATCHED = r"(?:我的?)?(?:证照|证件|执照|许可证?|证|驾照|身份证)?(?:快要?|将要?|要)?(?:到期|过期)(?:之?前)?"
_WATCH_ON = re.compile(
    rf"{_POLITE}{_WATCHED}(?:之?前|了|的?时候)?{_POLITE}(?:提醒|通知|告诉)(?:我)?(?:一声)?{_END}|{_POLITE}提醒我{_WATCHED}{_END}|"
    r"(?:please )?remind me (?:before|when) (?:my )?(?:licen[cs]es?|papers|permits?) expires?[.! ]*",
    re.I,
)
_WATCH_OFF = re.compile(
    rf"{_POLITE}{_NOT}(?:再)?(?:提醒|通知|告诉)(?:我)?{_WATCHED}(?:的事)?{_END}|"
    rf"{_POLITE}{_WATCHED}{_POLITE}{_NOT}(?:再)?(?:提醒|通知|告诉)(?:我)?{_END}|"
    r"(?:please )?(?:do not|don't|stop) (?:remind|reminding) me(?: about| of)?(?: my)? (?:licen[cs]es?|papers|permits?|expiry)"
    r"[.! ]*",
    re.I,
)
_POLICY = r"(?:(?:有|什么|哪些)?(?:合适|适合|符合)?(?:我|我们|条件)*的?(?:新)?(?:惠民|优惠|补贴)?政策)"
_POLICY_ON = re.compile(
    rf"{_POLITE}{_POLICY}{_POLITE}(?:提醒|通知|告诉|推荐|推送)(?:给)?(?:我)?{_END}|{_POLITE}(?:给我|向我)?(?:推荐|推送){_POLICY}{_END}|"
    r"(?:please )?tell me about (?:policies|benefits) (?:that fit|for) me[.! ]*",
    re.I,
)
_POLICY_OFF = re.compile(
    rf"{_POLITE}{_NOT}(?:再)?(?:给我|向我)*(?:推荐|推送|发|提醒我|通知我|告诉我|说)(?:什么|任何|这些)*{_POLICY}{_END}|"
    rf"{_POLITE}{_POLICY}(?:就|都|也)*{_NOT}(?:再)?(?:给我|向我)*(?:推荐|推送|发|提醒|通知|告诉|说)(?:给)?(?:我)?{_END}|"
    r"(?:please )?(?:do not|don't|stop) (?:tell|telling|recommend|recommending)(?: me)?(?: about| any)? (?:policies|benefits)"
    r"(?: to me)?[.! ]*",
    re.I,
)
_BOTH = re.compile(rf"{_POLITE}{_WATCHED}和(?:合适|适合)(?:我)?的?政策(?:也|都)*(?:提醒|告诉|通知)我{_END}")
_BARE = re.compile(rf"(?:用|就|要|那就|还是)*(?:{_LIST}){_END}", re.I)
_ASKS = re.compile(r"会(?:不会)?.{0,6}(?:短信|邮件|微信)|什么时候|几天|怎么|为什么|没收到|收不到|是不是|有没有|验证码")


@dataclass(frozen=True)
class Wish:
    """What she wants changed; None leaves a thing as it is. ``here`` turns everything off but the conversation itself."""

    on: frozenset[Outside] = frozenset()
    off: frozenset[Outside] = frozenset()
    here: bool = False
    watch: bool | None = None
    policies: bool | None = None
    addresses: dict[Outside, str] = field(default_factory=dict)


def read(text: str, *, offered: bool = False) -> Wish | None:
    """The wish a sentence is, or None where it is something else.

    Args:
        offered: she was just asked how she wants to be told; then 短信吧 is an answer.

    >>> read("不要给我发短信了").off
    frozenset({'sms'})
    >>> read("办好了发短信到13800138000").addresses
    {'sms': '13800138000'}
    >>> read("短信验证码收不到") is None
    True
    """
    said = text.strip().replace("’", "'")
    if not 2 <= len(said) <= 60 or _ASKS.search(said) or (_BARE.fullmatch(said) and not offered):
        return None
    addresses = addresses_in(said)
    plain = _MAIL.sub("⟨a⟩", _PHONE.sub("⟨a⟩", said))
    if _BOTH.fullmatch(plain):
        return Wish(watch=True, policies=True)
    for pattern, wish in (
        (_WATCH_OFF, Wish(watch=False)), (_POLICY_OFF, Wish(policies=False)), (_HERE, Wish(here=True)),
        (_WATCH_ON, Wish(watch=True)), (_POLICY_ON, Wish(policies=True)),
    ):  # fmt: skip
        if pattern.fullmatch(plain):
            return wish
    named = frozenset(channel for channel, pattern in _CHANNELS.items() if pattern.search(said))
    if _OFF.fullmatch(plain):
        return Wish(off=named) if named else Wish(here=True)
    if _ON.fullmatch(plain) and (named or addresses):
        return Wish(on=named | frozenset(addresses), addresses=addresses)
    return None


def addresses_in(text: str) -> dict[Outside, str]:
    """A mobile number and an e-mail address told in a text."""
    found: dict[Outside, str] = {}
    if phone := _PHONE.search(text):
        found["sms"] = "".join(phone.groups())
    if mail := _MAIL.search(text):
        found["email"] = mail[0]
    return found


def only_address(text: str) -> dict[Outside, str]:
    """The same, where the text is nothing but an address: 13800138000, 我的手机号是13800138000."""
    plain = _MAIL.sub("⟨a⟩", _PHONE.sub("⟨a⟩", text.strip()))
    return addresses_in(text) if re.fullmatch(rf"{_POLITE}{_TO}{_END}", plain) else {}
