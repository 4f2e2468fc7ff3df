"""Addresses as places: two ways of writing one door are the same place, and a district says in which city it lies."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from assistant.engine.components.patterns.numerals import normalise
from knowledge.regions import region_name, regions_in

#: What stands behind a number in an address; 2幢, 2号楼 and 2栋 are one building, 301室 and 301 one room.
_UNITS = r"号楼|号院|号|幢|栋|座|单元|弄|巷|楼|层|室|房|户|铺|棟|[Ff]"
_NUMBER = re.compile(rf"([0-9A-Za-z]+)(?:-(?=[0-9A-Za-z]))?(?:{_UNITS})?")
_NOISE = re.compile(r"[\s,，、。.;；:：()（）]|之(?=\d)|第(?=\d)")
_FLOOR = re.compile(r"(?<![0-9])(\d{1,2})(?:层|楼(?!\d*[号幢栋座]))(?=\1\d{2}(?:室|房|$))")


@dataclass(frozen=True)
class Place:
    """Where an address is: ``region`` (GB/T 2260, empty if it names none), the names of street or village, and the numbers."""

    region: str
    street: str
    numbers: tuple[str, ...]


def place_of(address: str) -> Place:
    """The place of an address, by what counts: region, street, numbers; not by how the numbers' units are written."""
    plain = _NOISE.sub("", normalise(unicodedata.normalize("NFKC", address)))
    found = regions_in(plain)
    region, rest = "", plain
    if found and found[0][0] <= 2:
        region, rest = found[0][2], plain[found[0][1] :]
    rest = _FLOOR.sub("", rest)  # 3层301室 is 301室
    numbers = tuple(match[1].upper() for match in _NUMBER.finditer(rest))
    return Place(region, _NUMBER.sub("", rest), numbers)


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are one place. Where only one of them names its region, the rest decides."""
    here, there = place_of(one), place_of(other)
    if (here.street, here.numbers) != (there.street, there.numbers):
        return False
    return not (here.region and there.region) or here.region.startswith(there.region.rstrip("0")) or there.region.startswith(
        here.region.rstrip("0")
    )


def region_of(address: str) -> str | None:
    """The region an address lies in, as far as it says; None if it names none, or one of a name that several have."""
    return place_of(address).region or None


def completed(address: str) -> str:
    """The address from the province on, where its first words name one district of the country: 浦东新区… is 上海市浦东新区…."""
    found = regions_in(address)
    if not found or found[0][0] != 0:
        return address
    start, end, code = found[0]
    whole, named = region_name(code), address[start:end]
    return whole + address[end:] if whole.endswith(named) and whole != named else address
