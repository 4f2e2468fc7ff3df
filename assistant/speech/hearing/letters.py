"""Letters of a code by the sound of their names, beside digits: 艾姆诶一开 is MA1K.

Letters are named in the Mandarin of every day, and recognisers write the names as characters that sound so. A syllable may
stand for more than one (you is 幺 and U): all is given, digits first, and the code's own form tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from assistant.engine.components.patterns.numerals import DIGITS, spoken_digits
from assistant.speech.hearing.sounds import strict_sounds
from assistant.speech.hearing.spoken import DIGIT_SOUNDS

_MOST = 48
#: Toneless syllables a letter's name is said and heard as.
_LETTERS = {
    "A": "ei|a|hei", "B": "bi|pi", "C": "sei|xi|se", "D": "di", "E": "yi", "F": "ai fu|ai fo|ai fa", "G": "ji|zhi",
    "H": "ei chi|ai chi|ai qu|ei qu|ai qi|ei qi", "J": "zhei|zhe|jie|zhai|jiei", "K": "kei|kai|ke|ka",
    "L": "ai lou|ai lao|ai le|ei lou|ai lu|ai luo|ai er", "M": "ai mu|ei mu|an mu|ai m|ai mo|ai ma|mu", "N": "en|an", "P": "pi",
    "Q": "kiu|qiu|kou|kui", "R": "a|ar|a er|er", "T": "ti|di", "U": "you|yu", "W": "da bu liu|da bu niu|da bo liu|dan bu liu",
    "X": "ai ke si|ei ke si|ai ke shi", "Y": "wai|wei",
}  # fmt: skip
_NAMES: dict[tuple[str, ...], list[str]] = {(sound,): [digit] for sound, digit in DIGIT_SOUNDS.items()}
for _sign, _names in _LETTERS.items():
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
    yield from islice(_readings(tuple(pieces), 0, _ends(pieces)), _MOST)


def _at(pieces: Sequence[str], place: int) -> Iterator[tuple[str, int]]:
    """The signs that can begin at a place, and where each ends."""
    head = pieces[place]
    if len(head) == 1 and (head.isdigit() or head.isupper()):
        yield head, place + 1
        return
    for length in range(min(_LONGEST, len(pieces) - place), 0, -1):
        for sign in _NAMES.get(tuple(pieces[place : place + length]), ()):
            yield sign, place + length


def _ends(pieces: Sequence[str]) -> frozenset[int]:
    """The places from which all that follows can be read: nothing is tried that comes to no end."""
    found = {len(pieces)}
    for place in range(len(pieces) - 1, -1, -1):
        if any(after in found for _, after in _at(pieces, place)):
            found.add(place)
    return frozenset(found)


def _readings(pieces: Sequence[str], place: int, ends: frozenset[int]) -> Iterator[str]:
    if place == len(pieces):
        yield ""
        return
    for sign, after in _at(pieces, place):
        if after in ends:
            for rest in _readings(pieces, after, ends):
                yield sign + rest
