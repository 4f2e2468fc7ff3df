"""Letters of a code by the sound of their names, beside digits: 艾姆诶一开 is MA1K.

Letters are named in the Mandarin of every day, and recognisers write the names as characters that sound so. A syllable may
stand for more than one (you is 幺 and U): all is given, digits first, and the code's own form tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from assistant.engine.components.patterns.numerals import DIGITS, spoken_digits
from assistant.speech.hearing.sounds import strict_sounds

_MOST = 48
#: Toneless syllables a letter's name is said and heard as.
_LETTERS = {
    "A": "ei|a|hei", "B": "bi|pi", "C": "sei|xi|se", "D": "di", "E": "yi", "F": "ai fu|ai fo|ai fa", "G": "ji|zhi",
    "H": "ei chi|ai chi|ai qu|ei qu|ai qi|ei qi", "J": "zhei|zhe|jie|zhai|jiei", "K": "kei|kai|ke|ka",
    "L": "ai lou|ai lao|ai le|ei lou|ai lu|ai luo|ai er", "M": "ai mu|ei mu|an mu|ai m|ai mo|ai ma|mu", "N": "en|an", "P": "pi",
    "Q": "kiu|qiu|kou|kui", "R": "a|ar|a er|er", "T": "ti|di", "U": "you|yu", "W": "da bu liu|da bu niu|da bo liu|dan bu liu",
    "X": "ai ke si|ei ke si|ai ke shi|cha", "Y": "wai|wei",
}  # fmt: skip
#: The same for digits; 幺 yao is taken for you, 零 ling for lin and ning, 六 liu for niu.
_DIGITS = {
    "0": "ling|lin|ning|ding|dong", "1": "yi|yao|you", "2": "er|liang", "3": "san|shan", "4": "si|shi", "5": "wu", "6": "liu|niu",
    "7": "qi|ji", "8": "ba", "9": "jiu",
}  # fmt: skip
_NAMES: dict[tuple[str, ...], list[str]] = {}
for _table in (_DIGITS, _LETTERS):
    for _sign, _names in _table.items():
        for _name in _names.split("|"):
            _NAMES.setdefault(tuple(_name.split()), []).append(_sign)
_LONGEST = max(map(len, _NAMES))


def signs_by_sound(text: str) -> Iterator[str]:
    """Digits and capital letters alone, in every way the sounds can be read, likeliest first; 48 at most. Nothing where a
    syllable is neither."""
    pieces: list[str] = []
    for sign in text:
        if sign.isascii():
            pieces += [sign.upper()] if sign.isalnum() else []
        elif sign in DIGITS:
            pieces.append(spoken_digits(sign))
        elif sign.isalpha():
            sound = next(iter(strict_sounds(sign)), None)
            if sound is None:
                return
            pieces.append(sound)
    yield from islice(_readings(tuple(pieces)), _MOST)


def _readings(pieces: tuple[str, ...]) -> Iterator[str]:
    if not pieces:
        yield ""
        return
    head = pieces[0]
    if len(head) == 1 and (head.isdigit() or head.isupper()):
        for rest in _readings(pieces[1:]):
            yield head + rest
        return
    for length in range(min(_LONGEST, len(pieces)), 0, -1):
        for sign in _NAMES.get(pieces[:length], ()):
            for rest in _readings(pieces[length:]):
                yield sign + rest
