"""Short questions that lean on what was said before: 那要是租的呢, 那费用呢, 那护照呢.

Such a sentence names only what changes: another case of the item in hand, another question about it, or another item for the
same question. What it names is looked up in the guide and the catalogue; nothing here is said or stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.casework.fields.parse import field_options
from assistant.casework.flow.choosing import named
from assistant.conversation import clauses
from assistant.engine.components.patterns.numerals import normalise
from knowledge.faq import closest_faq
from knowledge.schema import Condition, Guide, GuideField, Option
from knowledge.search import Decision, Hit

#: Longer sentences say what they ask.
LONGEST = 18
LONGEST_ENGLISH = 8
"""Words of an English follow-up."""
_LONGEST_CASE = 30
_EMPTY = (
    r"[\s，。,.!！?？；;的了吗呢啊呀吧么嘛]|请问|你好|您好|那|这个?|它|大概|一般|到底|总共|一共|最快|最慢|要|得|需|"
    r"办理|办好|办完|办|到账|下来|拿到|出来|批|好|去|还|都|一下|可以|能|是"
)
_LEAD = r"那么?|那要是|那如果|要是|如果|假如|假设|若是|万一|换成|换做|换了|改成|还有|另外|至于|对于"
_SHAPE = re.compile(
    rf"^(?:哦|嗯|好的?|行|请问|[，, ])*(?P<lead>(?:{_LEAD})*)[，, ]*(?P<core>.+?)(?:的话|来说|的情况)?[，, ]*"
    r"(?P<tail>呢|咧|嘞|怎么[办样说算]?|咋[办样整]|(?:也)?(?:可以|行|一样)(?:吗|么))?[?？。!！ ]*$"
)
_SHAPE_ENGLISH = re.compile(r"^(?:and |ok(?:ay)?,? |so )*(?:what (?:about|if)|how about|and if|if)\s+(?P<core>.+?)[?. !]*$", re.I)
_SUPPOSES = re.compile(r"^(?:那|那么)?(?:要是|如果|假如|假设|若是|万一)|^(?:(?:and|so) )?(?:what )?if\b", re.I)
_SUBJECT = re.compile(
    r"^(?:(?:我们?|他们?|她|它|是|为|属于|给|替|在|办|的|(?:it|i|we)(?:'s| is| am| are|'m|'re)\b|my\b|the\b|an?\b|for\b)\s*)+",
    re.I,
)
#: The buttons beside an answer say exactly which question is answered otherwise: “住房来源”要是“租的房子”呢？
_EXACT = re.compile(r"^“(?P<label>.+)”要是“(?P<option>.+)”呢[?？]?$|^what if “(?P<label_en>.+)” is “(?P<option_en>.+)”\??$", re.I)
_ENDING = re.compile(r"(?:的|了|吧|啊|话|来说|情况|这种|那种)+$")
#: Words that name a kind of question by themselves.
_QUESTIONS: dict[str, str] = {
    "ask_fee": r"费用?|收费|钱|价格|多少钱|工本费|手续费|fees?|costs?|price",
    "ask_time_limit": r"时间|时限|多久|几天|要多久|要几天|期限|速度|time|how long",
    "ask_location": r"地[点址]|地方|在?哪里?|在?哪儿|去哪里?|窗口|办理地点|place|location|address|where",
    "ask_materials": r"材料|资料|证件|东西|要带什么|带什么|手续材料|documents|papers|materials",
    "ask_conditions": r"条件|要求|资格|conditions|requirements",
    "ask_process": r"流程|步骤|手续|网上|程序|steps|process|online",
}
_OF_QUESTION = {
    intent: re.compile(rf"^(?:办理|办证|需要|要)?(?:的)?(?:{words})(?:方面)?$", re.I) for intent, words in _QUESTIONS.items()
}


#: The search must be this sure that the few words name an item, and not a case of the one in hand.
NAMED = 0.8


class Knowledge(Protocol):
    """What a follow-up needs of the knowledge base."""

    def find(self, text: str) -> list[Hit]: ...
    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision: ...


@dataclass(frozen=True)
class FollowUp:
    """What changes: the ``intent`` asked for, the item (``code``), or the field and option supposed for the one in hand.

    ``values`` are the field values that go with the supposition; ``question`` the citizen's own words where one of the guide's
    frequent questions is meant.
    """

    intent: str
    code: str
    supposed: tuple[GuideField, Option] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    question: str | None = None


def read(text: str, guide: Guide | None, last: str | None, knowledge: Knowledge, *, asking: bool) -> FollowUp | None:
    """What a short sentence asks in the light of the talk before; None where it stands for itself.

    Args:
        guide: the item in hand.
        last: the intent of the question answered last.
        asking: a field of the case is being asked, so that only a sentence with the shape of a question counts.
    """
    exact = _exactly(text, guide)
    if exact is not None and guide is not None:
        return FollowUp(last or "ask_materials", guide.code, exact, implied(*exact, guide))
    core = _core(text, asking)
    if core is None:
        return None
    intent = next((name for name, pattern in _OF_QUESTION.items() if pattern.match(core)), None)
    if intent is not None:
        return FollowUp(intent, guide.code) if guide is not None else None
    fit, supposed = option_of(core, guide) if guide is not None and not guide.outline else (0, None)
    # 要是租的呢 supposes a case of the item in hand, even where its words are another item's too
    other = _item(core, knowledge) if fit < _WHOLE and not _SUPPOSES.match(text.strip()) else None
    if other is not None and (guide is None or other != guide.code):
        return FollowUp(last, other) if last is not None else None
    if guide is None or guide.outline:
        return None
    if supposed is not None:
        return FollowUp(last or "ask_materials", guide.code, supposed, implied(*supposed, guide))
    if closest_faq(guide, core) is not None:
        return FollowUp(last or "ask_process", guide.code, question=core)
    return None


def bare(text: str) -> bool:
    """Whether a question names nothing but what it asks (要多久, 那要花多少钱呀), so that it means the item in hand."""
    plain = normalise(text)
    rest = plain
    for topic in clauses.TOPICS.values():
        rest = topic.sub("", rest)
    return rest != plain and len(plain) <= LONGEST and not re.sub(_EMPTY, "", rest)


def supposed_case(text: str) -> str | None:
    """The case an elliptical question supposes, in its own words: 外地户口 of 那外地户口呢; None where it supposes none."""
    core = _core(text, asking=True)
    return core if core and len(core) <= _LONGEST_CASE else None


def _exactly(text: str, guide: Guide | None) -> tuple[GuideField, Option] | None:
    """The question and the answer named by a button beside an answer."""
    named = _EXACT.match(text.strip())
    if named is None or guide is None:
        return None
    label, wanted = named["label"] or named["label_en"], named["option"] or named["option_en"]
    fields = [one for one in guide.fields if one.label == label and one.situation]
    return next(((one, option) for one in fields for option in field_options(one) if option.label == wanted), None)


def _core(text: str, asking: bool) -> str | None:
    plain = normalise(text).strip()
    english = _SHAPE_ENGLISH.match(plain)
    if english:
        core = _SUBJECT.sub("", english["core"]).strip()
        return core if core and len(core.split()) <= LONGEST_ENGLISH else None
    if len(plain) > LONGEST or re.search(r"[，,。；;]", plain.rstrip("，,。；;?？!！")):
        return None
    shaped = _SHAPE.match(plain)
    if shaped is None or not (shaped["tail"] or (shaped["lead"] and (not asking or plain.endswith(("?", "？", "吗"))))):
        return None
    if not shaped["lead"] and shaped["tail"] not in ("呢", "咧", "嘞"):
        return None  # 居住证怎么办 stands for itself; only 那… or …呢 leans on what came before
    core = _SUBJECT.sub("", shaped["core"].strip())
    bare = _ENDING.sub("", core)
    return (bare if len(bare) > 1 else core) or None


def _item(core: str, knowledge: Knowledge) -> str | None:
    hits = knowledge.find(core)
    decision = knowledge.decide(hits, expected=False) if hits else None
    return decision.hits[0].code if decision is not None and named(decision, NAMED) else None


def option_of(core: str, guide: Guide) -> tuple[int, tuple[GuideField, Option] | None]:
    """How well the words fit the one option they name, and that option with its question; situations go before other fields."""
    said = _bare(core)
    found: list[tuple[int, int, GuideField, Option]] = []
    for one in guide.fields:
        if one.type not in ("choice", "yes_no", "multi"):
            continue
        for option in field_options(one):
            fit = max((_fit(said, _bare(word)) for word in (option.label, *option.aliases)), default=0)
            if fit:
                found.append((fit, int(one.situation), one, option))
    if not found:
        return 0, None
    best = max(found, key=lambda row: row[:2])
    rivals = {(row[2].key, row[3].value) for row in found if row[:2] == best[:2]}
    return (best[0], (best[2], best[3])) if len(rivals) == 1 or best[0] >= _WHOLE else (0, None)


#: The words are the whole of an option's label or alias.
_WHOLE = 100


def _fit(said: str, wording: str) -> int:
    """How well words fit a wording: 100 for the same, else the length of the part they share; 0 for none."""
    if len(wording) < 2 or len(said) < 2:
        return _WHOLE if said == wording and len(said) > 1 else 0
    if said == wording:
        return _WHOLE + len(wording)
    if wording in said and len(wording) * 2 >= len(said):
        return len(wording)
    return len(said) if said in wording and len(said) * 2 >= len(wording) else 0


def _bare(text: str) -> str:
    plain = re.sub(r"[\s，。,.!！?？、（）()“”\"']", "", normalise(text)).lower()
    bare = _ENDING.sub("", re.sub(r"^(?:给|替|是|在|为)", "", plain))
    return bare if len(bare) > 1 else plain


def implied(one: GuideField, option: Option, guide: Guide) -> dict[str, Any]:
    """The values that go with an option: its own, and those without which its question would not be asked."""
    values: dict[str, Any] = {one.key: [option.value] if one.type == "multi" else option.value}
    pending = [one.when]
    while pending:
        condition = pending.pop()
        for key, value in _wanted(condition):
            if key not in values:
                values[key] = value
                parent = guide.field(key)
                pending.append(parent.when if parent else None)
    return values


def _wanted(condition: Condition | None) -> list[tuple[str, Any]]:
    if condition is None:
        return []
    if condition.all_ is not None:
        return [pair for part in condition.all_ for pair in _wanted(part)]
    if condition.any_:
        return _wanted(condition.any_[0])
    if condition.field is not None and condition.in_:
        return [(condition.field, condition.in_[0])]
    return [(condition.field, condition.is_)] if condition.field is not None and condition.is_ is not None else []
