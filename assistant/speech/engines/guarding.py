"""What a recogniser makes up where nobody spoke: repetition, subtitles of films, its own prompt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from opencc import OpenCC

#: Lines that stood under the films such models learned from. Whole utterances of these were never said at a counter.
_PHANTOMS = re.compile(
    r"请不吝点赞|点赞.{0,4}订阅|订阅.{0,4}转发|打赏支持|明镜与点点|明镜需要您的支持|字幕(由|组|志愿者|製作|制作|提供|by)|中文字幕|谢谢(大家)?(观看|收看|收听)"
    r"|感谢(您的)?(观看|收看|收听)|我们下(期|集)(再见|见)|amara\.?org|優優獨播|优优独播|未经作?者?许可|以下是普通话的句子|说的是政务服务"
    r"|thanks? for watching|subscribe to|subtitles? by|please subscribe",
    re.IGNORECASE,
)
_MOST_PER_SECOND = 12.0
"""Characters: nobody speaks faster than about nine."""
_NUMERALS = frozenset("零一二三四五六七八九幺两十百千万")
_NO_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """`text` in simplified characters."""
    converted: str = _converter().convert(text)
    return converted


def believable(text: str, seconds: float, hints: Sequence[str] = ()) -> bool:
    """Whether `text` can have been said in `seconds` of sound.

    False for nothing, phantom subtitles, the prompt's own words read back, more than a tongue can do, and a few
    characters said over and over.
    """
    bare = _NO_WORD.sub("", text)
    if not bare or _PHANTOMS.search(text):
        return False
    if sum(1 if "\u3400" <= c <= "\u9fff" else 0.3 for c in bare) > _MOST_PER_SECOND * max(seconds, 0.5):
        return False
    if len([hint for hint in hints if hint in text]) >= 4 and len(bare) > 0.8 * sum(map(len, hints)):
        return False
    return not _repeats(bare)


def _repeats(bare: str) -> bool:
    """One to twelve characters repeated without end; digits may repeat as they like: 13800000000."""
    if any(c.isdigit() for c in bare):
        return False
    if len(bare) < 12:
        return len(bare) > 5 and len(set(bare)) == 1 and bare[0] not in _NUMERALS
    return any(re.search(rf"(.{{{size}}})\1{{{max(3, 9 // size)},}}", bare) for size in range(1, 13)) and not (
        set(bare) <= _NUMERALS
    )
