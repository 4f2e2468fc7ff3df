"""Finding the frequently asked question that a citizen's question is.

An English question is compared by its telling words (``search/english.py``): by characters, what do I need to bring would be
most like whatever has a do, an I and a need in it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

from knowledge.regions import regions_in
from knowledge.schema import Faq, Guide
from knowledge.search.english import closest_faq as closest_in_english
from knowledge.search.english import is_english
from knowledge.text import char_ngrams, char_weight, fold, segments

# Cosine from which the question counts as the same one; measured on the guides' own questions, see the tests.
CLOSE = 0.42
# What the item's own name weighs: every question names it, so it says little about which question it is.
_NAME = 0.25
# A question of an item's name and nothing but what is asked (办护照要什么材料) is a general one: only the very same faq is it.
SAME = 0.8
_ASKS = re.compile(
    r"[\s，。,.!！?？；;、]|材料|资料|手续|东西|证件|清单|多久|多长时间|时间|时限|几天|几个工作日|多少天|多少钱|费用|收费|价格|[在去]?哪[里儿]|[在去]哪|哪个地方|地方|"
    r"地点|窗口|流程|步骤|条件|要求|什么|哪些|哪几样|啥|怎么|如何|怎样|准备|带齐|带|在|交|提交|需要|要|得|需|应该|办理|申请|办好|办下来|办|领取|领|拿到|下来|做|弄|"
    r"一个|一张|一本|一下|一共|大概|总共|我们|我|本人|想|能|可以|去|到|花|用|还|都|有|请问|你好|您好|[的吗呢吧啊呀嘛了是]"
)
# What asks for a time or a sum is answered by no faq that asks for none.
_TOPICS = (
    re.compile(r"多久|多长时间|几天|几个工作日|多少天|什么时候|啥时候|时限|期限|几个月|几年|当天|当场|最快|最晚|加急|快"),
    re.compile(r"钱|费|价|工本|收多少|交多少|领多少|税"),
)
_EMPTY = frozenset("吗呢吧啊呀嘛的了是有要我你您能可以不怎么办请问")


def closest_faq(guide: Guide, question: str, close: float = CLOSE) -> Faq | None:
    """The faq whose question is close enough to this one, or None."""
    if is_english(question):
        return closest_in_english(guide, question)
    named = set(_grams([guide.name, *guide.names.aliases]))
    asked = _bag(question, named)
    close = max(close, SAME) if general(guide, question) else close
    topics = [topic for topic in _TOPICS if topic.search(question)]
    faqs = [faq for faq in guide.faqs if all(topic.search(faq.question) for topic in topics)]

    def likeness(faq: Faq) -> float:
        # 居民楼底下能开饭店吗？没有烟道可以开吗？ are two ways to ask it: either is enough.
        ways = {faq.question, *(way for way in re.split(r"[?？]", faq.question) if way.strip())}
        return max(_cosine(asked, _bag(way, named)) for way in ways)

    best, faq = max(((likeness(faq), faq) for faq in faqs), key=lambda found: found[0], default=(0.0, None))
    return faq if best >= close else None


def general(guide: Guide, question: str) -> bool:
    """Whether a question names only the item, a situation, and one of the things every guide tells (材料, 时限, 费用 …)."""
    cases = [word for field in guide.fields if field.situation for o in field.offered for word in (o.label, *o.aliases)]
    words = {guide.name, *guide.names.aliases, *guide.names.colloquial, *(word for word in cases if len(word) > 1)}
    names = sorted(words, key=len, reverse=True)
    rest = fold(question)
    for name in names:
        rest = rest.replace(fold(name), "")
    for start, end, _ in reversed(regions_in(rest)):
        rest = rest[:start] + rest[end:]
    return not _ASKS.sub("", rest)


def _grams(texts: Iterable[str]) -> list[str]:
    grams = [gram for text in texts for gram in char_ngrams(segments(fold(text)), 1, 2)]
    return [gram for gram in grams if not set(gram) <= _EMPTY]


def _bag(text: str, named: set[str]) -> dict[str, float]:
    return {gram: char_weight(gram) * (_NAME if gram in named else 1.0) * (1 + math.log(count))
            for gram, count in Counter(_grams([text])).items()}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    length = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return sum(weight * other.get(gram, 0.0) for gram, weight in one.items()) / length if length else 0.0
