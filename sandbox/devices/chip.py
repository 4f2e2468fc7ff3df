"""The chip of an invented person's card: 256 bytes of text as GA 467 lays them out, and the reader's protocol around them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import xor
from typing import Any, Literal

CardFault = Literal["", "unreadable", "removed", "expired", "foreign", "offline"]
PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
_WIDTHS = (15, 1, 2, 8, 35, 18, 15, 8, 8, 18)
_NATIONS = {"汉": "01", "蒙古": "02", "回": "03", "藏": "04", "维吾尔": "05", "苗": "06", "壮": "08", "朝鲜": "10", "满": "11"}
ISSUER = "示例市公安局样板分局"


def text(person: Mapping[str, Any], fault: CardFault = "") -> bytes:
    """What the chip of this person's card says."""
    nation = _NATIONS.get(str(person.get("nation") or "汉").removesuffix("族"), "97")
    fields = [
        str(person["name"]),
        "1" if person.get("sex") == "male" else "2",
        nation,
        str(person.get("birth_date") or "").replace("-", ""),
        str(person.get("address") or ""),
        str(person["id_number"]),
        ISSUER,
        "20200501",
        "20210501" if fault == "expired" else "20400501",
        "I".rjust(18) if fault == "foreign" else "",
    ]
    whole = "".join(field[:width].ljust(width) for field, width in zip(fields, _WIDTHS, strict=True))
    return whole.encode("utf-16-le")


def framed(body: bytes) -> bytes:
    """A body between preamble, length and check."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes([reduce(xor, counted)])


def answer(command: bytes, person: Mapping[str, Any] | None, fault: CardFault) -> bytes:
    """What a reader says to a command: to find, to choose, to read, or how it is."""
    if command == b"\x11\xff":
        return framed(b"\x00\x00\x90")
    if person is None:
        return framed(b"\x00\x00\x80")
    if command == b"\x20\x01":
        return framed(b"\x00\x00\x9f" + bytes(4))
    if command == b"\x20\x02":
        return framed(b"\x00\x00\x81" if fault == "removed" else b"\x00\x00\x90" + bytes(8))
    if command == b"\x30\x01":
        if fault == "unreadable":
            return framed(b"\x00\x00\x41")
        told, picture = text(person, fault), bytes(1024)
        return framed(b"\x00\x00\x90" + len(told).to_bytes(2, "big") + len(picture).to_bytes(2, "big") + told + picture)
    return framed(b"\x00\x00\x21")
