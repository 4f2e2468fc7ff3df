"""Every value in a sentence, each in its normal form, none overlapping another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from assistant.engine.components.patterns import codes, dates, measures, people, places, regions
from assistant.engine.components.patterns.numerals import spoken_digits
from assistant.engine.components.text import half_width

KINDS = ("id_number", "uscc", "phone", "email", "date", "amount", "area", "address", "district", "person_name")
CODES = frozenset(("id_number", "uscc"))
"""Kinds that have a check digit, so that ``valid`` is said of them."""


class Entity(NamedTuple):
    """``text[start:end]`` is a ``kind`` whose normal form is ``value``; ``valid`` is whether its check digit holds."""

    kind: str
    value: str
    start: int
    end: int
    valid: bool | None = None


def find(text: str, today: date, *, asked_name: bool = False) -> list[Entity]:
    """The values in ``text``, in its order. Offsets are those of ``text`` itself, whatever its width.

    Args:
        text: a sentence as it was typed.
        today: what 明天 and a month without a year count from.
        asked_name: somebody was asked for a name, so that a name alone is one.
    """
    plain = half_width(text)
    found = list(_personal(plain, today, asked_name))
    for kind, spans in (
        ("date", dates.dates_in(plain, today)),
        ("amount", measures.amounts_in(plain)),
        ("area", measures.areas_in(plain)),
        ("district", regions.regions_in(plain)),
    ):
        found += [Entity(kind, value, start, end) for start, end, value in spans]
    return _apart(found)


def identifying(text: str) -> list[Entity]:
    """Only what may tell who somebody is: codes, telephone numbers, addresses and names."""
    # whoever is born after today is hidden all the same
    return _apart(list(_personal(half_width(text), date.max, False)))


def _personal(plain: str, today: date, asked_name: bool) -> Iterator[Entity]:
    spoken = spoken_digits(plain)
    for view in (plain, spoken) if spoken != plain else (plain,):
        if _SEVEN.search(view):
            yield from _codes(view, today)
            yield from _phones(view)
    if "@" in plain:
        yield from (Entity("email", match[0], *match.span()) for match in codes.EMAIL_IN_TEXT.finditer(plain))
    for kind, spans in (("address", places.addresses_in(plain)), ("person_name", people.names_in(plain, asked=asked_name))):
        yield from (Entity(kind, value, start, end) for start, end, value in spans)


#: No code and no telephone number has fewer digits.
_SEVEN = re.compile(r"\d(?:\D{0,3}\d){6}")


def _codes(plain: str, today: date) -> Iterator[Entity]:
    for match in codes.USCC_IN_GROUPS.finditer(plain):
        code = codes.compact(match[0])
        if _is_id(code, today):
            continue
        fits = codes.uscc_fits(code)
        if fits or (not _ID_SHAPE.fullmatch(code) and codes.USCC_IN_TEXT.fullmatch(match[0])):
            yield Entity("uscc", code, *match.span(), fits)
    for match in codes.ID_IN_GROUPS.finditer(plain):
        number = codes.compact(match[0])
        together = codes.ID_IN_TEXT.fullmatch(match[0]) is not None
        if _is_id(number, today) or (together and not codes.uscc_fits(number)):
            yield Entity("id_number", number, *match.span(), codes.id_fault(number, today) is None)


_ID_SHAPE = re.compile(r"\d{17}[0-9X]")


def _is_id(code: str, today: date) -> bool:
    """Whether 18 characters are an identity number, perhaps with a slip in it, rather than a credit code of digits alone."""
    if not _ID_SHAPE.fullmatch(code):
        return False
    fault = codes.id_fault(code, today)
    # the codes of companies begin with 9, as only the permits of foreigners do
    return fault is None or (fault == "check_digit" and not (code[0] == "9" and codes.uscc_fits(code)))


def _phones(plain: str) -> Iterator[Entity]:
    for match in codes.MOBILE_IN_TEXT.finditer(plain):
        yield Entity("phone", codes.mobile(match), *match.span())
    for match in codes.LANDLINE_IN_TEXT.finditer(plain):
        yield Entity("phone", match[1] + match[2] + (f"-{match[3]}" if match[3] else ""), *match.span())
    for match in codes.ABROAD_IN_TEXT.finditer(plain):
        if number := codes.abroad(match):
            yield Entity("phone", number, *match.span())


def _apart(found: Sequence[Entity]) -> list[Entity]:
    """Where several claim the same characters, a checked code comes first, then the longest."""
    kept: list[Entity] = []
    for entity in sorted(found, key=lambda entity: (not entity.valid, entity.start - entity.end, KINDS.index(entity.kind))):
        if all(entity.end <= other.start or other.end <= entity.start for other in kept):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.start)
