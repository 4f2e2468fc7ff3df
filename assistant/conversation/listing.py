"""Several items in one request: 居住证和食品证都要多少钱 asks the same of each, and each is answered.

The words only show where a list may be; that its members are items is for the search to say. 身份证和户口本要带吗 lists
papers and stays one question. What members share is said once (公司注册和注销, 企业和个体户注销) and is given back to each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.casework.flow.choosing import named
from assistant.conversation.clauses import TOPICS
from knowledge.search import Decision, Hit

#: More members than these are told, not asked.
MOST = 4
_LONGEST, _LONGEST_WORDS = 14, 6
"""Of a member, in characters and, in English, in words."""
#: The search must be this sure of a member's item; a surer one than "which of its family" is not needed to ask back.
NAMED = 0.8

_AND = re.compile(r"以及|还有|加上|[和跟与、]|及(?!时|格)|\s+and\s+(?:(?:an?|the|my)\s+)?|\s*&\s*", re.I)
_TOPIC = "|".join(f"(?:{pattern.pattern})" for pattern in TOPICS.values())
_LEAD = re.compile(
    rf"(?:请问|你好|您好|我们?|咱们?|现在|今天|还|也|同时|一起|一次|想|要|得|需要?|打算|准备|能|可以|去|来|办理?|申请|弄|搞|帮|给|替|"
    rf"问[一下个问]*|咨询[一下]*|了解[一下]*|{_TOPIC}|"
    rf"\b(?:i|we|is|are|do|does|for|to|get|need|want|would like|apply for|renew|register|an?|the|my|it takes?|"
    r"can|please|cost of|of)\b|\s)*",
    re.I,
)
_TAIL = re.compile(
    r"(?:都|分别|各|一起|同时|一共|总共|怎|咋|如何|要|需要|得|多|几|在|去|到|能|可以|会|是|有|什么|哪|啥|收|丢|没|坏|过期|弄|办|"
    r"[换变改](?:了|成)|的?(?:费用|材料|时间|流程|条件|手续|资料)|吗|呢|[?？。!！]|\s+(?:cost|take|need|require|each|respectively|please|for)\b)",
    re.I,
)
#: What is asked of the members together and not of each.
_TOGETHER = re.compile(
    r"(?:能|可以|可不可以)(?:不能|否)?(?:同时|一起|一块|并)|一次|一趟|一天|统统|全套|打包|"
    r"区别|不同(?!的)|不一样|关系|一回事|哪个|哪一个|先.{0,4}后|顺序|difference|together",
    re.I,
)
_STOPS = re.compile(r"[，,。；;！!？?\n：:]")
#: No name of an item, but talk of what it takes.
_ASKED = re.compile(r"[要需带吗么]|怎么|能不能|\b(?:how|what|where|do|is|are)\b", re.I)
_SHORTEST = 2


@dataclass(frozen=True)
class Listed:
    """The members of a list in a request, and what the request says before and behind them."""

    lead: str
    names: tuple[str, ...]
    tail: str

    def request(self, name: str) -> str:
        """The request made of one member alone."""
        return f"{self.lead}{' ' if self.lead and name.isascii() else ''}{name}{self.tail}"


@dataclass(frozen=True)
class Member:
    """One member: the request made of it, what it may mean, and the code of its item, or None where it is unclear which is."""

    name: str
    text: str
    hits: tuple[Hit, ...]
    item: str | None
    options: tuple[str, ...] = ()


class Knowledge(Protocol):
    """What telling the members of a list needs of the knowledge base."""

    def find(self, text: str) -> list[Hit]: ...
    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision: ...


def listed(clause: str) -> Listed | None:
    """The list in the last part of a clause, by its words alone; None where there is none.

    >>> listed("请问居住证和食品证都要多少钱")
    Listed(lead='请问', names=('居住证', '食品证'), tail='都要多少钱')
    """
    piece = _last(clause)
    first, *others = _AND.split(piece)
    if not 1 <= len(others) < MOST or _TOGETHER.search(piece):
        return None
    lead = _LEAD.match(first)
    start = lead.end() if lead else 0
    *middle, last = others
    end = next((m.start() for m in _TAIL.finditer(last) if len(last[: m.start()].strip()) >= _SHORTEST), len(last))
    names = tuple(_stripped(name) for name in (first[start:], *middle, last[:end]))
    if any(not _fits(name) for name in names) or len(set(names)) < len(names):
        return None
    return Listed(first[:start].strip(), names, last[end:])


def joined(text: str) -> str:
    """The text with 、 written as 和 where it stands in a list, so that the list is not taken for two clauses."""
    found = text
    for part in _STOPS.split(text):
        if "、" in part and listed(part) is not None:
            found = found.replace(part, part.replace("、", "和"))
    return found


def _last(clause: str) -> str:
    return _STOPS.split(clause.rstrip(" ，,。；;！!？?\n"))[-1].strip()


def story(clause: str) -> str:
    """What a clause tells before its last part: 开餐厅 of 开餐厅，招牌和食品证要多久."""
    told = clause.rstrip(" ，,。；;！!？?\n")
    return told[: len(told) - len(_last(clause))].strip(" ，,。；;！!？?\n：:")


def members(found: Listed, knowledge: Knowledge) -> list[Member]:
    """The items listed, those that are clear first; empty unless every member is one and two or more differ."""
    read = [_member(found, number, knowledge) for number in range(len(found.names))]
    if any(member is None for member in read):
        return []
    distinct: dict[tuple[str, ...], Member] = {}
    for member in read:
        if member is not None:
            distinct.setdefault((member.item,) if member.item else member.options, member)
    clear = {member.item for member in distinct.values() if member.item}
    kept = [m for m in distinct.values() if m.item or not clear & set(m.options)]
    return sorted(kept, key=lambda member: member.item is None) if len(kept) > 1 else []


def _member(found: Listed, number: int, knowledge: Knowledge) -> Member | None:
    name = found.names[number]
    for said in (name, *_completed(found.names, number)):
        text = found.request(said)
        hits = tuple(knowledge.find(text))
        decision = knowledge.decide(hits)
        if named(decision, NAMED) and (said == name or hits[0].plain):
            return Member(name, text, hits, decision.hits[0].code)
    text = found.request(name)
    hits = tuple(knowledge.find(text))
    if knowledge.decide(hits, expected=False).kind == "none":
        return None
    decision = knowledge.decide(hits)
    clear = decision.hits[0].code if decision.kind == "one" else None
    return Member(name, text, hits, clear, () if clear else tuple(hit.code for hit in decision.hits[:4]))


def _completed(names: Sequence[str], number: int) -> Iterator[str]:
    """The member with the beginning it may share with the first, or the end it may share with the last."""
    name, first, last = names[number], names[0], names[-1]
    if number:
        yield from (first[:size] + name for size in range(len(first) - 1, 1, -1))
    if number < len(names) - 1:
        yield from (name + last[start:] for start in range(1, len(last) - 1))


def _stripped(name: str) -> str:
    return re.sub(r"^(?:办理?|申请|领取?|[的去])(?=.{2})|[的去]$", "", name.strip())


def _fits(name: str) -> bool:
    if _ASKED.search(name):
        return False
    if name.isascii():
        return bool(name) and len(name.split()) <= _LONGEST_WORDS
    return _SHORTEST <= len(name) <= _LONGEST
