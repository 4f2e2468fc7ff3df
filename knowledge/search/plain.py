"""A bare name means the item that is called so: 居住证多少钱 asks for the permit, not for its yearly endorsement.

Likeness cannot tell a name that is all that was said from one that is part of a longer name. Where nothing is left of a
sentence but what one guide is called, it is the one meant. Where it is only what the names of several begin or end with
(身份证, 公积金), which of them is meant was not said, however much more often one of them is talked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.schema import Guide
from knowledge.text import content, fold

_SHORTEST = 2
#: What may stand before and behind a name once the frame of a question (``frame.txt``) is cut out of the sentence.
_BEFORE = re.compile(r"(?:去|要|得|需|办|弄|搞|问|在|给|再|还|那|这|个|张|本|说说|问下|帮|请)*")
_BEHIND = re.compile(
    r"(?:去|要|得|需|都|还|会|能|该|办|弄|搞|做|领|拿|钱|块|交|花|收|费|个|张|本|是|有|不|用|好|到|走|带|准备|下来|时间|最快|一般|"
    r"大概|总共|一共|分别|各自?|各要|东西|证件|地方|条件|样|呢|吧|么|咧|嘞|呗|啦|呐)*$"
)


class PlainNames:
    """What some items are called, which of them alone is called so, and which share the head of their names."""

    def __init__(self, guides: Sequence[Guide]) -> None:
        self._index([names_of(guide) for guide in guides])

    @classmethod
    def over(cls, called: Sequence[tuple[Sequence[str], Sequence[str]]]) -> PlainNames:
        """Of items given by their names as ``names_of`` has them."""
        made = cls([])
        made._index(called)
        return made

    def _index(self, called: Sequence[tuple[Sequence[str], Sequence[str]]]) -> None:
        owners: dict[str, set[int]] = {}
        self._formal = [(name, number) for number, (formal, _) in enumerate(called) for name in formal]
        for number, (formal, colloquial) in enumerate(called):
            for name in (*formal, *colloquial):
                owners.setdefault(name, set()).add(number)
        self._owner = {name: next(iter(o)) for name, o in owners.items() if len(o) == 1 and len(name) >= _SHORTEST}

    def of(self, text: str) -> int | None:
        """The number of the guide whose name is all that a sentence says besides its question; None where there is none."""
        return next((self._owner[said] for said in _said(text) if said in self._owner), None)

    def family(self, text: str) -> list[int]:
        """Two or more guides whose names begin or end with all that a sentence says; for what no guide is called. Else empty."""
        *_, core = _said(text)
        if len(core) < _SHORTEST:
            return []
        sharing = {number for name, number in self._formal if name.startswith(core) or name.endswith(core)}
        return sorted(sharing) if len(sharing) > 1 else []


def names_of(guide: Guide) -> tuple[list[str], list[str]]:
    """The official name and aliases of a guide, and what people call it, all folded."""
    return [fold(name) for name in (guide.name, *guide.names.aliases)], [fold(name) for name in guide.names.colloquial]


def _said(text: str) -> Iterator[str]:
    """The sentence without its frame, and with less and less of the small words around what is left."""
    yield (whole := fold(text))
    said = "".join(content(whole))
    before, behind = _BEFORE.match(said), _BEHIND.search(said)
    for start in range(before.end() + 1 if before else 1):
        for end in range(len(said), max(behind.start() if behind else len(said), start + _SHORTEST) - 1, -1):
            yield said[start:end]
