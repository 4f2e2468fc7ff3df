"""Lines of a history that are repeated, mixed up or late come to the case once and in order; what contradicts them does not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.casework.model import CaseStatus, IllegalTransition
from assistant.casework.submission import history, lines, outbox
from assistant.casework.submission.follow import Follower
from assistant.casework.submission.history import GAP_PATIENCE, Judged, Known
from assistant.casework.submission.office import HistoryLine, OfficeFile
from assistant.casework.submission.outbox import State
from assistant.casework.submission.sink import OfficeNews, Once
from assistant.casework.submission.statuses import way_said
from assistant.foundation.clock import FixedClock
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import CASE, NOW, MemoryOffice, Remembering

WORDS = ("received", "accepted", "correction_needed", "received", "in_review", "approved", "delivered")
TRUTH = [
    HistoryLine(seq=seq, at=NOW + timedelta(minutes=seq), status=status, text=f"step {seq}")
    for seq, status in enumerate(WORDS, start=1)
]
TOLD = [place for place, line in enumerate(TRUTH) if line.status != "received"]
LATER = NOW + timedelta(days=1)


def without_numbers(read: list[HistoryLine]) -> list[HistoryLine]:
    return [line.model_copy(update={"seq": None}) for line in read]


class Case(Remembering):
    """A sink that takes no 送达 but after 准予."""

    present: ClassVar[CaseStatus] = CaseStatus.SUBMITTED

    def status(self, case_no: str, part: str, entry: OfficeNews, once: Once) -> None:
        if way_said(Case.present, entry.status) is None:
            raise IllegalTransition
        super().status(case_no, part, entry, once)
        Case.present = entry.status


class Desk:
    """An app that follows one case and can be restarted; its office says what ``says`` is given."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.office, self.clock = folder, MemoryOffice(), FixedClock(NOW)
        self.told: list[tuple[object, ...]] = []
        self.sink: type[Remembering] = Remembering
        self.db = support.open_database(folder)
        support.add_case(self.db)
        with self.db.write() as conn:
            outbox.add(conn, CASE, 1, NOW)
            row = outbox.get(conn, CASE, 1)
            assert row is not None
            outbox.sent(conn, row, "SJ1", NOW)

    def says(self, read: list[HistoryLine], status: str = "") -> list[tuple[object, ...]]:
        """A fresh process asks; what the case has been told so far, but for the lines' places."""
        held = OfficeFile(
            receipt_no="SJ1", case_no=CASE, version=1, status=status or (read[-1].status if read else "received"), history=read
        )
        self.office.files[CASE] = held
        self.db.dispose()
        self.db = support.open_database(self.folder)
        sink = self.sink(self.db)
        Follower(self.db, self.office, sink, self.clock, every_s=0).round()
        self.told += sink.news
        return self.told

    def doubts(self) -> list[tuple[object, ...]]:
        return [news[2:] for news in self.told if news[0] == "doubted"]

    def steps(self) -> list[object]:
        return [news[4] for news in self.told if news[0] == "status"]

    @property
    def state(self) -> State:
        with self.db.read() as conn:
            row = outbox.get(conn, CASE, 1)
        assert row is not None
        return row.state


@contextmanager
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        made = Desk(Path(folder))
        try:
            yield made
        finally:
            made.db.dispose()


def expected(places: list[int]) -> list[object]:
    return [TRUTH[place].text for place in places]


@st.composite
def tellings(draw: st.DrawFn) -> list[list[HistoryLine]]:
    """What the office says at each question: some of its lines, repeated and shuffled; in the end all of them."""
    asked = draw(st.lists(st.lists(st.sampled_from(TRUTH), max_size=9), max_size=3))
    return [*asked, draw(st.permutations([*TRUTH, *draw(st.lists(st.sampled_from(TRUTH), max_size=3))]))]


@settings(max_examples=25, deadline=None)
@given(tellings())
def test_numbered_lines_come_once_and_in_order_whatever_is_repeated_mixed_or_late(said: list[list[HistoryLine]]) -> None:
    with desk() as app:
        for read in said:
            app.says(read)
        assert (app.steps(), app.doubts(), app.state) == (expected(TOLD), [], State.CLOSED)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(TRUTH)), max_size=3), st.data())
def test_lines_without_numbers_come_once_and_in_order(known: list[int], data: st.DataObject) -> None:
    with desk() as app:
        for count in [*sorted(known), len(TRUTH), *known]:
            lines_ = without_numbers(TRUTH[:count])
            app.says(data.draw(st.permutations([*lines_, *lines_[: data.draw(st.integers(0, count))]])), WORDS[count - 1])
        assert (app.steps(), app.doubts(), app.state) == (expected(TOLD), [], State.CLOSED)


@pytest.mark.parametrize("lie", ["received", "nonsense"])
@pytest.mark.parametrize("place", [place for place, word in enumerate(WORDS) if word not in ("received", "correction_needed")])
def test_a_made_up_last_line_is_noted_once_and_the_truth_goes_on(place: int, lie: str) -> None:
    with desk() as app:
        line = TRUTH[place].model_copy(update={"seq": place + 2, "status": lie, "text": "lie"})
        for _ in range(2):
            app.says([*TRUTH[: place + 1], line])
        assert app.doubts() == [("cannot_follow", lie) if lie == "received" else ("unknown_status", "")]
        app.says(TRUTH)
        assert (app.steps(), app.state, len(app.doubts())) == (expected(TOLD), State.CLOSED, 1)


@pytest.mark.parametrize("last", [6, 7])
def test_a_line_that_cannot_follow_does_not_hide_the_end(last: int) -> None:
    with desk() as app:
        lie = TRUTH[0].model_copy(update={"seq": last + 1, "text": "lie"})
        app.says([*TRUTH[:last], lie])
        assert app.doubts() == [("cannot_follow", "received")]
        assert app.state is (State.CLOSED if last == len(TRUTH) else State.SENT)
        app.says(TRUTH)
        assert (app.steps(), app.state, len(app.doubts())) == (expected(TOLD), State.CLOSED, 1)


@pytest.mark.parametrize("numbered", [True, False])
def test_a_line_that_came_too_early_is_taken_once_what_it_follows_is_there(numbered: bool) -> None:
    with desk() as app:
        app.clock.advance(timedelta(hours=1))
        app.sink, Case.present = Case, CaseStatus.SUBMITTED
        whole = TRUTH if numbered else without_numbers(TRUTH)
        for _ in range(2):
            app.says([*whole[:5], whole[6]])
        assert (app.steps()[-1], app.doubts(), app.state) == ("step 5", [("cannot_follow", "delivered")], State.SENT)
        for _ in range(2):
            app.says(whole)
        assert (app.steps()[-2:], len(app.doubts()), app.state) == (["step 6", "step 7"], 1, State.CLOSED)


def test_another_line_under_a_number_that_is_known_is_not_believed() -> None:
    with desk() as app:
        app.says(TRUTH[:2])
        other = TRUTH[1].model_copy(update={"status": "denied"})
        for _ in range(2):
            app.says([TRUTH[0], other])
        assert (app.steps(), app.doubts(), app.state) == (["step 2"], [("contradicts", "denied")], State.SENT)


def test_a_gap_is_waited_for_and_not_for_ever() -> None:
    with desk() as app:
        app.says([TRUTH[0], TRUTH[2]])
        assert app.steps() == []
        app.clock.advance(GAP_PATIENCE + timedelta(minutes=4))
        app.says([TRUTH[0], TRUTH[2]])
        assert app.steps() == ["step 3"]
        for _ in range(2):
            app.says(TRUTH[:3])  # what comes now is behind what is known
        assert (app.steps(), app.doubts()) == (["step 3"], [("late", "accepted")])


def test_an_office_that_begins_to_number_its_lines_says_nothing_new_by_it() -> None:
    with desk() as app:
        app.says(without_numbers(TRUTH[:3]))
        app.says(TRUTH[:3])
        app.says(TRUTH[:4] + TRUTH[4:])
        assert (app.steps(), app.doubts()) == (expected(TOLD), [])


def test_an_office_that_makes_things_up_does_not_fill_the_books() -> None:
    with desk() as app:
        for number in range(lines.MOST_DOUBTED + 5):
            app.says([TRUTH[0], TRUTH[1].model_copy(update={"status": f"word {number}"})])
        assert len(app.doubts()) == lines.MOST_DOUBTED
        app.says(TRUTH)
        assert app.steps() == expected(TOLD)


def test_the_latest_on_top_is_read_from_the_bottom() -> None:
    def line(day: int, status: str) -> HistoryLine:
        return HistoryLine(at=datetime(2025, 11, day, tzinfo=NOW.tzinfo), status=status)

    read = [line(21, "delivered"), line(21, "approved"), line(20, "received")]
    assert [one.status for one in history.ordered(read)] == ["received", "approved", "delivered"]
    assert [one.status for one in history.ordered(read[::-1])] == ["received", "approved", "delivered"]


def test_nothing_known_is_all_new() -> None:
    assert {Known().judge(line, LATER) for line in TRUTH} == {Judged.NEW}
