"""A place named with a question: 中山的异地就医备案要什么 is about Zhongshan, 从北京迁到上海 is about no other place than before.

Only what says that something is done there counts; where somebody comes from, goes to or is registered is told, not asked for.
"""

from __future__ import annotations

import re

from assistant.casework.flow.situations import PASSING
from assistant.casework.flow.talk import Supposed, Talk
from assistant.engine.components.patterns.numerals import normalise
from knowledge.regions import regions_in

LONGEST = 60
_AFTER_FIRST = r"(?:市|那边|那里|这边|这里|本地|当地)?"
#: What stands behind a place at the head of a sentence or clause that asks about doing something there.
_HEADS = re.compile(
    rf"^{_AFTER_FIRST}(?:的(?!户口|户籍|人|身份证|房子|房产|公司|居住证能|医保卡)|(?:怎么|咋|能|可以|能不能|要|需要)?(?:办|申请|申领|领|补|换|开)|"
    r"要(?:什么|多久|多少|几天|哪些)|(?:多少钱|多久|在哪|去哪))"
)
_DOES = re.compile(
    rf"^{_AFTER_FIRST}(?:[^，,。；;]{{0,6}})?(?:怎么|能不能|可以|想|要)?(?:办|申请|申领|领|补|换|开|注册|登记|注销|做)"
)
_IN = re.compile(r"(?:在|到)$")
_LIVES = re.compile(r"(?:^|[，,。 ])我们?(?:现在|人|家|公司)?(?:都|住)?在$")
_ONLY = re.compile(r"^(?:那|那么|要是|如果|换成|换做|在|换)*$")
_ONLY_AFTER = re.compile(rf"^{_AFTER_FIRST}(?:的)?(?:呢|咧|怎么样|怎么办|的话呢?)?[?？。!！]*$")
_CLAUSE = re.compile(r"(?:^|[，,。；; ]|请问|想问(?:一下|下)?|问一下|那|那么)$")


def noticed(talk: Talk) -> str | None:
    """Keep the place a sentence asks about; the intent to answer again where it names nothing but a place (那中山呢).

    Nothing is read while a question of a case waits: an address names places, too.
    """
    if talk.tapped is not None or talk.attachments or (talk.asking is not None and talk.asking not in PASSING):
        return None
    text = normalise(talk.text).strip()
    if len(text) > LONGEST:
        return None
    found = regions_in(text, talk.region)
    if len(found) != 1:
        return None
    start, end, code = found[0]
    before, after = text[:start], text[end:]
    if _ONLY.match(before) and _ONLY_AFTER.match(after) and (before or after):
        if talk.state.last_question is None or talk.state.context_guide is None:
            return None
        _move(talk, code)
        talk.supposed = Supposed(talk.state.context_guide)
        talk.focus_on("", [])
        return talk.state.last_question
    asks = _HEADS.match(after) and (_CLAUSE.search(before) or _IN.search(before))
    if asks or (_IN.search(before) and _DOES.match(after)) or _LIVES.search(before):
        _move(talk, code)
    return None


def _move(talk: Talk, code: str) -> None:
    talk.state.region = talk.region = code
