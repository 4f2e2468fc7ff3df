"""Whether a sentence heard before a kiosk was meant for it: a greeting, a wish, or words that plainly name an item."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.parts import Parts

CERTAIN = 0.8
"""As sure the search has to be of an item, as in mid-case before the talk leaves the one in hand."""
_SHORTEST = 4
_MARKS = re.compile(r"[\W_]+")
_GREETING = re.compile(
    r"(?:你好|您好|你们好|大家好|早上好|上午好|下午好|喂|嗨|哈喽|哈啰|请问|有人吗|在吗|打扰一下|啊|呀|吗"
    r"|hello|hi|hey|excuse me|good morning|good afternoon)+",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"(?:要|想|来|得|需要|打算|准备)来?(?:办|咨询|问|查|申请|申领|领|补|换|预约|开|注册|登记|注销|变更|提取|续|转)"
    r"|^(?:办事|办理|办证|办业务|办手续|咨询|帮我办)|怎么办理?|如何办理|办(?:一|个|张|下)|转人工|找工作人员"
    r"|\b(?:i (?:want|need|would like|wanna|came) to|i'd like to|i need (?:a|an|my|help)"
    r"|how (?:do|can) i|can you help|help me)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Called:
    """She means us. `send`: what she said is a first message; a bare greeting is none."""

    send: bool


def without_greeting(text: str) -> str:
    """What she wants, without the 你好 before it; all of it where nothing else was said."""
    rest = text
    while greeting := _GREETING.match(rest):
        rest = rest[greeting.end() :].lstrip(" ,.!?，。！？、～~")
    return rest if len(_MARKS.sub("", rest)) >= _SHORTEST else text


def called(parts: Parts, text: str) -> Called | None:
    """None for what was said to somebody else. Looks a sentence up among the items: for a thread."""
    bare = _MARKS.sub(" ", text).strip()
    if not bare:
        return None
    if _GREETING.fullmatch(bare.replace(" ", "") if not bare.isascii() else bare):
        return Called(send=False)
    if _WISH.search(text):
        return Called(send=True)
    if len(bare) < _SHORTEST:
        return None
    decision = parts.services.decide(parts.services.find(text), expected=False)
    sure = decision.kind == "one" and decision.hits[0].score >= CERTAIN
    return Called(send=True) if sure else None
