"""Names of companies, addresses and free text."""

from __future__ import annotations

import re

from assistant.casework.fields.english import is_latin
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns import places
from assistant.engine.components.patterns.numerals import normalise
from assistant.foundation.messages import t

LONGEST_TEXT = 500
_LEAD = re.compile(
    r"^(?:嗯+|呃+|哦+|那个|就是|就|我是说|应该是|那就|请?填|写)?[，,、 ]*"
    r"(?:我(?:们)?(?:的|家)?|本人|他|她|它|这个)?(?:公司|单位|店|企业)?(?:的)?"
    r"(?:名字|姓名|大名|全称|名称|新?地址|新?住所|住址|电话|手机号?码?|号码|信用代码|身份证号?码?|证件号码?)?"
    r"(?:现在|已经)?(?:是|叫做|叫|为|在|搬到了?|搬去|改成|改为|变更为|：|:)[，,：: ]*"
)
_TAIL = re.compile(r"[，,。.！!；;～~ ]*(?:吧|呢|啊|哈|呀|哦|谢谢|就这个|这个)?[，,。.！!；;～~ ]*$")
_LATIN_LEAD = re.compile(
    r"^(?:(?:well|um+|uh+|er+|so|ok|okay|sorry|oh|i think|i guess)[, ]+)*"
    r"(?:(?:it|that|this|he|she)(?:'s| is)|(?:i|we)(?:'m|'re| am| are)(?: called| at| on| in)?|"
    r"please (?:put|write|use)|(?:i|we) live (?:at|on|in)|"
    r"(?:(?:my|our|his|her|their|the|its|company|new|old|current|full|legal|registered|office|home|mobile|phone|id|contact|owner's|landlord's)\s+){0,4}"
    r"(?:name|company|address|number|phone|mobile|e-?mail|landlord|owner|id|code|representative|position|job|scope)"
    r"(?:\s+number|\s+address|\s+code)?"
    r"(?:\s+(?:is called|is at|is|will be|would be)|\s*:))\s+",
    re.I,
)
_ABBREVIATED = "".join(rf"(?<!\b{word})" for word in ("ltd", "co", "inc", "corp", "rd", "st", "jr"))
_LATIN_TAIL = re.compile(rf"(?:[, ]+(?:please|thanks|thank you))?(?:[!; ]|{_ABBREVIATED}\.)*$", re.I)
_LATIN_STREET = re.compile(
    r"\b(?:road|rd|street|st|avenue|ave|lane|ln|alley|boulevard|blvd|highway|village|town|lu|jie|dadao|building|plaza|tower|center|centre|"
    r"mansion|garden|estate|apartments?|park|square|market|campus)\b",
    re.I,
)


def strip_talk(text: str) -> str:
    """The value without the words around it: 嗯我们公司名称是示例商贸有限公司吧 → 示例商贸有限公司."""
    plain = normalise(text)
    if is_latin(plain):
        return _LATIN_TAIL.sub("", _LATIN_LEAD.sub("", plain, count=1)) or plain
    stripped = _TAIL.sub("", _LEAD.sub("", plain, count=1))
    return stripped or plain


def has_words(text: str) -> bool:
    """Whether anything in it can be read: a letter, a digit or a Chinese character."""
    return any(ch.isalnum() for ch in text)


def parse_text(text: str) -> Parsed:
    """Free text up to 500 characters."""
    plain = strip_talk(text)
    if not has_words(plain):
        return Rejected("text_empty", t("fields.text_empty"))
    if len(plain) > LONGEST_TEXT:
        return Rejected("text_long", t("fields.text_long", most=LONGEST_TEXT, count=len(plain)))
    return Accepted(plain, plain)


def parse_company_name(text: str) -> Parsed:
    """The full name of a company, firm or shop as it stands on the licence."""
    plain = strip_talk(text)
    if not has_words(plain) or len(plain) < 3:
        return Rejected("company_name_short", t("fields.company_name_short"))
    if len(plain) > 120:
        return Rejected("text_long", t("fields.text_long", most=120, count=len(plain)))
    whole = bool(re.search(r"公司|厂|店|中心|合伙|事务所|合作社|企业|社|行|部|馆|院|所|坊|铺|吧|楼", plain))
    return Accepted(plain, plain, None if whole else t("fields.company_name_warning"))


def parse_address(text: str) -> Parsed:
    """An address down to the door: it must name a street, village or building and a number or building in it."""
    plain = re.sub(r"(?<=[一-鿿0-9]) (?=[一-鿿0-9])", "", strip_talk(text)).replace("—", "-")
    if not has_words(plain) or len(plain) < 4:
        return Rejected("address_short", t("fields.address_short"))
    if len(plain) > 200:
        return Rejected("text_long", t("fields.text_long", most=200, count=len(plain)))
    if is_latin(plain):
        return _latin_address(plain)
    if not places.names_street(plain):
        return Rejected("address_street", t("fields.address_street"))
    if not places.names_door(plain):
        return Rejected("address_door", t("fields.address_door", given=plain))
    return Accepted(plain, plain)


def _latin_address(plain: str) -> Parsed:
    """An address in Latin letters: taken as it is, with the warning that forms and officers go by the Chinese one."""
    if not _LATIN_STREET.search(plain):
        return Rejected("address_street", t("fields.address_street"))
    if not re.search(r"\d", plain):
        return Rejected("address_door", t("fields.address_door", given=plain))
    return Accepted(plain, plain, t("fields.address_latin_warning"))
