"""A name among the words that introduce it: 我老公叫李四, 孩子他爸张三, 名字是张三，弓长张, 张三 13800138000."""

from __future__ import annotations

import re

from assistant.casework.fields.english import is_latin
from assistant.casework.fields.meaning import meant, unsettled
from assistant.casework.fields.words import strip_talk
from assistant.engine.components.patterns.people import COMPOUND, ROLES, SURNAMES

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_SURNAME = f"(?:{'|'.join(sorted(COMPOUND))}|[{''.join(sorted(SURNAMES))}])"
_FILLER = re.compile(r"^(?:我(?=[,，])|嗯+|呃+|哦+|啊|那个|这个|就是|我是说|你好|您好|应该是|那就)[,，、 ]*")
#: Whoever an application speaks of; the longer words first.
_ROLE = (
    r"孩子他?[爸妈]|[娃孩]子?他?[爸妈爹娘]|法定代表人|法人代表|负责人|店长|老板娘|老板|代办人|代办的人|来办的人|会计|财务(?:负责人)?|出纳|"
    r"监事|董事长?|总经理|经理|联络员|股东|合伙人|监护人|户主|产权人|业主|男方|女方|新娘|新郎|宝宝|小孩|娃娃?|儿媳|女婿|哥哥|弟弟|姐姐|妹妹|"
    r"岳父|岳母|公公|婆婆|爷爷|奶奶|外公|外婆|老人|驾驶人|司机|持证人|持卡人|产妇|" + ROLES
)
_WORD = r"(?:名字|姓名|大名|全名|尊姓大名)"
_OWNER = (
    r"(?:(?:我们?|他们?|她们?|您|你|咱们?|俺)(?:家|公司|单位|店里?)?的?|本人|公司的?|单位的?|店里的?|这个?|新的?|现在的?|原来的?)"
)
_VERB = r"(?:是|就是|叫做?|名叫|叫作|为|填|写|用|[:：]|换成|改成|改为|变更为|换为|还是)"
_SOON = r"(?:现在|目前|就|应该|还|以后)?"
_LED = re.compile(
    rf"^{_OWNER}?(?:(?:{_ROLE})的?)?(?:{_WORD}的?)?{_SOON}{_VERB}+[\s,，]*(?:我们?(?:家|公司|单位|店)的?)?(?P<name>.+)$|"
    rf"^由(?P<by>.+?)(?:来|去|负责)?(?:代办|办理|办|负责|担任)?$|^我姓.[,，]?(?:名?叫|名字是)(?P<full>.+)$"
)
#: Without a verb the name must begin like one: 我老公李四, 本人张三.
_BARE = re.compile(
    rf"^(?:(?:{_ROLE})(?={_OWNER}))?{_OWNER}?(?:(?:{_ROLE})的?)?(?:{_WORD})?[\s:：]*(?P<name>{_SURNAME}[{_HAN}]{{1,3}})$"
)
#: 安全管理员是张三, 我们厨师长王五: a role that nobody listed.
_ANY_ROLE = re.compile(
    rf"^(?!.*不)(?:[{_HAN}]{{2,10}}(?:是|叫)|{_OWNER}[{_HAN}]{{1,5}}[员长师人主任工]的?)(?P<name>{_SURNAME}[{_HAN}]{{1,2}})$"
)
#: 李四是我老公.
_NAMED_FIRST = re.compile(
    rf"^(?:{_OWNER}?(?:{_ROLE}))?(?P<name>{_SURNAME}[{_HAN}]{{1,2}}?)[,，]?(?:就|也)?是(?:我|他|她|你|公司|店里|本人|{_ROLE}).*$"
)
#: 孩子跟妈妈姓，叫李小四.
_CALLED = re.compile(rf"[,，](?:大?名)?叫(?P<name>{_SURNAME}[{_HAN}]{{1,2}})$")
#: 弓长张 张三, 木子李的李 李四: the surname told apart by its parts, then the name.
_SPELT = re.compile(rf"^[{_HAN}]{{2,3}}(?P<surname>[{_HAN}])(?:的(?P=surname))?[\s,，、]+(?P<name>(?P=surname)[{_HAN}]{{1,2}})$")
#: 执照上写的张三.
_ON_PAPER = re.compile(r"^(?:营业)?(?:执照|身份证|户口[本簿]|证件?|房产证)上(?:写|印|登记)?的?(?:是|叫)?")
#: 我儿子，张小三.
_APPOSED = re.compile(rf"^{_OWNER}?(?:{_ROLE}|本人)[,，]\s*(?=[{_HAN}]{{2,4}}$)")
#: 王五来当法人, 李四本人.
_BEHIND = re.compile(rf"(?:来|去)?(?:当|做|担任|代办|负责|来办|去办)(?:的|{_ROLE})?$|本人$")
_LAYERS = 4
_LATIN_LED = re.compile(
    r"^(?:(?:well|um+|oh|so|sorry)[, ]+)*(?:my|our|the|his|her|their)\s+(?:[a-z]+\s+){0,3}?[a-z]+(?:'s)?\s*(?:full |legal )?"
    r"(?:name is|is called|is named|'s name is|is)\s+",
    re.I,
)
_AROUND = re.compile(r"^[“”\"'「『《【（(\s]+|[“”\"'」』》】）)\s。.!！~,，;；]+$")
_AFTER = re.compile(
    rf"[（(【].*$|[\s,，]+[男女](?:性|的)?$|"
    rf"[\s,，;；。、]*(?:(?:电话|手机|联系方式|身份证|证件)[号码是:：]*\s*)?[+\d*]{{6,}}[\dXx*\- ]*.*$|"
    rf"(?<=[{_HAN}])[,，]\s*(?!.*[{''.join(sorted(SURNAMES))}][{_HAN}]{{1,2}}$).*$"
)
_TAIL = re.compile(r"(?:先生|女士|小姐)?(?:吧|啊|呀|哦|哈|呢|啦|嘛|就行|就可以|没错|谢谢|的名字)?$")
_HONOURED = re.compile(r"(?:老师|同志|老人家|师傅|老板|经理)$")
_NO_NAME = re.compile(
    r"自己|本人|同上|没有|暂无|好的|可以|谢谢|那个|这个|名字|姓名|什么|跳过|不填|确定|忘|起名|随便|稍等|不是|是的|就是|申请人|办事|哪|谁|一样|某|\*|[他她你您我不没]|^姓|曾用|原名|找|个|办|^同|弓长张|立早章|耳东陈|木子李|双木林|口天吴|言午许|草头黄|古月胡|"
    r"^(?:无|不|对|嗯|是|行|好|有|叫|原来|现在|之前|以前)|[了的吗呢吧啥]$"
)
_TITLE = (
    r"总|总经理|老板|老板娘|经理|工|姐|哥|叔|叔叔|婶|姨|阿姨|大爷|大妈|大姐|大哥|师傅|"
    r"老师|主任|会计|律师|医生|科长|处长|局长|校长|院长|先生|女士|小姐|太太|某|氏"
)
_TITLED = re.compile(rf"^[{''.join(sorted(SURNAMES))}](?:{_TITLE})$|^[老小][{''.join(sorted(SURNAMES))}](?:{_TITLE})?$")
_AND = re.compile(r"\s*(?:[、/&]|[和跟与]|或者?|还是|[,，;；])\s*")
#: A Chinese name that begins with a usual surname, or has the separator of other peoples' names.
NAME = re.compile(rf"{_SURNAME}[{_HAN}]{{1,2}}|[{_HAN}]+·[{_HAN}]+")
_ROLE_ALONE = re.compile(rf"{_OWNER}?(?:{_ROLE})?")


def is_name(words: str) -> bool:
    """Whether two to four characters begin with a surname and so are a Chinese name: 李四, not 退休."""
    return re.fullmatch(rf"{_SURNAME}[{_HAN}]{{1,2}}", words) is not None


def name_alone(text: str) -> str:
    """The answer without who it is, 叫 and 是, what follows the name, and the slip it takes back."""
    plain = meant(text)
    if is_latin(plain):
        led = _LATIN_LED.match(plain)
        return strip_talk(plain[led.end() :] if led and plain[led.end() :][:1].isupper() else plain)
    plain = _FILLER.sub("", _around(plain))
    if called := _CALLED.search(plain):
        plain = called["name"]
    if spelt := _SPELT.match(plain):
        plain = spelt["name"]
    plain = _APPOSED.sub("", _ON_PAPER.sub("", plain))
    plain = _around(_AFTER.sub("", plain, count=1))
    for _ in range(0 if several(plain) else _LAYERS):
        if (shorter := _without_introduction(plain)) == plain:
            break
        plain = shorter
    title = _TAIL.search(plain)
    if title and title[0] and not titled(plain):
        plain = plain[: title.start()]
    honoured = _HONOURED.sub("", plain)
    return honoured if NAME.fullmatch(honoured) and len(honoured) > 1 and not titled(plain) else plain


def _without_introduction(text: str) -> str:
    """The text without one layer of what introduces a name: of 户主是我爸张三 first 我爸张三, then 张三."""
    if behind := _NAMED_FIRST.match(text):
        return behind["name"]
    if (shorter := _BEHIND.sub("", text)) != text and NAME.search(shorter):
        return shorter
    if led := _LED.match(text):
        return re.sub(r"的$|了$", "", _around(next(group for group in led.groups() if group)))
    bare = _BARE.match(text) or _ANY_ROLE.match(text)
    return bare["name"] if bare and not unsettled(text) else text


def _around(text: str) -> str:
    return _AROUND.sub("", _AROUND.sub("", text))


def no_name(name: str) -> bool:
    """Whether words that look like a name are an answer of another kind, or only who it is: 同上, 我老公, 还没定."""
    return bool(_NO_NAME.search(name)) or unsettled(name) or _ROLE_ALONE.fullmatch(name) is not None


def several(name: str) -> bool:
    """Whether it is two names: 张三和李四, and not 李和平."""
    parts = name.split() if re.search(rf"[{_HAN}]{{2}} [{_HAN}]{{2}}", name) else _AND.split(name)
    return len(parts) > 1 and all(NAME.fullmatch(part) for part in parts)


def titled(name: str) -> bool:
    """Whether it is how somebody is called, without the given name: 张总, 小李, 王先生."""
    return _TITLED.match(name) is not None
