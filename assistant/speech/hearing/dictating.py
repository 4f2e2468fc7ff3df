"""A number taken down group by group, where it was not understood as a whole: four digits are heard right sooner than eighteen.

A pure state machine as `readback` is: ``hear`` gives the next state, ``say`` what is to be spoken in it. What was noted is
said with the request for the next group; the whole, once it is there, is read back as any value is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, pairwise
from typing import Literal

from assistant.casework.fields.result import Accepted
from assistant.engine.components.patterns.codes import USCC_ALPHABET
from assistant.engine.components.patterns.numerals import normalise, spoken_digits
from assistant.foundation.messages import t
from assistant.speech.engines.base import Taken
from assistant.speech.hearing import spoken
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.attempts import SCANNED
from assistant.speech.hearing.letters import signs_by_sound
from assistant.speech.hearing.likely import OWN, likely
from assistant.speech.hearing.nearest import nearest
from assistant.speech.hearing.readback import ANEW, TOUCH, ReadBack
from assistant.speech.hearing.script import simplified
from assistant.speech.hearing.values import is_card
from knowledge.regions import listed

State = Literal["asking", "unclear", "again", "anew", "complete", "touch", "given_up"]
#: A group that was not heard, or heard wrong, so often is better typed.
_MOST_UNCLEAR, _MOST_REFUSED = 3, 3
#: Groups by kind. A card has sixteen to nineteen digits, the last group what is left of them.
_SIZES: dict[str, tuple[int, ...]] = {
    "id_number": (6, 4, 4, 4), "phone": (3, 4, 4), "uscc": (4, 4, 4, 4, 2), "card": (4, 4, 4, 4, 3),
}  # fmt: skip
_LEAST_CARD = 16
#: What a group can be, by kind and place: GB 11643 (year, month and day), GB 32100 (the region in digits), mobile numbers.
_SHAPES: dict[str, tuple[str, ...]] = {
    "id_number": (r"[1-9]\d{5}", r"(?:18|19|20)\d{2}", r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", r"\d{3}[\dX]"),
    "phone": (r"1[3-9]\d", r"\d{4}", r"\d{4}"),
    "uscc": (rf"[{USCC_ALPHABET}]{{2}}\d{{2}}", r"\d{4}", *[rf"[{USCC_ALPHABET}]{{4}}"] * 2, rf"[{USCC_ALPHABET}]{{2}}"),
    "card": (*[r"\d{4}"] * 4, r"\d{1,3}"),
}
_PAUSE = r"[,，。、！!\s]"
_WRONG = re.compile(
    rf"^(?:(?:[不部布步补][对队兑堆]|不是的?|错了|说错了|wrong|no(?! more)|不(?!知道|清楚|会)){_PAUSE}*)+"
    r"(?:应该是|我说的是|是)?", re.I,
)
_SIGN_IS = re.compile(
    rf"第(?P<place>{spoken.D})(?:个|位)(?:字母|数字|数|号)?(?:不对)?{_PAUSE}*"
    r"(?:应该|应当)?(?:是|改成|改为|换成)(?:字母|数字|大写)?\s*(?P<sign>[^,，。、\s]{1,4})$"
)
_NO_MORE = re.compile(
    r"没有?了|^[没煤梅美]有[了啦]?$|没啦|完了|说完|就这些|就这么多|到头了|结束|好了|no more|that'?s (?:all|it)", re.I
)
_NO_SIGN = re.compile(r"[^0-9A-Z]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DIGITS = "0123456789"
_NEAR, _OTHERWISE, _LEFT_OUT = 0.5, 0.4, 0.2
"""How far signs by what they sound near to, another reading of numerals, and one with words left out are to be trusted."""
_LETTERED = 2
"""Groups of a credit code that are in digits, as good as always: who registered it, and where."""
_WISH, _SEVERAL, _CHECKED, _UNCHECKED = 3.0, 0.3, 3.0, 0.3
"""How likely it is by itself that she said a word and no group, several groups, and one that the number's check agrees with."""


def possible(asked: Asked) -> bool:
    """Whether an answer has groups that can be said one by one."""
    return _form(asked) is not None


def signs(asked: Asked) -> str:
    """The signs such a number is made of; empty where it is no number that has groups."""
    return {"id_number": f"{_DIGITS}X", "phone": _DIGITS, "card": _DIGITS, "uscc": USCC_ALPHABET}.get(_form(asked) or "", "")


def _form(asked: Asked) -> str | None:
    if is_card(asked):
        return "card"
    return asked.kind if asked.kind in _SIZES else None


@dataclass(frozen=True)
class Dictation:
    """One number being taken down. ``parts`` are the groups so far; ``unclear`` counts the failures running at one group.

    ``refused`` are groups she said no to, by their place: what was wrong once is not heard again.
    """

    asked: Asked
    today: date
    parts: tuple[str, ...] = ()
    state: State = "asking"
    unclear: int = 0
    refused: frozenset[tuple[int, str]] = frozenset()

    @property
    def over(self) -> bool:
        """Whether there is nothing more to take down: all of it is there, or it is to be typed."""
        return self.state in ("complete", "touch", "given_up")

    @property
    def say(self) -> str:
        """What is spoken in this state, in the language being spoken."""
        sizes, at, count = self._sizes, len(self.parts), self._size
        if self.state == "touch":
            return t("speech.hear_touch")
        if self.state == "given_up":
            return t("speech.dictate_given_up_scan" if self.asked.kind in SCANNED else "speech.dictate_given_up")
        if at == 0:
            key = {"asking": "first", "unclear": "first_unclear"}.get(self.state, "first_again")
            return t(f"speech.dictate_{key}", count=count)
        part = self.parts[-1]
        if self.state in ("unclear", "again"):
            key = "unclear" if self.state == "unclear" else "group_again"
            return t(f"speech.dictate_{key}", part=part, count=count)
        if self._form == "card" and at == len(sizes) - 1:
            return t("speech.dictate_rest", part=part)
        last = at == len(sizes) - 1
        if self._lettered and at > _LETTERED:
            return t("speech.dictate_lettered_last" if last else "speech.dictate_lettered", part=part, count=count)
        if last:
            return t("speech.dictate_last", part=part, count=count)
        return t("speech.dictate_second" if at == 1 else "speech.dictate_next", part=part, count=count)

    @property
    def read_back(self) -> ReadBack:
        """The whole, to be confirmed: plainly where its own check agrees, doubtfully where not."""
        value = "".join(self.parts)
        read = self.asked.read(value, self.today)
        if isinstance(read, Accepted):
            return ReadBack(self.asked, str(read.value), self.today, "doubtful" if read.warning else "asking")
        return ReadBack(self.asked, value, self.today, "doubtful")

    def takes(self, text: str) -> tuple[Taken, ...]:
        """What a text would be taken for here, and how likely that is by itself; nothing where it is of no use, several groups
        where it may be each of them.

        For a recogniser with several readings of one sound.
        """
        after = self.hear(text)
        grown = after.state in ("asking", "complete") and after.parts != self.parts
        near = self._ways(self._near(normalise(simplified(text)))) if grown and self._lettered else {}
        if near:
            return tuple(Taken(way.named, weight, way.parts[-1]) for way, weight in near.items())
        if after.state == "unclear" or (after.state == "given_up" and not _WRONG.match(text)):
            return ()
        return (Taken(after.named, self._weight(after) if grown else _WISH),)

    @property
    def named(self) -> str:
        """The state and the groups, to tell one outcome from another."""
        return f"{self.state} {'-'.join(self.parts)}"

    def hear(self, text: str) -> Dictation:
        """The state after an answer. One that is over stays as it is."""
        plain = normalise(simplified(text)).strip(" 。.！!")
        if self.over:
            return self
        if TOUCH.search(plain):
            return replace(self, state="touch")
        if ANEW.search(plain):
            return Dictation(self.asked, self.today, state="anew", refused=self.refused)
        refused = _WRONG.match(plain)
        if refused:
            if (mended := self._mended(plain[refused.end() :])) is not None:
                return mended
            wrong = frozenset({(len(self.parts) - 1, part) for part in self.parts[-1:]})
            back = replace(self, parts=self.parts[:-1], unclear=0, refused=self.refused | wrong)
            if wrong and sum(place == len(back.parts) for place, _ in back.refused) >= _MOST_REFUSED:
                return replace(back, state="given_up")
            return back._grown(plain[refused.end() :]) or replace(back, state="again" if back.parts else "anew")
        if (changed := self._mended(plain) or self._grown(plain)) is not None:
            return changed
        if _NO_MORE.search(plain) and self._form == "card" and sum(map(len, self.parts)) >= _LEAST_CARD:
            return replace(self, state="complete")
        unclear = self.unclear + 1
        return replace(self, state="given_up" if unclear >= _MOST_UNCLEAR else "unclear", unclear=unclear)

    @property
    def _form(self) -> str:
        return _form(self.asked) or ""

    @property
    def _sizes(self) -> tuple[int, ...]:
        return _SIZES[self._form]

    @property
    def _lettered(self) -> bool:
        """Whether the group asked for may have letters."""
        return self._form == "uscc" and len(self.parts) >= _LETTERED

    def _grown(self, plain: str) -> Dictation | None:
        """With the next group, or with several of them said in one breath; None where it is neither."""
        found = self._ways(self._figures(plain)) or self._ways(self._placed(plain))
        return max(found, key=lambda after: found[after], default=None)

    def _mended(self, plain: str) -> Dictation | None:
        """With one sign of the last group put right, 第三位是B; None where that is not what she says."""
        match = _SIGN_IS.search(plain)
        at = int(spoken_digits(match["place"])) - 1 if match else 0
        if match is None or not self.parts or at >= len(part := self.parts[-1]):
            return None
        place = len(self.parts) - 1
        allowed = signs(self.asked)
        sounds = nearest(match["sign"], [allowed])
        for sign in (match["sign"].upper(), *sorted(sounds, key=lambda sign: -sounds[sign])):
            new = f"{part[:at]}{sign}{part[at + 1 :]}"
            taken = {(place, part), *self.refused}
            if len(sign) == 1 and sign in allowed and (place, new) not in taken and re.fullmatch(_SHAPES[self._form][place], new):
                return replace(self, parts=(*self.parts[:-1], new), state="asking", unclear=0, refused=frozenset(taken))
        return None

    def _ways(self, heard: Iterable[tuple[str, float]]) -> dict[Dictation, float]:
        """What can come of signs that may have been said, and how likely each is."""
        shapes = _SHAPES[self._form]
        found: dict[Dictation, float] = {}
        for figures, trust in heard:
            for begin in dict.fromkeys((len(self.parts), 0)):  # the next ones, or all of it from the start
                parts = self._cut(figures, begin)
                if parts is None or (begin != len(self.parts) and begin + len(parts) < len(self._sizes)):
                    continue
                if self.refused & set(enumerate(parts, begin)):
                    continue
                if all(re.fullmatch(shape, part) for shape, part in zip(shapes[begin:], parts, strict=False)):
                    whole = (*self.parts[:begin], *parts)
                    state: State = "complete" if len(whole) == len(self._sizes) else "asking"
                    after = replace(self, parts=whole, state=state, unclear=0)
                    found.setdefault(after, trust * self._weight(after))
        return found

    def _weight(self, after: Dictation) -> float:
        """How likely it is that she said what is new in ``after``."""
        both = zip(self.parts, after.parts, strict=False)
        begin = next((at for at, (old, new) in enumerate(both) if old != new), len(self.parts))
        weight = likely(self._form, after.parts, self.today, begin)
        if after.state == "complete":
            weight *= _CHECKED if after.read_back.state == "asking" else _UNCHECKED
        return weight * (_SEVERAL if len(after.parts) > begin + 1 else 1.0)

    def _cut(self, figures: str, begin: int) -> tuple[str, ...] | None:
        """The figures as whole groups from number ``begin`` on."""
        ends = [0, *accumulate(self._sizes[begin:])]
        if self._form == "card" and ends[-2] < len(figures) < ends[-1]:
            ends[-1] = len(figures)
        if not figures or len(figures) not in ends:
            return None
        return tuple(figures[one:other] for one, other in pairwise(ends[: ends.index(len(figures)) + 1]))

    def _figures(self, plain: str) -> Iterator[tuple[str, float]]:
        """What the words can be in signs, and how far each is to be trusted: words left out may have been signs as well."""
        for place, reading in enumerate(spoken.readings(plain, letters=self._form == "uscc")):
            figures = _NO_SIGN.sub("", reading.upper())
            trust = _LEFT_OUT if _HAN.search(reading) else 1.0 if place == 0 else _OTHERWISE
            yield figures, trust
            if len(figures) == 2 * self._size and figures[: self._size] == figures[self._size :] and len(set(figures)) > 1:
                yield figures[: self._size], trust  # said twice, that it may be heard
        if self._lettered:
            if len(plain) == self._size and plain.isascii():
                return  # signs as they are
            yield from self._near(plain)
        if self._form == "uscc":
            yield from ((figures, _OTHERWISE) for figures in signs_by_sound(spoken.FILLERS.sub("", plain)))
        elif (sounded := spoken.by_sound(plain, least=1)) is not None:
            yield sounded, 1.0
        yield from ((figures, _NEAR) for figures in spoken.nearly(plain))

    def _near(self, plain: str) -> Iterator[tuple[str, float]]:
        """The groups of signs whose names the words sound nearest to; of a code's own part those as well that begin as most do,
        however little it sounds so."""
        if _SIGN_IS.search(plain):
            return
        text, size = spoken.FILLERS.sub("", plain), self._size
        found: dict[str, float] = {}
        for begin in ("", OWN) if len(self.parts) == _LETTERED else ("",):
            for figures, trust in nearest(text, [*begin, *[USCC_ALPHABET] * (size - len(begin))]).items():
                found[figures] = max(trust, found.get(figures, 0.0))
        yield from found.items()

    def _placed(self, plain: str) -> Iterator[tuple[str, float]]:
        """Where nothing else can be made of what was said after a code's first group: the place there is whose number it sounds
        nearest to."""
        if self._form == "uscc" and len(self.parts) == 1:
            near = nearest(spoken.FILLERS.sub("", plain), [_DIGITS] * self._size)
            yield from ((figures, trust) for figures, trust in near.items() if listed(self.parts[0][2:] + figures))

    @property
    def _size(self) -> int:
        return self._sizes[min(len(self.parts), len(self._sizes) - 1)]
