"""Names of persons in a sentence, where something said before them asks for a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤康施牛樊葛邢安齐倪庄申鲁俞翁柯伍庞章温耿殷"
)
#: Also the beginning of ordinary words, or what is left when one is cut in two (公积|金要): no sign of a name by themselves.
AMBIGUOUS = frozenset("金钱包高申白安章牛毛向于方许何温施康万石任江付")
PLAIN = SURNAMES - AMBIGUOUS
COMPOUND = frozenset((
    "欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "东方", "西门", "南宫", "端木",
))  # fmt: skip
#: Whoever is spoken of by name: 儿子王小明, 法人是…
ROLES = (
    r"法人(?:代表)?|法定代表人|儿子|女儿|老公|老婆|妻子|丈夫|爱人|爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|外公|外婆|"
    r"孩子|宝宝|股东|经办人|联系人|委托人|代理人|户主|朋友|同事|配偶|监护人|申请人|本人|经理|老板|房东"
)
_HAN = r"[\u3400-\u9fff]"
_CALLED = r"(?:我叫|名叫|叫做|[他她]叫|大名叫?|(?:姓名|名字|尊姓大名)(?:是|叫|为|:|\s)+)"
_VERB = r"(?:是|叫做?|为|由|从|:|改为|改成|换成|变更为)+"
_PERSON = rf"(?:(?:{ROLES})(?:的?姓名|的?名字)?(?:现在|目前|要|想|将)?{_VERB}|(?:联系|经办|代理|委托)人|我是|叫)"
_LONG = "|".join(sorted(COMPOUND))
_SURNAME = rf"(?:{_LONG}|[{''.join(sorted(SURNAMES))}])"
_SURE = rf"(?:{_LONG}|[{''.join(sorted(PLAIN))}])"
_GIVEN = r"[^的了吗呢吧啊和跟与是在要想办去来给到从等家也不能可以怎么什填\W\d_a-zA-Z]"
#: What goes on after a name.
_NEXT = (
    r"(?=$|[^\u3400-\u9fff]|[的是和跟与及想要来去办有在住帮请已不也都就刚还了吧呢啊把]|先生|女士|小姐|电话|手机|身份|证件|号码|联系|"
    r"地址|户籍|户口|性别|男|女|年龄|出生|生日|本人|换成|改|变更|我|申请|申报|需|能|可|怎|什|多|哪|为|给|今[年天]|明[年天]|现在|这个?)"
)
_FOREIGN = rf"{_HAN}{{1,8}}(?:[·•・]{_HAN}{{1,8}})+"
_BOUNDED = rf"(?:{_GIVEN}{{2}}{_NEXT}|{_GIVEN}{_NEXT})"
_IN_TEXT = re.compile(
    rf"{_CALLED}\s*(?P<called>{_FOREIGN}|{_SURNAME}{_BOUNDED}|{_SURNAME}{_GIVEN}{{1,2}})|"
    rf"{_PERSON}\s*(?P<person>{_FOREIGN}|{_SURE}{_BOUNDED})"
)
_ROLE = re.compile(ROLES)
_CHANGED = re.compile(rf"(?:改为|改成|换成|变更为)\s*(?P<person>{_FOREIGN}|{_SURE}{_BOUNDED})")
#: 我是徐州人, 法人是谁, 叫马上来.
_NO_PERSON = re.compile(r"[人生员户者民工师谁]$|什么|哪|^马上|^许可|^高新")
_WHOLE = re.compile(
    rf"\s*(?:是|就是|那就|叫|填|写)?\s*(?P<name>{_FOREIGN}|{_SURNAME}{_GIVEN}{{1,2}})(?:先生|女士|小姐)?[吧哦啊]?[\s。.!！,，]*"
)


def names_in(text: str, *, asked: bool = False) -> Iterator[tuple[int, int, str]]:
    """Start, end and normal form of each name somebody introduces.

    Args:
        text: a sentence.
        asked: the question was for a name, so that one standing alone is one.
    """
    if asked and (whole := _WHOLE.fullmatch(text)):
        yield *whole.span("name"), _normal(whole["name"])
        return
    matches = [*_IN_TEXT.finditer(text), *(_CHANGED.finditer(text) if _ROLE.search(text) else ())]
    for match in matches:
        group = "called" if match.groupdict().get("called") else "person"
        if not _NO_PERSON.search(match[group]):
            yield *match.span(group), _normal(match[group])


def _normal(name: str) -> str:
    return re.sub("[•・]", "·", name)
