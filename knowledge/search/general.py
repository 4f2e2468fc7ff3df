"""How often characters and syllables are found in general Chinese: ``general.tsv``, made of the dictionary jieba brings along.

Counting takes a second, and every start would; the table is made once (``python -m knowledge.search.general``), and a test
holds it against the dictionary that is installed. Its first line has the sums, each other one a character or ``~syllable``
and its count; what tells as much as anything can is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from knowledge.text import SOUND, dictionary, rarity, syllables

TABLE = Path(__file__).with_name("general.tsv")


def table() -> str:
    """The table, from the dictionary."""
    chars: dict[str, int] = defaultdict(int)
    sounds: dict[str, int] = defaultdict(int)
    for word, count in dictionary():
        for char in word:
            chars[char] += count
        if len(word) == 1:
            for sound in syllables(word):
                sounds[f"{SOUND}{sound}"] += count
    return "".join([f"{sum(chars.values())}\t{sum(sounds.values())}\n", *_lines(chars), *_lines(sounds)])


def _lines(counts: dict[str, int]) -> Iterator[str]:
    total = sum(counts.values())
    return (f"{unit}\t{count}\n" for unit, count in counts.items() if count and rarity(count, total) < 1)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
