"""The office's windows and the slots they offer: by rule, from ``windows.yaml`` and the calendar of working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml
from pydantic import BaseModel, ConfigDict, Field

from sandbox.config import SHANGHAI

_FILE = Path(__file__).with_name("windows.yaml")


class Window(BaseModel):
    """One window. ``departments`` are words in the names of those it serves, none for all; a slot takes ``capacity`` people."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str = Field(pattern=r"^[a-z][a-z-]{0,39}$")
    name: str
    address: str
    phone: str
    departments: list[str]
    hours: list[tuple[time, time]] = Field(min_length=1)
    minutes: int = Field(ge=5, le=240)
    capacity: int = Field(ge=1)

    def as_json(self) -> dict[str, Any]:
        """The window as the API shows it."""
        hours = [{"from": f"{start:%H:%M}", "to": f"{end:%H:%M}"} for start, end in self.hours]
        return {
            "window": self.code,
            "name": self.name,
            "address": self.address,
            "phone": self.phone,
            "departments": self.departments,
            "days": "工作日",
            "hours": hours,
        }


@dataclass(frozen=True)
class Slot:
    """One stretch of a window's day."""

    window: Window
    starts: datetime

    @property
    def ends(self) -> datetime:
        """When it is over."""
        return self.starts + timedelta(minutes=self.window.minutes)

    @property
    def code(self) -> str:
        """Its name in the API: window, day and hour."""
        return f"{self.window.code}.{self.starts:%Y%m%d.%H%M}"

    def as_json(self) -> dict[str, Any]:
        """The slot as the API shows it, without what is left of it."""
        return {
            "slot": self.code,
            "window": self.window.code,
            "starts": self.starts.isoformat(),
            "ends": self.ends.isoformat(),
        }


@cache
def all_windows() -> list[Window]:
    """Every window, as shipped."""
    return [Window.model_validate(item) for item in yaml.safe_load(_FILE.read_text(encoding="utf-8"))["windows"]]


def windows_of(department: str) -> list[Window]:
    """The windows that serve a department: its own, or, where it has none, those that serve everybody; "" for all there are."""
    if not department:
        return all_windows()
    own = [window for window in all_windows() if any(word in department for word in window.departments)]
    return own or [window for window in all_windows() if not window.departments]


def slots_on(window: Window, day: date) -> list[Slot]:
    """The slots of a day; none on days the office is closed."""
    if not _working(day):
        return []
    found = []
    for start, end in window.hours:
        at, last = _moment(day, start), _moment(day, end)
        while at + timedelta(minutes=window.minutes) <= last:
            found.append(Slot(window, at))
            at += timedelta(minutes=window.minutes)
    return found


def slot(code: str) -> Slot | None:
    """The slot of this name, if the office has ever offered it."""
    name, _, moment = code.partition(".")
    window = next((window for window in all_windows() if window.code == name), None)
    try:
        starts = datetime.strptime(moment, "%Y%m%d.%H%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    if window is None:
        return None
    # Compared by name: the parser of dates takes more than one spelling.
    return next((held for held in slots_on(window, starts.date()) if held.code == code), None)


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI)


def _working(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year whose holidays have not been announced
        return day.weekday() < 5
