"""What a request for a 专用信用报告 asks for, read from the package's manifest as any office would read it."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from assistant.casework.prefill.records import ConductArea

_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")
_PARTED = re.compile(r"[、,，;；/\s]+|和|以及|还有")
_KEYS = frozenset({
    "uscc", "company_name", "period", "period_start", "period_end", "areas", "area_list", "subject", "branch_list", "purpose",
    "receiver",
})  # fmt: skip
_LEAST = 2


class Unclear(ValueError):
    """A field cannot be read as it stands; ``field`` is its key."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Request(BaseModel):
    """The answers that matter here, as the forms print them. ``day`` is the day the package was received."""

    day: date
    fields: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.fields.get(key, "")

    def period(self) -> tuple[date, date]:
        """First and last day asked about.

        Raises:
            Unclear: the days chosen cannot be read, or end before they begin or after the day of receipt.
        """
        said = self["period"]
        years = {"近一年": 1, "one_year": 1, "近三年": 3, "three_years": 3}.get(said)
        if years is not None:
            return _years_before(self.day, years), self.day
        start, end = _day(self["period_start"], "period_start"), _day(self["period_end"], "period_end")
        if end < start or end > self.day:
            raise Unclear("period_end")
        return start, end

    def branches(self) -> list[str]:
        """The branches to be looked up as well."""
        return [name for name in re.split(r"[、,，;；\n]+", self["branch_list"]) if name.strip()]

    def chosen(self, known: Sequence[ConductArea]) -> list[ConductArea]:
        """The areas asked for, in the register's order.

        Raises:
            Unclear: one of them is none of the register's; it must not be left out in silence.
        """
        if self["areas"] in ("", "all", "全部领域") or not self["area_list"]:
            return list(known)
        wanted: set[str] = set()
        for word in filter(None, _PARTED.split(unicodedata.normalize("NFKC", self["area_list"]))):
            found = [area.code for area in known if _means(word, area)]
            if not found:
                raise Unclear("area_list")
            wanted.update(found)
        return [area for area in known if area.code in wanted]


def read(package: bytes, day: date) -> Request:
    """The request in a package.

    Raises:
        ValueError: the package has no manifest that can be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            manifest: Any = json.loads(archive.read("manifest.json"))
        fields = {str(f["field"]): str(f["value"]) for f in manifest["fields"] if f.get("field") in _KEYS}
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError("unreadable-package") from error
    return Request(day=day, fields=fields)


def _means(word: str, area: ConductArea) -> bool:
    plain = word.removesuffix("领域").removesuffix("部门").removesuffix("局")
    names = [area.name, *area.aliases]
    return plain in names or word in names or (len(plain) >= _LEAST and (plain in area.name or area.name in plain))


def _day(said: str, field: str) -> date:
    found = _DAY.search(said)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise Unclear(field)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)
