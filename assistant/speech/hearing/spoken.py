"""Digits as people say and recognisers write them, as figures: repeats, homophones, numerals among digits, X and letters.

Where words have more than one reading (五十一 is 51, or a 5 before an 11) all are given, likeliest first: only the form's own
check can tell them apart. Numerals that mean an amount are ``casework.fields``' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from assistant.engine.components.patterns.numerals import DIGITS, chinese_to_decimal, spoken_digits
from assistant.speech.hearing.sounds import strict_sounds

D = f"[0-9{''.join(DIGITS)}]"
_MOST = 48
_HEARD = {
    "1": "腰妖要邀夭吆医依", "2": "俩而儿尔耳", "3": "仨散山伞森", "4": "司似思", "5": "武午舞吾", "6": "刘流柳溜留",
    "7": "期起妻气漆", "8": "吧爸巴把", "9": "就酒久旧韭勾钩", "0": "领令玲凌另动栋",
}  # fmt: skip
_ALIKE = {sign: digit for digit, signs in _HEARD.items() for sign in signs}
#: Toneless syllables of digits, and those they are taken for: 幺 yao as you, 零 ling as lin and ning, 六 liu as niu.
DIGIT_SOUNDS = {
    sound: digit
    for digit, heard in {
        "0": "ling lin ning ding dong", "1": "yi yao you", "2": "er liang", "3": "san shan sen", "4": "si", "5": "wu",
        "6": "liu niu", "7": "qi", "8": "ba", "9": "jiu", "X": "cha ca",
    }.items()
    for sound in heard.split()
}  # fmt: skip
#: Sounds that are taken for a digit's only where nothing but a few digits can have been said.
_NEAR_SOUNDS = {
    "0": frozenset(("ming", "ying", "dang", "lun")), "1": frozenset(("ya", "ye", "yin", "ji", "yang", "yong", "yu", "yun")),
    "2": frozenset(("a", "e", "ai", "an")), "3": frozenset(("can", "sai", "sang", "shai", "sheng", "seng")),
    "4": frozenset(("shi", "se", "ci", "zi", "ce", "sun", "shun", "cun", "su")), "5": frozenset(("hu", "mu", "fu", "wo")),
    "6": frozenset(("nu", "lu", "lou", "nuo", "luo", "lv", "nv")),
    "7": frozenset(("qie", "qu", "xi", "ji", "chi", "qing", "qin", "que")),
    "8": frozenset(("pa", "bo", "ma", "bai", "bao", "fa")), "9": frozenset(("qiu", "zou", "jue", "xiu")),
    "X": frozenset(("can", "cai", "chan", "chai")),
}  # fmt: skip
_BEFORE = re.compile(
    rf"^[^0-9零一二三四五六七八九]{{0,12}}?(?:号码?|码|电话|手机|好|是)+(?:是|:|：)?[\s,，]*(?=[^是]*[0-9{''.join(DIGITS)}])"
)
_PIECES = re.compile(r"[\s,，、。.!！?？;；:：\-－·]+")
_BETWEEN = re.compile(rf"(?<={D})[{''.join(_ALIKE)}](?=[{''.join(_ALIKE)}]?{D})")
_FIRST = re.compile(rf"(?<![\u3400-\u9fff])[腰妖要](?=[1-9{''.join(DIGITS)}]{D}{{5,}})")
#: Said between the groups of a number, and no part of it.
FILLERS = re.compile(
    r"嗯+|呃+|额|唔|哦+|啊+|诶(?=[,，、。\s])|那个|这个|就是|接着|然后|之后|接下来|后面(?:还有)?(?:就?是)?|前面(?:就?是)?|再来|再(?=[一两二三四五六七八九0-9])|"
    r"(?:最后|最前面?|中间|末尾|后|前)(?:[一两二三四五六七八]?(?:位|个(?:数字|数|字母|号))|一个(?=就?是))(?:就?是)?|"
    r"(?:最后|开头|中间|末尾|尾巴上?)(?:就?是)?|"
    r"还有|第[一二三四]段(?:是)?"
)
_WORDS = re.compile(r"(?<=[0-9A-Za-z,，、。\s])(?:区号|号码)(?:是|:|：)?|^区号(?:是)?")
_REPEAT = re.compile(rf"(?P<count>[两俩双二三仨四五六七八九2-9]|(?<!{D})十)个?(?P<digit>{D})")
_COUNTS = {"俩": 2, "双": 2, "仨": 3, "十": 10}
_CAPITAL = re.compile(r"(?:大写|小写|英文|字母|拼音)(?:的)?(?:字母)?(?:的)?(?=[A-Za-z叉])")
_CROSS = re.compile(
    r"(?<=[0-9A-Z])[\s,，、。]*(?:是|就是)?(?:一?个)?[\s,，]*(?:叉叉?号?|[差插岔茶察擦餐]|乘号?|[埃艾爱诶]克[斯思司死]|(?i:ex|eks|x))[。.]?(?![0-9A-Za-z])"
)
_DASH = re.compile(r"(?<=[0-9A-Za-z])\s*(?:横?杠|横线|减号|中划线)\s*(?=[0-9A-Za-z])")
_PUNCTUATION = re.compile(r"(?<=[0-9A-Za-z])[\s,，、。.．·…:：;；]+(?:是)?(?=[0-9A-Za-z]|转|分机)")
_COPULA = re.compile(r"(?<=[0-9A-Za-z])[是有呢吧](?=[0-9A-Za-z])")
_GROUP = re.compile(rf"{D}千(?:零?{D}百)?(?:零?{D}?十)?零?{D}?|{D}百(?:零?{D}?十)?零?{D}?|{D}?十{D}?")
_DAY = re.compile(
    rf"(?P<year>{D}{{4}})?年?(?P<month>1[0-2]|0?[1-9]|{D}?十{D}?|零?{D})月(?:份)?(?P<day>[0-3]?\d|{D}?十{D}?|零?{D})[日号]?"
)


def readings(text: str, letters: bool = False) -> Iterator[str]:
    """The text with what can be digits as figures, in every way it can be read, likeliest first; 48 at most.

    Args:
        text: what was heard, simplified and normalised.
        letters: whether capital letters belong to the number, as in a credit code.
    """
    plain = FILLERS.sub("", text.replace("洞", "零"))
    plain = _DAY.sub(_as_day, plain)
    for _ in range(2):  # of two beside one another the second is between digits once the first is one
        plain = _BETWEEN.sub(lambda match: _ALIKE[match[0]], plain)
    plain = _FIRST.sub("1", plain)
    if letters:
        plain = re.sub(r"(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])", "", plain.upper())
    plain = repeated(_CAPITAL.sub("", plain))
    places = list(_GROUP.finditer(plain))
    options = [_as_digits(match[0]) for match in places]
    for chosen in islice(product(*options), _MOST):
        pieces, at = [], 0
        for match, figures in zip(places, chosen, strict=True):
            pieces += [plain[at : match.start()], figures]
            at = match.end()
        yield _joined("".join([*pieces, plain[at:]]))


def by_sound(text: str, least: int = 5) -> str | None:
    """The number alone, every character that sounds like a digit taken for it: 三邀邻邀 is 3101.

    None where something else is in it, or less than ``least`` digits. What leads to the number (我的手机是) is left out.

    For a form whose own check can tell a number from chance.
    """
    body = _BEFORE.sub("", FILLERS.sub("", text))
    body = _PIECES.sub("", re.sub(rf"(?<={D})[个各格隔葛阁](?={D})", "个", body))
    figures = "".join(_sounded(sign) for sign in repeated(body))
    return figures if len(figures) >= least and re.fullmatch(r"[0-9]+X?", figures) else None


def nearly(text: str) -> Iterator[str]:
    """A few digits, every character taken for the digit it sounds nearest to: 零零一切 is 0017. For groups that are confirmed one
    by one. Nothing where a character is near to none."""
    body = _PIECES.sub("", FILLERS.sub("", text))
    options = [_near(sign) for sign in repeated(body)]
    if body and all(options):
        yield from ("".join(figures) for figures in islice(product(*options), _MOST))


def _near(sign: str) -> tuple[str, ...]:
    plain = _sounded(sign)
    if re.fullmatch("[0-9X]", plain):
        return (plain,)
    sounds = strict_sounds(sign)
    return tuple(digit for digit, heard in _NEAR_SOUNDS.items() if sounds and sounds[0] in heard)


def _sounded(sign: str) -> str:
    if sign.isascii():
        return sign.upper()
    if sign in DIGITS:
        return spoken_digits(sign)
    return DIGIT_SOUNDS.get(next(iter(strict_sounds(sign)), ""), sign)


def _joined(text: str) -> str:
    """Digits as figures, and the groups of one number together."""
    plain = re.sub(
        rf"{D}{{2,}}|(?<![\u3400-\u9fff]){D}|{D}(?![\u3400-\u9fff])|(?<=[A-Z]){D}", lambda m: spoken_digits(m[0]), text
    )
    plain = _COPULA.sub("", _WORDS.sub("", plain))
    plain = _DASH.sub("-", _PUNCTUATION.sub("", plain))
    return _CROSS.sub("X", plain)


def repeated(text: str) -> str:
    """两个八 as 88, 双六 as 66, 一个九 as 9; 三个零 as 000. 有两个电话 stays."""

    def again(match: re.Match[str]) -> str:
        sign = match["count"]
        if "个" not in match[0] and sign != "双":
            return match[0]
        count = _COUNTS.get(sign) or int(spoken_digits(sign))
        return spoken_digits(match["digit"]) * count

    return re.sub(
        rf"(?:一|1)个(?={D})", "", re.sub(rf"[两俩二三仨四五六七八九2-9十]个{D}|双{D}", lambda m: again(_full(m[0])), text)
    )


def _full(said: str) -> re.Match[str]:
    match = _REPEAT.fullmatch(said)
    if match is None:  # the two patterns are of one shape
        raise ValueError(said)
    return match


def _as_digits(said: str) -> list[str]:
    """The figures one numeral with units may stand for, among digits: of 五十一 51, 5 and 11, 50 and 1."""
    found: list[str] = []
    for first, last in ((0, 0), (1, 0), (0, 1), (1, 1)):
        end = len(said) - last
        head, middle, tail = said[:first], said[first:end], said[end:]
        if (first and not re.fullmatch(D, head)) or (last and not re.fullmatch(D, tail)) or not re.search("[十百千]", middle):
            continue
        if first and middle[0] in "百千":
            continue
        value = chinese_to_decimal(middle)
        if value is not None and value == value.to_integral_value():
            found.append(spoken_digits(head) + str(int(value)) + spoken_digits(tail))
    return list(dict.fromkeys(found)) or [said]


def _as_day(match: re.Match[str]) -> str:
    """八月二十一 inside a number is 0821."""
    month, day = chinese_to_decimal(match["month"].lstrip("零")), chinese_to_decimal(match["day"].lstrip("零"))
    if month is None or day is None:
        return match[0]
    return f"{spoken_digits(match['year'] or '')}{int(month):02d}{int(day):02d}"
