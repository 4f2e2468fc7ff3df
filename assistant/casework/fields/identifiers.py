"""Check digits and shapes of identity numbers, credit codes and telephone numbers."""

from __future__ import annotations

import re
from datetime import date

from assistant.casework.fields.numerals import normalise, spoken_digits
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.foundation.messages import t

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
#: First two digits of GB/T 2260 plus 81–83 of the residence permits for Hong Kong, Macao and Taiwan residents.
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for code in range(first, last + 1)
)

ID_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
USCC_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RTUWXYa-hj-np-rtuwxy]{2}\d{6}[0-9A-Za-z]{10}(?![0-9A-Za-z])")
#: Letters and then digits, as most passports have it; digits alone are one only where the word is said.
_PASSPORT = re.compile(
    r"(?<![0-9A-Za-z])([A-Za-z]{1,2}[ ]?\d{6,8})(?![0-9A-Za-z])|(?:passport|护照)\D{0,24}?([A-Za-z]{0,2}\d{6,9})(?!\d)", re.I
)
MOBILE_IN_TEXT = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
#: Area codes have three digits in 010 and 02x, four elsewhere.
LANDLINE_IN_TEXT = re.compile(r"(?<!\d)(010|02\d|0[3-9]\d{2})[- ]?(\d{7,8})(?:[-转 ]+(\d{1,6}))?(?!\d)")
#: A number of another country: + or 00, the country's code, and groups of digits; (0) is not dialled from abroad.
ABROAD_IN_TEXT = re.compile(r"(?<![0-9A-Za-z+])(?:\+|00) ?(?!86)([1-9]\d{0,3}(?:[ .\-]?\(?\d{1,5}\)?){1,7})(?!\d)")
#: The country codes of ITU-T E.164, by their first digits.
_COUNTRY = re.compile(
    r"1|7|2(?:0|7|1[12368]|[2-6]\d|9[01789])|3(?:[0-469]|[578]\d)|4(?:[013-9]|2[013])|5(?:[1-8]|0\d|9\d)|"
    r"6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])|8(?:[1246]|00|08|5[02356]|7[08]|8[0-368])|9(?:[0-58]|6[0-8]|7[0-7]|9[2-68])"
)
_NORTH_AMERICAN = re.compile(r"1[2-9]\d{2}[2-9]\d{6}")
EMAIL_IN_TEXT = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def id_check_digit(first17: str) -> str:
    """The 18th character of an identity number (GB 11643-1999)."""
    return ID_CHECK[sum(int(d) * w for d, w in zip(first17, ID_WEIGHTS, strict=True)) % 11]


def uscc_check_digit(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015). Raises ValueError outside its alphabet."""
    total = sum(USCC_ALPHABET.index(ch) * w for ch, w in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def _compact(text: str) -> str:
    return re.sub(r"[\s\-—_.]", "", normalise(text)).upper()


def parse_id_number(text: str, today: date) -> Parsed:
    """An 18-character identity number; the rule is GB 11643-1999."""
    found = re.search(r"[0-9]{6,}[0-9X]*", spoken_digits(_compact(text)))
    number = found[0] if found else ""
    passport = _PASSPORT.search(normalise(text))
    if passport and len(number) != 18:
        held = (passport[1] or passport[2]).upper()
        return Rejected("id_passport", t("fields.id_passport"), insist=Accepted(held, held, t("fields.id_passport_warning")))
    if len(number) != 18 or not number[:17].isdigit():
        return Rejected("id_length", t("fields.id_length", count=len(number)))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Rejected("id_birth", t("fields.id_birth"))
    if born > today or born.year < 1900:
        return Rejected("id_birth", t("fields.id_birth"))
    if number[:2] not in PROVINCES:
        return Rejected("id_region", t("fields.id_region"))
    if id_check_digit(number[:17]) != number[17]:
        return Rejected("id_check_digit", t("fields.id_check_digit"))
    return Accepted(number, number)


def parse_uscc(text: str) -> Parsed:
    """An 18-character unified social credit code; a failing checksum is doubted once, then taken with a warning."""
    found = USCC_IN_TEXT.search(normalise(text).upper()) or re.search(r"[0-9A-Z]{8,}", _compact(text))
    code = found[0] if found else ""
    if len(code) != 18:
        return Rejected("uscc_length", t("fields.uscc_length", count=len(code)))
    try:
        fits = uscc_check_digit(code[:17]) == code[17]
    except ValueError:
        fits = False
    if not fits:
        return Rejected("uscc_check_digit", t("fields.uscc_check_digit"), insist=Accepted(code, code, t("fields.uscc_warning")))
    return Accepted(code, code)


def parse_phone(text: str, international: bool = False) -> Parsed:
    """A mainland mobile number, or a landline with its area code; where the field allows it, a number of any country.

    The latter is kept in the form of ITU-T E.164: +442079460958.
    """
    plain = spoken_digits(normalise(text))
    abroad = _abroad(plain)
    if abroad is not None and international:
        return Accepted(abroad, abroad)
    plain = ABROAD_IN_TEXT.sub(" ", plain) if abroad else plain
    mobile = MOBILE_IN_TEXT.search(plain)
    if mobile:
        number = "".join(mobile.groups())
        return Accepted(number, number)
    landline = LANDLINE_IN_TEXT.search(plain)
    if landline:
        number = f"{landline[1]}-{landline[2]}" + (f"-{landline[3]}" if landline[3] else "")
        return Accepted(number, number)
    if abroad is not None:
        return Rejected("phone_abroad", t("fields.phone_abroad"))
    count = len(re.sub(r"\D", "", plain))
    return Rejected("phone_shape", t("fields.phone_shape_international" if international else "fields.phone_shape", count=count))


def _abroad(plain: str) -> str | None:
    """The first number of another country in a text, as E.164 writes it; None if there is none."""
    for match in ABROAD_IN_TEXT.finditer(plain):
        # people write the 0 of their own trunk calls: +44 (0)20
        digits = re.sub(r"\D", "", match[1].replace("(0)", ""))
        if 7 <= len(digits) <= 15 and _COUNTRY.match(digits) and (digits[0] != "1" or _NORTH_AMERICAN.fullmatch(digits)):
            return f"+{digits}"
    return None


def parse_email(text: str) -> Parsed:
    """An e-mail address."""
    found = EMAIL_IN_TEXT.search(normalise(text))
    return Accepted(found[0], found[0]) if found else Rejected("email_shape", t("fields.email_shape"))
