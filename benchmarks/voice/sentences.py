"""The sentences and what was meant by them: two files, one to listen to while hearing is improved, one for the report only."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

Kind = Literal["opening", "question", "answer", "value", "yesno", "wish"]
HALVES = ("tuned", "held")
_FOLDER = Path(__file__).parent


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


def some(sentences: list[Said], every: int) -> list[Said]:
    """Every so many of each kind, so that a short run has a bit of all."""
    taken = []
    for kind in get_args(Kind):
        taken += [said for said in sentences if said.kind == kind][::every]
    return taken
