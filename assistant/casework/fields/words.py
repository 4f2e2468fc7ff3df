"""Names of companies, addresses and free text."""

from __future__ import annotations

import re

from assistant.casework.fields import addresses, numbered
from assistant.casework.fields.english import is_latin
from assistant.casework.fields.meaning import asks, meant, unsettled
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
_TAIL = re.compile(
    r"[，,。.！!；;～~ ]*(?:[对是]吧|就(?:行|好|可以)了?|没有?别的了?|吧|呢|啊|哈|呀|哦|谢谢|就这个|这个)?[，,。.！!；;～~ ]*$"
)
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
_HAN = "\u4e00-\u9fff"
_FILLERS = re.compile(r"^(?:(?:嗯+|呃+|哦+|噢|啊|那个|这个嘛|我是说|你好|您好)[,，、 ]*)+(?=.)")
_NO_FIRM = re.compile(
    r"(?:失业|退休|待业|无业|没工作|没上班|自由职业).{0,6}|没有?(?:单位|公司|店名|备用).{0,4}|(?:忘|不记得).{0,4}|"
    r"(?:我们?|你们|他们?)?的?(?:公司|单位|店|企业|厂)?(?:没有|无|暂无|不填|跳过|好的?|可以|是的?)?"
)
_FIRM_LEAD = re.compile(
    r"^(?:(?:营业)?执照上(?:写|印)?的?(?:名[称字])?是?|我?(?:现在)?在(?=.+(?:上班|工作|做事|打工))|(?:备用|候选|第[一二三]个?)?(?:公司|单位|店|企业)?(?:名[称字]?|全称)(?:是|叫做?|为|:)?|(?:公司|单位|店|企业)(?:是|叫做?|为|:)|[^，,]{0,6}(?:店|公司|单位|厂|企业)的?(?:名[字称]?)?(?:叫做?|名叫)|我?(?:想|打算|准备|要)?就?叫做?|名叫)"
)
_FIRM_ENDS = re.compile(
    r"公司|厂|店|中心|合伙|事务所|合作社|企业|社|行|部|馆|院|所|坊|铺|吧|楼|学校?|[小中大]学|幼儿园|局|委员会|协会|学会|商会|基金会|集团|超市|市场|工作室|站|户）|场|庄|屋|轩|阁|堂|园|房|处|队|台|网"
)
_AND_FIRM = re.compile(r"(?<=[司厂店社所户])(?:或者?|还是|和|、|,)(?=.{3,})")
_PLACE_LEAD = re.compile(
    r"^(?:(?:我们?(?:家|公司|店)?|家|公司|店(?:铺|面)?|单位|户口本?|户籍|身份证|房产证|执照|现在|目前|新|老|原)*(?:的?地址)?"
    r"(?:上(?:写|印)?的?)?(?:就|现在|已经|还)?(?:是|住在?|在|开在|设在|租在|搬[到去]了?|位于|写的是|写|填|:)+|新?地址:?)"
)
#: 房子在, 公司注册在, 现住址: and whatever else stands before a place, as long as no place is in it.
_ANY_LEAD = re.compile(r"^[^0-9省市区县镇乡路街弄巷村道号]{0,8}?(?:在|是|:)(?=.{4})|^租的(?=.{4})")
_NAMED_PLACE = re.compile(r"商场|写字楼|[产创物科][业流技]园|学校|医院|酒店|宾馆|[号大]院|家属院|宿舍")
_NEARBY = re.compile(r"(?:对面|附近|旁边?|隔壁|斜对过|斜对面|路口|交叉口|交界|后面|前面|楼下)(?:那?里?)?$")
_TWO_PLACES = re.compile(
    r"[号室楼][,，](?:旧址|原址|新址|原来|以前|之前)|[号室](?:或者?|和|、|还有)(?:[\u4e00-\u9fff]{2,}(?:路|街|弄|村|区)|\d+号)"
)


def strip_talk(text: str) -> str:
    """The value without the words around it: 嗯我们公司名称是示例商贸有限公司吧 → 示例商贸有限公司."""
    plain = normalise(text)
    if is_latin(plain):
        return _LATIN_TAIL.sub("", _LATIN_LEAD.sub("", plain, count=1)) or plain
    stripped = _TAIL.sub("", _LEAD.sub("", plain, count=1))
    return stripped or plain


def typeset(text: str) -> str:
    """Punctuation beside Chinese as Chinese print has it: ，；（）. Normalising had made it narrow."""
    wide = re.sub(rf"(?<=[{_HAN}）]),(?! )|,(?=[{_HAN}])", "，", text)
    wide = re.sub(rf"(?<=[{_HAN}）]);|;(?=[{_HAN}])", "；", wide)
    return re.sub(rf"\(([^()]*[{_HAN}][^()]*)\)", r"（\1）", wide)


def has_words(text: str) -> bool:
    """Whether anything in it can be read: a letter, a digit or a Chinese character."""
    return any(ch.isalnum() for ch in text)


def parse_text(text: str, asked: str = "") -> Parsed:
    """Free text up to 500 characters; where ``asked`` names a kind of number (银行卡号, 车牌号), its normal form."""
    plain = _unwrapped(text, asked)
    if not has_words(plain):
        return Rejected("text_empty", t("fields.text_empty"))
    if len(plain) > LONGEST_TEXT:
        return Rejected("text_long", t("fields.text_long", most=LONGEST_TEXT, count=len(plain)))
    return numbered.parse(meant(text), asked) or Accepted(plain, typeset(plain))


def _unwrapped(text: str, asked: str) -> str:
    """Free text without fillers before it, and without what only says which answer it is: 职业是司机, 我在苏州市交的.

    What was done, why and where stays as it is told: 在学校门口丢的, 为了孩子上学.
    """
    plain = normalise(text)
    if is_latin(plain):
        return strip_talk(plain)
    plain = _FILLERS.sub("", _TAIL.sub("", plain)) or plain
    if match := re.match(rf"^(?:我的?|我们的?)?{re.escape(asked)}(?:是|为|:)\s*(?=.)", plain) if asked else None:
        plain = plain[match.end() :]
    if re.search(r"参保|[转缴]|居住地|出生地|国籍|就医地|地方$", asked):
        plain = re.sub(r"^(?:我们?|他|她)?(?:以前|现在|原来)?(?:是|在)+(?=.{2})|(?:交|参保|看病|出生|住)的$", "", plain)
    elif asked and re.search(r"银行|职业|工作|医院|单位|名称|姓名|领域|国", asked):
        plain = re.sub(r"^(?:我们?|他|她)?(?:是|叫)(?=.{2})", "", plain)
    return plain


def parse_company_name(text: str) -> Parsed:
    """The full name of a company, firm or shop as it stands on the licence, with full-width brackets as licences have them."""
    whole_text = normalise(text)
    if is_latin(whole_text):
        plain = strip_talk(whole_text)
    else:
        if asks(whole_text) or unsettled(whole_text) or _NO_FIRM.fullmatch(strip_talk(whole_text)):
            return Rejected("company_name_shape", t("fields.company_name_shape"))
        plain = _firm(meant(whole_text))
    if not has_words(plain) or len(plain) < 3 or re.fullmatch(r"[\d\s\-]+|[0-9A-Z]{15,18}", plain):
        return Rejected("company_name_short", t("fields.company_name_short"))
    if len(plain) > 120:
        return Rejected("text_long", t("fields.text_long", most=120, count=len(plain)))
    if len([part for part in _AND_FIRM.split(plain) if _FIRM_ENDS.search(part)]) > 1:
        return Rejected("several", t("fields.several"))
    if re.match("[不没无]", plain) and not re.search(r"公司|[厂店社]$", plain):
        return Rejected("company_name_shape", t("fields.company_name_shape"))
    whole = bool(_FIRM_ENDS.search(plain))
    return Accepted(plain, plain, None if whole else t("fields.company_name_warning"))


def _firm(text: str) -> str:
    plain = re.sub(
        r"[,，;；。]\s*(?:统一社会|信用代码|税号|代码|法人|法定代表人|负责人|电话|地址|谢谢|个体|是个?).*$"
        r"|[\s,，;；]+(?:[0-9A-Z]{15,18}|\d[\d\- ]{6,}).*$",
        "",
        text,
    )
    quoted = re.search(r"[“\"「『《【]([^”\"」』》】]{3,})[”\"」』》】]", plain)
    if quoted:
        plain = quoted[1]
    else:
        plain = _FIRM_LEAD.sub("", strip_talk(_FILLERS.sub("", plain)), count=1)
        plain = re.sub(r"(?:里?(?:上班|工作|做事|打工)|这个名字?|的)$", "", plain)
    plain = re.sub(rf"(?<=[{_HAN}()]) +(?=[{_HAN}()])", "", plain)
    return plain.replace("(", "（").replace(")", "）") if re.search(f"[{_HAN}]", plain) else plain


def parse_address(text: str) -> Parsed:
    """An address down to the door: it must name a street, village or building and a number or building in it."""
    plain = normalise(text)
    if not is_latin(plain):
        if asks(plain) or unsettled(plain):
            return Rejected("address_shape", t("fields.address_shape"))
        plain = _place(meant(plain))
    else:
        plain = strip_talk(plain)
    if not has_words(plain) or len(plain) < 4:
        return Rejected("address_short", t("fields.address_short"))
    if len(plain) > 200:
        return Rejected("text_long", t("fields.text_long", most=200, count=len(plain)))
    if is_latin(plain):
        return _latin_address(plain)
    if not places.names_street(plain) and not _NAMED_PLACE.search(plain):
        return Rejected("address_street", t("fields.address_street"))
    if not places.names_door(plain) or plain.endswith("弄") or _NEARBY.search(plain):
        return Rejected("address_door", t("fields.address_door", given=plain))
    if _TWO_PLACES.search(plain):
        return Rejected("several", t("fields.several"))
    return Accepted(plain, typeset(addresses.completed(plain)))  # forms print it from the province on


def _place(text: str) -> str:
    """An address without who lives there and how to reach him."""
    plain = re.sub(
        rf"[\s,，;；。]+(?:(?:我叫|姓名|联系人?|电话|手机|邮编|谢谢|麻烦|收件人?)|[{_HAN}]{{2,4}}[\s,，]*(?=1[3-9]\d)|1[3-9]\d[\d\s-]{{8,}}).*$",
        "",
        text,
    )
    plain = re.sub(r"[,，;；](?:就是|靠近|旁边|对面|在.{2,12}(?:旁边|对面|附近|那边)).*$", "", plain)
    plain = re.sub(rf"(?<=[{_HAN}0-9]) (?=[{_HAN}0-9A-Z])", "", strip_talk(plain)).replace("—", "-")
    plain = _ANY_LEAD.sub("", _PLACE_LEAD.sub("", _FILLERS.sub("", plain), count=1), count=1)
    plain = re.sub(r"[(（][^()（）0-9路街号楼室]*[)）]$", "", plain)
    first, *rest = re.split(r"(?<=[号室楼层幢栋座元0-9])[,，;；]", plain)
    kept = [clause for clause in rest if re.search(r"[路街道巷弄号室栋幢楼层座元村组镇乡区县市铺0-9]", clause)]
    plain = ",".join([first, *kept])
    return re.sub(r"(?:那边|这边|那里|这里|那儿|这儿)?(?:去?了|的房子|的店面?)?[。,，\s]*$", "", plain)


def _latin_address(plain: str) -> Parsed:
    """An address in Latin letters: taken as it is, with the warning that forms and officers go by the Chinese one."""
    if not _LATIN_STREET.search(plain):
        return Rejected("address_street", t("fields.address_street"))
    if not re.search(r"\d", plain):
        return Rejected("address_door", t("fields.address_door", given=plain))
    return Accepted(plain, plain, t("fields.address_latin_warning"))
