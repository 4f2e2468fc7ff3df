"""The sentences and what was meant by them: two files, one to listen to while hearing is improved, one for the report only."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from benchmarks.citizens.facts import Facts

Kind = Literal["opening", "question", "answer", "value", "yesno", "wish"]
HALVES = ("tuned", "held")
_FOLDER = Path(__file__).parent
_OF_EACH = 2
_SPOKEN = re.compile(r"[\u4e00-\u9fff，。？、！]{5,24}")
"""A sentence somebody can say to a kiosk: no figures, which the voice would have to be given in words."""


@dataclass(frozen=True)
class Said:
    """One sentence. The columns are explained at the top of the files."""

    half: str
    number: int
    kind: Kind
    guide: str
    field: str
    truth: str
    said: str

    @property
    def digits(self) -> bool:
        """Whether the value is one whose digits count: numbers, dates, sums."""
        return self.kind == "value" and sum(sign.isdigit() for sign in self.truth) >= 4 and not self.field.endswith("address")


def load(half: str) -> list[Said]:
    """The sentences of one half, in the order of the file.

    Raises:
        ValueError: a line has other columns, or a kind nobody knows.
    """
    with (_FOLDER / f"{half}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        lines = [line for line in rows if line and not line[0].startswith("#")]
    found = []
    for number, line in enumerate(lines):
        if len(line) != 5 or line[0] not in get_args(Kind):
            raise ValueError(f"{half}.tsv: {line}")
        kind, guide, field, truth, said = line
        found.append(Said(half, number, cast(Kind, kind), guide, field, truth, said))
    return found


def of_citizens(citizens: Sequence[Facts]) -> list[Said]:
    """More openings for the report: what simulated citizens of items nobody listened to come with, two of each item.

    They were written for other tests, so that nothing here was chosen by how it is heard.
    """
    listened = {said.truth for said in load("tuned") if said.kind == "opening"}
    first = len(load("held"))
    found: dict[str, list[str]] = {}
    for facts in citizens:
        openings = found.setdefault(facts.guide, [])
        if facts.guide not in listened and len(openings) < _OF_EACH and _SPOKEN.fullmatch(facts.opening):
            openings += [] if facts.opening in openings else [facts.opening]
    plain = [(guide, opening) for guide, openings in found.items() for opening in openings]
    return [Said("held", first + n, "opening", guide, "-", guide, opening) for n, (guide, opening) in enumerate(plain)]


def some(sentences: list[Said], every: int) -> list[Said]:
    """Every so many of each kind, so that a short run has a bit of all."""
    taken = []
    for kind in get_args(Kind):
        taken += [said for said in sentences if said.kind == kind][::every]
    return taken
