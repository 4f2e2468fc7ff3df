"""What need not be asked because another answer tells it: the entries of a guide's ``settled``, and how each is worked out.

A derivation gives nothing where its answers do not tell for sure (an address that names no district, a number that is no
identity number): then the question is asked like any other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from assistant.engine.components.patterns.codes import born
from knowledge.conditions import value_at
from knowledge.facts import Condition, Strict
from knowledge.regions import regions_in

Value = str | float | list[str]
Pair = Annotated[list[str], Field(min_length=2, max_length=2)]
#: The forms that tell a yes from a no: ``then`` is put in for yes, ``else`` for no.
TELLING = ("same_district", "same_city", "age_at_least", "is_male")
#: Cities right under the state, and regions run by their province: what lies below them is no city of its own.
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
_ID_NUMBER = re.compile(r"\d{17}[\dXx]")


class Settled(Strict):
    """A question that need not be asked, where ``when`` holds. Exactly one of the forms says what its answer is.

    ``value``, itself (``told_by`` names the answers to wait for where ``when`` is about them) · ``from``, that of another
    field · ``birth_of``, the date of birth in an identity number; or ``then`` and ``else``, for yes and no, of
    ``same_district`` ``same_city`` (two addresses) · ``age_at_least`` (of each identity number or date: completed years by
    today) · ``is_male`` (of an identity number).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    field: str
    when: Condition | None = None
    value: Value | None = None
    told_by: Annotated[list[str], Field(default_factory=list)]
    from_: str | None = Field(default=None, alias="from")
    birth_of: str | None = None
    same_district: Pair | None = None
    same_city: Pair | None = None
    age_at_least: Annotated[dict[str, int], Field(min_length=1)] | None = None
    is_male: str | None = None
    then: Value | None = None
    else_: Value | None = Field(default=None, alias="else")

    @model_validator(mode="after")
    def one_form(self) -> Settled:
        telling = [form for form in TELLING if getattr(self, form) is not None]
        forms = [form for form in ("value", "from_", "birth_of", *telling) if getattr(self, form) is not None]
        if len(forms) != 1:
            raise ValueError(f"settled {self.field}: exactly one of value, from, birth_of, {', '.join(TELLING)}")
        if bool(telling) != (self.then is not None or self.else_ is not None):
            raise ValueError(f"settled {self.field}: then or else is needed for {', '.join(TELLING)}, and for these alone")
        if self.told_by and self.value is None:
            raise ValueError(f"settled {self.field}: told_by belongs to value")
        return self

    @property
    def form(self) -> str:
        """Which of the forms it has, as it is written in the guide."""
        forms = {"value": self.value, "from": self.from_, **{form: getattr(self, form) for form in ("birth_of", *TELLING)}}
        return next(form for form, held in forms.items() if held is not None)

    @property
    def derived(self) -> bool:
        """Whether the answer is worked out from others, rather than laid down by the guide or the same as another."""
        return self.form not in ("value", "from") or bool(self.told_by)

    @property
    def sources(self) -> list[str]:
        """The paths of the answers it comes from; none where the guide itself says it."""
        pairs = [*(self.same_district or []), *(self.same_city or []), *(self.age_at_least or {})]
        single = [path for path in (self.from_, self.birth_of, self.is_male) if path is not None]
        return [*self.told_by, *pairs, *single]

    def outcomes(self) -> Iterator[Value]:
        """The values it may put in, as far as they stand in the guide."""
        yield from (value for value in (self.value, self.then, self.else_) if value is not None)


def worked_out(entry: Settled, values: Mapping[str, Any], today: date | None) -> Any:
    """The answer an entry gives for these values; None where they do not tell it.

    Args:
        today: the day ages are counted to; without it none are.
    """
    if entry.form == "value":
        return entry.value if all(value_at(values, path) is not None for path in entry.told_by) else None
    held = [value_at(values, path) for path in entry.sources]
    if entry.form == "from":
        return held[0]
    if any(not isinstance(value, str) for value in held):
        return None
    if entry.form == "birth_of":
        day = born(held[0]) if _ID_NUMBER.fullmatch(held[0]) else None
        return day.isoformat() if day else None
    told = _told(entry, held, today)
    return None if told is None else entry.then if told else entry.else_


def _told(entry: Settled, held: list[str], today: date | None) -> bool | None:
    if entry.form == "is_male":
        return int(held[0][16]) % 2 == 1 if _ID_NUMBER.fullmatch(held[0]) else None
    if entry.age_at_least is not None:
        ages = [_years(value, today) for value in held]
        told = [None if age is None else age >= least for age, least in zip(ages, entry.age_at_least.values(), strict=True)]
        return False if False in told else None if None in told else True
    return same_region(region_of(held[0]), region_of(held[1]), entry.form.removeprefix("same_"))


def _years(value: str, today: date | None) -> int | None:
    """Completed years since birth, of an identity number, or since a date; None where it is neither, or yet to come."""
    try:
        since = born(value) if _ID_NUMBER.fullmatch(value) else date.fromisoformat(value)
    except ValueError:
        return None
    if since is None or today is None or since > today:
        return None
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def region_of(address: str) -> str | None:
    """The region (GB/T 2260) an address begins with, as far as it says; None where it names none, or one that several have."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", address))
    found = regions_in(plain)
    return found[0][2] if found and found[0][0] <= 2 else None


def same_region(one: str | None, other: str | None, level: str) -> bool | None:
    """Whether two regions are of one ``district`` or ``city``; None where one of them does not say it precisely enough."""
    if not one or not other:
        return None
    here, there = (_part(code, level) for code in (one, other))
    if here is not None and there is not None:
        return here == there
    known = min(len(_stem(one)), len(_stem(other)))
    return None if _stem(one)[:known] == _stem(other)[:known] else False


def _part(code: str, level: str) -> str | None:
    """What of a code tells its district or city from others; None where the code stops before that."""
    if level == "district":
        return code if code[4:] != "00" else None
    if code[:2] in _MUNICIPALITIES:
        return code[:2]
    if code[2:4] == "90":  # a city or county run by its province
        return code if code[4:] != "00" else None
    return code[:4] if code[2:4] != "00" else None


def _stem(code: str) -> str:
    return code[:2] if code[2:] == "0000" else code[:4] if code[4:] == "00" else code
