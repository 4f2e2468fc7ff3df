"""A name with its characters told apart: 张伟，弓长张，伟大的伟, whichever 张 and 伟 the recogniser wrote.

What is said of a character: its parts (立早章, ``spelling.tsv``), a word it is in (伟大的伟, 佳是佳人的佳), or both. The last
character of such a clause was heard, not seen, so it counts by its sound; what comes before it decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.engine.components.patterns.people import SURNAMES
from assistant.speech.hearing.sounds import alike, sounds, strict_sounds

_TABLE = Path(__file__).with_name("spelling.tsv")
_HAN = "\u3400-\u9fff"
_CLAUSE = re.compile(r"[\s,，。、；;.!！]+")
_PAUSE = re.compile(r"嗯+|呃+|额(?=[,，\s])|唔|那个(?=[,，\s])")
_LEAD = re.compile(r"^(?:就是|是|那个|这个|我?姓是?|名字是|第[一二三]个字是?|最后一个字是?|中间那?个字是?)(?=.{3})")
_OF = re.compile(rf"^(?:(?P<said>[{_HAN}])(?:字)?(?:就)?是)?(?P<words>[{_HAN}]{{1,5}}?)的那?个?(?P<sign>[{_HAN}])(?:字|吧)?$")
_WHOLE = re.compile(rf"^(?P<words>[{_HAN}]{{2,5}}?)(?P<sign>[{_HAN}])(?:字|吧)?$")
_SURNAME_ONLY = re.compile(rf"^(?:我|本人|他|她)?姓(?P<surname>[{_HAN}]{{1,2}})$")
_GIVEN = re.compile(rf"^(?:(?:名字?|单名)(?:叫|是)?|叫)(?P<given>[{_HAN}]{{1,2}})$")
_LETTERS = re.compile(r"(?<![A-Za-z])(?:[A-Za-z][\s\-,.]+){2,}[A-Za-z](?![A-Za-z])")


@dataclass(frozen=True)
class _Sign:
    character: str
    surname: bool


def named(text: str) -> str:
    """The answer with its name written as it was spelled out, without the spelling; the text itself where nothing is spelled."""
    if (latin := _in_letters(text)) is not None:
        return latin
    clauses = [clause for clause in _CLAUSE.split(_PAUSE.sub("，", text)) if clause]
    signs: list[_Sign] = []
    rest: list[str] = []
    for clause in clauses:
        sign = _spelled(clause)
        if sign is None:
            rest.append(clause)
        else:
            signs.append(sign)
    if not signs:
        return "".join(rest) if len(rest) > 1 and _PAUSE.search(text) else text
    name = _put_together(rest)
    if not name:
        written = "".join(sign.character for sign in signs)
        return written if 2 <= len(written) <= 4 and signs[0].surname else text
    return _written(name, signs)


def _spelled(clause: str) -> _Sign | None:
    """The character a clause tells apart; None where it tells none."""
    plain = _LEAD.sub("", clause)
    if (whole := _WHOLE.match(plain)) and (known := _by_parts(whole["words"], whole["sign"])):
        return _Sign(known, known in SURNAMES)
    match = _OF.match(plain)
    if match is None:
        return None
    words, sign = match["words"], match["sign"]
    if known := _by_parts(words, sign):
        return _Sign(known, known in SURNAMES)
    if len(words) < 2:
        return None
    inside = next((c for c in words if c == sign), None) or next((c for c in words if alike(c, sign)), None)
    said = match["said"]
    if inside is None or (said and not alike(said, inside)):
        return None
    return _Sign(inside, False)


def _by_parts(words: str, sign: str) -> str | None:
    said = words + sign
    known = _parts(strict_sounds).get(strict_sounds(said)) or _parts(sounds).get(sounds(said))
    return known if known and (len(words) > 2 or _nearly(words, known)) else None


def _nearly(words: str, character: str) -> bool:
    """Two parts heard wrong altogether are other words: 礼早张 is 立早章 no more than a 利枣 is."""
    return any(one in parts for parts in _parts_of(character) for one in words)


@cache
def _table() -> tuple[tuple[str, str], ...]:
    lines = (line for line in _TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return tuple((parts, character) for parts, character in (line.split("\t") for line in lines))


@cache
def _parts(heard: Callable[[str], tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Characters by the sound of the words for them; two characters of one sound are none."""
    found: dict[tuple[str, ...], set[str]] = {}
    for parts, character in _table():
        found.setdefault(heard(parts + character), set()).add(character)
    return {sound: next(iter(characters)) for sound, characters in found.items() if len(characters) == 1}


@cache
def _parts_of(character: str) -> tuple[str, ...]:
    return tuple(parts for parts, known in _table() if known == character)


def _put_together(rest: list[str]) -> str:
    """What is left of the answer: 我姓章 and 名字叫敏 are one name."""
    surname = next((match["surname"] for clause in rest if (match := _SURNAME_ONLY.match(clause))), None)
    given = next((match["given"] for clause in rest if (match := _GIVEN.match(clause))), None)
    if surname and given and not given.startswith(surname):
        return surname + given
    kept = [clause for clause in rest if not _SURNAME_ONLY.match(clause)]
    return "，".join(kept or rest)


def _written(name: str, signs: list[_Sign]) -> str:
    """The name with each spelled character in its place: the next one that sounds like it, surnames first."""
    start = max(0, _start(name))
    characters = list(name)
    taken: set[int] = set()
    for sign in sorted(signs, key=lambda sign: not sign.surname):
        places = [
            place for place in range(start, len(characters)) if place not in taken and alike(characters[place], sign.character)
        ]
        exact = [place for place in places if characters[place] == sign.character]
        # 陈辰，早晨的晨: what is no surname's is looked for behind it
        behind = [place for place in places if place > start and not sign.surname]
        if places:
            place = (exact or behind or places)[0]
            characters[place] = sign.character
            taken.add(place)
    return "".join(characters)


def _start(name: str) -> int:
    """Where the name begins after 我叫, 姓名是 and the like."""
    led = re.match(r"^.*(?:叫做?|名字是|姓名是?|我是|他是|她是|是)(?=[\u3400-\u9fff]{2,4}$)", name)
    return led.end() if led else 0


def _in_letters(text: str) -> str | None:
    """A Latin name of which a word is spelled: Jon Smith, J O H N is John Smith."""
    found = _LETTERS.search(text)
    if found is None or re.search(f"[{_HAN}]", text):
        return None
    word = re.sub(r"[^A-Za-z]", "", found[0]).capitalize()
    rest = re.sub(r"(?i)[\s,.]*(?:that(?:'s| is)|spelt|spelled|as in)?[\s,.]*$", "", text[: found.start()])
    words = rest.split(" ")
    near = [place for place, other in enumerate(words) if other[:1].isupper() and other[:1].upper() == word[:1]]
    if near:
        words[near[-1]] = word
        return " ".join(words)
    return f"{rest} {word}".strip() if rest else word
