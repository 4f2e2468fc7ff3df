"""Turning a sentence into what search compares: folded characters, content without its frame, words, fuzzy syllables.

Everything here is deterministic and quick (microseconds to a fraction of a millisecond a sentence), because the guides'
names and the citizen's sentence pass through the same functions.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

_SPACES = re.compile(r"\s+")
_SEGMENT = re.compile(r"[\u3400-\u9fff〇]+|[a-z0-9]+(?:[.\-+][a-z0-9]+)*")
_HAN = re.compile(r"[\u3400-\u9fff〇]")

# What people put around an item whatever the item is. Removing it from names and sentences alike keeps "怎么办" from being
# evidence for the one guide whose samples happen to say 怎么办. Longest first, so that 怎么办理 is not left with 理.
_FRAME = """
请问一下 请问 您好 你好 麻烦你 麻烦 咨询一下 咨询 了解一下 打听一下 我想问问 想问一下 想问问 问一下 问问 想了解 想知道 告诉我 帮我查 查一下 看一下 出来
我想要 我想 我要 我需要 想要 需要 帮我 帮忙 给我 替我 能不能 可不可以 可以吗 能否 可否 是否 可以 要不要 用不用 需不需要 应该 打算 准备 现在 目前
怎么办理 如何办理 怎么办 怎样办理 咋办 怎么弄 怎么搞 咋弄 怎么操作 怎么申请 如何申请 怎么才能 怎么 怎样 如何 咋 办理 办一下 办一个 办个 弄一下 弄个 搞个
什么材料 哪些材料 什么资料 哪些资料 材料 资料 要带什么 带什么 要准备 什么条件 哪些条件 什么流程 流程 步骤 手续 什么 哪些 啥
多长时间 多久 几天 几个工作日 时限 什么时候 何时 多少钱 要多少 收费 费用 要钱吗 免费 多少 在哪里 去哪里 到哪里 在哪儿 去哪儿 哪里 哪儿 在哪 去哪 窗口 地点
网上 线上 本人 到场 有关 关于 问题 的话 这个 那个 一下 怎么回事 为什么 谢谢 好的 吗 呢 吧 啊 呀 嘛 哦 的 了 我 你 您 我们 你们 咱们 他 她
""".split()
_FRAME_RE = re.compile("|".join(re.escape(phrase) for phrase in sorted(set(_FRAME), key=lambda p: (-len(p), p))))

# Sounds that speech recognition and southern speakers merge (模糊音), and endings heard alike.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def fold(text: str) -> str:
    """Simplified characters, half-width forms, lower case, single spaces."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return str(_simplifier().convert(_SPACES.sub(" ", folded).strip()))


def segments(folded: str) -> list[str]:
    """The runs of Chinese characters, and the Latin words or numbers, of a folded text, in order."""
    return _SEGMENT.findall(folded)


def content(folded: str) -> list[str]:
    """The segments of a folded text with the frame (请问, 怎么办, 要什么材料 …) cut out.

    >>> content("请问公司住所变更登记怎么办理呀")
    ['公司住所变更登记']
    """
    return segments(_FRAME_RE.sub(" ", folded))


def is_han(segment: str) -> bool:
    """Whether a segment is Chinese rather than a Latin word or a number."""
    return bool(_HAN.match(segment))


def char_ngrams(parts: Iterable[str], smallest: int = 1, largest: int = 3) -> list[str]:
    """Character n-grams inside each segment; a Latin word or a number is one gram of its own."""
    grams: list[str] = []
    for part in parts:
        if not is_han(part):
            grams.append(part)
            continue
        for size in range(smallest, largest + 1):
            grams += [part[i:i + size] for i in range(len(part) - size + 1)]
    return grams


@lru_cache(maxsize=8192)
def _fuzzy(syllable: str) -> str:
    for written, heard in _INITIALS:
        if syllable.startswith(written) and len(syllable) > len(written):
            syllable = heard + syllable[len(written):]
            break
    for written, heard in _FINALS:
        if syllable.endswith(written):
            return syllable[: -len(written)] + heard
    return syllable


@lru_cache(maxsize=4096)
def syllables(part: str) -> tuple[str, ...]:
    """Toneless fuzzy pinyin of a Chinese segment: 助所便更 and 住所变更 give the same syllables."""
    from pypinyin import Style, lazy_pinyin

    return tuple(_fuzzy(syllable) for syllable in lazy_pinyin(part, style=Style.NORMAL, errors="ignore"))


def pinyin_ngrams(parts: Iterable[str], smallest: int = 1, largest: int = 3) -> list[str]:
    """Syllable n-grams inside each segment, written ``zu_suo``; a Latin word is one gram of its own."""
    grams: list[str] = []
    for part in parts:
        sounds = syllables(part) if is_han(part) else (part,)
        for size in range(smallest, largest + 1):
            grams += ["_".join(sounds[i:i + size]) for i in range(len(sounds) - size + 1)]
    return grams


def _rarity_of_counts(counts: dict[str, int]) -> dict[str, float]:
    """0.1 for the commonest, 1 for what is found once in a million, by the logarithm of the frequency."""
    total = sum(counts.values())
    return {key: min(1.0, max(0.1, math.log10(total / count) / 5 - 0.2)) for key, count in counts.items() if count}


@cache
def _dictionary() -> dict[str, int]:
    """jieba's words and how often each is found in general Chinese."""
    import jieba

    jieba.setLogLevel("WARNING")
    jieba.dt.initialize()
    return dict(jieba.dt.FREQ)


@cache
def _char_rarity() -> dict[str, float]:
    counts: dict[str, int] = defaultdict(int)
    for word, count in _dictionary().items():
        for char in word:
            counts[char] += count
    return _rarity_of_counts(counts)


@cache
def _sound_rarity() -> dict[str, float]:
    counts: dict[str, int] = defaultdict(int)
    for word, count in _dictionary().items():
        if len(word) == 1:
            for sound in syllables(word):
                counts[sound] += count
    return _rarity_of_counts(counts)


def char_weight(gram: str) -> float:
    """How much a character n-gram says by itself, from 0.1 (的) to 1 (a rare character): the mean over its characters."""
    known = _char_rarity()
    return sum(known.get(char, 1.0) for char in gram) / len(gram)


def sound_weight(gram: str) -> float:
    """The same of an n-gram of syllables."""
    known = _sound_rarity()
    sounds = gram.split("_")
    return sum(known.get(sound, 1.0) for sound in sounds) / len(sounds)


class WordCutter:
    """jieba with the catalogue's names added, so that 法定代表人 stays one word; its own dictionary, never the global one."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        import jieba

        jieba.setLogLevel("WARNING")
        self._jieba: Any = jieba.Tokenizer()
        for name in names:
            for part in segments(fold(name)):
                if 1 < len(part) <= 8 and is_han(part):
                    self._jieba.add_word(part)

    def words(self, parts: Iterable[str]) -> list[str]:
        """Words of each segment, long words also cut into the dictionary words inside them; no single particles."""
        found: list[str] = []
        for part in parts:
            found += [part] if not is_han(part) else [word for word in self._jieba.cut_for_search(part) if word.strip()]
        return found
