"""Whom a question is about: 委托代理人姓名 and 委托代理人移动电话 are of one person, 联系电话 alone is of the applicant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.schema import FieldType, GuideField

#: What is known of a person; an address and a mailbox may be hers too.
PERSONAL: tuple[FieldType, ...] = ("person_name", "id_number", "phone", "email", "address")
_KIND = re.compile(
    r"的?(?:居民|公民|常住)?(?:身份证件|身份证明?|身份|有效证件|证件)?(?:姓名|名字|"
    r"全名|号码|证?号|(?:移动|联系|手机|固定)?电话(?:号码)?|手机号?码?|联系方式|"
    r"电子邮箱|邮箱|(?:联系|通讯|通信|家庭|居住|户籍|户口)?(?:地址|住址|住所))(?:（[^）]*）)?$"
)
_KIND_ENGLISH = re.compile(
    r"(?:'s)?\s*(?:full name|name|(?:identity|id)(?: card| document)? number|(?:mobile |"
    r"contact )?(?:phone|telephone)(?: number)?|e-?mail(?: address)?|address)$",
    re.I,
)
_BRACKETS = re.compile(r"（[^）]*）")
_PRINCIPAL = ("申请人", "本人", "参保人", "持证人", "持卡人", "办理人", "当事人", "applicant")
_AGENT = re.compile(r"代办|代理|经办|监护|agent|guardian")
#: What people call the same person in different guides.
_ALSO_CALLED: tuple[frozenset[str], ...] = (
    frozenset({"法人", "法人代表", "法定代表人", "负责人", "老板", "经营者", "业主", "legal representative", "boss"}),
    frozenset({"代办人", "经办人", "代理人", "委托代理人", "办事人", "跑腿的", "agent"}),
    frozenset({"配偶", "老公", "老婆", "爱人", "丈夫", "妻子", "spouse", "husband", "wife"}),
    frozenset({"孩子", "小孩", "宝宝", "新生儿", "child"}),
    frozenset({"母亲", "妈妈", "孩子妈", "mother"}),
    frozenset({"父亲", "爸爸", "孩子爸", "father"}),
    frozenset({"户主", "householder"}),
)


def owner(field: GuideField) -> str:
    """Whom a field is about, in the guide's word; empty where the label does not say, which means the applicant."""
    if field.type not in PERSONAL:
        return ""
    plain = _KIND.sub("", _BRACKETS.sub("", field.label).strip())
    return _KIND_ENGLISH.sub("", plain).strip()


def principal(fields: Sequence[GuideField]) -> str:
    """The person the item is for: the applicant where the guide calls somebody so, or else the first who is named."""
    named = [owner(field) for field in fields if field.type == "person_name"]
    return next((who for who in named if who.lower() in _PRINCIPAL), named[0] if named else "")


def agent(fields: Sequence[GuideField]) -> str | None:
    """Whoever acts for her, if the guide knows one."""
    return next((who for f in fields if f.type == "person_name" and _AGENT.search(who := owner(f))), None)


def of(who: str, fields: Sequence[GuideField]) -> list[GuideField]:
    """The fields about one person. What names nobody is about the applicant."""
    mine = principal(fields)
    return [f for f in fields if f.type in PERSONAL and (owner(f) == who or (who == mine and owner(f) == ""))]


def meant(words: str, fields: Sequence[GuideField]) -> str | None:
    """The person these words mean; None where they mean nobody, or it is not clear who.

    >>> meant("法人", [])
    """
    plain = _KIND_ENGLISH.sub("", _KIND.sub("", words.strip())).strip().lower()
    if not plain:
        return None
    if plain in _PRINCIPAL:
        return principal(fields)
    people = list(dict.fromkeys(owner(f) for f in fields if f.type == "person_name"))
    exact = [who for who in people if who.lower() == plain]
    called = [owner(f) for f in fields if f.type == "person_name" and plain in map(str.lower, f.names)]
    family = next((names for names in _ALSO_CALLED if plain in names), frozenset())
    related = [who for who in people if any(name == who.lower() for name in family)]
    parts = [who for who in people if len(plain) > 1 and (plain in who.lower() or (len(who) > 1 and who.lower() in plain))]
    loosely = [who for who in people if any(len(name) > 1 and name in who.lower() for name in family)]
    for found in (exact, called, related, parts, loosely):
        # 法定代表人 means the new one, not 原法定代表人
        present = [who for who in dict.fromkeys(found) if not re.match(r"原|旧|前", who)] or list(dict.fromkeys(found))
        if present:
            return present[0] if len(present) == 1 else None
    return None
