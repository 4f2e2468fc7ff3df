"""Regions (GB/T 2260): a code of six digits, or the name of a province or of a district of Shanghai."""

from __future__ import annotations

import re

from assistant.engine.components.patterns.regions import DISTRICTS, PROVINCES, short


def region_code(text: str) -> str | None:
    """The six-digit code of a region given as code or name (浦东, 浦东新区, 上海市浦东新区); None if it is none we know."""
    plain = text.strip()
    if re.fullmatch(r"\d{6}", plain):
        return plain if plain == "000000" or plain[:2] in PROVINCES else None
    names = {**{f"{code}0000": name for code, name in PROVINCES.items()}, **DISTRICTS}
    ends = [(len(name), code) for code, name in names.items() if plain.endswith(name) or plain == short(name)]
    return max(ends)[1] if ends else None


def region_name(code: str) -> str:
    """What to call a region: 上海市浦东新区; only the province where the district is unknown, else the code."""
    province = PROVINCES.get(code[:2], "")
    if code == "000000":
        return "全国"
    return f"{province}{DISTRICTS.get(code, '')}" or code
