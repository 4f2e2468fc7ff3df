"""Identity numbers, credit codes, telephone numbers and e-mail addresses as answers."""

from __future__ import annotations

import re
from datetime import date

from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns import codes
from assistant.engine.components.patterns.numerals import normalise, spoken_digits
from assistant.foundation.messages import t


def parse_id_number(text: str, today: date) -> Parsed:
    """An 18-character identity number; the rule is GB 11643-1999."""
    found = re.search(r"[0-9]{6,}[0-9X]*", spoken_digits(codes.compact(normalise(text))))
    number = found[0] if found else ""
    passport = codes.PASSPORT.search(normalise(text))
    if passport and len(number) != 18:
        held = (passport[1] or passport[2]).upper()
        return Rejected("id_passport", t("fields.id_passport"), insist=Accepted(held, held, t("fields.id_passport_warning")))
    if len(number) != 18 or not number[:17].isdigit():
        return Rejected("id_length", t("fields.id_length", count=len(number)))
    fault = codes.id_fault(number, today)
    if fault is not None:
        return Rejected(f"id_{fault}", t(f"fields.id_{fault}"))
    return Accepted(number, number)


def parse_uscc(text: str) -> Parsed:
    """An 18-character unified social credit code; a failing checksum is doubted once, then taken with a warning."""
    found = codes.USCC_IN_TEXT.search(normalise(text).upper()) or re.search(r"[0-9A-Z]{8,}", codes.compact(normalise(text)))
    code = found[0] if found else ""
    if len(code) != 18:
        return Rejected("uscc_length", t("fields.uscc_length", count=len(code)))
    if not codes.uscc_fits(code):
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
    plain = codes.ABROAD_IN_TEXT.sub(" ", plain) if abroad else plain
    mobile = codes.MOBILE_IN_TEXT.search(plain)
    if mobile:
        number = codes.mobile(mobile)
        return Accepted(number, number)
    landline = codes.LANDLINE_IN_TEXT.search(plain)
    if landline:
        number = codes.landline(landline)
        return Accepted(number, number)
    if abroad is not None:
        return Rejected("phone_abroad", t("fields.phone_abroad"))
    count = len(re.sub(r"\D", "", plain))
    return Rejected("phone_shape", t("fields.phone_shape_international" if international else "fields.phone_shape", count=count))


def _abroad(plain: str) -> str | None:
    """The first number of another country in a text, as E.164 writes it; None if there is none."""
    return next(filter(None, map(codes.abroad, codes.ABROAD_IN_TEXT.finditer(plain))), None)


def parse_email(text: str) -> Parsed:
    """An e-mail address."""
    found = codes.EMAIL_IN_TEXT.search(normalise(text))
    return Accepted(found[0], found[0]) if found else Rejected("email_shape", t("fields.email_shape"))
