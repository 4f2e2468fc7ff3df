"""The drawing of a process: nothing covers anything, every wait is drawn, and whoever waits stands below."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.flowchart import SIDE_BY_SIDE, WIDTH, Box, Chart, draw, waits_for, wrapped
from knowledge.schema import Step


def step(name: str, after: list[str] | None = None) -> Step:
    return Step(name=name, text="。", after=after)


@st.composite
def processes(draw_: st.DrawFn) -> list[Step]:
    """Up to nine steps; each follows the one before it or waits for any of the others, itself and nobody included."""
    names = [f"步骤{number}" + "很长的名字" * (number % 3) for number in range(draw_(st.integers(1, 9)))]
    waits = st.none() | st.lists(st.sampled_from([*names, "没有这一步"]), unique=True, max_size=4)
    return [step(name, draw_(waits)) for name in names]


def overlap(one: Box, other: Box) -> bool:
    apart = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not apart and not (one.y + one.height <= other.y or other.y + other.height <= one.y)


def crosses(box: Box, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a piece of a line, which runs straight down or aside, goes through the inside of a box."""
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return right > box.x and left < box.x + box.width and bottom > box.y and top < box.y + box.height


@given(processes())
def test_no_box_covers_another_and_none_leaves_the_drawing(steps: list[Step]) -> None:
    chart = draw(steps, ["市场监督管理局 · 10个工作日"] * len(steps))
    assert [box.number for box in chart.boxes] == list(range(1, len(steps) + 1))
    assert not [pair for pair in combinations(chart.boxes, 2) if overlap(*pair)]
    assert all(box.x >= 0 and box.x + box.width <= chart.width and box.y + box.height <= chart.height for box in chart.boxes)
    assert chart.width == WIDTH


@given(processes())
def test_every_wait_is_drawn_once_and_nothing_else(steps: list[Step]) -> None:
    drawn = [(arrow.start - 1, arrow.end - 1) for arrow in draw(steps).arrows]
    assert sorted(drawn) == sorted((other, number) for number, waits in enumerate(waits_for(steps)) for other in waits)


@given(processes())
def test_arrows_run_from_box_to_box_and_through_none(steps: list[Step]) -> None:
    chart = draw(steps)
    boxes = {box.number: box for box in chart.boxes}
    for arrow in chart.arrows:
        start, end = boxes[arrow.start], boxes[arrow.end]
        assert arrow.points[0][1] == start.y + start.height and start.x < arrow.points[0][0] < start.x + start.width
        assert arrow.points[-1][1] == end.y and end.x < arrow.points[-1][0] < end.x + end.width
        for piece in pairwise(arrow.points):
            assert piece[0][0] == piece[1][0] or piece[0][1] == piece[1][1]
            assert piece[0][1] <= piece[1][1], "an arrow never runs upwards"
            assert not [box.number for box in chart.boxes if crosses(box, *piece)]
            assert all(0 <= x <= chart.width for x, _ in piece)


@given(processes())
def test_who_waits_stands_below_and_the_order_is_the_guides(steps: list[Step]) -> None:
    chart = draw(steps)
    boxes = {box.number: box for box in chart.boxes}
    assert all(boxes[arrow.start].y + boxes[arrow.start].height < boxes[arrow.end].y for arrow in chart.arrows)
    rows: dict[float, list[Box]] = {}
    for box in chart.boxes:
        rows.setdefault(box.y, []).append(box)
    assert all(len(row) <= SIDE_BY_SIDE and [b.x for b in row] == sorted(b.x for b in row) for row in rows.values())


@given(processes())
def test_every_letter_of_a_name_is_in_its_box(steps: list[Step]) -> None:
    for box in draw(steps).boxes:
        said = "".join(box.lines).replace(" ", "")
        assert said == f"{box.number}.{steps[box.number - 1].name}"
        assert all(box.y < base < box.y + box.height for _, base, _ in box.baselines())


def test_steps_without_waits_follow_one_another() -> None:
    assert waits_for([step("甲"), step("乙"), step("丙")]) == [[], [0], [1]]


def test_steps_that_wait_for_the_same_stand_side_by_side() -> None:
    chart = draw([step("准备"), step("消防", ["准备"]), step("食品", ["准备"]), step("发证", ["消防", "食品"])])
    first, fire, food, last = chart.boxes
    assert first.y < fire.y == food.y < last.y
    assert {(arrow.start, arrow.end) for arrow in chart.arrows} == {(1, 2), (1, 3), (2, 4), (3, 4)}


def test_a_circle_is_opened_and_a_name_of_no_step_is_left_out() -> None:
    assert waits_for([step("甲", ["乙"]), step("乙", ["甲", "丁"])]) == [[1], []]


def test_no_steps_no_drawing() -> None:
    assert draw([]) == Chart(WIDTH, 0, (), ())


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [("受理", 8, ("受理",)), ("审查和现场核查", 4, ("审查和现", "场核查")), ("核对，签字", 2, ("核", "对，", "签字")), ("Check and registration", 8, ("Check and", "registration"))],
)
def test_text_is_cut_where_it_may_be(text: str, room: float, lines: tuple[str, ...]) -> None:
    assert wrapped(text, room) == lines
