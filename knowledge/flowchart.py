"""The process of an item as a drawing: where each step's box stands and how the arrows run.

A step stands below every step it waits for; steps that may be done at the same time stand side by side, at most three. The
drawing is as wide as a narrow phone, so that its text is never set smaller than it is meant to be. Pure: steps in, numbers out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.schema import Step

WIDTH = 328.0
"""Units of the drawing's width; one unit is one pixel on a phone 360 pixels wide."""
SIDE_BY_SIDE = 3
_FONT, _SMALL = 15.0, 12.5
_LINE, _SMALL_LINE = 20.0, 17.0
_PAD = 9.0
_GAP = 10.0
_LANE = 16.0
"""Width of the lane in which an arrow passes a row of boxes."""
_FALL = 24.0
"""Height between two rows, with room for one arrow that turns aside; every further one takes ``_TRACK`` more."""
_TRACK = 9.0
_WIDE = 0.58
"""Width of a Latin letter or digit, in heights of the type; a Chinese character is 1."""


@dataclass(frozen=True, slots=True)
class Box:
    """One step: its number (from 1, in the guide's order), place and lines of text. ``notes`` are set smaller, below."""

    number: int
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    def baselines(self) -> list[tuple[str, float, bool]]:
        """Each line with the height it stands on, and whether it is one of the notes."""
        tops = [(line, self.y + _PAD + _LINE * row + _FONT, False) for row, line in enumerate(self.lines)]
        below = self.y + _PAD + _LINE * len(self.lines)
        return tops + [(line, below + _SMALL_LINE * row + _SMALL, True) for row, line in enumerate(self.notes)]


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from one step to one that waits for it, by their numbers, as the corners of its line."""

    start: int
    end: int
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    """One wait, by positions. Arrows of one ``bundle`` run together: into one step, or from one."""

    start: int
    end: int
    bundle: tuple[str, int]


def waits_for(steps: Sequence[Step]) -> list[list[int]]:
    """For each step the positions of those it waits for. A step that says nothing waits for the one written before it.

    Names of no step, and waits that would run in a circle, are left out.
    """
    place = {step.name: number for number, step in reversed(list(enumerate(steps)))}
    wanted = [
        [number - 1] * (number > 0)
        if step.after is None
        else sorted({place[name] for name in step.after if name in place} - {number})
        for number, step in enumerate(steps)
    ]
    kept: list[list[int]] = [[] for _ in steps]
    for number, waits in enumerate(wanted):
        kept[number] = [other for other in waits if not _leads(kept, other, number)]
    return kept


def _leads(waits: Sequence[Sequence[int]], start: int, to: int) -> bool:
    """Whether ``start`` waits, directly or not, for ``to``."""
    pending, seen = [start], set()
    while pending:
        number = pending.pop()
        if number == to:
            return True
        if number not in seen:
            seen.add(number)
            pending += waits[number]
    return False


def draw(steps: Sequence[Step], notes: Sequence[str] = ()) -> Chart:
    """The drawing of these steps; ``notes`` (one a step: who does it, how long it takes) stand small in its box."""
    if not steps:
        return Chart(WIDTH, 0, (), ())
    waits = waits_for(steps)
    rows = _rows(waits)
    row_of = {number: row for row, numbers in enumerate(rows) for number in numbers}
    edges = [
        _Edge(start, end, ("to", end) if len(starts) > 1 else ("from", start))
        for end, starts in enumerate(waits)
        for start in starts
    ]
    # a bundle has one lane in which it passes rows, and turns at one height in each gap: it is one line until its arrows part
    lanes = list(dict.fromkeys(e.bundle for e in edges if row_of[e.end] - row_of[e.start] > 1))
    turns = [list(dict.fromkeys(e.bundle for e in edges if row_of[e.start] <= row < row_of[e.end])) for row in range(len(rows))]
    room = WIDTH - 2 - _LANE * len(lanes)
    boxes: dict[int, Box] = {}
    bottoms: list[float] = []
    y = 1.0
    for row, numbers in enumerate(rows):
        width = (room - _GAP * (len(numbers) - 1)) / len(numbers)
        for column, number in enumerate(numbers):
            note = notes[number] if number < len(notes) else ""
            boxes[number] = _box(number, steps[number], note, 1 + (width + _GAP) * column, y, width)
        tallest = max(boxes[number].height for number in numbers)
        boxes |= {number: replace(boxes[number], height=tallest) for number in numbers}
        bottoms.append(y + tallest)
        y = bottoms[-1] + _FALL + _TRACK * max(0, len(turns[row]) - 1)

    def line(edge: _Edge) -> tuple[tuple[float, float], ...]:
        """Down from one box, aside in the gaps between the rows, past the rows between, into the other."""
        start, end = boxes[edge.start], boxes[edge.end]
        x = start.x + start.width / 2
        points = [(x, start.y + start.height)]
        for row in range(row_of[edge.start], row_of[edge.end]):
            arrives = row + 1 == row_of[edge.end]
            onward = end.x + end.width / 2 if arrives else 1 + room + _LANE * (lanes.index(edge.bundle) + 0.6)
            if onward != x:
                level = bottoms[row] + _FALL / 2 - 3 + _TRACK * turns[row].index(edge.bundle)
                points += [(x, level), (onward, level)]
                x = onward
        return (*points, (x, end.y))

    arrows = tuple(Arrow(edge.start + 1, edge.end + 1, line(edge)) for edge in edges)
    return Chart(WIDTH, bottoms[-1] + 1, tuple(boxes[number] for number in sorted(boxes)), arrows)


def _rows(waits: Sequence[Sequence[int]]) -> list[list[int]]:
    """Steps by row: each below all it waits for, at most three in a row, in the guide's order."""
    row_of: dict[int, int] = {}
    full: dict[int, int] = {}
    while len(row_of) < len(waits):
        number = next(n for n in range(len(waits)) if n not in row_of and all(other in row_of for other in waits[n]))
        row = max((row_of[other] + 1 for other in waits[number]), default=0)
        while full.get(row, 0) >= SIDE_BY_SIDE:
            row += 1
        row_of[number] = row
        full[row] = full.get(row, 0) + 1
    return [sorted(number for number, held in row_of.items() if held == row) for row in range(max(row_of.values()) + 1)]


def _box(number: int, step: Step, note: str, x: float, y: float, width: float) -> Box:
    room = width - 2 * _PAD
    lines = wrapped(f"{number + 1}. {step.name}", room / _FONT)
    notes = wrapped(note, room / _SMALL) if note else ()
    return Box(number + 1, x, y, width, 2 * _PAD + _LINE * len(lines) + _SMALL_LINE * len(notes), lines, notes)


def wrapped(text: str, room: float) -> tuple[str, ...]:
    """The text in lines no wider than ``room`` (in heights of the type); Latin words stay whole while they fit a line.

    >>> wrapped("2. 审查和现场核查", 6.5)
    ('2. 审查和现', '场核查')
    """
    lines, line = [], ""
    for piece in _pieces(text, room):
        if line and _width((line + piece).rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return (*lines, line.rstrip()) if line.strip() else tuple(lines)


def _pieces(text: str, room: float) -> list[str]:
    """What may not be broken: a Latin word with the blank behind it, a Chinese character with the stop behind it."""
    pieces: list[str] = []
    for sign in text:
        last = pieces[-1] if pieces else ""
        joins = last and (
            (_latin(sign) and _latin(last[-1]) and _width(last + sign) <= room)
            or (sign == " " and last[-1] != " ")
            or (sign in "，。、；：）”？！》" and len(last) < 3)
            or last[-1] in "（“《"
        )
        if joins:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _latin(sign: str) -> bool:
    return sign != " " and ord(sign) < 0x2E80


def _width(text: str) -> float:
    return sum(_WIDE if ord(sign) < 0x2E80 else 1.0 for sign in text)
