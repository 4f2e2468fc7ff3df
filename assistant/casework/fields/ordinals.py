"""Options said by their place: 第二个, ②, 选B, 后面那个, 前三个, 第一和第三个."""

from __future__ import annotations

import re

from assistant.casework.fields import english
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise

_CIRCLED = {chr(ord("①") + place): str(place + 1) for place in range(20)}
_N = r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3})"
_WRAPPING = re.compile(
    r"^(?:[上下里]面的?(?=第)|答案是|我?(?:就|要|想)?(?:只|就)?(?:选[择项]?|挑|要|做)?|就|是|办)+(?=.)|(?:吧|的|了|就行|就好|就可以|。|\.|、|,|，|!|！|选项|项目)+$"
)
_COUNTED = r"(?:个|项|种|号|条|样|类|款)?"
#: 两个 counts options, it is none of them.
_ONE = re.compile(rf"[(（]?第?\s*(?P<number>(?!两){_N})\s*[)）.、]?\s*{_COUNTED}(?:那个|的)?")
_LETTER = re.compile(r"[(（]?(?P<letter>[A-Ha-h])[)）.、]?\s*(?:项|选项|个)?")
_LAST = re.compile(rf"(?:倒数第(?P<from_end>{_N})|最后(?:一|的?那)?){_COUNTED}")
_FIRST = re.compile(r"(?:头|首|打头|最前面?的?那?)一?[个项种]?|最上面的?(?:那个|一个)?")
_FORMER = re.compile(r"前者|(?:前|上|左)面?(?:的|那|的那|一|的一)?[个项种]")
_LATTER = re.compile(r"后者|(?:后|下|右)面?(?:的|那|的那|一|的一)?[个项种]|另外?一[个项种]")
_MIDDLE = re.compile(r"中间(?:的|那|的那)?[个项种]")
_HEAD = re.compile(rf"(?P<side>前面?|最?后面?)(?:的|这|那)?(?P<count>{_N})[个项种样]")
_JOIN = re.compile(r"[、,，;；/.和跟与加\s]|还有|以及|加上")
_SPAN = re.compile(rf"第?(?P<first>{_N}){_COUNTED}\s*(?:到|至|-|~|—)\s*第?(?P<last>{_N}){_COUNTED}")
_BOTH = re.compile(r"(?:都|全)?(?:要|选|做|卖|办|有|补|参加|是)$|都$")


def ordinal(text: str, count: int) -> int | None:
    """0-based place of the one option meant by a number, a letter or a word for its place, within ``count``."""
    plain = text.strip()
    if english.is_latin(plain) and not _LETTER.fullmatch(_bare(plain)):
        return english.ordinal(plain, count)
    place = _place(_bare(plain), count)
    return place if place is not None and 0 <= place < count else None


def ordinals(text: str, count: int) -> set[int] | None:
    """The 0-based places a text names and nothing else; None where it says something else too, or a place there is not."""
    bare = _bare(text)
    if re.fullmatch(r"[A-Ha-h]{2,8}|[一二三四五六七八九]{2,9}", bare):
        return _all(list(bare), count)
    if (place := _place(bare, count)) is not None:
        return {place} if 0 <= place < count else None
    if head := _HEAD.fullmatch(bare):
        many = _number(head["count"])
        if many is None or not 1 <= many <= count:
            return None
        return set(range(many)) if head["side"].startswith("前") else set(range(count - many, count))
    if span := _SPAN.fullmatch(bare):
        first, last = _number(span["first"]), _number(span["last"])
        return set(range(first - 1, last)) if first and last and 1 <= first < last <= count else None
    parts = [part for part in _JOIN.split(bare) if part]
    if len(parts) == 1 and len(pieces := re.findall(rf"第{_N}{_COUNTED}", bare)) > 1 and "".join(pieces) == bare:
        parts = pieces
    return _all(parts, count) if len(parts) > 1 else None


def _bare(text: str) -> str:
    """Without what is put around a place: 我选第二个吧 is 第二个."""
    # NFKC makes a bare figure of ②, which ②④ would run together
    spaced = "".join(f" {_CIRCLED[sign]} " if sign in _CIRCLED else sign for sign in text)
    plain = normalise(spaced)
    while (shorter := _WRAPPING.sub("", plain).strip()) != plain:
        plain = shorter
    every = _BOTH.sub("", plain)  # of 1和3都要; 三个都要 means all three
    return every if re.search(r"第|[和跟与、,，\s]", every) else plain


def _all(parts: list[str], count: int) -> set[int] | None:
    places = [ordinals(part, count) for part in parts]
    return {place for found in places if found for place in found} if all(places) else None


def _place(said: str, count: int) -> int | None:
    """The place one word names, which may be none of ``count``; None where it names no place."""
    if match := _LETTER.fullmatch(said):
        return ord(match["letter"].upper()) - ord("A")
    if match := _LAST.fullmatch(said):
        back = _number(match["from_end"]) if match["from_end"] else 1
        return None if back is None else count - back
    if _FIRST.fullmatch(said):
        return 0
    if count == 2 and _FORMER.fullmatch(said):
        return 0
    if count == 2 and _LATTER.fullmatch(said):
        return 1
    if count == 3 and _MIDDLE.fullmatch(said):
        return 1
    match = _ONE.fullmatch(said)
    number = _number(match["number"]) if match else None
    return None if number is None else number - 1


def _number(said: str) -> int | None:
    value = chinese_to_decimal(said)
    return int(value) if value is not None else None
