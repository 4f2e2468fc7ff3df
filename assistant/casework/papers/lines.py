"""Lines of text as they were read from a page, and the page they make up."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

Box = tuple[float, float, float, float]


class Line(BaseModel):
    """One piece of text: its words, box (left, top, right, bottom) and how sure the reader was (1: they were words already)."""

    text: str
    box: Box
    score: float = 1.0

    @property
    def height(self) -> float:
        """How high the letters stand."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.box[1] + self.box[3]) / 2


class Page(BaseModel):
    """One page as read. ``turned`` is how many quarter turns clockwise it took to put it upright, ``sure`` how sure that is."""

    lines: list[Line] = []
    width: float = 0.0
    height: float = 0.0
    turned: int = 0
    sure: float = 1.0

    @property
    def text(self) -> str:
        """All of it, line by line."""
        return "\n".join(line.text for line in in_order(self.lines))


def in_order(lines: Sequence[Line]) -> list[Line]:
    """Top to bottom, and left to right in a row."""
    return [line for row in rows(lines) for line in row]


def rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand beside each other, row by row."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.middle):
        for row in reversed(found[-3:]):
            if abs(row[0].middle - line.middle) < 0.55 * max(min(row[0].height, line.height), 1.0):
                row.append(line)
                break
        else:
            found.append([line])
    return [sorted(row, key=lambda one: one.box[0]) for row in found]
