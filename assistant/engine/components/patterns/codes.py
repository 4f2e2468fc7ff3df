"""Identity numbers, credit codes, telephone numbers and e-mail addresses: shapes and check digits."""

from __future__ import annotations

import re
from datetime import date

from assistant.engine.components.patterns.regions import PROVINCES

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
#: The provinces, 83 for the permits of Taiwan residents, and 91 for permanent residents from abroad.
ID_REGIONS = frozenset(PROVINCES) | {"83", "91"}

_BEFORE, _AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_GAP = r"[ \-–—]{0,3}"
ID_IN_TEXT = re.compile(rf"{_BEFORE}\d{{17}}[0-9Xx]{_AFTER}")
USCC_IN_TEXT = re.compile(rf"{_BEFORE}[0-9A-HJ-NP-RTUWXYa-hj-np-rtuwxy]{{2}}\d{{6}}[0-9A-Za-z]{{10}}{_AFTER}")
#: The same two as people read them out or copy them: in groups. Such a run is one only if its contents say so as well.
ID_IN_GROUPS = re.compile(rf"{_BEFORE}\d(?:{_GAP}\d){{16}}{_GAP}[0-9Xx]{_AFTER}")
USCC_IN_GROUPS = re.compile(rf"{_BEFORE}[0-9A-Za-z]{_GAP}[0-9A-Za-z](?:{_GAP}\d){{6}}(?:{_GAP}[0-9A-Za-z]){{10}}{_AFTER}")
#: Letters and then digits, as most passports have it; digits alone are one only where the word is said.
PASSPORT = re.compile(
    r"(?<![0-9A-Za-z])([A-Za-z]{1,2}[ ]?\d{6,8})(?![0-9A-Za-z])|(?:passport|护照)\D{0,24}?([A-Za-z]{0,2}\d{6,9})(?!\d)", re.I
)
MOBILE_IN_TEXT = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
#: Area codes have three digits in 010 and 02x, four elsewhere.
LANDLINE_IN_TEXT = re.compile(r"(?<!\d)\(?(010|02\d|0[3-9]\d{2})\)?[- ]?(\d{7,8})(?:[-转 ]+(\d{1,6}))?(?!\d)")
#: A number of another country: + or 00, the country's code, and groups of digits; (0) is not dialled from abroad.
ABROAD_IN_TEXT = re.compile(r"(?<![0-9A-Za-z+])(?:\+|00) ?(?!86)([1-9]\d{0,3}(?:[ .\-]?\(?\d{1,5}\)?){1,7})(?!\d)")
#: The country codes of ITU-T E.164, by their first digits.
_COUNTRY = re.compile(
    r"1|7|2(?:0|7|1[12368]|[2-6]\d|9[01789])|3(?:[0-469]|[578]\d)|4(?:[013-9]|2[013])|5(?:[1-8]|0\d|9\d)|"
    r"6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])|8(?:[1246]|00|08|5[02356]|7[08]|8[0-368])|9(?:[0-58]|6[0-8]|7[0-7]|9[2-68])"
)
_NORTH_AMERICAN = re.compile(r"1[2-9]\d{2}[2-9]\d{6}")
EMAIL_IN_TEXT = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def compact(text: str) -> str:
    """A code without what groups it, in capitals."""
    return re.sub(r"[\s\-–—_.]", "", text).upper()


def id_check_digit(first17: str) -> str:
    """The 18th character of an identity number (GB 11643-1999)."""
    return ID_CHECK[sum(int(d) * w for d, w in zip(first17, ID_WEIGHTS, strict=True)) % 11]


def uscc_check_digit(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015). Raises ValueError outside its alphabet."""
    total = sum(USCC_ALPHABET.index(ch) * w for ch, w in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """The ninth character of an organisation's own code (GB 11714-1997), the seventeenth of its credit code."""
    left = 11 - sum(int(sign, 36) * weight for sign, weight in zip(first8, ORGANISATION_WEIGHTS, strict=True)) % 11
    return "0" if left == 11 else "X" if left == 10 else str(left)


def uscc_fits(code: str) -> bool:
    """Whether 18 characters are a credit code whose last one is right."""
    try:
        return uscc_check_digit(code[:17]) == code[17]
    except ValueError:
        return False


def born(number: str) -> date | None:
    """The day of birth in an identity number; None where it holds none."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_fault(number: str, today: date) -> str | None:
    """What is wrong with 18 characters as an identity number: ``birth``, ``region`` or ``check_digit``; None if nothing is."""
    day = born(number)
    if day is None or day > today or day.year < 1900:
        return "birth"
    if number[:2] not in ID_REGIONS:
        return "region"
    return None if id_check_digit(number[:17]) == number[17] else "check_digit"


def mobile(match: re.Match[str]) -> str:
    """The eleven digits of a match of ``MOBILE_IN_TEXT``."""
    return "".join(match.groups())


def landline(match: re.Match[str]) -> str:
    """A match of ``LANDLINE_IN_TEXT`` as 021-58880000, or 021-58880000-801 with its extension."""
    return f"{match[1]}-{match[2]}" + (f"-{match[3]}" if match[3] else "")


def abroad(match: re.Match[str]) -> str | None:
    """A match of ``ABROAD_IN_TEXT`` as ITU-T E.164 writes it; None if no country has such a number."""
    # people write the 0 of their own trunk calls: +44 (0)20
    digits = re.sub(r"\D", "", match[1].replace("(0)", ""))
    if 7 <= len(digits) <= 15 and _COUNTRY.match(digits) and (digits[0] != "1" or _NORTH_AMERICAN.fullmatch(digits)):
        return f"+{digits}"
    return None
