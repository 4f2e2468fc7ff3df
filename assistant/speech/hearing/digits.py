"""Numbers as they are read back: in the groups people say them in."""

from __future__ import annotations

import re
from datetime import date

from assistant.casework.fields import dates
from assistant.speech.hearing.asked import WRITTEN, Asked

#: How many signs a group has, by kind and length.
_GROUPS: dict[tuple[str, int], tuple[int, ...]] = {
    ("id_number", 18): (6, 4, 4, 4),
    ("phone", 11): (3, 4, 4),
    ("uscc", 18): (4, 4, 4, 4, 2),
    ("text", 6): (3, 3),
}
_UNITS = {"amount": "元", "area": "平方米", "integer": ""}
_PLATE = re.compile(r"([\u4e00-\u9fff][A-Z])([A-Z0-9]+.?)")


def groups(kind: str | None, value: str) -> tuple[str, ...]:
    """The parts a value is read out in; joined they are the value without its dashes.

    Identity numbers 6-4-4-4, mobile numbers 3-4-4, a landline's area code apart, anything else by fours.
    """
    if plate := _PLATE.fullmatch(value):
        return plate.groups()
    if kind == "phone" and "-" in value:
        area, *rest = value.split("-")
        return (area, *(part for piece in rest for part in _cut(piece, ())))
    return tuple(_cut(value, _GROUPS.get((kind or "", len(value)), ())))


def _cut(value: str, sizes: tuple[int, ...]) -> list[str]:
    if not sizes:
        last = len(value) % 4
        sizes = (*[4] * (len(value) // 4), *([last] if last else []))
        if last == 1 and len(sizes) > 1:
            sizes = (*sizes[:-2], 3, 2)
    found, at = [], 0
    for size in sizes:
        found.append(value[at : at + size])
        at += size
    return found


def read_out(asked: Asked, value: str) -> str:
    """A value as it is shown and spoken when it is read back: 310115 1988 0412 3014, 2026年3月6日, 35000元.

    ``value`` is the form's: ISO 8601 for a date.
    """
    if asked.kind == "date":
        return dates.said(date.fromisoformat(value))
    if asked.kind in _UNITS:
        return f"{value}{_UNITS[asked.kind]}"
    return value if asked.kind in WRITTEN else " ".join(groups(asked.kind, value))
