"""Text as it is shown → text as it is read aloud: no digit, sign or address is left to a voice's own guess.

``readable`` is a list of rules in order; each turns one kind of writing into words, so that later rules do not see it any more.
English words stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.speech.speaking import signs
from assistant.speech.speaking.numerals import count, digits, grouped, money, number, plain, quantity

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_N = r"\d+(?:,\d{3})*(?:\.\d+)?"
_DASH = r"\s*[-—–~～]+\s*"
_YEAR = r"(?<![\dA-Za-z-])((?:19|20)\d\d)"
_MONTH, _DAY = r"(0?[1-9]|1[0-2])", r"([12]\d|3[01]|0?[1-9])"
_HOTLINES = r"123\d\d|95598"  # 12345, 12329, 12356 …: numbers of the public services, all of this form
_URGENT = "110|119|120|122"
_NUMBERED = "验证码|编号|邮编|尾号|号码|证号|账号|卡号|受理号|单号|流水号|代码|密码|电话|手机号|取件码|受理码|恢复码|续办码"
_AFTER = r"(?=(.{0,3}))"
_LEAST_IN_GROUPS = 6


def readable(text: str) -> str:
    """``text`` as it is read aloud, in Chinese characters; what cannot be said is left out, an address is called one."""
    said = signs.folded(text)
    for pattern, spoken in _RULES:
        said = pattern.sub(spoken, said)
    return signs.tidied(said)


def _day(year: str, month: str, day: str) -> str:
    return f"{plain(year)}年{quantity(int(month))}月{quantity(int(day))}日"


def _month(m: re.Match[str]) -> str:
    return f"{plain(m[1])}年{quantity(int(m[2]))}月"


def _time(m: re.Match[str]) -> str:
    hour, minute, second = int(m[1]), int(m[2]), int(m[3] or 0)
    said = f"{count(hour, '点')}点"
    if minute or second:
        said += f"{'零' if 0 < minute < 10 else ''}{quantity(minute)}分"
    return said + (f"{quantity(second)}秒" if second else "")


def _mobile(m: re.Match[str]) -> str:
    bare = re.sub(r"\D", "", m[0])
    country, own = bare[:-11], bare[-11:]
    return "，".join(part for part in (digits(country), grouped(own, (3, 4, 4))) if part)


def _landline(m: re.Match[str]) -> str:
    first, *rest = m[0].split("-")
    rest = [half for part in rest for half in ((part[:-4], part[-4:]) if len(part) > 4 else (part,))]
    return "，".join(digits(part) for part in (first, *rest))


def _in_groups(m: re.Match[str]) -> str:
    """Figures that stand in groups are one number, said as it stands: 310115 1988 0412 3014."""
    text: str = m[0]
    if sum(character.isdigit() for character in text) < _LEAST_IN_GROUPS:
        return text
    return "，".join(grouped(part, [len(part)]) for part in text.split(" "))


def _masked(m: re.Match[str]) -> str:
    return "，".join(part for part in (digits(m[1]), "星号", digits(m[2])) if part)


def _code(m: re.Match[str]) -> str:
    text: str = m[0]
    figures = sum(character.isdigit() for character in text)
    if figures < 3 or figures == sum(character.isalnum() for character in text):
        return text
    if len(text) == 18 and "-" not in text:
        return grouped(text.upper(), (4, 4, 4, 4, 2))
    parts = []
    for part in text.split("-"):
        led = re.fullmatch(r"([A-Za-z]+)(\d{7,})", part)
        parts += [grouped(piece) for piece in (led.groups() if led else (part,))]
    return "，".join(parts)


def _amount(m: re.Match[str]) -> str:
    return f"{number(m[1])}{m[2]}元" if m[2] else money(m[1])


def _number(m: re.Match[str]) -> str:
    """Any number that is left, in the light of what stands before and after it."""
    text: str = m[1]
    if "." in text:
        return number(text)
    bare = text.replace(",", "")
    if "," not in text and len(bare) > 1 and (bare[0] == "0" or (len(bare) >= 11 and not m[2].startswith(("元", "万", "亿")))):
        return grouped(bare)
    return count(int(bare), m[2], m.string[max(0, m.start() - 1) : m.start()])


def _range(m: re.Match[str]) -> str:
    first, second, after = m[1], m[2], m[3]
    before = m.string[max(0, m.start() - 1) : m.start()]
    said = [number(part) if "." in part else count(int(part.replace(",", "")), after, before) for part in (first, second)]
    return "到".join(said)


def _fraction(m: re.Match[str]) -> str:
    part, whole = int(m[1]), int(m[2])
    return f"{quantity(whole)}分之{quantity(part)}" if 0 < part < whole else f"{quantity(part)}或{quantity(whole)}"


def _always(text: str) -> Callable[[re.Match[str]], str]:
    return lambda m: m.expand(text)


_RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), spoken if callable(spoken) else _always(spoken))
    for pattern, spoken in (
        # Addresses are on the screen; nobody wants to hear them.
        (r"(?:https?://|www\.)[A-Za-z0-9_\-./?%&=#:~+,;@]*[A-Za-z0-9_/]", "屏幕上的网址"),
        (r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", "屏幕上的邮箱"),
        # Numbering at the beginning of a line.
        (r"(?m)^\s*[(（]\s*(\d{1,2})\s*[)）]\s*", lambda m: f"{quantity(int(m[1]))}，"),
        (r"(?m)^\s*(\d{1,2})(?:[、)）]|\.(?!\d))\s*", lambda m: f"{quantity(int(m[1]))}，"),
        # Dates and times.
        (rf"{_YEAR}([-/.]){_MONTH}\2{_DAY}(?!\d)(?:T|\s+(?=\d{{1,2}}:))?", lambda m: _day(m[1], m[3], m[4])),
        (rf"{_YEAR}年{_MONTH}月{_DAY}日", lambda m: _day(m[1], m[2], m[3])),
        (rf"{_YEAR}[-/]{_MONTH}(?![\d/-])", _month),
        (rf"{_YEAR}{_DASH}((?:19|20)\d\d)(?=学?年)", lambda m: f"{plain(m[1])}到{plain(m[2])}"),
        (rf"{_YEAR}(?=年)", lambda m: plain(m[1])),
        (r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?(?!\d)", _time),
        (r"(?<=[点分月日号年])\s*[-—–~～]+\s*(?=[\d零一二三四五六七八九十两])", "到"),
        (r"[〔\[【（(]((?:19|20)\d\d)[〕\]】）)](?=第?\d+号)", lambda m: plain(m[1])),
        (r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])", lambda m: "点".join(digits(part) for part in m[0].split("."))),
        # Who she is and how to reach her.
        (r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d([ -]?)\d{4}\1\d{4}(?!\d)", _mobile),
        (r"\+(\d{1,3}(?:[ -]\d{2,4}){2,4})(?!\d)", lambda m: "加" + "，".join(digits(part) for part in re.split("[ -]", m[1]))),
        (r"(?<![\d-])(?:0\d{2,3}-\d{3,4}-?\d{4}|[48]00-\d{3}-\d{4})(?![\d-])", _landline),
        (r"(?<![0-9A-Za-z.,\-])[0-9A-Z]{1,6}(?: [0-9A-Z]{1,6})+(?![0-9A-Za-z.,%‰\-]|[元万亿])", _in_groups),
        (r"(?<=记下)[0-9A-Z]{2,6}(?![0-9A-Za-z.,])", lambda m: grouped(m[0], [len(m[0])])),
        (r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", lambda m: grouped(m[0].upper(), (6, 8, 4))),
        (r"([0-9A-Za-z]*\d)\*{2,}([0-9A-Za-z]*)", _masked),
        (r"(?<=[\u3400-\u9fff])\*{1,2}(?!\*)", lambda m: "某" * len(m[0])),
        (rf"({_NUMBERED})([：:是为]?\s*)(\d{{3,}})(?![\d.,]|个|位|元)", lambda m: f"{m[1]}{m[2]}{grouped(m[3])}"),
        (rf"(?<!\d)({_HOTLINES})(?!\d|元|个|人|件|份|户|次|家|米|万|[,.]\d)", lambda m: digits(m[0])),
        (r"(拨打|拨|致电|热线)(\d{3,5})(?!\d)", lambda m: m[1] + digits(m[2])),
        (rf"(?<=[打警救故或和、者话])({_URGENT})(?=\W|或|和|$)", lambda m: digits(m[0])),
        (r"(?<!\d)(\d{3,4})(?=室)", lambda m: digits(m[1])),
        # Measures. The sign ℃ and m² are words from here on.
        (rf"(?<![\d.])-({_N})℃", lambda m: f"零下{number(m[1])}摄氏度"),
        (rf"({_N})\s*(?:m²|㎡|m2(?![A-Za-z\d]))", lambda m: f"{m[1]}平方米"),
        (rf"({_N})\s*({'|'.join(signs.UNITS)})(?![A-Za-z])", lambda m: m[1] + signs.UNITS[m[2]]),
        (rf"({_N})\s*[×xX*]\s*(?={_N})", lambda m: f"{number(m[1])}乘"),
        (r"(?<![A-Za-z0-9-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![A-Za-z0-9])", _code),
        # Money.
        (rf"[¥￥]\s*({_N})\s*(万|亿)?元?", _amount),
        (rf"\$\s*({_N})", lambda m: f"{number(m[1])}美元"),
        (r"(\d+(?:,\d{3})*\.\d\d)元", lambda m: money(m[1])),
        # Shares.
        (rf"({_N})%{_DASH}({_N})%", lambda m: f"百分之{number(m[1])}到百分之{number(m[2])}"),
        (rf"({_N})(?:{_DASH})({_N})%", lambda m: f"百分之{number(m[1])}到百分之{number(m[2])}"),
        (rf"({_N})%", lambda m: f"百分之{number(m[1])}"),
        (rf"({_N})‰", lambda m: f"千分之{number(m[1])}"),
        (r"(?<![\d/.])(\d{1,4})/(\d{1,4})(?![\d/.])", _fraction),
        (r"(元|次|月|年)/(?=份|次|月|年|人|件|天|日|平方米|户|本|张|套|小时)", r"\1每"),
        # Whatever numbers are left.
        (rf"(?<![A-Za-z\d])({_N}){_DASH}({_N}){_AFTER}", _range),
        (rf"(?<![A-Za-z\d零一二三四五六七八九十])-(?={_N})", "负"),
        (rf"({_N})\s*{_AFTER}", _number),
        (r"(?<=[\u3400-\u9fffA-Za-z])\s*/\s*(?=[\u3400-\u9fffA-Za-z])", "或"),
    )
)
