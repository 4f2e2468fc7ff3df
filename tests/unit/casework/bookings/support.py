"""Windows of an office that exists only here: half-hour slots on working days, a lunch break, a few places each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from assistant.casework.bookings.client import Windows, WindowsAway, WindowsRefused
from assistant.casework.bookings.model import Booking, Place, Slot
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.workcalendar import is_working_day

PLACE = Place(name="示例窗口", address="示例路1号", phone="021-12345")
HOURS = ((time(9, 0), time(11, 30)), (time(13, 30), time(16, 30)))


@dataclass
class Hall(Windows):
    """``lost`` answers of bookings are not given although they were made; ``taken`` are slots others have filled."""

    now: datetime
    down: bool = False
    lost: int = 0
    capacity: int = 2
    taken: set[str] = field(default_factory=set)
    held: dict[str, tuple[Booking, str, str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def slots(self, department: str, first: date, last: date) -> list[Slot]:
        self._there()
        assert timedelta(0) <= last - first < timedelta(days=31)
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        return [slot for day in days for slot in self._on(day) if slot.starts > self.now]

    def book(self, case_no: str, slot: str, key: str) -> Booking:
        self._there()
        if key in self.keys:
            booking, of, code = self.held.get(self.keys[key], (None, "", ""))
            if booking is None:
                raise WindowsRefused("slot-closed")
            if (of, code) != (case_no, slot):
                raise WindowsRefused("key-reused")
            return booking
        if any(of == case_no and booking.slot.starts > self.now for booking, of, _ in self.held.values()):
            raise WindowsRefused("already-booked")
        found = next((one for one in self._on(_day(slot)) if one.code == slot), None)
        if found is None:
            raise WindowsRefused("no-slot")
        if found.free <= 0 or found.starts <= self.now:
            raise WindowsRefused("slot-full" if found.free <= 0 else "slot-closed")
        number = f"YY{len(self.keys) + 1}"
        self.keys[key] = number
        self.held[number] = (Booking(booking_no=number, slot=found, place=PLACE), case_no, slot)
        if self.lost:
            self.lost -= 1
            raise WindowsAway("timeout")
        return self.held[number][0]

    def of_case(self, case_no: str) -> list[Booking]:
        self._there()
        return [booking for booking, of, _ in self.held.values() if of == case_no]

    def cancel(self, booking_no: str) -> None:
        self._there()
        if booking_no in self.left:
            return
        if booking_no not in self.held:
            raise WindowsRefused("not-found")
        if self.held[booking_no][0].slot.starts <= self.now:
            raise WindowsRefused("slot-closed")
        del self.held[booking_no]
        self.left.append(booking_no)

    def close(self) -> None:
        pass

    def booked(self) -> list[str]:
        """The codes of the slots that hold."""
        return [code for _, _, code in self.held.values()]

    def _there(self) -> None:
        if self.down:
            raise WindowsAway("no-connection")

    def _on(self, day: date) -> list[Slot]:
        found = []
        for start, end in HOURS if is_working_day(day) else ():
            at, last = datetime.combine(day, start, SHANGHAI), datetime.combine(day, end, SHANGHAI)
            while at < last:
                code = f"hall.{at:%Y%m%d.%H%M}"
                free = 0 if code in self.taken else self.capacity - self.booked().count(code)
                found.append(Slot(code=code, window="hall", starts=at, ends=at + timedelta(minutes=30), free=free))
                at += timedelta(minutes=30)
        return found


def _day(code: str) -> date:
    return datetime.strptime(code.split(".")[1], "%Y%m%d").date()
