"""How much and how many: areas, sums, counts and shares in a sentence.

A number is taken only where the sentence holds one that it can mean: a range (三四个), an estimate (一百多), a sum somebody
else has to work out (两层，每层60平) or two numbers are asked about again, for all of them look like an answer and none is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.casework.fields.meaning import meant
from assistant.engine.components.patterns import measures
from assistant.engine.components.patterns.numerals import DIGITS, chinese_to_decimal

Kind = Literal["area", "amount", "integer"]
_HAN_DIGITS = "".join(DIGITS)
_N = rf"[{_HAN_DIGITS}十拾百佰千仟万萬亿億廿卅]"
#: Figures, with units behind them or not; numerals; a half of something.
_NUMBER = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?(?:\s?{_N}[\d{_HAN_DIGITS}十百千万亿]*)?|{_N}+(?:点{_N}+)?|半(?=[个亩年])")
#: Numbers that are part of a word, a date, a door or an ordinal, and what nobody means by a quantity.
_NO_QUANTITY = re.compile(
    rf"第\s*(?:\d+|{_N}+)\s*(?:[次个名位期批家层条]|股东)?|(?:19|20)\d\d\s*年(?![内限期])(?:\d+月)?(?:\d+[日号])?|押\S付\S|"
    rf"(?:\d+|{_N}+)\s*(?:号楼|号院|号(?!人)|楼(?!上|下)|室|栋|幢|单元|弄)(?![0-9])|"
    r"(?:星期|礼拜|周)[一二三四五六]|(?:每|一|1)个月|一[年天季](?![内期])|半年(?=\d)|"
    r"一[大小前后左右]一[大小前后左右]|(?<!差)一[起般定直样点下些边旦切并律向]|一家[子人]?(?=\S{1,4}口|就|只)|(?<![\d一二两三四五六七八九十百千])[万唯统]一|十分|千万别|我(?=[俩仨])|三[餐天两]头"
)
_VAGUE_BEFORE = re.compile(
    r"(?:差一?点[到就]?|(?<!大)小|几|数|上|近|将近|不到|不足|不满|不超过|低于|高于|接近|各|至少|最少|起码|最多|顶多|超过|大于|小于|少于|多于|好几|每[层间个人家户]?)\s*$"
)
_VAGUE_AFTER = re.compile(
    r"\s*(?:[多来几余把]|差一?点|个?(?:平米?|平方米?)\s*(?:不到|不足)|好几|出头|开外|以上|以下|以内|之内|上下|到头|\s*(?:元|块钱?|平米?|平方米?|㎡|个|人|万)\s*(?:不到|不足|以内|以上|以下|之内|出头|开外|多(?!少))|年\s*(?:以上|以下|不到|出头|多))"
)
_RANGE = re.compile(r"^\s*(?:元|块|平米?|平方米?|㎡|个|万|人|年)?\s*(?:到|至|-|~|—|–|或者?|还是)\s*$")
_TOTAL = re.compile(
    r"(?:一共|总共|合计|共计|总计|加起来|加在一起|全部|统共|拢共|共|连.|带.)[^\s\d,，一二两三四五六七八九十]{0,6}$"
)
_SUMS = re.compile(
    r"除了|还有|[和跟与][一两二三四\d][个名位]|一[前左东大]一[后右西小]|不算|不包括|另外|以外|之外|[带加](?=\s*(?:\d|[一二两三四五六七八九十])+个)"
)
_NOTHING = re.compile(
    r"^(?:现在|目前|暂时|家里|我们?|真的?)*(?:一[分个人块点](?:钱|人|收入|都|也)*|啥|什么)?(?:都|也)?"
    r"(?:没有?|无|零|木有|没得)(?:工资|收入|钱|人|进项|进账|来源|钱进来|一[个分])?[的了啊呢。.]*$"
)
_WHICH = re.compile(rf"第\s*(\d+|{_N}+)|(\d+|{_N}+)\s*[胎孩宝]|老(?:大|({_N}))|头[胎一个]|首胎|大宝")
_ALONE = re.compile(
    r"^(?:家里|现在)?(?:就|只有?|只剩)?(?:我|他|她|本人|老人)(?:自己)?(?:一个人?|一人|自己)?(?:一个人?)?(?:干|做|住|过|在|忙|看店)?[了的吧。]*$"
)
#: Where no money at all is an answer that makes sense.
_MAY_BE_NOTHING = re.compile(r"收入|工资|进来|支出|存款|积蓄|欠|负债|贷款余额|补贴|养老金|赡养|抚养|已[交付缴]|押金|罚款")
_AREA = re.compile(
    r"\s*(?:个\s*)?(?P<unit>平方公里|平方米|平方(?![厘分英公尺])|平米|平(?![均时常安台价方])|㎡|m[2²]|公顷|亩)", re.I
)
_OTHER_AREA = re.compile(r"\s*(?:坪|平方[英公市]?尺|尺|英尺|米|m(?![2²])|丈|平方[厘分]米)", re.I)
_MONEY = re.compile(
    rf"\s*(?:元|圆|块钱?|万元)(?:零?(?P<tenths>[\d{_HAN_DIGITS}])(?:[角毛]|(?=$|[^0-9一-鿿]|[的吧]))(?:(?P<cents>[\d{_HAN_DIGITS}])分)?)?"
)
_THINGS = re.compile(
    r"\s*(?:个(?:人|股东|月|子女|孩子|店|房间)?|名|位|口|人(?!民币)|股东|间|层|套|辆|年|天|岁|份|次|家|户|平|㎡|亩|股(?!东)|期|楼)"
)
_SHARE = re.compile(r"百分|占比|比例|％|%")
_COUNTER = re.compile(r"[几多少]\s*([个名位口人辆份本张年块件家间户套台只])")
_ALIKE = ("辆台部", "口人", "份本张")
_PERIODS = (("月", r"每个?月|一个月|月收入|月租|每月"), ("年", r"每年|一年|全年|年收入"))
_OTHER_PERIOD = {
    "月": re.compile(r"[一每]年(?!期)|全年|年薪|年收入|年租|[一每]天|日薪|天天|[一每]个?季度?|半年|[一每]个?(?:星期|礼拜|周)"),
    "年": re.compile(r"每个?月|一个月|月薪|月租|[一每]天|日薪|[一每]个?季度?"),
}


class Doubtful(Exception):
    """The sentence holds no one number. ``why``: vague, several, shape, period or unit; ``found`` are those it holds."""

    def __init__(self, why: str, found: Sequence[Decimal] = ()) -> None:
        super().__init__(why)
        self.why, self.found = why, found


@dataclass(frozen=True)
class _Said:
    value: Decimal
    start: int
    end: int
    vague: bool


def number_in(text: str, kind: Kind, asked: str) -> Decimal:
    """The number an answer means: square metres, yuan, or a count; for shares the per cent.

    Args:
        text: the answer, normalised.
        kind: what was asked for.
        asked: the words of the question, which tell a share from a count and which of two things is counted.

    Raises:
        Doubtful: there is none, or not just one.
    """
    plain = re.sub(r"(?<=[\d一二两三四五六七八九十百点])个(?=[万亿])", "", meant(text))
    plain = re.sub(r"(?<=\d)点(?=\d)", ".", plain.replace("一共", "总共")).replace("个百分点", "%")
    plain = re.sub(r"(?i)(?<=\d)\s?w(?![a-z])", "万", re.sub(r"(?i)(?<=\d)\s?k(?![a-z])", "千", plain))
    if _NOTHING.match(plain):
        return Decimal(0)
    if kind == "integer" and "第几" in asked and (place := _WHICH.search(plain)):
        return _place(place)
    if kind == "integer" and _ALONE.match(plain) and re.search("[口人]", asked):
        return Decimal(1)
    if kind == "amount":
        _same_period(plain, asked)
        plain = re.sub(rf"占?(?:百分之(?:\d+|{_N}+)|\d+(?:\.\d+)?\s*[%％])", "　", plain)
    if _SHARE.search(asked) and (share := _share(plain)) is not None:
        return share
    if kind == "integer" and re.search(r"[%％]|百分之|[一二三四五六七八九]成", plain):
        raise Doubtful("shape")
    if kind == "integer" and (counted := _COUNTER.search(asked)) and counted[1] == "年":
        plain = plain.replace("一年", "1 年")
    plain = _NO_QUANTITY.sub(lambda match: "　" * len(match[0]), plain)
    if kind == "integer":
        plain = re.sub("[俩仨]", lambda match: {"俩": "两个", "仨": "三个"}[match[0]], plain)
    said = _numbers(plain)
    match kind:
        case "area":
            return _area(plain, said)
        case "amount":
            return _amount(plain, said)
        case "integer":
            return _count(plain, said, asked)


def _place(match: re.Match[str]) -> Decimal:
    """The place in a row: 第二个, 二胎, 老二; 头胎 and 老大 are the first."""
    value = chinese_to_decimal(next((group for group in match.groups() if group), "一"))
    if value is None:
        raise Doubtful("shape")
    return value


def may_be_nothing(asked: str) -> bool:
    """Whether 0 yuan answers the question: no income does, no rent and no capital do not."""
    return _MAY_BE_NOTHING.search(asked) is not None


def _same_period(text: str, asked: str) -> None:
    for period, pattern in _PERIODS:
        if re.search(pattern, asked):
            if _OTHER_PERIOD[period].search(text) and not re.search(pattern, text):
                raise Doubtful(f"period_{period}")
            return


def _share(text: str) -> Decimal | None:
    """Per cent: 百分之七十五, 75%, 七成五, 四分之三, 一半."""
    if match := re.search(rf"百分之\s*(\d+(?:\.\d+)?|{_N}+(?:点{_N}+)?)(\s*[多几来])?|(\d+(?:\.\d+)?)\s*[%％]", text):
        if _VAGUE_BEFORE.search(text[: match.start()]):
            raise Doubtful("vague")
        written = match[1] or match[3]
        value = chinese_to_decimal(written) if not _together(written) else None
        if value is None or match[2]:
            raise Doubtful("vague")
        return value
    if match := re.search(rf"([{_HAN_DIGITS}十\d])成([{_HAN_DIGITS}\d半])?(?!{_N})", text):
        if _VAGUE_BEFORE.search(text[: match.start()]):
            raise Doubtful("vague")
        tens, ones = chinese_to_decimal(match[1]), chinese_to_decimal((match[2] or "零").replace("半", "五"))
        return None if tens is None or ones is None else tens * 10 + ones
    if match := re.search(rf"(\d+|{_N}+)分之(\d+|{_N}+)", text):
        below, above = chinese_to_decimal(match[1]), chinese_to_decimal(match[2])
        return above * 100 / below if below and above is not None else None
    if re.fullmatch(r"(?:大概|差不多|刚好)?(?:占)?(?:了)?(?:一半|一半一半)[吧的。]*", text):
        return Decimal(50)
    if re.search(r"[里中]有|其中|除以", text) or re.fullmatch(r"0?\.\d+", text):
        raise Doubtful("shape")
    return None


def _together(numeral: str) -> bool:
    """Whether two digits are said for a range: 三四, 七八十, 一万五六."""
    return re.fullmatch(r"(?:.*[十百千万亿])?[一二两三四五六七八九]{2}[十百千万亿]*", numeral) is not None


def _numbers(text: str) -> list[_Said]:
    found: list[_Said] = []
    for match in _NUMBER.finditer(text):
        numeral = match[0]
        value = Decimal("0.5") if numeral == "半" else chinese_to_decimal(numeral.replace(" ", ""))
        before, after = text[: match.start()], text[match.end() :]
        vague = value is None or _together(numeral) or bool(_VAGUE_BEFORE.search(before) or _VAGUE_AFTER.match(after))
        if value is not None and after.startswith("个半"):
            value += Decimal("0.5")
        if found and _RANGE.match(text[found[-1].end : match.start()]):
            vague = True
        found.append(_Said(value or Decimal(0), match.start(), match.end(), vague))
    return found


def _one(text: str, said: Sequence[_Said], values: Sequence[Decimal]) -> Decimal:
    """The one value meant: the total where there is one, else the only one."""
    if any(one.vague for one in said):
        raise Doubtful("vague")
    totals = [value for one, value in zip(said, values, strict=True) if _TOTAL.search(text[: one.start])]
    if len(set(totals)) == 1:
        return totals[0]
    if not values:
        raise Doubtful("shape")
    if len(set(values)) > 1 or (len(values) > 1 and re.search(r"[加和跟+]|一个|每", text)):
        raise Doubtful("several", values)
    return values[0]


def _area(text: str, said: Sequence[_Said]) -> Decimal:
    measured = [(one, match["unit"]) for one in said if (match := _AREA.match(text, one.end))]
    if not measured:
        if any(_OTHER_AREA.match(text, one.end) for one in said):
            raise Doubtful("shape")
        bare = [one for one in said if not _THINGS.match(text, one.end) and not re.match(r"\s*[元块万]", text[one.end :])]
        measured = [(one, "平方米") for one in bare]
        said = bare
    if re.search(r"亩\s*[一二三四五六七八九\d]\s*分", text):
        raise Doubtful("shape")
    inside = {one.start for one, _ in measured}
    others = [
        one
        for one in said
        if one.start not in inside and not _THINGS.match(text, one.end) and not re.match(r"\s*[元块万]", text[one.end :])
    ]
    others = [one for one in others if not re.search(r"(?:租金?|价|电话|年限)\D{0,3}$", text[: one.start])]
    floors = re.search(r"[一每单]层", text) and re.search(r"(?:[二两三四五六七八九十]|[2-9])层", text)
    if (others or floors) and not any(_TOTAL.search(text[: one.start]) for one, unit in measured if unit):
        raise Doubtful("several", [one.value for one in (*others, *(one for one, _ in measured))])
    values = [one.value * measures.SQUARE_METRES.get(unit, Decimal(1)) for one, unit in measured]
    return _one(text, [one for one, _ in measured], values)


def _amount(text: str, said: Sequence[_Said]) -> Decimal:
    kept: list[_Said] = []
    values: list[Decimal] = []
    for one in said:
        money = _MONEY.match(text, one.end)
        if not money and (_THINGS.match(text, one.end) or text[one.end : one.end + 1] in ("毛", "角")):
            continue
        value = one.value
        for name, worth in (("tenths", Decimal("0.1")), ("cents", Decimal("0.01"))):
            value += (chinese_to_decimal(money[name]) or 0) * worth if money and money[name] else 0
        if money and money["tenths"] is not None:
            text = text[: one.end] + "　" * (money.end() - one.end) + text[money.end() :]
        if not any(other.end < one.start and text[one.start : one.end].isspace() for other in kept):
            kept.append(one)
            values.append(value)
    if re.search(r"[一每]股|[/每]\s?人", text) and len(said) > 1:
        raise Doubtful("several", values)
    return _one(text, kept, values)


def _count(text: str, said: Sequence[_Said], asked: str) -> Decimal:
    counter = _COUNTER.search(asked)
    if counter and counter[1] == "年":
        if any(re.match(r"\s*(?:个月|天|周|个?季)", text[one.end :]) for one in said):
            raise Doubtful("shape")
    elif counter and len({one.value for one in said}) > 1:
        same = next((group for group in _ALIKE if counter[1] in group), counter[1])
        said = [one for one in said if text[one.end : one.end + 1] in tuple(same) or _TOTAL.search(text[: one.start])] or said
    if re.search(r"[\d一两二三]正[\d一两二三]副", text):
        raise Doubtful("several", [one.value for one in said])
    alike = [text[one.end : one.end + 1] for one in said]
    if len(set(alike)) < len(alike) and not any(_TOTAL.search(text[: one.start]) for one in said):
        raise Doubtful("several", [one.value for one in said])
    if said and _SUMS.search(text) and not _TOTAL.search(text[: said[-1].start]):
        raise Doubtful("several", [one.value for one in said])
    return _one(text, said, [one.value for one in said])
