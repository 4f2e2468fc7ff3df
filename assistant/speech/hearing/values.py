"""What is said of a value, as the form reads it: towards the kind of answer that is asked for, and no other.

Reading itself is ``casework.fields``'; here is only what speech adds to it: pauses, 嗯, repeats (两个八), numerals among digits,
a number taken back (哦不), signs said as words. A sentence the form reads as it stands is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from assistant.casework.fields.numbered import asks_card
from assistant.casework.fields.result import Accepted, Rejected
from assistant.engine.components.patterns.numerals import DIGITS, chinese_to_decimal, normalise, spoken_digits
from assistant.speech.hearing import spelling, spoken
from assistant.speech.hearing.asked import WRITTEN, Asked
from assistant.speech.hearing.letters import signs_by_sound

#: Questions for free text that ask for a number.
NUMBERED = re.compile(r"卡号|账号|邮政编码|邮编|证件?号码?$|(?:许可证|证书|合同)(?:编号|号)|文号")
PLATE = re.compile(r"车牌|号牌")
_CODES = frozenset(("id_number", "phone", "uscc"))
QUANTITIES = frozenset(("amount", "area", "integer"))
_D = spoken.D
_N = rf"[{''.join(DIGITS)}十百千万亿点]"
_CARD = 12
_TAKEN_BACK = re.compile(
    r"^.*[,，。]\s*(?:哦|噢|啊|呃|哎呀?)*(?:不|不对|不是|错了|说错了)[,，。]+\s*(?:应该)?(?:是)?(?P<new>[^,，。].*)$"
)
_PAUSE = re.compile(r"[\s,，、]*(?:(?:嗯+|呃+|额|唔|那个|这个|就是)[\s,，、]*)+")
_HALF = re.compile(r"(?P<unit>个?平(?:方米?|米)?|亩)半(?=$|[的吧,，。])")
_DOOR = re.compile(rf"(?P<number>(?:{_D}|[十百])+)(?=号楼|[号弄室栋幢楼层座组](?!大)|单元)")
_AT = re.compile(r"\s*(?:艾特|小老鼠|圈\s*[aA](?:\s|(?=[a-z0-9])))\s*")
_MAIL_SIGNS = (("下划线", "_"), ("横杠|中划线|减号|横线|杠", "-"), ("点|(?<=[A-Za-z0-9])[。．]", "."))


def prepared(text: str, asked: Asked, today: date) -> str:
    """The text as the form reads it; the text itself where nothing in it is of the kind asked for.

    Args:
        text: what was heard, simplified.
        asked: the question; only its kind and label count here.
        today: the day relative dates count from.
    """
    plain = normalise(text)
    if asked.kind in ("id_number", "phone", "uscc"):
        return _first_read(plain, asked, today, _coded(plain, asked))
    if asked.kind == "date":
        dated = list(_dated(plain))  # 三幺号 is read as the third by who knows no 幺
        return _first_read(dated[0] if "幺" in plain else plain, asked, today, iter(dated))
    if asked.kind in QUANTITIES:
        counted = list(_counted(plain, asked))
        return _first_read(counted[0] if _HALF.search(plain) else plain, asked, today, iter(counted))
    if asked.kind == "email":
        return _first_read(_mailbox(plain), asked, today, iter([plain]))
    if asked.kind == "address":
        return _address(plain)
    if asked.kind == "person_name":
        return spelling.named(plain)
    if asked.kind == "text" and PLATE.search(asked.label):
        return _first_read(plain, asked, today, iter([_plate(plain)]))
    if asked.kind == "text" and NUMBERED.search(asked.label):
        return _first_read(plain, asked, today, _numbered(plain))
    return text


def _numbered(plain: str) -> Iterator[str]:
    """A card's number is all digits: as such where it can be; a certificate's may have words in it."""
    if (number := spoken.by_sound(plain)) and len(number) >= _CARD:
        yield number
    yield from spoken.readings(plain, letters=True)


def is_card(asked: Asked) -> bool:
    """Whether a bank card's number is asked for: all digits, with a check digit (ISO/IEC 7812)."""
    return asked.kind == "text" and asks_card(asked.label)


def matters(asked: Asked) -> bool:
    """Whether a mistake in the answer would be costly and silent, so that it is read back."""
    return asked.kind in (*_CODES, *WRITTEN, *QUANTITIES, "date") or bool(
        asked.kind == "text" and (NUMBERED.search(asked.label) or PLATE.search(asked.label))
    )


def _coded(plain: str, asked: Asked) -> Iterator[str]:
    yield from spoken.readings(_kept(plain), letters=asked.kind == "uscc")
    if asked.kind == "uscc":
        yield from signs_by_sound(spoken.FILLERS.sub("", _kept(plain)))
    elif (number := spoken.by_sound(_kept(plain))):
        yield number


def _kept(plain: str) -> str:
    """What stays of a value that is taken back in the same breath."""
    taken = _TAKEN_BACK.match(plain)
    return taken["new"] if taken and re.search(rf"{_N}|\d", taken["new"]) else plain


def _first_read(plain: str, asked: Asked, today: date, candidates: Iterator[str]) -> str:
    """The first reading the form takes without a doubt; else the likeliest, if it is nearer to the form than what was said.

    What was said comes first, where it is read without doubt and takes nothing back.
    """
    as_said = asked.read(plain, today)
    if isinstance(as_said, Accepted) and as_said.warning is None and _kept(plain) == plain:
        return plain
    if isinstance(as_said, Rejected) and as_said.code == "several":
        return plain
    likeliest: str | None = None
    for candidate in candidates:
        read = asked.read(candidate, today)
        if isinstance(read, Accepted) and read.warning is None:
            return candidate
        likeliest = likeliest or candidate
    if likeliest is None or not re.search(r"\d", likeliest):
        return plain
    return likeliest


def _dated(plain: str) -> Iterator[str]:
    text = _PAUSE.sub("", _kept(plain)).replace("幺", "一").replace("元月", "一月")
    text = re.sub(rf"(?:[一二]){_D}{{3}}(?=年的?[^\d一二三四五六七八九十零])", lambda match: spoken_digits(match[0]), text)
    text = re.sub(r"(?<=[年月])(?:[的,，、\s]|份)+(?=[0-9零一二三四五六七八九十廿])", "", text)
    text = re.sub(
        r"(?:两|二|2)千零?(?P<rest>[一二三四五六七八九十]{1,3})(?=年)",
        lambda match: str(2000 + int(chinese_to_decimal(match["rest"]) or 0)), text,
    )  # fmt: skip
    text = re.sub(rf"两零(?={_D}{{2}}年)", "二零", text)
    text = re.sub(
        rf"(?P<year>(?:19|20|一九|二零|二〇){_D}{{2}})[\s,，、]*(?=(?:{_D}|十{_D}?|1[0-2]|零{_D})月)", r"\g<year>年", text
    )
    text = re.sub(r"(?<=月)(?P<ten>[三二一])(?P<one>[一二三四五六七八九])(?=[日号])", r"\g<ten>十\g<one>", text)
    yield text
    parts = re.search(
        rf"(?<![\d.\-/])(?P<year>{_D}{{4}})[\s,，、。杠点.\-]+(?P<month>{_D}{{1,2}}|十{_D}?)[\s,，、。杠点.\-]+(?P<day>{_D}{{1,2}}|{_D}?十{_D}?)(?:[日号]|$)",
        text,
    )
    if parts:
        month, day = (_small(parts[name]) for name in ("month", "day"))
        yield f"{spoken_digits(parts['year'])}-{month}-{day}"


def _small(said: str) -> str:
    """A month or a day as figures: 零三 3, 二十六 26, 三幺 31."""
    if "十" in said:
        return str(int(chinese_to_decimal(said) or 0))
    return str(int(spoken_digits(said)))


def _counted(plain: str, asked: Asked) -> Iterator[str]:
    """A sum or an area said with pauses, or with its fraction behind the unit: 六块六毛七, 一百二十平米半."""
    text = _kept(plain)
    text = re.sub(
        rf"块钱?(?:(?P<tenths>[{''.join(DIGITS)}\d])[毛角]|零)(?P<cents>[{''.join(DIGITS)}\d])分?(?!{_N})",
        lambda match: f"点{match['tenths'] or '零'}{match['cents']}元", text,
    )  # fmt: skip
    text = _HALF.sub(r"点五\g<unit>", text)
    commas = asked.kind != "integer"
    yield re.sub(
        rf"(?P<head>{_N}+)(?P<gap>[\s,，、]*(?:(?:嗯+|呃+|额|那个)[\s,，、]*)*)(?P<tail>{_N}+)",
        lambda match: _run_on(match, commas),
        text,
    )


def _run_on(match: re.Match[str], commas: bool) -> str:
    """三万, a pause, 五千: one number, if the two make one."""
    head, gap, tail = match["head"], match["gap"], match["tail"]
    if not gap or not (commas or re.search("[嗯呃额那]", gap)) or head[-1] not in "十百千万亿点":
        return match[0]
    return head + tail if chinese_to_decimal(head + tail) is not None else match[0]


def _mailbox(plain: str) -> str:
    text = _AT.sub("@", spoken.repeated(plain))
    text = re.sub(r"(?<=[A-Za-z0-9])\s+(?:at|AT)\s+(?=[A-Za-z0-9])", "@", text)
    for words, sign in _MAIL_SIGNS:
        text = re.sub(rf"\s*(?:{words})\s*(?=[A-Za-z0-9@{''.join(DIGITS)}])", sign, text)
    text = re.sub(
        rf"(?<![\u3400-\u9fff])[{''.join(DIGITS)}]+(?=[A-Za-z0-9@_.\-])|(?<=[A-Za-z0-9@_.\-])[{''.join(DIGITS)}]+",
        lambda m: spoken_digits(m[0]),
        text,
    )
    return re.sub(r"(?<![A-Za-z])(?:[A-Za-z0-9] ){2,}[A-Za-z0-9](?=@)", lambda match: match[0].replace(" ", ""), text)


def _plate(plain: str) -> str:
    text = next(spoken.readings(plain, letters=True))
    return re.sub(rf"(?<=[A-Z0-9]){_D}+", lambda match: spoken_digits(match[0]), text)


def _address(plain: str) -> str:
    """Without what is said between its parts, the numbers of its doors as figures."""
    text = _DOOR.sub(_door, _PAUSE.sub(lambda match: "，" if match.start() else "", plain))
    return re.sub(rf"(?<=[元号栋幢])(?:{_D}{{3,4}})$", lambda match: spoken_digits(match[0]), text)


def _door(match: re.Match[str]) -> str:
    """The number of a door as forms write it: 幺零幺室 is 101室, 八十八号 88号."""
    said = match["number"]
    if said.isdigit():
        return said
    value = chinese_to_decimal(said) if re.search("[十百]", said) else None
    if value is not None:
        return str(int(value))
    return said if re.search("[十百]", said) else spoken_digits(said)
