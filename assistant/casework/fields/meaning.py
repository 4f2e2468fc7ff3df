"""What an answer of any kind may be wrapped in: a slip taken back, a question, words that settle nothing."""

from __future__ import annotations

import re

from assistant.engine.components.patterns.numerals import normalise

#: A clause; the commas inside 1,000 are no ends.
_PIECE = r"(?:,(?=\d{3}(?!\d))|[^，,。；;])+?"
_NOT_BUT = re.compile(
    rf"(?<!是)不是\s*(?P<old>{_PIECE})\s*[，,]?\s*(?:而是|应该是|应当是|应该|是)\s*(?P<new>(?:,(?=\d{{3}}(?!\d))|[^，,。；;])+)"
)
_BUT_NOT = re.compile(
    r"(?:是|叫|为)\s*(?P<new>[^，,。；;是]+?)\s*[，,]?\s*(?:而|才对)?[，,]?不是\s*(?P<old>[^，,。；;吗]+?)[的吧啊呢。！!]*$"
)
_NOT_BUT_ENGLISH = re.compile(r"\bnot (?P<old>.+?)[, ]+(?:but|it's|it is|rather) (?P<new>.+?)[.! ]*$", re.I)
_BEFORE_AND_NOW = re.compile(
    r"(?:(?:原来|原先|以前|之前|本来|最早|去年|前年|上个?月)[^，,。；;]+|有过)[，,。；;]\s*(?:但是?|可是|后来)?(?:现在|如今|目前|后来|今年|这个?月)"
    r"(?:已经)?(?:换成|改成|改为|换|改|用|是|叫|为)*\s*(?P<new>[^，,。；;]+?)了?$"
)
#: A longer text tells a story, in which 不是 and 现在 say more than what is meant.
_LONGEST = 200
#: 三千五，不对，三千八.
_CORRECTED = re.compile(r"^.+[,，。;；]\s*(?:哦|啊|哎呀?)?(?:不对|说?写?错了)[,，]*\s*(?:应该)?(?:是|为)?(?P<new>.+)$")
#: 从张三换成李四, 从示例路66号搬到示例路88号.
_CHANGED = re.compile(
    r"^(?:从|由)?[^,，。;；]{2,}?(?:变更为|更名为|换成了?|改成了?|改为|搬到了?|迁到了?)(?P<new>[^,，。;；]{2,})$"
)
#: 示例路88号不是66号.
_NOT_THAT = re.compile(r"^(?P<new>[^,，。;；]{2,}?)[,，]?不是[^,，。;；是]+$")
_ASKS = re.compile(r"[?？]|[吗么][。！!]*$|什么|怎么|咋|哪[个里儿些家天]|多少|是不是|要不要|能不能|可不可以|有没有|几号$|谁")
_UNSETTLED = re.compile(
    r"不知道|不晓得|不清楚|没想好|没定|没确定|不确定|不一定|还没|没有?起|没取|随便|都行|都可以|忘记?了|记不[得清住]|想不起|同上|等[一下会]|回头|再说|看情况|"
    r"说不准|[跟和同与].{1,8}(?:一样|一个[名样地人]|相同|一致)|一样的?$|你猜|来着|帮我?[想起取]|[起想取]一?个|老地方|之前的?$|上次的?$"
)


def not_but(text: str) -> tuple[str, str] | None:
    """What is wrong and what is right: 不是88号是66号."""
    match = _NOT_BUT.search(text) or _BUT_NOT.search(text) or _NOT_BUT_ENGLISH.search(text)
    return (match["old"].strip(), match["new"].strip()) if match else None


def meant(text: str) -> str:
    """The text without what it takes back: of 不是张三，是李四 and 原来是张三，现在是李四 the latter, of anything else all."""
    plain = normalise(text)
    if len(plain) > _LONGEST:
        return plain
    if instead := not_but(plain):
        return instead[1]
    for pattern in (_CORRECTED, _CHANGED, _NOT_THAT):
        if found := pattern.match(plain):
            return found["new"].strip()
    return now(plain)


def now(text: str) -> str:
    """Of 原来是张三，现在是李四 what holds now, of anything else all."""
    found = _BEFORE_AND_NOW.search(text) if len(text) <= _LONGEST else None
    return found["new"].strip() if found else text


def asks(text: str) -> bool:
    """Whether a Chinese answer is itself a question."""
    return _ASKS.search(text) is not None


def unsettled(text: str) -> bool:
    """Whether it says that there is no answer yet, or points at one said elsewhere: 不知道, 还没定, 和法人一样."""
    return _UNSETTLED.search(text) is not None
