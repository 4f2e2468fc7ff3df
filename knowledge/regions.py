"""Regions (GB/T 2260): provinces, cities, counties and districts by code and by the names people use, and those in a sentence.

``regions.tsv`` has the codes of cities, counties and districts; the provinces stand with the engine's patterns. A code nobody
lists is one of its province as long as that exists.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from assistant.engine.components.patterns.regions import DISTRICTS, PROVINCES, short

_LISTED = Path(__file__).with_name("regions.tsv")
_PEOPLES = "朝鲜|土家|苗|藏|羌|彝|回|布依|侗|哈尼|壮|傣|景颇|傈僳|白|蒙古|哈萨克|柯尔克孜"
_CITY = re.compile(rf"(?:(?:(?:{_PEOPLES})族?)*自治州|地区|盟|市)$")
_LONGEST = 15
#: 中山路, 黄浦江, 北京烤鸭店 … are named after a place and are none.
_NAMED_AFTER = re.compile(r"江|寺|[东南西北中一二三四五六七八九十]*(?:路|街|大道|站)|大学|银行|人民路")


def region_code(text: str, near: str | None = None) -> str | None:
    """The six-digit code of a region given as code or name (浦东, 中山市, 上海市浦东新区); None if it is none we know.

    Args:
        near: of several of one name (朝阳区), the one in this region is meant.
    """
    plain = text.strip()
    if re.fullmatch(r"\d{6}", plain):
        return plain if plain == "000000" or plain[:2] in PROVINCES else None
    found = regions_in(plain, near)
    return found[-1][2] if found and found[-1][1] == len(plain) else None


def region_name(code: str) -> str:
    """What to call a region: 上海市浦东新区, 广东省中山市; only what is known of it where its district is not, else the code."""
    if code == "000000":
        return "全国"
    parts = [PROVINCES.get(code[:2], ""), _places().get(f"{code[:4]}00", ""), _places().get(code, "") if code[4:] != "00" else ""]
    return "".join(part for part in parts if part) or code


def short_name(code: str) -> str:
    """The last part of its name: 浦东新区, 中山市, 广东省."""
    return _places().get(code) or PROVINCES.get(code[:2]) or region_name(code)


def listed(code: str) -> bool:
    """Whether a code is of a city, county or district that there is."""
    return code in _places()


def within(region: str) -> list[tuple[str, str]]:
    """The regions right below one, by code: cities of a province, districts of a city; of the nation, the provinces."""
    if region == "000000":
        return [(f"{code}0000", name) for code, name in PROVINCES.items()]
    if region[2:] != "0000":
        return [(code, name) for code, name in _places().items() if code[:4] == region[:4] and code[4:] != "00"]
    cities = [(code, name) for code, name in _places().items() if code[:2] == region[:2] and code.endswith("00")]
    return cities or [(code, name) for code, name in _places().items() if code[:2] == region[:2]]


def regions_in(text: str, near: str | None = None) -> list[tuple[int, int, str]]:
    """Start, end and code of each region named in a text; 广东省中山市 is one. A name of several regions is none but ``near``."""
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(text):
        end, codes = _longest(text, at)
        if not codes:
            at += 1
            continue
        before = found[-1] if found and found[-1][1] == at else None
        inside = {code for code in codes if before and code != before[2] and _lies_in(code, before[2])}
        local = {code for code in codes if near and _lies_in(code, f"{near[:2]}0000")}
        if inside and before:
            found[-1] = (before[0], end, min(inside))
        elif len(codes) == 1 or len(local) == 1:
            found.append((at, end, next(iter(codes if len(codes) == 1 else local))))
        at = end
    return found


def _longest(text: str, at: int) -> tuple[int, frozenset[str]]:
    for end in range(min(len(text), at + _LONGEST), at + 1, -1):
        codes = _names().get(text[at:end])
        if codes and not _NAMED_AFTER.match(text, end):
            return end, codes
    return at, frozenset()


def _lies_in(code: str, region: str) -> bool:
    return code.startswith(region[:2] if region[2:] == "0000" else region[:4] if region[4:] == "00" else region)


@cache
def _places() -> dict[str, str]:
    """Cities, counties and districts by code."""
    listed = (line.split("\t") for line in _LISTED.read_text(encoding="utf-8").splitlines())
    return {**{code: name for code, name in listed}, **DISTRICTS}


@cache
def _names() -> dict[str, frozenset[str]]:
    """The codes a name may mean: full names, and the short ones of provinces, cities and our own districts."""
    names: dict[str, set[str]] = {}
    for code, name in [*((f"{code}0000", name) for code, name in PROVINCES.items()), *_places().items()]:
        names.setdefault(name, set()).add(code)
    full = set(names)
    for code, name in _places().items():
        plain = short(name) if code in DISTRICTS else _CITY.sub("", name) if code.endswith("00") else name
        if len(plain) > 1 and plain not in full:
            names.setdefault(plain, set()).add(code)
    for code, name in PROVINCES.items():
        names[short(name)] = {f"{code}0000"}  # 吉林, 海南 without more is the province
    return {name: frozenset(codes) for name, codes in names.items()}
