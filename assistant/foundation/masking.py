"""Hiding personal data: whole in log texts (``mask_text``), in part where a citizen recognises her own (``mask_value``).

``mask_text`` would rather hide a harmless number than show one that identifies somebody; patterns cannot find names, so
logs carry only allow-listed keys (see ``logging``).
"""

from __future__ import annotations

import re

from assistant.engine.components.patterns import codes

_DIGIT = r"[0-9０-９]"
_ALNUM = r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]"
_GAP = r"[\s\-－‐‑‒–—―·.．()（）_/]{0,3}"
_NUMERAL = r"[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]"
#: Figures and numerals mixed, as people dictate: 138-零零一三-8000.
_SAID = r"[0-9０-９零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]"
_SAID_GAP = r"[ \-－‐‑‒–—―·.．,，、]{0,2}"
_CROSS = r"[XxＸｘ×叉]"
_VEHICLE = r"(?<![0-9A-Za-z])(?=[0-9]{0,16}[A-Za-z])(?=[A-Za-z]{0,16}[0-9])[A-HJ-NPR-Za-hj-npr-z0-9]{17}(?![0-9A-Za-z])"
_PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-zＡ-Ｚａ-ｚ]"
    rf"{_GAP}(?:{_ALNUM}{{5,6}}|{_ALNUM}{{4}}[挂学警港澳使领超])"
)
# Lengths are bounded so that no text, however long, takes more than linear time.
_DOOR_NUMBER = rf"(?:{_ALNUM}|[零〇一二三四五六七八九十百千两甲乙丙丁戊]){{1,8}}(?:[\-－—–~～/之]{_ALNUM}{{1,6}}){{0,3}}"
_DOOR_UNIT = r"(?:号楼|号院|号|弄|室|单元|栋|幢|楼|层|座|房|户)"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), f"[{name}]")
    for name, pattern in (
        ("email", r"[^\s@＠，。；：、（）()<>《》\"“”]{1,64}[@＠][^\s@＠，。；：、（）()<>《》\"“”]{1,255}"),
        ("email", r"[A-Za-z0-9._%+\-]{1,64}\s?(?:艾特|圈[aA])\s?[A-Za-z0-9.\-点]{1,255}"),
        ("number", _VEHICLE),
        # 统一社会信用代码: two signs, six digits of region, ten signs; also when written in groups.
        ("number", rf"{_ALNUM}{_GAP}{_ALNUM}(?:{_GAP}{_DIGIT}){{6}}(?:{_GAP}{_ALNUM}){{10}}{_ALNUM}*"),
        # Identity numbers, phones, bank cards, account and licence numbers: seven digits or more, however grouped.
        ("number", rf"[+＋]?{_DIGIT}(?:{_GAP}{_DIGIT}){{6,}}(?:{_GAP}{_CROSS})?"),
        ("number", rf"{_NUMERAL}(?:{_GAP}{_NUMERAL}){{6,}}(?:{_GAP}{_CROSS})?"),
        # Eleven or more of them, with the commas somebody pauses at; sums have fewer figures.
        ("number", rf"{_SAID}(?:{_SAID_GAP}{_SAID}){{10,}}(?:{_SAID_GAP}{_CROSS})?"),
        # Passports, travel permits, driving and household papers: letters, then at least six digits.
        ("paper", rf"[A-Za-zＡ-Ｚａ-ｚ]{{1,3}}{_GAP}{_DIGIT}(?:{_GAP}{_DIGIT}){{5,}}{_ALNUM}*"),
        ("plate", _PLATE),
        ("door", rf"(?:附?{_DOOR_NUMBER}\s*{_DOOR_UNIT}[\s,，]*)+(?:{_DOOR_NUMBER})?"),
    )
)

_IDENTIFYING = re.compile(r"\d{17}[\dXx]|\d{15}|(?:\+?86)?1[3-9]\d{9}|\+\d{7,15}")


def mask_text(text: str) -> str:
    """``text`` with everything that may identify somebody replaced by a word in brackets, such as ``[number]``.

    Hidden are identity numbers, phones, 统一社会信用代码, bank cards, passports and the like, e-mail addresses, plates, and
    the house numbers of addresses; with blanks, dashes or full-width signs in them too. Any seven digits in a row go.
    """
    for pattern, word in _PATTERNS:
        text = pattern.sub(word, text)
    return text


def is_identifying(text: str) -> bool:
    """Whether the whole of ``text`` has the form of an identity number or a mobile phone number."""
    return _IDENTIFYING.fullmatch(text) is not None


def mask_value(kind: str, display: str) -> str:
    """A value as replies show it: enough for its owner to recognise, too little for someone looking over her shoulder.

    Args:
        kind: a field type of the guide schema (``id_number``, ``phone``, ``person_name``, ``address``, …).
        display: the value as forms print it.

    Companies' names, codes and business scopes are public and stay whole, as do dates, amounts and choices. A table
    shown row by row is masked by its columns' kinds; told in one text it is free text.

    Raises:
        ValueError: the kind is none of the schema's.
    """
    match kind:
        case "id_number":
            return _middle(display, 3, 4)
        case "phone":
            return _phone(display)
        case "person_name":
            return display[:1] + "*" * max(len(display) - 1, 1) if display else display
        case "email":
            name, at, host = display.rpartition("@")
            return f"{name[:1]}***{at}{host}" if at else _middle(display, 1, 0)
        case "address":
            return _address(display)
        case "text" | "table":
            return _free(display)
        case "area" | "amount" | "integer" | "percent":
            return display
        case "company_name" | "uscc" | "date" | "scope" | "choice" | "multi" | "yes_no":
            return display
    raise ValueError(f"no rule to mask a {kind}")


def _middle(text: str, head: int, tail: int) -> str:
    """``text`` with all but ``head`` and ``tail`` signs starred; a text too short to hide its middle is starred whole."""
    if len(text) < head + tail + 2:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def _phone(display: str) -> str:
    digits = re.sub(r"\D", "", display)
    if len(digits) > 11 and digits.startswith("86"):
        digits = digits[2:]
    elif display.startswith("+"):
        digits = f"+{digits}"  # the country's code stays: +44*****0958
    return _middle(digits, 3, 4)


_HOUSE = re.compile(rf"{_DOOR_NUMBER}\s*(?:{_DOOR_UNIT}|$)|[0-9０-９]")
_ROAD_END = re.compile(r"大道|[路街巷道里村弄镇乡区县市]")


def _address(display: str) -> str:
    """District and road stay; from the house number on there are four stars."""
    house = _HOUSE.search(display)
    if house is not None:
        return display[: house.start()] + "****"
    # No number to be found: keep up to the last road or place name, or the first third.
    ends = [match.end() for match in _ROAD_END.finditer(display) if match.end() < len(display)]
    return display[: ends[-1] if ends else len(display) // 3] + "****"


_NUMERALS = re.compile(rf"{_SAID}{{7,}}")
_PLATES, _VEHICLES = re.compile(_PLATE), re.compile(_VEHICLE)
#: Bank cards and account numbers.
_ACCOUNT = re.compile(r"(?<!\d)\d{12,19}(?!\d)")


def _free(display: str) -> str:
    """Free text keeps its words; numbers of persons, cards, papers, vehicles and phones lose their middle."""
    display = codes.EMAIL_IN_TEXT.sub(lambda match: mask_value("email", match[0]), display)
    display = _VEHICLES.sub(lambda match: _middle(match[0], 3, 4), display)
    display = _PLATES.sub(lambda match: _middle(match[0], 2, 2), display)
    display = codes.LANDLINE_IN_TEXT.sub(lambda match: _phone(match[0]), display)
    display = codes.ABROAD_IN_TEXT.sub(lambda match: _phone(match[0]), display)
    display = codes.PASSPORT.sub(_passport, display)
    display = codes.MOBILE_IN_TEXT.sub(lambda match: _middle(codes.mobile(match), 3, 4), display)
    for pattern in (codes.ID_IN_TEXT, _ACCOUNT):
        display = pattern.sub(lambda match: _middle(match[0], 3, 4), display)
    return _NUMERALS.sub(lambda match: match[0] if match[0].isdigit() else _middle(match[0], 3, 4), display)


def _passport(match: re.Match[str]) -> str:
    """The number loses its middle; a word that introduced it stays."""
    number = match[1] or match[2]
    return match[0].removesuffix(number) + _middle(number, 2, 3)
