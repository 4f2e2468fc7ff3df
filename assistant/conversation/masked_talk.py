"""What may be kept of a sentence somebody said: no number, no name, no address; and nothing of it where too little is left.

Values are found as the engine finds them, and whatever may be part of one by ``foundation.masking``. Names cannot be found by
patterns for certain, so every way there is is tried: what the case holds, words that introduce a name, and words a dictionary
takes for a surname and what follows it. A harmless word hidden costs a label; a name kept would cost more.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from assistant.engine.components.patterns.finding import identifying
from assistant.engine.components.patterns.people import COMPOUND, PLAIN, ROLES, SURNAMES
from assistant.foundation.masking import mask_text

LONGEST = 200
"""Characters. Longer ones tell a story of somebody's own, and teach little."""

NAME, ADDRESS, COMPANY, NUMBER = "[name]", "[address]", "[company]", "[number]"
STAND_INS: Mapping[str, str] = MappingProxyType({
    NAME: "张三", ADDRESS: "示例路88号", COMPANY: "示例公司", NUMBER: "12345678901", "[email]": "someone@example.com",
    "[paper]": "E12345678", "[plate]": "沪A12345", "[door]": "88号",
})  # fmt: skip
"""What stands in training data where something was hidden; all invented."""

_INSTEAD: Mapping[str, str] = MappingProxyType({
    "id_number": NUMBER, "uscc": NUMBER, "phone": NUMBER, "email": "[email]", "address": ADDRESS, "person_name": NAME,
})  # fmt: skip
_HAN = r"[\u3400-\u9fff]"
_STOP = '的了吗呢吧啊和跟与是在要想办去来给到从等家也不能可以怎么什填，。、！？；：,.!?;: “”"（）()'
_WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("masked_words.yaml").read_text(encoding="utf-8"))
_NO_NAMES = frozenset(_WORDS["no_names"].split())
_ANY, _SURE, _LONG = f"[{''.join(sorted(SURNAMES))}]", f"[{''.join(sorted(PLAIN))}]", f"(?:{'|'.join(sorted(COMPOUND))})"
_NONE = "|".join(sorted(_NO_NAMES))
_GIVEN = rf"[^{_STOP}\[]{{1,2}}"
_BEGIN = "(?:(?<=^)|(?<=[给帮替为代找，。、,]))"
_PLACE = "(?:镇|乡|村|路|街|弄|巷|胡同|小区|新村|花园|苑|公寓|大厦|广场)"
_SAYS_PLACE = "(?:(?<=住在)|(?<=家住)|(?<=住址)|(?<=地址)|(?<=位于)|(?<=户籍在)|(?<=户口在))(?:在|是|为|：|:)?(?!农村|哪)"
_SAYS_NAME = "(?:(?<=我叫)|(?<=名叫)|(?<=叫做)|(?<=他叫)|(?<=她叫)|(?<=我姓))"
_CALLED = r"(?:是|为|叫|：|:|\s)+"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE if "a-z" in pattern else 0), word)
    for pattern, word in (
        (rf"{_HAN}{{0,12}}?(?:{_PLACE}|大道|里|园区?|号)\s*\[door\]", ADDRESS),
        (rf"{_SAYS_PLACE}{_HAN}{{1,20}}{_PLACE}", ADDRESS),
        (r"(?:no\.? ?)?\d+[a-z]?,? (?:[a-z']+ ){1,4}(?:road|rd|street|st|avenue|ave|lane|alley)\b\.?", ADDRESS),
        (r"(?:apartment|apt|room|unit|flat|floor)\.? ?\d+[a-z]?\b", ADDRESS),
        (r"\[door\]", ADDRESS),
        (rf"(?<=姓名){_CALLED}[^{_STOP}\[]{{2,12}}", NAME),
        (rf"(?<=名字){_CALLED}[^{_STOP}\[]{{2,12}}", NAME),
        (rf"{_SAYS_NAME}[\s：:]*[^{_STOP}\[]{{1,12}}", NAME),
        (rf"(?:(?<=^)|(?<=[{_STOP}给帮替找为代])){_LONG}{_GIVEN}", NAME),
        (rf"(?P<keep>{ROLES})(?:叫|是|名叫|：|:|\s)*(?:{_LONG}|{_SURE}){_GIVEN}", NAME),
        (rf"{_BEGIN}(?!{_NONE}){_ANY}{_GIVEN}(?=的)", NAME),
        (rf"(?<=[给帮替代找由跟成为叫是])(?!{_NONE}){_SURE}{_GIVEN}?(?=[办问申补领报换变改取{_STOP}]|$)", NAME),
        (rf"(?!谢谢|谢){_ANY}{_HAN}{{0,2}}?(?={_WORDS['titles']})", NAME),
        (r"(?<=my name is )[a-z][a-z'. -]{1,40}?(?=$|[,.;!?]| and | i )", NAME),
        (r"(?<=i am called )[a-z]+(?: [a-z]+)?", NAME),
    )
)  # fmt: skip
#: Capitals tell an English name from other words, so these look at them.
_ENGLISH_NAME = re.compile(
    r"(?:(?<=I am )|(?<=I'm )|(?<=Mr )|(?<=Mr\. )|(?<=Ms )|(?<=Ms\. )|(?<=Mrs )|(?<=named )|(?<=called ))"
    r"[A-Z][a-z]+(?: [A-Z][a-z]+)*"
)
#: A day of a month is no house number.
_DAY = re.compile(r"((?:月|[今明后昨]天|下个?月|每个?月)[\d一二三四五六七八九十]{1,3})号")
_PLACEHOLDER = re.compile(r"\[(?:name|address|company|number|email|paper|plate|door)\]")
_FOREIGN_NAME = re.compile(rf"{_HAN}{{2,6}}[·•・]{_HAN}{{2,6}}")


def kept(text: str, known: Mapping[str, str] | None = None) -> str | None:
    """A sentence as it may be kept, or None where it may not.

    Args:
        text: what was said.
        known: what is known to be personal, each with the word that takes its place (the answers of a case).
    """
    text = _DAY.sub(r"\1日", " ".join(text.split()).lstrip("/"))
    if not text or len(text) > LONGEST:
        return None
    for value, word in sorted((known or {}).items(), key=lambda entry: -len(entry[0])):
        if len(value) > 1:
            text = text.replace(value, word)
    text = _FOREIGN_NAME.sub(NAME, mask_text(_without_values(text)))
    for pattern, word in _RULES:
        text = pattern.sub(rf"\g<keep>{word}" if "keep" in pattern.groupindex else word, text)
    text = _without_names(_ENGLISH_NAME.sub(NAME, text))
    text = re.sub(rf"({re.escape(NAME)}|{re.escape(ADDRESS)})(?:\s*\1)+", r"\1", text)
    return text if sum(character.isalnum() for character in _PLACEHOLDER.sub("", text)) >= 2 else None


def with_stand_ins(text: str) -> str:
    """A kept sentence as it may be trained on: something invented wherever something was hidden."""
    text = _PLACEHOLDER.sub(lambda found: STAND_INS[found[0]], text)
    # [words](entity) is Rasa's own way of marking a sentence
    return re.sub(r"[\[\]]", " ", text).strip()


def normal(sentence: str) -> str:
    """What is left when width, case, white space and punctuation are not looked at; a sentence of nothing else stays as it is."""
    folded = unicodedata.normalize("NFKC", sentence).lower()
    return "".join(character for character in folded if character.isalnum()) or folded


def _without_values(text: str) -> str:
    """``text`` without what the engine would report as a value that tells who somebody is."""
    for value in reversed(identifying(text)):
        text = text[: value.start] + _INSTEAD[value.kind] + text[value.end :]
    return text


def _without_names(text: str) -> str:
    """``text`` without the words that the dictionary takes for a person's name, or does not know and that begin as one."""
    parts = re.split(rf"({_PLACEHOLDER.pattern})", text)
    return "".join(part if _PLACEHOLDER.fullmatch(part) else _hide(part) for part in parts)


def _hide(text: str) -> str:
    cutter, people = _dictionary()
    words: list[str] = list(cutter.cut(text))
    found: list[str] = []
    hide_next = False
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if hide_next:
            hide_next = False
        elif _is_name(word, people, cutter) and not _counts(word, found):
            found.append(NAME)
        elif _surname_alone(word, following, found):
            found.append(NAME)
            hide_next = True
        else:
            found.append(word)
    return "".join(found)


def _is_name(word: str, people: frozenset[str], cutter: Any) -> bool:
    if not 2 <= len(word) <= 4 or word in _NO_NAMES or not re.fullmatch(rf"{_HAN}+", word):
        return False
    if word in people:
        return True
    unknown = not cutter.FREQ.get(word)
    return unknown and len(word) <= 3 and word[0] in PLAIN and not set(word[1:]) & set(_STOP)


def _surname_alone(word: str, following: str, before: list[str]) -> bool:
    """张 | 三, 赵 | 铁柱: a surname cut from what follows it. 一张 | 证 is no such thing."""
    if word not in COMPOUND and word not in PLAIN:
        return False
    if _counts(word, before):
        return False
    return 1 <= len(following) <= 2 and re.fullmatch(rf"{_HAN}+", following) is not None and not set(following) & set(_STOP)


def _counts(word: str, before: list[str]) -> bool:
    """Whether 张 counts sheets here: 要 | 张证."""
    if word[0] != "张" or len(word) > 2 or not before:
        return False
    return re.search(r"[\d一二两三四五六几这那哪每新要办领补拿发出交填换开本]$", before[-1]) is not None


def prepare() -> None:
    """Read the dictionary now: that takes seconds, and whoever comes first would wait for it."""
    cutter, _ = _dictionary()
    cutter.initialize()


@cache
def _dictionary() -> tuple[Any, frozenset[str]]:
    """jieba's cutter, and the words it has marked as people's names that begin with a surname or are written in full."""
    with warnings.catch_warnings():
        # Its source has invalid escapes, which Python complains of whenever it has no compiled copy.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel("WARNING")
    cutter = jieba.Tokenizer()
    with jieba.get_dict_file() as lines:
        entries: Iterable[list[str]] = (line.decode("utf-8").split() for line in lines)
        people = frozenset(
            word for word, _, kind in entries
            if kind.startswith("nr") and 2 <= len(word) <= 4 and (word[0] in SURNAMES or word[:2] in COMPOUND)
        )  # fmt: skip
    return cutter, people
