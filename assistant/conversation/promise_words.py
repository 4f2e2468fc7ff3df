"""What is said of calls and appointments with staff: wanted, another number or time, asked about, called off."""

from __future__ import annotations

import re
from typing import Literal

from assistant.foundation.messages import simplify

What = Literal["callback", "slot", "number", "time", "cancel", "when"]

_LEAD = r"(?:那|我|你们?|您|请|麻烦|帮我|帮忙|能不能|可不可以|可以|能|想|要|需要|就|还是|让|叫|[，, ])*"
_STAFF = r"(?:人工客服|人工服务|人工|工作人员|客服|真人|坐席)"
_CALL = r"(?:回电话?|回拨(?:电话)?|回个电话|打(?:个)?电话|来(?:个)?电话)"
_TAIL = r"(?:了|吧|吗|呢|啊|一下|好吗|行吗|可以吗|[，, ])*[。.！!？?]*"
_WHEN = r"(?:[^，。,!?！？]{0,14}?)"
_WORDS: tuple[tuple[What, str], ...] = (
    ("cancel", rf"{_LEAD}(?:取消|不用|不要|别|撤销|不需要)(?:再|给我|我的)*(?:{_CALL}|{_STAFF}的?预约|预约的?{_STAFF}){_TAIL}"),
    ("number", rf"{_LEAD}(?:改|换|修改|更改)(?:一下|个|我的)*回电的?(?:号码?|电话(?:号码)?){_TAIL}"),
    ("time", rf"{_LEAD}(?:改|换|修改|更改|推迟|提前)(?:一下|个|我的)*(?:回电的?时间|{_STAFF}的?预约(?:时间)?){_TAIL}"),
    ("when", rf"{_LEAD}(?:什么时候|啥时候|几点|多久)(?:能|会|才)*(?:给我|来)?{_CALL}(?:给我|来)?{_TAIL}"),
    ("callback", rf"{_LEAD}{_WHEN}{_STAFF}?{_WHEN}(?:给我|跟我|往我){_CALL}(?:过来)?{_TAIL}"),
    ("callback", rf"{_LEAD}{_STAFF}?打电话给我{_TAIL}"),
    ("slot", rf"{_LEAD}(?:预约|约)(?:个|一个|一下)?(?:{_STAFF}(?:的?时间|服务)?|时间(?:找|跟|和){_STAFF}.{{0,4}}){_TAIL}"),
    ("cancel", r"(?:please )?cancel (?:the |my )?(?:call[- ]?back|call|time with (?:the )?staff)[.! ]*"),
    ("cancel", r"(?:please )?(?:do not|don't) call me(?: back)?(?: any ?more)?[.! ]*"),
    ("number", r"(?:please )?change (?:the |my )?call[- ]?back number[.! ]*"),
    ("time", r"(?:please )?change (?:the |my )?(?:call[- ]?back time|time with (?:the )?staff)[.! ]*"),
    ("when", r"when (?:will|do) (?:you|they|the staff|your staff) call(?: me)?(?: back)?[?. ]*"),
    ("callback", r"(?:(?:can|could|would) )?(?:(?:you|someone) )?(?:please )?call me(?: back)?(?: [a-z0-9: ]{0,24})?[?.! ]*"),
    ("slot", r"(?:please )?book (?:a |an )?(?:time|appointment) with (?:the |your )?staff[.! ]*"),
)  # fmt: skip
_PATTERNS = tuple((what, re.compile(words, re.I)) for what, words in _WORDS)
_SLOT_IN_QUEUE = re.compile(rf"{_LEAD}(?:预约|约)(?:个|一个|一下)?(?:时间)?{_TAIL}")
_CALL_IN_QUEUE = re.compile(rf"{_LEAD}留(?:个|下)?(?:我的)?(?:电话|号码|手机号?|联系方式){_TAIL}|{_LEAD}{_CALL}{_TAIL}")
_LONGEST = 80
_NEVER_MIND = re.compile(r"(?:算了|不约了?|不留了?|不用了?|取消|先不|不要了?|no|cancel|never ?mind|not now)[吧了。.！! ]*", re.I)


def read(text: str, *, waiting: bool) -> What | None:
    """What is wanted; None where the words are about something else.

    Args:
        waiting: she waits for a person, so that 约个时间 is one with staff.
    """
    said = simplify(text.strip()).replace("’", "'")
    if len(said) > _LONGEST:
        return None
    if waiting and _SLOT_IN_QUEUE.fullmatch(said):
        return "slot"
    if waiting and _CALL_IN_QUEUE.fullmatch(said):
        return "callback"
    return next((what for what, words in _PATTERNS if words.fullmatch(said)), None)


def never_mind(text: str) -> bool:
    """Whether she would rather have nothing agreed."""
    return _NEVER_MIND.fullmatch(simplify(text.strip())) is not None
