"""Numbers that free-text questions ask for: bank cards, number plates, vehicles, postcodes, licences.

The words of the question tell which. Each has its normal form; one whose check digit does not hold is doubted once.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns.numerals import normalise, spoken_digits
from assistant.foundation.messages import t

_CARD = re.compile(r"(?<!\d)\d(?:[ \-]{0,2}\d){11,18}(?!\d)")
_CARD_ASKED = r"银行卡号?|收款卡号|^卡号|(?:银行|收款)账号"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
#: Five signs after the city's letter, six for new energy; the last of some is a character: 粤Z1234港.
_PLATE = re.compile(
    rf"([{_PROVINCES}])\s*([A-Z])[\s·.\-]*([A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[挂学警港澳使领超])(?![A-Z0-9])", re.I
)
_VEHICLE = re.compile(r"(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])", re.I)
_VEHICLE_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VEHICLE_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CODE = re.compile(r"[A-Za-z]{0,4}\d{6,}")


def parse(text: str, asked: str) -> Parsed | None:
    """The number asked for; None where the question asks for no number of these kinds.

    ``text`` is normalised; ``asked`` is what the field is called.
    """
    return next((reader(text) for words, reader in _READERS if re.search(words, asked)), None)


def asks_card(asked: str) -> bool:
    """Whether a question called so asks for a bank card's number."""
    return re.search(_CARD_ASKED, asked) is not None


def luhn_fits(digits: str) -> bool:
    """Whether the last digit of a bank card's number is right (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def vehicle_fits(number: str) -> bool:
    """Whether the ninth of the seventeen signs of a vehicle is right (GB 16735)."""
    total = sum(
        (int(sign) if sign.isdigit() else _VEHICLE_VALUES[sign]) * w for sign, w in zip(number, _VEHICLE_WEIGHTS, strict=True)
    )
    return number[8] == "0123456789X"[total % 11]


def _card(text: str) -> Parsed:
    found = _CARD.search(re.sub("[‐-―－]", "-", spoken_digits(text)))
    if found is None:
        return Rejected("card_shape", t("fields.card_shape"))
    number = re.sub(r"\D", "", found[0])
    if len(number) < 15:
        return Rejected("card_shape", t("fields.card_shape"))
    return _checked("card", number, luhn_fits(number))


def _plate(text: str) -> Parsed:
    found = list(dict.fromkeys((match[1] + match[2] + match[3]).upper() for match in _PLATE.finditer(normalise(text))))
    if found and re.search(r"等\s*(?:\d+|[一二两三四五六七八九十]+)?\s*[辆台部]", text):
        return Accepted(text, text)  # the first of many: 沪A00001等6辆
    if found:
        written = "、".join(found)
        return Accepted(written, written)
    held = text.strip(" 。.")
    none_yet = re.search(r"没上牌|未上牌|新车|没有?牌|还没[买办]|还没", held)
    insist = Accepted(held, held, t("fields.plate_warning")) if none_yet else None
    return Rejected("plate_shape", t("fields.plate_shape"), insist=insist)


def _vehicle(text: str) -> Parsed:
    found = _VEHICLE.search(normalise(text))
    if found is None:
        return Rejected("vehicle_shape", t("fields.vehicle_shape"))
    number = found[0].upper()
    return _checked("vehicle", number, vehicle_fits(number))


def _postcode(text: str) -> Parsed:
    found = re.search(r"(?<!\d)\d{6}(?!\d)", spoken_digits(text))
    return Accepted(found[0], found[0]) if found else Rejected("postcode_shape", t("fields.postcode_shape"))


def _licence(text: str) -> Parsed | None:
    """A licence's number in capitals, where the answer is nothing else."""
    return Accepted(text.upper(), text.upper()) if _CODE.fullmatch(text) else None


def _checked(kind: str, number: str, fits: bool) -> Parsed:
    if fits:
        return Accepted(number, number)
    held = Accepted(number, number, t("fields.digit_warning"))
    return Rejected(f"{kind}_check_digit", t(f"fields.{kind}_check_digit"), insist=held)


_READERS: tuple[tuple[str, Callable[[str], Parsed | None]], ...] = (
    (_CARD_ASKED, _card),
    (r"车牌|号牌", _plate),
    (r"车架号|车辆识别(?:代号|代码)|(?i:VIN)", _vehicle),
    (r"邮政编码|邮编", _postcode),
    (r"许可证编号", _licence),
)
