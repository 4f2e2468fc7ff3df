"""Hearing how she wants to receive her result, and where a parcel is: 办好了寄给我, 改自取, 快递到哪了, 叫快递来取材料.

Only whole sentences that say nothing else are heard, so that 能邮寄吗 and 要寄什么材料 go to whom they belong. A case number may
stand before or behind.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.casework.shipping.address import Way

Said = Way | Literal["where", "envelope", "address", "choices"]

CASE_NO = re.compile(r"BD\s?\d{8}\s?-?[0-9A-Z]{8}(?![0-9A-Z])", re.I)
_BEFORE = (
    r"(?:那|就|还是|我|想|要|请|麻烦|帮我?|你们?|给|把|可以|改|改成|改为|换|换成|选|结果|证件?|证书|执照|证照|材料|东西|新的?|"
    r"办好了?|办完了?|出来了?|好了|以后|之后|的话|直接|，|,| )*"
)
_END = r"(?:一下|就行|就好|就可以|好了|给我|吧|啊|呀|了|的|哦|呢|，|,| )*[。.！!~～ ]*"
_SAID: tuple[tuple[Said, str, str], ...] = (
    (
        "where",
        r"(?:我的)?(?:快递|快件|包裹|邮件|寄件|信封)(?:现在)?(?:到哪(?:里|儿)?|走到哪(?:里|儿)?|在哪(?:里|儿)?|到(?:了)?没有?|寄到哪(?:里|儿)?|"
        r"寄出(?:来)?(?:了)?(?:没有?|吗)|单号(?:是)?(?:多少|什么)?|送到(?:了)?(?:没有?|吗))(?:了|啦|呀|吗|呢)*[?？]*|"
        r"(?:查|看)(?:一?下|看)?(?:我的)?(?:快递|物流|包裹|运单)(?:信息|进度|单号)?|寄(?:出来|出去?|出)?了(?:没有?|吗)[?？]*",
        r"where is my (?:parcel|package|envelope)\??|track(?: my)? (?:parcel|package)",
    ),
    (
        "envelope",
        r"免跑腿信封|(?:要|用|来)一?个?免跑腿信封|(?:叫|让|请)?快递(?:员)?(?:上门|来|过来)+取(?:走|一下)?(?:材料|原件|件|东西)?|"
        r"上门取(?:材料|原件|件)|(?:寄|邮寄)(?:材料|原件)(?:过去|给你们)?",
        r"have (?:my|the) (?:papers|originals) (?:picked|fetched)(?: up)?|pick up my (?:papers|originals)",
    ),
    (
        "address",
        r"(?:换|改)(?:一?个|一?下)?(?:收件|收货|邮寄|寄送|快递)?(?:的)?地址(?:再寄|重新寄|寄)?|(?:重新|再)寄(?:一次|一下)?",
        r"(?:use |send it to )?another address|send it again",
    ),
    (
        "choices",
        r"(?:换|改)(?:一?个|一?下)?(?:领取|收取|拿证|领证|送达)方式|怎么(?:领取?|拿|收)(?:结果|证|证件|执照)[?？]?",
        r"change how i (?:receive|get) (?:it|the result)",
    ),
    (
        "post",
        r"(?:邮寄|快递|寄)(?:给我|到家里?|过来|到我家|到我这里|上门|回来|送)*|寄到(?:家里?|我家|我这里)|用?快递(?:寄|送)(?:给我|过来)?|送(?:上门|到家里?)",
        r"(?:send|mail|post) it(?: to me)?(?: by (?:post|mail|courier))?|by (?:post|mail|courier)",
    ),
    (
        "counter",
        r"自取|自己(?:去|来)?(?:取|领|拿)|(?:我)?(?:到|去|来)(?:窗口|大厅|现场|网点)(?:取|领|拿|自取)(?:取)?(?:件|证)?|窗口(?:自?取|领取?|拿)|不(?:要|用|想)?(?:邮?寄|快递)",
        r"(?:i'll |i will )?(?:pick it up|collect it|fetch it)(?: at the (?:window|counter)| myself)?",
    ),
    (
        "electronic",
        r"(?:只)?要?电子(?:版|证|证照|的|文件|版的)?(?:就行|就可以|就够|就好)?|(?:发|给)?电子(?:版|的)(?:给我)?|不(?:要|用)纸质的?",
        r"(?:the )?(?:electronic|digital) (?:one|version|file)(?: is (?:fine|enough))?",
    ),
)  # fmt: skip
_PATTERNS: tuple[tuple[Said, re.Pattern[str]], ...] = tuple(
    (said, re.compile(rf"{_BEFORE}(?:{chinese}){_END}|(?:please )?(?:{english})(?: please)?[.! ]*", re.I))
    for said, chinese, english in _SAID
)


def read(text: str) -> Said | None:
    """What a sentence says of receiving, and nothing else; None for everything else."""
    plain = CASE_NO.sub("", text).strip(" ：:（）()，,").replace("’", "'")
    if not plain or len(plain) > 60:
        return None
    return next((said for said, pattern in _PATTERNS if pattern.fullmatch(plain)), None)


def number_in(text: str) -> str | None:
    """The case number in a sentence, as cases have it."""
    found = CASE_NO.search(text)
    return re.sub(r"[\s-]", "", found[0]).upper() if found else None
