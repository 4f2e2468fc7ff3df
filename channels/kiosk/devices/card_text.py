"""The text in the chip of a resident identity card: 256 bytes of UTF-16LE in fields of fixed length (GA 467).

Name 15 characters, sex 1 (GB/T 2261.1), nation 2 (GB/T 3304), birth 8, address 35, number 18, authority 15, valid from 8, valid
until 8 (or 长期), and 18 that are empty on a resident's card; the last of these tells other cards by a letter.
"""

from __future__ import annotations

from datetime import date

from assistant.engine.components.patterns import codes
from channels.kiosk.devices.interfaces import Card, DeviceFault

LENGTH = 256
_FIELDS = (15, 1, 2, 8, 35, 18, 15, 8, 8, 18)
_SEXES = {"1": "男", "2": "女"}
_FOREVER = "长期"
_NATION_NAMES = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土
达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲
门巴 珞巴 基诺
"""
NATIONS = {f"{code:02}": name for code, name in enumerate(_NATION_NAMES.split(), 1)} | {"97": "其他", "98": "外国血统中国籍人士"}


def decoded(text: bytes) -> Card:
    """The card of a chip's text.

    Raises:
        DeviceFault: ``unreadable``, or ``other_card`` for cards of foreigners and of residents of Hong Kong, Macao, Taiwan.
    """
    if len(text) != LENGTH:
        raise DeviceFault("unreadable")
    try:
        whole = text.decode("utf-16-le")
    except UnicodeDecodeError:
        raise DeviceFault("unreadable") from None
    fields, at = [], 0
    for length in _FIELDS:
        fields.append(whole[at : at + length].strip(" \0\u3000"))
        at += length
    name, sex, nation, birth, address, number, issuer, since, until, rest = fields
    if rest[-1:] in ("I", "J", "Y"):
        raise DeviceFault("other_card")
    try:
        card = Card(
            name=name,
            sex=_SEXES[sex],
            nation=NATIONS[nation],
            birth_date=_day(birth),
            address=address,
            number=number.upper(),
            issuer=issuer,
            valid_from=_day(since),
            valid_until=None if until == _FOREVER else _day(until),
        )
    except (KeyError, ValueError):
        raise DeviceFault("unreadable") from None
    if not (card.name and card.address) or not sound(card):
        raise DeviceFault("unreadable")
    return card


def sound(card: Card) -> bool:
    """Whether number (with its check digit), day of birth and sex of a card say the same."""
    if len(card.number) != 18 or codes.id_fault(card.number, card.valid_from) is not None:
        return False
    odd = int(card.number[16]) % 2 == 1
    return card.number[6:14] == card.birth_date.strftime("%Y%m%d") and odd == (card.sex == "男")


def _day(digits: str) -> date:
    if len(digits) != 8 or not digits.isascii() or not digits.isdigit():
        raise ValueError
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
