"""The standard wordings of a business scope (经营范围登记规范表述目录), and the nearest ones to what people say.

``scope/wordings.tsv`` holds the common ones with the permit they need. It is a selection: what is not in it may well be in the
whole catalogue, so a wording not found is pointed out and never refused (市场主体登记管理条例实施细则第十二条).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from pathlib import Path
from typing import Literal

_LISTED = Path(__file__).with_name("scope") / "wordings.tsv"
#: Below this likeness two wordings have nothing in common that could be told her.
NEAR = 0.34
_ASIDE = re.compile(r"（[^）]*）|\([^)]*\)")


@dataclass(frozen=True)
class Wording:
    """One standard wording. ``licence`` is the permit it needs (empty: none), ``when`` says by when; ``words`` say the same."""

    text: str
    licence: str
    when: Literal["", "before", "after"]
    words: tuple[str, ...]


def wordings() -> tuple[Wording, ...]:
    """All of them, in the file's order."""
    return _all()


def exactly(said: str) -> Wording | None:
    """The wording these words are, or are a part of (技术咨询 of 技术服务、技术开发、技术咨询…); brackets may be left out."""
    return _texts().get(_plain(said)) or _texts().get(_plain(_ASIDE.sub("", said)))


def called(said: str) -> Wording | None:
    """The wording that people call so (卖衣服)."""
    return _words().get(_plain(said))


def nearest(said: str, most: int = 3) -> list[Wording]:
    """Up to ``most`` wordings like these words, best first; none where nothing is like them."""
    if (known := called(said)) is not None:
        return [known]
    asked = _grams(_plain(said))
    weights = _weights()
    length = sqrt(sum((count * weights.get(gram, _rare())) ** 2 for gram, count in asked.items())) or 1.0
    best: dict[Wording, float] = {}
    for wording, grams, size in _profiles():
        shared = sum(count * grams[gram] * weights[gram] ** 2 for gram, count in asked.items() if gram in grams)
        likeness = shared / (length * size)
        if likeness >= NEAR and likeness > best.get(wording, 0.0):
            best[wording] = likeness
    return sorted(best, key=lambda wording: -best[wording])[:most]


def parts_of(text: str) -> list[str]:
    """A scope taken apart: at ；，。、 and line breaks, but not inside brackets nor inside a wording that has 、 itself."""
    plain = unicodedata.normalize("NFKC", text).replace("(", "（").replace(")", "）")
    held: list[str] = []

    def put_by(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"\0{len(held) - 1}\0"

    for whole in _joined():
        plain = re.sub(re.escape(whole), lambda found: f"；{put_by(found)}；", plain)
    plain = _ASIDE.sub(put_by, plain)
    pieces = [re.sub(r"\0(\d+)\0", lambda at: held[int(at[1])], piece) for piece in re.split(r"[；;，,。、\n]+", plain)]
    return [piece.strip() for piece in pieces if piece.strip()]


@cache
def _all() -> tuple[Wording, ...]:
    lines = _LISTED.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")][1:]
    found = []
    for text, licence, when, words in rows:
        held: Literal["", "before", "after"] = "before" if when == "before" else "after" if when == "after" else ""
        found.append(Wording(text, licence, held, tuple(filter(None, words.split("、")))))
    return tuple(found)


@cache
def _texts() -> dict[str, Wording]:
    texts: dict[str, Wording] = {}
    for wording in _all():
        bare = _ASIDE.sub("", wording.text)
        for form in (bare, *bare.split("、")):
            texts.setdefault(_plain(form), wording)
    return texts | {_plain(wording.text): wording for wording in _all()}


@cache
def _words() -> dict[str, Wording]:
    return {_plain(word): wording for wording in reversed(_all()) for word in wording.words}


@cache
def _joined() -> tuple[str, ...]:
    """Wordings with 、 in them, the longest first; each also without its bracket."""
    whole = {form for w in _all() for form in (w.text, _ASIDE.sub("", w.text)) if "、" in _ASIDE.sub("", form)}
    return tuple(sorted(whole, key=len, reverse=True))


@cache
def _profiles() -> tuple[tuple[Wording, Counter[str], float], ...]:
    weights = _weights()
    found = []
    for wording in _all():
        for form in (_ASIDE.sub("", wording.text), *wording.words):
            grams = _grams(_plain(form))
            found.append((wording, grams, sqrt(sum((n * weights[gram]) ** 2 for gram, n in grams.items())) or 1.0))
    return tuple(found)


@cache
def _weights() -> dict[str, float]:
    forms = [_plain(form) for wording in _all() for form in (_ASIDE.sub("", wording.text), *wording.words)]
    seen = Counter(gram for form in forms for gram in _grams(form))
    return {gram: log(1 + len(forms) / count) for gram, count in seen.items()}


@cache
def _rare() -> float:
    return max(_weights().values())


def _grams(plain: str) -> Counter[str]:
    """Single characters and pairs: words of two characters decide, single ones help where an ending differs."""
    return Counter([*plain, *(plain[at : at + 2] for at in range(len(plain) - 1))])


def _plain(text: str) -> str:
    return re.sub(r"[\s（）()、，,；;。.]", "", unicodedata.normalize("NFKC", text)).lower()
