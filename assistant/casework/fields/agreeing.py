"""Yes and no in their many forms: 对头, 木有, 当然有, 以前有，现在没有; and what says neither: 不一定, 好像有, 有没有."""

from __future__ import annotations

import re

from assistant.casework.fields import english
from assistant.casework.fields.meaning import now
from assistant.engine.components.patterns.numerals import normalise

YES = frozenset((
    "是的", "是", "对的", "对", "对头", "有", "有的", "有过", "要", "要得", "需要", "好的", "好", "好嘞",
    "可以", "可以的", "行", "嗯", "嗯呢", "确认", "确定", "没问题", "没错", "没有错", "同意", "没毛病", "中",
    "得", "ok", "okay", "yes", "y", "sure", "办", "开始", "提交", "无误", "都对", "开始吧", "办吧",
    "来吧", "愿意", "当然", "肯定", "必须", "必须的", "确实", "的确", "可不是", "那是", "是这样", "是滴", "是哒",
    "都是", "全是", "会", "好啊", "好呀", "行啊", "没意见", "系", "係",
))  # fmt: skip
NO = frozenset((
    "不是", "不对", "没有", "不要", "不用", "不需要", "不", "否", "无", "没", "先不", "不行", "不可以",
    "不同意", "算了", "no", "n", "nope", "不了", "别", "未", "不办", "不提交", "先不提交", "暂不", "有误",
    "不确认", "再想想", "等等再说", "木有", "莫得", "没得", "冇", "冇得", "还没", "还没有", "哪有", "不必",
    "用不着", "没必要", "不存在", "不可能", "不会", "不想", "不打算", "不都是", "不全是", "都不是", "没有过", "没过",
    "要不了", "暂无", "哪里有", "怎么可能", "免了", "没了", "是没有", "怎么会有", "没这回事", "没那个", "唔系", "唔係", "无有",
))  # fmt: skip
PARTICLES = "的了吧呢啊呀哈嘛哦噢喔滴哒咯"
#: Neither yes nor no, whatever word it begins with.
_NEITHER = re.compile(
    r"[?？吗]|不.{0,2}清楚|不知道|不晓得|不一定|不确定|不好说|说不[准好清]|(?<!不)可能|好像|也许|或许|大概|应该|看情况|随便|有没有|是不是|要不要|会不会|什么|怎么|到哪|哪一?步|"
    r"^不错|^有点$|^没得事|除了|大部分|多数|基本上?|差不多|几乎|一部分|有些是|个别|是也不是|又是又不是|有的有|一半|不是没有|没有不是|等[一下等]*$"
)
#: What goes before a yes or a no without changing it.
_BEFORE = re.compile(
    r"^(?:[嗯哦啊呃]|那|这个?|我们?家?|咱们?|俺|他们?|她们?|家里|公司|店里|单位|现在|目前|暂时|当然|肯定|确实|的确|真的?|其实|都|也|就|才|根本|从来|一直|"
    r"一[个家辆次样点]都|完全|绝对|已经|谢谢)+"
)
_SURE = re.compile(r"^(?:那|这)?(?:当然|肯定|确实|的确|必须|绝对)")
_DOUBLED = re.compile(r"^(不是|不要|不用|没有|对的|是的|好的|可以|没|不|是|对|有|中|好|行|嗯|要)\1+")
#: One that is not is enough against 都是…吗.
_EXCEPTION = re.compile(r"^有.{1,8}(?:不是|不行|不符合|没有?)的?$|^(?:不|没)(?:都|全)")
_ALL_OF_THEM = re.compile(r"^[^不没]{0,4}(?:都|全)是")
_LONGEST = 12


def yes_or_no(text: str) -> bool | None:
    """True, False, or None where the words say neither. A whole expression decides, else the longest it begins with."""
    if english.is_latin(text):
        return english.yes_or_no(text)
    plain = re.sub(r"[\s，。,.!！;；、~～\"'“”（）()√]", "", now(normalise(text))).lower()
    if whole(plain) is not None:
        return whole(plain)
    if _NEITHER.search(plain):
        return None
    if _EXCEPTION.search(plain):
        return False
    if _ALL_OF_THEM.match(plain):
        return True
    for view in (_BEFORE.sub("", plain), plain):
        if (said := whole(view)) is not None:
            return said
        starts_no = max((len(word) for word in NO if view.startswith(word)), default=0)
        starts_yes = max((len(word) for word in YES if view.startswith(word)), default=0)
        if len(plain) <= _LONGEST and starts_no != starts_yes:
            return starts_yes > starts_no
    return True if _SURE.match(plain) and len(plain) <= 4 else None


def wavers(text: str) -> bool:
    """Whether a Chinese answer asks, doubts or says both: 好像有, 有没有, 是也不是."""
    return _NEITHER.search(text) is not None


def whole(said: str) -> bool | None:
    """What an expression says that is nothing but a yes or a no, with particles or twice over; None for any other."""
    plain = _DOUBLED.sub(r"\1", said.lower())
    while True:
        if plain in NO:
            return False
        if plain in YES:
            return True
        if len(plain) < 2 or plain[-1] not in PARTICLES:
            return None
        plain = plain[:-1]
