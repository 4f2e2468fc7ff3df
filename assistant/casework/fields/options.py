"""Choosing among options by tapping, number, label, other words for it, or a close paraphrase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from assistant.casework.fields import english, english_options
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise
from assistant.foundation.messages import t
from knowledge.schema import Option

YES = (
    "是的",
    "是",
    "对的",
    "对",
    "有",
    "要",
    "需要",
    "好的",
    "好",
    "可以",
    "行",
    "嗯",
    "确认",
    "确定",
    "没问题",
    "没错",
    "同意",
    "没毛病",
    "中",
    "得",
    "ok",
    "yes",
    "y",
    "办",
    "开始",
    "提交",
    "无误",
    "都对",
    "开始吧",
    "办吧",
    "来吧",
    "好啊",
    "好呀",
    "行啊",
    "可以的",
    "愿意",
    "sure",
)
NO = (
    "不是",
    "不对",
    "没有",
    "不要",
    "不用",
    "不需要",
    "不",
    "否",
    "无",
    "没",
    "先不",
    "不行",
    "不可以",
    "不同意",
    "算了",
    "no",
    "n",
    "不了",
    "别",
    "未",
    "不办",
    "不提交",
    "先不提交",
    "暂不",
    "有误",
    "不确认",
    "再想想",
    "等等再说",
)
PARTICLES = "的了吧呢啊呀哈嘛哦噢喔"
_NUMBER = re.compile(r"^(?:选|第|选第|就)?\s*([0-9]{1,2}|[一二三四五六七八九十]{1,2}|[①-⑩])\s*(?:个|项|种|号|条)?(?:吧|。|\.)?$")
_CLOSE = 0.62


def _plain(text: str) -> str:
    return re.sub(r"[\s，。,.!！?？；;、~～\"'“”（）()]", "", normalise(text)).lower()


@lru_cache(maxsize=4096)
def _sound(text: str) -> str:
    return "".join(lazy_pinyin(text, style=Style.NORMAL))


def yes_or_no(text: str) -> bool | None:
    """True, False, or None where the words say neither. The longest expression at the start or end decides."""
    if english.is_latin(text):
        return english.yes_or_no(text)
    plain = _plain(text)
    while True:
        if plain in NO:
            return False
        if plain in YES:
            return True
        if len(plain) < 2 or plain[-1] not in PARTICLES:
            break
        plain = plain[:-1]
    starts_no = max((len(w) for w in NO if plain.startswith(w)), default=0)
    starts_yes = max((len(w) for w in YES if plain.startswith(w)), default=0)
    if len(plain) <= 12 and starts_no != starts_yes:
        return starts_yes > starts_no
    return None


def ordinal(text: str, count: int) -> int | None:
    """0-based index said as a number (2, 第二个, ②, 最后一个), within ``count``."""
    plain = text.strip()
    if english.is_latin(plain):
        return english.ordinal(plain, count)
    if re.fullmatch(r"(?:选)?最后一?[个项种]?", plain):
        return count - 1
    match = _NUMBER.match(plain)
    if not match:
        return None
    if "①" <= match[1] <= "⑩":
        number = ord(match[1]) - ord("①") + 1
    else:
        value = chinese_to_decimal(match[1])
        number = int(value) if value is not None else 0
    return number - 1 if 1 <= number <= count else None


def match_option(text: str, options: Sequence[Option]) -> Option | None:
    """The one option these words mean, or None when none or several fit."""
    raw = text.strip()
    for option in options:
        if raw in (option.value, option.label):
            return option
    index = ordinal(raw, len(options))
    if index is not None:
        return options[index]
    if english.is_latin(raw) and any(english.is_latin(word) for o in options for word in _words(o)):
        return english_options.match(raw, options)
    plain = _plain(text)
    if not plain:
        return None
    exact = [o for o in options if plain in (_plain(w) for w in _words(o))]
    if exact:
        return exact[0]
    contained = [(len(_plain(w)), o) for o in options for w in _words(o) if len(_plain(w)) >= 2 and _plain(w) in plain]
    # 没有遗失 contains 遗失: the longest wording that fits wins, and only if no other option fits equally well
    best = _only(contained)
    if best is not None:
        return best
    inside = [(1, o) for o in options if len(plain) >= 2 and any(plain in _plain(w) for w in _words(o))]
    if len({o.value for _, o in inside}) == 1:
        return inside[0][1]
    sounds = [o for o in options if any(_sound(plain) == _sound(_plain(w)) for w in _words(o))]
    if len({o.value for o in sounds}) == 1:
        return sounds[0]
    close = sorted(
        ((max(SequenceMatcher(None, plain, _plain(w)).ratio() for w in _words(o)), o) for o in options), key=lambda pair: -pair[0]
    )
    if close and close[0][0] >= _CLOSE and (len(close) == 1 or close[0][0] - close[1][0] > 0.1):
        return close[0][1]
    return None


def _words(option: Option) -> list[str]:
    return [option.label, *option.aliases]


def _only(scored: Iterable[tuple[int, Option]]) -> Option | None:
    ranked = sorted(scored, key=lambda pair: -pair[0])
    if not ranked:
        return None
    top = {o.value for score, o in ranked if score == ranked[0][0]}
    return ranked[0][1] if len(top) == 1 else None


def parse_choice(text: str, options: Sequence[Option]) -> Parsed:
    """One option; ``value`` is the option's value, ``display`` its label."""
    option = match_option(text, options)
    if option is None:
        labels = t("fields.list_separator").join(o.label for o in options)
        return Rejected("choice_unknown", t("fields.choice_unknown", options=labels))
    return Accepted(option.value, option.label)


def parse_multi(text: str | Sequence[str], options: Sequence[Option]) -> Parsed:
    """Several options, from an array of values or from one sentence naming them; kept in the order of ``options``."""
    chosen: set[str] = set()
    if isinstance(text, str):
        if re.search(r"(全部|全都|都要|都有|所有|全选)|^(?:all(?: of (?:them|these))?|everything|every one)[.! ]*$", text, re.I):
            chosen = {o.value for o in options}
        else:
            for part in re.split(
                r"[，,、;；/\s]|和|跟|还有|以及|加上|加" if not english.is_latin(text) else r"[,;/]|\band\b|\bplus\b|&",
                normalise(text),
            ):
                option = match_option(part, options) if part.strip() else None
                if option:
                    chosen.add(option.value)
            plain = "" if english.is_latin(text) else _plain(text)
            chosen |= {o.value for o in options if any(len(_plain(w)) >= 2 and _plain(w) in plain for w in _words(o))}
    else:
        known = {o.value for o in options}
        unknown = [value for value in text if value not in known]
        if unknown:
            return Rejected(
                "choice_unknown", t("fields.choice_unknown", options=t("fields.list_separator").join(o.label for o in options))
            )
        chosen = set(text)
    if not chosen:
        return Rejected(
            "choice_unknown", t("fields.choice_unknown", options=t("fields.list_separator").join(o.label for o in options))
        )
    picked = [o for o in options if o.value in chosen]
    return Accepted([o.value for o in picked], t("fields.list_separator").join(o.label for o in picked))
