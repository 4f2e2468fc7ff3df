"""Identity numbers, credit codes, telephone numbers and e-mail addresses as answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from assistant.casework.fields.meaning import meant
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns import codes
from assistant.engine.components.patterns.numerals import DIGITS, normalise, spoken_digits
from assistant.engine.components.patterns.regions import PROVINCES
from assistant.foundation.messages import t

#: Characters 3 and 4 of a credit code (GB 32100-2015): a province, or 10 for what the nation's own offices register.
_USCC_REGIONS = frozenset(PROVINCES) | {"10"}
#: How the last sign of an identity number is said and typed, besides X.
_CROSS = re.compile(r"(?<=[0-9])\s*[叉×✕╳]")
_SAID = f"[{''.join(DIGITS)}]"
_READ_OUT = re.compile(rf"{_SAID}{{3,}}|(?<![\u3400-\u9fff]){_SAID}{{1,2}}(?![\u3400-\u9fff])")
_DASHES = re.compile(r"[‐‑‒–—―−－~]+")
_GAPS = re.compile(r"(?<=[0-9])(?:[ .·\-,，、_/]{1,3})(?=[0-9])")
_EXTENSION = re.compile(r"(?<=\d)\s*(?:转接?|分机号?|内线|ext\.?|extension|#|\*)+\s*(?:分机号?)?\s*(?=\d{1,6}(?!\d))", re.I)
_AREA_CODE = re.compile(r"(?<!\d)[(（]?(010|02\d|0[3-9]\d{2})[)）]?[- ]?(\d{3,4})[- ](\d{4})(?!\d)")
_APART = re.compile(r"(?<!\d)(010|02\d|0[3-9]\d{2})[,，、\s]+(\d{7,8})(?!\d)")
#: A landline as it is dialled from abroad: +86 21 58880000.
_FROM_ABROAD = re.compile(r"(?:\+|00)86[- ]?(?=(?:10|2\d|[3-9]\d{2})[- ]?\d{7,8}(?!\d))")
#: 400 and 800 numbers, which have no area code.
_SERVICE = re.compile(r"(?<!\d)([48]00)[- ]?(\d{3})[- ]?(\d{4})(?!\d)|(?<!\d)([48]00)[- ]?(\d{4})[- ]?(\d{3})(?!\d)")
#: Letters right before eleven digits make them somebody's account of another kind.
_ACCOUNT = re.compile(r"(?<![A-Za-z])(?!(?:tel|phone|mobile|mob|cell|call|no|is)\d)[A-Za-z]{2,}\d{11}(?!\d)", re.I)
#: One of two numbers will do.
_EITHER = re.compile(r"或|也行|都行|都可以|打不通|备用|没人接|不通")
_SPOKEN_AT = re.compile(r"\s*(?:艾特|圈[aA])\s*|(?<=[A-Za-z0-9])\s+(?:at|AT)\s+(?=[A-Za-z0-9])")
_SPOKEN_DOT = re.compile(
    r"(?<=[A-Za-z0-9])\s*(?:点|。|,|，)\s*(?=(?:com|cn|net|org|edu|gov)(?![A-Za-z]))|(?<=[A-Za-z0-9]) dot (?=[A-Za-z])", re.I
)
#: A name of mail hosts never ends like this: slips for com and net.
_NO_ENDING = re.compile(r"\.(?:con|cmo|ocm|comm|vom|xom|cim|coom|nte|met)$", re.I)
_MAILBOX = re.compile(r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")


def _read_out(text: str) -> str:
    """Digits read out one by one as figures; the 三 of 张三 is none, for it stands behind a word."""
    return _READ_OUT.sub(lambda match: spoken_digits(match[0]), text)


def _alternatives(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


def _several() -> Rejected:
    return Rejected("several", t("fields.several"))


def parse_id_number(text: str, today: date) -> Parsed:
    """An 18-character identity number; the rule is GB 11643-1999.

    Written in groups, said digit by digit, with 叉 for X; an O or I among the digits is 0 or 1, if the check holds then.
    """
    plain = _CROSS.sub("X", _DASHES.sub("-", _read_out(meant(text))))
    grouped: list[str] = []
    right: list[str] = []
    for view in (plain, _as_digits(plain), _GAPS.sub("", plain), _as_digits(_GAPS.sub("", plain))):
        grouped = [codes.compact(match[0]) for match in codes.ID_IN_GROUPS.finditer(view)]
        right = right or _alternatives(number for number in grouped if codes.id_fault(number, today) is None)
    if len(right) > 1:
        return _several()
    if right:
        return Accepted(right[0], right[0])
    runs = re.findall(r"[0-9]{6,}[0-9X]*", codes.compact(plain))
    number = grouped[0] if grouped else max(runs, key=len, default="")
    passport = codes.PASSPORT.search(normalise(text))
    if passport and len(number) != 18:
        held = (passport[1] or passport[2]).upper()
        return Rejected("id_passport", t("fields.id_passport"), insist=Accepted(held, held, t("fields.id_passport_warning")))
    if len(number) != 18 or not number[:17].isdigit():
        return Rejected("id_length", t("fields.id_length", count=len(number)))
    fault = codes.id_fault(number, today) or "check_digit"
    return Rejected(f"id_{fault}", t(f"fields.id_{fault}"))


def _as_digits(text: str) -> str:
    """Letters that are typed for digits, beside digits: O for 0, I and l for 1."""
    return re.sub(r"(?<=\d)[OoIl]+|[OoIl]+(?=\d)", lambda match: re.sub("[Oo]", "0", re.sub("[Il]", "1", match[0])), text)


def parse_uscc(text: str) -> Parsed:
    """An 18-character unified social credit code; a failing checksum is doubted once, then taken with a warning."""
    plain = _DASHES.sub("-", _read_out(meant(text))).upper()
    written = [match[0] for match in re.finditer(r"(?<![0-9A-Z])[0-9A-Z](?:[ \-.·]{0,2}[0-9A-Z]){17}(?![0-9A-Z])", plain)]
    candidates = [*map(codes.compact, written), *_windows(plain)]
    candidates += [code.replace("O", "0").replace("I", "1") for code in candidates]
    right = _alternatives(filter(codes.uscc_fits, candidates))
    if len(right) > 1:
        return _several()
    if right:
        known = right[0][2:4] in _USCC_REGIONS
        return Accepted(right[0], right[0], None if known else t("fields.uscc_region_warning"))
    found = codes.USCC_IN_TEXT.search(plain) or re.search(r"[0-9A-Z]{8,}", codes.compact(plain))
    code = found[0] if found else ""
    if len(code) != 18:
        return Rejected("uscc_length", t("fields.uscc_length", count=len(code)))
    return Rejected("uscc_check_digit", t("fields.uscc_check_digit"), insist=Accepted(code, code, t("fields.uscc_warning")))


def _windows(plain: str) -> list[str]:
    """Codes of a text in which other signs stand right beside them, as in 代码 9131 0115 MA1K 3TL0 6A 电话 138….

    Groups are joined from the left as long as they make up no more than 18 signs.
    """
    groups = re.findall(r"[0-9A-Z]+", plain)
    found = []
    for first in range(len(groups)):
        joined = ""
        for group in groups[first:]:
            joined += group
            if codes.USCC_IN_TEXT.fullmatch(joined):
                found.append(joined)
            if len(joined) >= 18:
                break
    return found


def parse_phone(text: str, international: bool = False) -> Parsed:
    """A mainland mobile number, or a landline with its area code; where the field allows it, a number of any country.

    The latter is kept in the form of ITU-T E.164: +442079460958.
    """
    plain = _DASHES.sub("-", _read_out(meant(text)))
    plain = _EXTENSION.sub("转", plain)
    abroad = _abroad(plain)
    if abroad is not None and international:
        return Accepted(abroad, abroad)
    plain = codes.ABROAD_IN_TEXT.sub(" ", plain) if abroad else plain
    joined = _AREA_CODE.sub(r"\1-\2\3", _FROM_ABROAD.sub("0", plain))
    joined = _APART.sub(r"\1-\2", joined)
    views: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (plain, codes.MOBILE_IN_TEXT, codes.mobile),
        (_GAPS.sub("", plain), codes.MOBILE_IN_TEXT, codes.mobile),
        (joined, codes.LANDLINE_IN_TEXT, codes.landline),
        (plain, _SERVICE, _service),
    )
    for view, pattern, written in views:
        numbers = _alternatives(written(match) for match in pattern.finditer(_no_codes(view)))
        if len(numbers) > 1 and not _EITHER.search(plain):
            return _several()
        if numbers:
            return Accepted(numbers[0], numbers[0])
    if abroad is not None:
        return Rejected("phone_abroad", t("fields.phone_abroad"))
    count = len(re.sub(r"\D", "", plain))
    return Rejected("phone_shape", t("fields.phone_shape_international" if international else "fields.phone_shape", count=count))


def _no_codes(text: str) -> str:
    """The text without identity numbers and accounts, in which eleven digits may look like a mobile number."""
    return _ACCOUNT.sub(" ", codes.ID_IN_TEXT.sub(" ", text))


def _service(match: re.Match[str]) -> str:
    return "-".join(part for part in match.groups() if part)


def _abroad(plain: str) -> str | None:
    """The first number of another country in a text, as E.164 writes it; None if there is none."""
    return next(filter(None, map(codes.abroad, codes.ABROAD_IN_TEXT.finditer(plain))), None)


def parse_email(text: str) -> Parsed:
    """An e-mail address; one that ends in no known way (.con) is doubted once. 艾特 and 点 are read as @ and dot."""
    plain = _SPOKEN_DOT.sub(".", _SPOKEN_AT.sub("@", meant(text)))
    plain = re.sub(r"\s*@\s*", "@", plain)
    found = _alternatives(match[0] for match in _MAILBOX.finditer(plain) if _stands_alone(plain, match))
    if len(found) > 1:
        return _several()
    if not found:
        return Rejected("email_shape", t("fields.email_shape"))
    if _NO_ENDING.search(found[0]):
        taken = Accepted(found[0], found[0], t("fields.email_ending_warning"))
        return Rejected("email_ending", t("fields.email_ending", given=found[0].rpartition(".")[2]), insist=taken)
    return Accepted(found[0], found[0])


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether nothing that belongs to the address was left out: zhang san@example.com, a..b@example.com."""
    before = text[: match.start()]
    return not re.search(r"[.@]$|(?:^|[^A-Za-z])[A-Za-z]{1,12} $", before) and text[match.end() : match.end() + 1] != "@"
