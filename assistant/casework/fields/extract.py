"""Several answers from one sentence: 信用代码是…，电话13800000000，新地址是… fills three fields at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from assistant.casework.fields import english, english_dates, words
from assistant.casework.fields.dates import IN_TEXT as DATES_IN_TEXT
from assistant.casework.fields.introduced import NAME, is_name
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.engine.components.patterns import codes, measures, places
from assistant.engine.components.patterns.numerals import normalise
from knowledge.schema import FieldType, GuideField

_CLAUSE = re.compile(r"[，,。;；\n！!？?]+")
_ASKS = re.compile(r"[?？吗呢么]|什么|怎么|哪|几|多少|要不要|能不能|可不可以|需要.*材料|要带|多久")
#: Longer sentences may say more than the choice: the engine reads them first.
CHOICE_LENGTH = 20
_VERB_ENGLISH = r"(?:\s+(?:number|address|name))?\s*(?:is called|is at|is|are|will be|should be|was|:|=|,)\s*"
_VERB = r"[\s:：]*(?:现在|已经|都|就)?(?:是|叫做|叫|为|填|写|改成|改为|换成|变更为|搬到了?|在|:|：)?[\s:：]*"
_GIVEN = re.compile(r"(?:是|叫做?|为|填|写|:|：)\s*$")
#: 有几个月 says that there are some, and asks nothing.
_SOME = re.compile(
    r"(?:[有好没过就这那前后十]|也就)几[十百千万]?(?:个?月|[个次年天周回笔家张处套位辆台间件份条])+(?=[吧了的啊呀。！!,，; ]|$)"
)
#: 总共5个人吧: a number with what it counts, and nothing else.
_COUNT = re.compile(
    r"(?:(?:我们?|店里|厂里|公司|目前|现在|一共|总共|共|大概|大约|约|差不多|是|有|就|才|每个?月|月租|[,， ])*)"
    r"[0-9零一二三四五六七八九十百千万两.,亿]+\s*(?:[多来余]|(?:[个名位口]|位)?(?:人|员工|师傅|工人|职工|雇员)|个月|"
    r"[元块个名位户家辆台年月岁份张本间套天次件项层平米%]|块钱|毛|平方|左右|上下|吧|的|了|呢|样子|[。!！])*"
)
_FIRM_ENDS = r"(?:公司|集团|合伙|事务所|合作社|[厂店行部社馆所院室坊铺])"
#: 我们公司叫示例商贸有限公司, or the name alone.
_FIRM_CALLED = re.compile(
    rf"(?:(?:我们?|本|咱们?|他们?|单位|公司|店|企业|厂|全称|名称|名字|现在|目前|的|家|就|[,， :])*(?:是|叫做?|名叫|为))?[,， :]*"
    rf"(?!(?:我|你|他|她|咱|要|想|得|需|打算|准备|帮|给|替|办|申|注销|变更|开|注册|换|改|取消|查|问|去|来|到|找|转|还|哪|那|这|不|没|同|在))"
    rf"[\w()·&.-]{{2,40}}{_FIRM_ENDS}(?:\([^)]+\))?(?:吧|的)?[。.！!]?"
)
_NO_FIRM = re.compile(
    r"人工|客服|上次|刚才|之前|前面|一样|错|不对|窗口|大厅|帮我|我要|我想|^(?=.*[的了自])(?!.*(?:叫|是|为|名称))|^.{1,5}$"
)
_BARE_NAME = re.compile(
    r"(?!名下)[^要换改变从都和跟与了的我你他她们自己想去来办没有是在把被给不也还已经会能]{2,4}|"
    r"[一-鿿]+·[一-鿿·]+|[A-Za-z][A-Za-z .'-]+"
)
#: 房东不肯备案 tells of the landlord, and does not name him.
_TOLD_OF = re.compile(r"[不没别未要想能会肯说让给跟和把被也还都在来去死拒愿同怕嫌催涨赶]|已经|刚|突然")
_BARE_FIRM = re.compile(r"(?:公司|店|厂|行|部|中心|社|馆|所|院|室|坊|铺)[。.！!]?$")
_COMPANY = re.compile(r"\b(?:co|ltd|limited|company|inc|llc|corp|corporation|partnership)\b", re.I)
#: Longer ones may say more than a number or a name.
_SHORT = 16
#: 上一步 holds a 一, and is no number.
_STEERS = re.compile(r"(?:请|我要|我想)?(?:返回|回到|退回)?(?:到?上一[步个项题]|刚才那[步个题])(?:问题)?[吧。.！!]*")
_WISHES = re.compile(r"错|不对|[改换]|[办申查补取]|材料|预约|注销|[我就]?[要想](?!\d)|帮|人工|返回|上一步")
_DOUBTED = frozenset((
    "date_ambiguous", "date_confirm", "date_which_day", "date_which_month", "date_lunar", "date_holiday", "date_several",
    "number_vague", "number_several", "number_month", "number_year",
))  # fmt: skip
_CODES = frozenset({"id_number", "uscc", "phone", "email"})
_MOST_WORDS: dict[FieldType, int] = {
    "address": 30,
    "choice": 12,
    "yes_no": 12,
    "multi": 20,
    "person_name": 5,
    "company_name": 14,
    "date": 9,
}
_BY_SHAPE: dict[FieldType, Sequence[re.Pattern[str]]] = {
    "id_number": (codes.ID_IN_TEXT,),
    "uscc": (codes.USCC_IN_TEXT,),
    "phone": (codes.ABROAD_IN_TEXT, codes.MOBILE_IN_TEXT, codes.LANDLINE_IN_TEXT),
    "email": (codes.EMAIL_IN_TEXT,),
    "area": (measures.AREA_IN_TEXT,),
    "date": DATES_IN_TEXT,
}


_SHAPED: tuple[FieldType, ...] = ("id_number", "uscc", "phone", "email", "address", "area", "date")


def names_of(field: GuideField) -> list[str]:
    """What the field is called, longest first, so that 原住所 is tried before 住所."""
    return sorted({field.label, *field.names}, key=len, reverse=True)


def by_name(text: str, fields: Sequence[GuideField], today: date, values: Mapping[str, Any]) -> dict[str, Accepted]:
    """Values given together with the field's name: 法定代表人是张三，电话 138…"""
    found: dict[str, Accepted] = {}
    for field, value, _ in all_by_name(text, fields, today, values):
        found.setdefault(field.key, value)
    return found


def all_by_name(
    text: str, fields: Sequence[GuideField], today: date, values: Mapping[str, Any]
) -> list[tuple[GuideField, Accepted, str]]:
    """The same with the clause each is said in, and a field as often as a value is given for it."""
    found: list[tuple[GuideField, Accepted, str]] = []
    for clause in _clauses(text):
        field, rest = _led_by(clause, fields)
        if field is None or not rest:
            continue
        parsed = parse(field, rest, today, {**values, **{f.key: a.value for f, a, _ in found if f.key != field.key}})
        if isinstance(parsed, Accepted):
            found.append((field, parsed, clause))
    return found


def _clauses(text: str) -> list[str]:
    """The clauses of a text, normalised; a line ends one, which normalising would make a blank."""
    return [clause for line in text.splitlines() for clause in _CLAUSE.split(normalise(line))]


def _led_by(clause: str, fields: Sequence[GuideField]) -> tuple[GuideField | None, str]:
    best: tuple[int, GuideField, str] | None = None
    if any(clause.endswith(_plain(field.label)) for field in fields):
        return None, ""  # 修改法定代表人移动电话 says no 法定代表人 is called 移动电话
    for field in fields:
        for name in names_of(field):
            latin = english.is_latin(name)
            plain = re.escape(_plain(name))
            pattern = rf"(?<![A-Za-z]){plain}({_VERB_ENGLISH})(.+)$" if latin else rf"{plain}({_VERB})(.+)$"
            match = re.search(pattern, clause, re.IGNORECASE if latin else 0)
            if match is None or match.start() > (24 if latin else 8) or (best is not None and len(name) <= best[0]):
                continue
            bare = not match[1].strip(" 现在已经都就")
            if bare and field.in_words and name != field.label and not is_name(match[2].strip()):
                continue  # 房东李四 says who it is; 跟我老婆开个小吃店 does not say what the wife is called
            if not bare or (_named_barely(field, match[2].strip()) and not _chosen(field, clause, match)):
                best = (len(name), field, match[2].strip())
    return (best[1], best[2]) if best else (None, "")


@lru_cache(maxsize=8192)
def _plain(name: str) -> str:
    """A name as it stands in a normalised sentence: 负责人（经营者） has other brackets there."""
    return normalise(name)


def _chosen(field: GuideField, clause: str, match: re.Match[str]) -> bool:
    """Whether a field's name is said as one of its options: in 有软著和发明专利 none of the words names 知识产权."""
    begin, end = match.start(), match.start(1)
    said = [word for option in field.offered for word in (option.label, *option.aliases)]
    return any(place.start() <= begin and end <= place.end() for word in said for place in re.finditer(re.escape(word), clause))


#: What follows a name without a verb is hardly an answer in free words if it is shorter: 银行卡 is not the bank's name.
_TELLING = 2


def names_one(clause: str, fields: Sequence[GuideField]) -> bool:
    """Whether a clause gives something under the name of one of the fields, usable or not."""
    return _led_by(normalise(clause), fields)[0] is not None


def given(clause: str, fields: Sequence[GuideField]) -> tuple[GuideField, str] | None:
    """The field a clause gives a value for by its name and 是 or a colon, and the value's words: 代办人电话是138…"""
    plain = normalise(clause)
    field, rest = _led_by(plain, fields)
    return (field, rest) if field is not None and _GIVEN.search(plain[: len(plain) - len(rest)]) else None


def labelled(text: str, fields: Sequence[GuideField], today: date) -> list[GuideField]:
    """The fields a sentence is all about, each clause giving a value of one by its name; none if a clause does anything else.

    A value that is not right counts only for the first of ``fields``, the one asked.
    """
    found = []
    for clause in filter(str.strip, _clauses(text)):
        told = given(clause, fields)
        if told is None or (told[0] is not fields[0] and not isinstance(parse(*told, today, {}), Accepted)):
            return []
        found.append(told[0])
    return found


#: 房子里 and 店外 say where something is, not what the house or the shop is.
_PLACED = "里内外上下中前后旁"


def _named_barely(field: GuideField, rest: str) -> bool:
    """Whether what follows a name without a verb is a value: 法人张三, not 法人要换成他, 名称和法人都变了, 房东不肯 or 房子里."""
    if field.type == "person_name":
        return _BARE_NAME.fullmatch(rest) is not None
    if field.in_words and (_TOLD_OF.match(rest) or rest[0] in "的地得里" or len(rest) < _TELLING):
        return False
    if field.type in ("choice", "multi", "yes_no"):
        return len(rest) > 1 and rest[0] not in _PLACED
    return field.type != "company_name" or _BARE_FIRM.search(rest) is not None


def by_option(text: str, fields: Sequence[GuideField], today: date, but: Sequence[GuideField] = ()) -> dict[str, Accepted]:
    """Choices said in the guide's very words, a clause each (租的，两个股东), where no other question has these words.

    Args:
        but: further questions that may have the same words.
    """
    found: dict[str, Accepted] = {}
    said: dict[str, set[str]] = {}
    for field in {f.key: f for f in (*fields, *but)}.values():
        for word in {word for o in field.offered for word in (o.label, *o.aliases)}:
            said.setdefault(_plain(word), set()).add(field.key)
    for clause in map(str.strip, _CLAUSE.split(normalise(text))):
        whose = said.get(clause, set())
        chosen = next((f for f in fields if whose == {f.key}), None)
        parsed = parse(chosen, clause, today, {}) if chosen is not None and len(clause) > 1 else None
        if chosen is not None and isinstance(parsed, Accepted):
            found.setdefault(chosen.key, parsed)
    return found


#: The kinds whose values look like nothing else.
UNMISTAKABLE: tuple[FieldType, ...] = ("id_number", "uscc", "phone", "email", "address")


def by_shape(text: str, fields: Sequence[GuideField], today: date, values: Mapping[str, Any]) -> dict[str, Accepted]:
    """Values whose shape tells what they are, where exactly one of ``fields`` wants that shape."""
    plain = normalise(text)
    found: dict[str, Accepted] = {}
    for kind in _SHAPED:
        wanting = [field for field in fields if field.type == kind]
        shaped = _shaped(kind, plain) if len(wanting) == 1 else None
        if shaped is None:
            continue
        # 前年5月1日 is no 5月1日, and 3月5号到3月8号 is no 3月5号: the words around a date belong to it
        told = (
            next(clause for clause in _CLAUSE.split(plain) if shaped in clause)
            if kind == "date" and not _CLAUSE.search(shaped)
            else shaped
        )
        parsed = parse(wanting[0], told, today, values)
        if isinstance(parsed, Accepted) and parsed.warning is None:
            found[wanting[0].key] = parsed
            plain = plain.replace(shaped, " ")
    return found


def _shaped(kind: FieldType, plain: str) -> str | None:
    """The first words of that shape."""
    if kind == "address":
        return places.address_in(plain)
    return next((match[0] for pattern in _BY_SHAPE[kind] if (match := pattern.search(plain))), None)


def plainly_answers(field: GuideField, text: str, today: date) -> bool:
    """Whether the whole utterance is nothing but a value of this field, so that no other reading of it is sensible."""
    plain = normalise(text)
    core = words.strip_talk(plain)
    patterns = _BY_SHAPE.get(field.type)
    if field.type == "date" and english_dates.two_ways(plain):
        return len(core) <= 20  # whatever it means, it is the date: the two readings are put to her
    if english.is_latin(plain) and not (field.type in _CODES and re.fullmatch(r"[A-Za-z0-9\-]+|\S+@\S+", core)):
        return _plainly_in_english(field, plain, core, today)
    if field.type == "address":
        return (
            not re.search(r"[?？吗]|哪里|哪儿|怎么|错了|不对", plain)
            and isinstance(parse(field, plain, today, {}), Accepted)
            and places.address_in(core) is not None
        )
    if _STEERS.fullmatch(plain):
        return False
    if field.type in ("date", "area") and len(core) <= 16 and not re.search(r"[?？吗呢么]|几|多少|什么", plain):
        return _told(field, plain, today)
    if patterns:
        for pattern in patterns:
            match = pattern.search(core)
            if match and len(match[0]) >= 0.8 * len(core):
                return True
        return field.type in ("id_number", "uscc", "phone") and bool(re.fullmatch(r"[0-9A-Za-z\s\-]{5,}", core))
    if field.type in ("integer", "amount"):
        counted = measures.COUNTED.fullmatch(core.rstrip("%％")) or _COUNT.fullmatch(plain)
        return bool(counted) or (
            len(core) <= _SHORT and not _ASKS.search(plain) and not _WISHES.search(plain) and _told(field, plain, today)
        )
    if field.type == "person_name":
        return (
            len(plain) <= _SHORT
            and not _ASKS.search(plain)
            and not _WISHES.search(plain)
            and _names_somebody(field, plain, today)
        )
    if field.type == "company_name":
        called = _FIRM_CALLED.fullmatch(plain) is not None and not _NO_FIRM.search(plain) and not _ASKS.search(plain)
        parsed = parse(field, plain, today, {}) if called else None
        return isinstance(parsed, Accepted) and parsed.warning is None
    if field.type in ("choice", "yes_no", "multi"):
        # 公司自己买的 names an option; 租的要什么材料 asks about one
        return (
            len(plain) <= CHOICE_LENGTH
            and not _ASKS.search(_SOME.sub("", plain))
            and not re.search(r"错|不对|改成|改为", plain)
            and _chosen_plainly(field, plain, today)
        )
    return False


def _chosen_plainly(field: GuideField, plain: str, today: date) -> bool:
    """Whether an option is chosen, be it one that ends the matter (过期一年多了), or the choice is down to a few."""
    read = parse(field, plain, today, {})
    return isinstance(read, Accepted) or read.code == "choice_which" or read.code.startswith("rule_")


def _told(field: GuideField, plain: str, today: date) -> bool:
    """Whether a value can be read, or what was said of one is so near that it is asked back: 月底, 三四个."""
    read = parse(field, plain, today, {})
    return isinstance(read, Accepted) or read.insist is not None or read.code in _DOUBTED


def _names_somebody(field: GuideField, plain: str, today: date) -> bool:
    """Whether a name is introduced: 我老公叫李四, 法人是张三. One standing alone is for whoever heard the question."""
    read = parse(field, plain, today, {})
    return isinstance(read, Accepted) and read.warning is None and read.value != plain and NAME.fullmatch(read.value) is not None


def _plainly_in_english(field: GuideField, plain: str, core: str, today: date) -> bool:
    """The same for an English sentence: a few words, no question, no wish, and a value of the right kind."""
    said = english.words(plain)
    if english.asks(plain) or english.command(plain) or len(said) > _MOST_WORDS.get(field.type, 6):
        return False
    if english_dates.WRONG.search(plain):
        return False
    if field.in_words or field.type == "company_name":
        return field.type == "company_name" and bool(_COMPANY.search(core))
    if field.type in ("amount", "integer", "area") and english.number(core) is None:
        return False
    return isinstance(parse(field, plain, today, {}), Accepted)
