"""Booking for a case: what is on offer, one slot at a time, moved or given back, whatever got lost on the way.

The office may have booked although its answer never came, or the turn that booked was never saved. So a key is the same until
a booking was saved, and what the office holds for a case is asked before anything is booked in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from assistant.casework.bookings.client import Windows, WindowsAway, WindowsRefused
from assistant.casework.bookings.model import Booking, Handing, Slot
from assistant.foundation.clock import SHANGHAI

#: How far ahead slots are asked for, in questions of so many days.
_AHEAD_DAYS, _QUESTION_DAYS = 56, 28
_NOTICE = timedelta(minutes=30)
"""What begins sooner is no offer: she has to find the papers and get there."""
_IN_THE_WAY = frozenset({"already-booked", "key-reused"})


class Lost(Exception):
    """The slot wished for is gone, and so is the one that was given up for it."""


class Counter:
    """See the module. Blocks; thread-safe. ``windows`` by the office's name in the routing file, "" the usual one's."""

    def __init__(self, windows: Mapping[str, Windows]) -> None:
        self._windows = dict(windows)

    def close(self) -> None:
        """Let go of connections."""
        for windows in self._windows.values():
            windows.close()

    def free(self, handing: Handing, now: datetime) -> list[Slot]:
        """The slots with a place left that she can still get to, the earliest first, as far ahead as there are any.

        Raises:
            WindowsAway: the office does not answer, or is no longer in the routing file.
        """
        windows, today = self._of(handing), now.astimezone(SHANGHAI).date()
        for begin in range(0, _AHEAD_DAYS, _QUESTION_DAYS):
            first = today + timedelta(days=begin)
            try:
                found = windows.slots(handing.department, first, first + timedelta(days=_QUESTION_DAYS - 1))
            except WindowsRefused as error:
                raise WindowsAway(error.code) from error
            if free := [slot for slot in found if slot.free > 0 and slot.starts >= now + _NOTICE]:
                return free
        return []

    def book(self, case_no: str, part: str, handing: Handing, wished: Slot) -> Booking:
        """Book a slot in the place of the one there is, if there is one.

        Returns:
            What holds now: the slot wished for, or, where that went in the last moment, the one there was before.

        Raises:
            WindowsAway: nobody knows whether it is booked; the same again finds out.
            WindowsRefused: it is gone, and what there was holds as before.
            Lost: it is gone, and so is what there was.
        """
        windows, key = self._of(handing), _key(case_no, part, handing)
        try:
            booked = windows.book(case_no, wished.code, key)
        except WindowsRefused as refused:
            if refused.code not in _IN_THE_WAY:
                raise
            return self._instead(windows, case_no, handing, wished, key)
        if handing.booking is not None and handing.booking.booking_no != booked.booking_no:
            self.give_up(handing.office, handing.booking.booking_no)  # it was at another window
        return booked

    def _instead(self, windows: Windows, case_no: str, handing: Handing, wished: Slot, key: str) -> Booking:
        """Another booking stands in the way: the one she moves from, or one whose answer got lost."""
        held = [one for one in windows.of_case(case_no) if one.slot.window == wished.window]
        same = next((one for one in held if one.slot.code == wished.code), None)
        if same is not None:
            return same
        day = day_of(wished)
        if not any(slot.code == wished.code and slot.free > 0 for slot in windows.slots(handing.department, day, day)):
            raise WindowsRefused("slot-full")
        for one in held:
            windows.cancel(one.booking_no)
        try:
            return windows.book(case_no, wished.code, f"{key}-{wished.code}")
        except WindowsRefused:
            for one in held:
                try:
                    return windows.book(case_no, one.slot.code, f"{key}-{one.slot.code}")
                except WindowsRefused as gone:
                    raise Lost from gone
            raise

    def cancel(self, handing: Handing) -> None:
        """Give the slot back. Raises WindowsAway; WindowsRefused ``slot-closed`` once its time has come."""
        if handing.booking is not None:
            self._of(handing).cancel(handing.booking.booking_no)

    def give_up(self, office: str, booking_no: str) -> None:
        """Give back a slot that is no longer wanted; a slot whose time has come, or that nobody knows, is none.

        Raises:
            WindowsAway: try again later.
        """
        try:
            self._of(Handing(way="window", office=office)).cancel(booking_no)
        except WindowsRefused:
            return

    def _of(self, handing: Handing) -> Windows:
        windows = self._windows.get(handing.office)
        if windows is None:
            raise WindowsAway("office-not-configured")
        return windows


def day_of(slot: Slot) -> date:
    """The day of a slot, where the offices are."""
    return local(slot).date()


def local(slot: Slot) -> datetime:
    """When a slot begins, where the offices are."""
    return slot.starts.astimezone(SHANGHAI)


def _key(case_no: str, part: str, handing: Handing) -> str:
    return "-".join(text for text in (case_no, part, f"slot{handing.booked + 1}") if text)
