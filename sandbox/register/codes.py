"""Check characters of identity numbers (GB 11643-1999) and credit codes (GB 32100-2015), and what the former say of a person."""

from __future__ import annotations

import re
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: Wider than the standard, which leaves out letters that look like digits: strangers invent codes without knowing that.
_USCC = re.compile(r"[0-9A-Z]{2}\d{6}[0-9A-Z]{10}")
_ID = re.compile(r"\d{17}[0-9X]")


def compact(text: object) -> str:
    """A code as it is kept: without blanks and dashes, in capitals."""
    return re.sub(r"[\s\-–—_.]", "", str(text)).upper()


def looks_like_id(code: str) -> bool:
    """Whether a code has the shape of an identity number and a day of birth in it."""
    return bool(_ID.fullmatch(code)) and birth_date(code) is not None


def looks_like_uscc(code: str) -> bool:
    """Whether a code has the shape of a credit code and not that of an identity number."""
    return bool(_USCC.fullmatch(code)) and not looks_like_id(code)


def id_fits(code: str) -> bool:
    """Whether the last character of an identity number is right."""
    total = sum(int(digit) * weight for digit, weight in zip(code[:17], _ID_WEIGHTS, strict=True))
    return looks_like_id(code) and "10X98765432"[total % 11] == code[17]


def uscc_fits(code: str) -> bool:
    """Whether the last character of a credit code is right."""
    if not _USCC.fullmatch(code) or not set(code) <= set(_USCC_ALPHABET):
        return False
    total = sum(_USCC_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return _USCC_ALPHABET[-total % 31] == code[17]


def birth_date(id_number: str) -> date | None:
    """The day of birth in an identity number."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None


def sex(id_number: str) -> str:
    """``male`` or ``female``, as the 17th digit has it."""
    return "male" if int(id_number[16]) % 2 else "female"


def masked(id_number: str) -> str:
    """An identity number as registers show it to others: 110105********002X."""
    return f"{id_number[:6]}{'*' * 8}{id_number[14:]}" if len(id_number) == 18 else "*" * len(id_number)
