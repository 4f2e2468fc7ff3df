"""A rating in words: stars, points and plain judgements, as the five grades of 好差评 (GB/T 39734)."""

from __future__ import annotations

import re

from assistant.casework.fields import english
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise

#: Five stars or points are the best; nothing and one the worst.
_OF_FIVE = {5: "very_satisfied", 4: "satisfied", 3: "fair", 2: "dissatisfied", 1: "very_dissatisfied", 0: "very_dissatisfied"}
_LEAD = r"(?:我|就|那|想|要|给|打|评|来|你们?|您|这次|服务|个|[，, ])*"
_STARS = re.compile(
    rf"^{_LEAD}(?P<count>[0-5]|[零〇一二两三四五])\s*(?:颗|个)?(?:星|分)(?:好评|级|吧|啦|了|哦|呢|的)*(?:[，,].{{0,12}})?$"
)
_FULL = re.compile(rf"^{_LEAD}(?:满分|满星|全五星|10分|十分|100分|一百分)(?:好评|吧|啦|了|哦)*$")
_STARS_ENGLISH = re.compile(
    r"^(?:i(?:'d| would)? (?:give|rate)(?: (?:it|this|you))?|give (?:it|you)|rating|my rating is|it's|that's)?[: ]*(?:a )?"
    r"(?P<count>[0-5]|zero|one|two|three|four|five)(?:[ -]stars?| points?|(?: out of | ?/ ?)(?:5|five)(?: stars?)?)"
    r"(?: rating)?(?: (?:please|from me))?$"
)
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (
        grade,
        re.compile(
            rf"^(?:我?觉得|感觉|服务|办得|整体|总体|{_LEAD})*(?:{zh})(?:了|的|吧|啦|哦|呀|啊)*$|"
            rf"^(?:(?:it|that)(?: was|'s) )?(?:{en})$"
        ),
    )
    for grade, zh, en in (
        ("very_dissatisfied", r"(?:非常|特别|很|极其)(?:差|不满意|糟糕?|烂)|太差(?:劲)?|差劲|垃圾|糟透",
         r"terrible|awful|horrible|very (?:bad|poor|dissatisfied)|the worst"),
        ("dissatisfied", r"不满意|不太?好|不太满意|不怎么样|有点差|差|较差",
         r"bad|poor|not (?:very )?(?:good|happy|satisfied)|dissatisfied"),
        ("very_satisfied", r"(?:非常|特别|十分|很|太)(?:满意|好|棒|赞)|棒极|太赞|完美|优秀",
         r"excellent|great|perfect|amazing|awesome|very (?:good|satisfied|happy)|outstanding"),
        ("satisfied", r"满意|挺满意|挺好|蛮好|不错", r"good|satisfied|happy|nice"),
        ("fair", r"基本满意|一般般?|还行|还可以|凑合|马马虎虎|过得去|普通", r"fair|average|so[- ]so|not bad|fairly satisfied"),
    )
)  # fmt: skip
_TIME_OF_DAY = re.compile(
    r"(?:是|在|大概|大约|约|[，, ])*(?:今天|昨天|前天|当天|\d{1,2}[月/-]\d{1,2}[日号]?)?"
    r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜)?"
    r"(?:(?:[01]?\d|2[0-4])(?::[0-5]\d(?::[0-5]\d)?|[点时](?:半|整|[一三]刻|[0-5]?\d分?|[零〇一二三四五六七八九十]{1,3}分?)?)|"
    r"[零〇一二两三四五六七八九十]{1,3}[点时](?:半|整|[一三]刻|[0-5]?\d分?|[零〇一二三四五六七八九十]{1,3}分?)?)"
    r"(?:左右|前后|多|许|吧|的|生的?|出生的?)*[。.！!]?"
)


def grade_in(text: str) -> str | None:
    """The grade that words give (五星, 打4分, five stars, 挺好的); None where they are no rating.

    A bare number is none: it counts the options offered.
    """
    plain = re.sub(r"[\s。.！!~～]+$", "", normalise(text))
    if english.is_latin(plain) or re.fullmatch(r"[0-5] ?/ ?5", plain):
        said = english.plain(plain)
        stars = _STARS_ENGLISH.match(said)
        count = english.number(stars["count"]) if stars else None
    else:
        said = plain
        stars = _STARS.match(said)
        count = chinese_to_decimal(stars["count"]) if stars else None
        if _FULL.match(said):
            return "very_satisfied"
    if count is not None:
        return _OF_FIVE[int(count)]
    return next((grade for grade, pattern in _WORDS if pattern.match(said)), None)


def is_time_of_day(text: str) -> bool:
    """Whether the words tell a time (上午9时25分) and nothing else; its 分 are no points."""
    return _TIME_OF_DAY.fullmatch(normalise(text)) is not None
