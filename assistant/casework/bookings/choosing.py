"""Which of the free slots to put to her, and which ones her words mean (下周三上午, 明天九点半, 13号下午)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from assistant.casework.bookings.counter import day_of, local
from assistant.casework.bookings.model import Slot
from assistant.casework.fields import days
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise
from assistant.foundation.clock import SHANGHAI

#: So many slots of each half of a day are put to her at once.
_HALF = 2
_NOON = time(12, 0)
_MORNING = re.compile(r"上午|早上|早晨|一早|morning", re.I)
_AFTERNOON = re.compile(r"下午|午后|afternoon", re.I)
_N = r"\d{1,2}|[一二两三四五六七八九十]{1,3}"
_HOUR = re.compile(rf"({_N})(?:点钟?|时)(半|一刻|三刻|({_N})分?)?|(?<!\d)(\d{{1,2}}):(\d{{2}})(?!\d)")
_DAY_ALONE = re.compile(r"(?<![\d月年])(\d{1,2}|[一二三四五六七八九十]{1,3})[号日]")
_WEEKDAY = re.compile(r"(?<![上下这本个])(?:周|星期|礼拜)([一二三四五六日天])")
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ASIDE = re.compile(
    r"就|那|我|想|要|约|预约|改到|换到|改成|换成|去|来|有没有|有吗|行吗|可以吗|可以|好吗|的|吧|呢|时间|时段|号窗口|在|on|at|please|"
    r"[，,。.！!？? ]",
    re.I,
)
_WHEN = re.compile(
    rf"(?:\d{{4}}年)?(?:(?:{_N})月)?(?:(?:{_N})[号日])|(?:下+个?|这个?|本)?(?:周|星期|礼拜)[一二三四五六日天]|今天|明天|后天|大后天|今日|明日|"
    rf"上午|早上|早晨|一早|下午|午后|(?:{_N})(?:点钟?|时)(?:半|一刻|三刻|(?:{_N})分?)?|\d{{1,2}}:\d{{2}}|\d{{1,2}}[./-]\d{{1,2}}|"
    r"morning|afternoon|today|tomorrow|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.I,
)


@dataclass(frozen=True)
class Said:
    """What of a time was said: the day, the half of it (``am``, ``pm``), the moment."""

    day: date | None = None
    half: str = ""
    at: time | None = None

    @property
    def exact(self) -> bool:
        """Whether one slot is meant."""
        return self.day is not None and self.at is not None


def plainly(text: str, now: datetime) -> bool:
    """Whether the words tell a time and nothing else."""
    plain = normalise(text)
    return read(text, now) is not None and not _ASIDE.sub("", _WHEN.sub("", plain))


def read(text: str, now: datetime) -> Said | None:
    """What time the words mean; None where they tell none."""
    plain = normalise(text).lower()
    at = _moment(plain)
    half = "pm" if _AFTERNOON.search(plain) else "am" if _MORNING.search(plain) else ""
    if at is not None and at.hour < 8:
        at = at.replace(hour=at.hour + 12)  # no window opens at three in the morning
    said = Said(_day(plain, now.astimezone(SHANGHAI).date()), half, at)
    return said if said != Said() else None


def spread(slots: Sequence[Slot]) -> list[Slot]:
    """What to put to her first: on the first day with a free slot, the next ones of the morning and of the afternoon."""
    today = _same_day(one_each(slots))
    morning = [slot for slot in today if local(slot).time() < _NOON]
    afternoon = [slot for slot in today if local(slot).time() >= _NOON]
    if not morning or not afternoon:
        return today[: 2 * _HALF]
    return [*morning[:_HALF], *afternoon[:_HALF]]


def next_ones(slots: Sequence[Slot], offered: Sequence[Slot], shown: Sequence[str], *, other_day: bool) -> list[Slot]:
    """Others than those she has seen: of the same day as long as it has some, or of the next day that has."""
    if not offered:
        return spread(slots)
    day = day_of(offered[0])
    if not other_day:
        rest = [slot for slot in one_each(slots) if day_of(slot) == day and slot.code not in shown]
        if rest:
            return rest[: 2 * _HALF]
    return spread([slot for slot in slots if day_of(slot) > day])


def fitting(slots: Sequence[Slot], said: Said) -> list[Slot]:
    """The slots that fit what was said."""
    return [
        slot
        for slot in one_each(slots)
        if (said.day is None or day_of(slot) == said.day)
        and (not said.half or (local(slot).time() < _NOON) == (said.half == "am"))
        and (said.at is None or local(slot).time() == said.at)
    ]


def nearest(slots: Sequence[Slot], said: Said) -> list[Slot]:
    """Where none fits: those of that day, else from that day on, else all."""
    held = [slot for slot in slots if said.day is None or day_of(slot) == said.day]
    return held or [slot for slot in slots if said.day is None or day_of(slot) > said.day] or list(slots)


def one_each(slots: Iterable[Slot]) -> list[Slot]:
    """One slot for every moment: which of several windows it is at is the office's matter."""
    found: dict[datetime, Slot] = {}
    for slot in slots:
        found.setdefault(slot.starts, slot)
    return list(found.values())


def _same_day(slots: Sequence[Slot]) -> list[Slot]:
    return [slot for slot in slots if day_of(slot) == day_of(slots[0])]


def _moment(plain: str) -> time | None:
    match = _HOUR.search(plain)
    if match is None:
        return None
    hour = _number(match[1] or match[4])
    minute = {"半": 30, "一刻": 15, "三刻": 45, None: 0}.get(match[2], _number(match[3] or "0")) if match[1] else int(match[5])
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(plain: str, today: date) -> date | None:
    """The day said; one that leaves month or week open is the next there is."""
    for offset, word in enumerate(("today", "tomorrow")):
        if word in plain:
            return today + timedelta(days=offset)
    for number, name in enumerate(_ENGLISH_DAYS):
        if name in plain:
            return _coming(today, number)
    if match := _WEEKDAY.search(plain):
        return _coming(today, "一二三四五六日".index(match[1].replace("天", "日")))
    if match := _DAY_ALONE.search(plain):
        return _numbered(today, _number(match[1]))
    # The hour would be read as a part of the date.
    found = days.read(_HOUR.sub("", plain), today)
    if isinstance(found, days.Day):
        try:
            return date(*found.parts)
        except (TypeError, ValueError):
            return None
    return None


def _coming(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _numbered(today: date, number: int) -> date | None:
    for ahead in range(62):
        if (today + timedelta(days=ahead)).day == number:
            return today + timedelta(days=ahead)
    return None


def _number(said: str) -> int:
    read_as = int(said) if said.isdigit() else chinese_to_decimal(said)
    return int(read_as) if read_as is not None else 0
