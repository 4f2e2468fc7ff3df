"""The situation an answer depends on: known from the case, the talk or the sentence, or else asked before answering.

Which question is worth asking is ``knowledge/deciding.py``'s to say. What she answers is remembered with the conversation, by
item, so that it is not asked again; a supposition (那要是租的呢) is remembered too, but never goes into a case.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.casework import interview
from assistant.casework.fields import english, options, ranges
from assistant.casework.fields.parse import field_options, parse
from assistant.casework.fields.result import Accepted
from assistant.casework.flow.asking import ask, reject
from assistant.casework.flow.talk import Deciding, Talk, Told
from assistant.casework.model import CaseStatus
from assistant.foundation.messages import t
from knowledge.conditions import holds
from knowledge.deciding import MOST, question
from knowledge.faq import closest_faq
from knowledge.replies import Ask
from knowledge.replies import Option as Shown
from knowledge.schema import Guide, GuideField, Option

#: The pending question's name, and the answer that is none of the situations.
SITUATION, ALL = "situation", "all"
#: Questions that give way to any other.
PASSING = ("guide", "start", SITUATION)
_OPEN = (CaseStatus.DRAFT, CaseStatus.READY, CaseStatus.CORRECTION_NEEDED)
_ALL = re.compile(
    r"^(?:我?(?:也|还)?(?:不确定|不知道|不清楚|说不准|不好说|没想好|没定)|都(?:看看|说说|说一下|行|可以|有|列出来)|全(?:部|都)?(?:说|列|看)?.{0,3}|每种都.{0,3}|随便|跳过)"
    r"[了吧呢啊。.！!]*$|^(?:all(?: of (?:them|these))?|show (?:me )?all|not sure|i don't know|don't know|any|skip)[.! ]*$",
    re.I,
)
_NOT = re.compile(r"[不没非别无未]$")
_LONGEST = 12


def known(talk: Talk, guide: Guide) -> dict[str, Any]:
    """What is known of her situation in this item: from its case, or told in the talk; and what the turn supposes."""
    if talk.case is not None and talk.case.guide_code == guide.code:
        values = talk.case.values()
    else:
        _take_from_sentence(talk, guide)
        held = talk.state.told.get(guide.code)
        values = dict(held.values) if held else {}
    if talk.supposed is not None and talk.supposed.values:
        values = {**values, **talk.supposed.values}
        _remember(talk, guide, dict(talk.supposed.values), supposed=True)
    return values


def asked_first(talk: Talk, guide: Guide, intent: str, values: dict[str, Any]) -> bool:
    """Ask for the situation that decides this answer, if one does and nothing else is waiting for an answer."""
    state, before = talk.state, talk.state.deciding
    in_case = talk.case is not None and talk.case.guide_code == guide.code and talk.case.status in _OPEN
    supposing = talk.supposed is not None and talk.supposed.about is not None
    this_turn = before is not None and before.turn == talk.turn and talk.asking == SITUATION
    waiting = talk.more or (talk.asking is not None and talk.asking not in PASSING)
    if in_case or supposing or this_turn or waiting or guide.code in state.every_case:
        return False
    if talk.question and closest_faq(guide, talk.question) is not None:
        return False
    same = before is not None and (before.code, before.intent) == (guide.code, intent) and before.answered == talk.turn
    asked = before.asked if same and before is not None else 0
    field = question(guide, intent, values) if asked < MOST else None
    if field is None:
        return False
    state.deciding = Deciding(
        code=guide.code, intent=intent, field=field.key, words=talk.question, asked=asked + 1, turn=talk.turn
    )
    state.context_guide, state.last_question, state.failures = guide.code, intent, 0
    ask(talk, _ask(field))
    talk.status = "collecting"
    return True


def reworded(talk: Talk) -> Ask | None:
    """The pending question in the language now spoken."""
    guide, field = _asking(talk)
    return _ask(field) if guide is not None and field is not None else None


def answered(talk: Talk) -> tuple[Guide, str] | None:
    """Take the answer to the question; the item and what was asked of it, to be answered now; None where it was no answer."""
    guide, field = _asking(talk)
    deciding = talk.state.deciding
    if guide is None or field is None or deciding is None:
        ask(talk, None)
        return None
    picked = talk.tapped[0] if talk.tapped else ALL if talk.intent == "skip" else _match(talk, field)
    if picked != ALL and picked not in {option.value for option in field_options(field)}:
        labels = t("fields.list_separator").join(option.label for option in field_options(field))
        reject(talk, "choice_unknown", t("fields.choice_unknown", options=labels))
        return None
    if picked == ALL:
        talk.state.every_case.append(guide.code)
    else:
        _remember(talk, guide, {field.key: picked})
    deciding.answered = talk.turn
    ask(talk, None)
    talk.focus_on(deciding.words, [])
    return guide, deciding.intent


def plainly(talk: Talk) -> bool:
    """Whether the words are one of the answers and nothing else."""
    _, field = _asking(talk)
    return field is not None and len(talk.text.strip()) <= (_LONGEST * 3 if english.is_latin(talk.text) else _LONGEST) and (
        _match(talk, field) is not None
    )


def carry(talk: Talk, guide: Guide) -> None:
    """Take what she told of her situation before the case was begun into it, and say so."""
    held, labels = talk.state.told.get(guide.code) or Told(), []
    assert talk.case is not None
    for field in guide.fields:
        value = None if field.key in held.supposed or field.key in talk.case.answers else held.values.get(field.key)
        if value is None or not holds(field.when, talk.case.values()):
            continue
        parsed = parse(field, value, talk.now.date(), talk.case.values())
        if isinstance(parsed, Accepted):
            interview.record(guide, talk.case, field, talk.on_paper(field, parsed), talk.source(), talk.now)
            labels.append(t("knowledge.part_condition", name=field.label, text=parsed.display))
    if labels:
        talk.notice("info", t("casework.carried", answers=t("knowledge.clause_separator").join(labels)))


def _asking(talk: Talk) -> tuple[Guide | None, GuideField | None]:
    deciding = talk.state.deciding if talk.asking == SITUATION else None
    guide = talk.guide_for(deciding.code) if deciding else None
    return guide, guide.field(deciding.field) if guide and deciding else None


def _ask(field: GuideField) -> Ask:
    choices = [Shown(value=option.value, label=option.label) for option in field_options(field)]
    choices.append(Shown(value=ALL, label=t("casework.every_case")))
    return Ask(field=SITUATION, label=field.question, kind="choice", options=choices, why=t("casework.situation_why"))


def _match(talk: Talk, field: GuideField) -> str | None:
    """The value that is meant: by number, label, other words or a quantity; yes or no where that is asked; or all of them."""
    plain, offered = talk.text.strip(), field_options(field)
    if plain == t("casework.every_case") or _ALL.match(plain):
        return ALL
    index = options.ordinal(plain, len(offered) + 1)
    if index is not None:
        return offered[index].value if index < len(offered) else ALL
    if (ranged := ranges.choose(plain, offered, talk.now.date())) is not None:
        return str(ranged.value) if isinstance(ranged, Accepted) else None
    if field.type == "yes_no":
        said = options.yes_or_no(plain)
        return None if said is None else "yes" if said else "no"
    found = options.match_option(plain, offered)
    return found.value if found else None


def _take_from_sentence(talk: Talk, guide: Guide) -> None:
    """租的房子开店要什么材料 tells the situation with the question."""
    if talk.supposed is not None or talk.tapped is not None or not talk.question:
        return
    held = talk.state.told.get(guide.code)
    said: dict[str, Any] = {}
    for field in guide.fields:
        if field.situation and field.type == "choice" and holds(field.when, {**(held.values if held else {}), **said}):
            option = _named(talk.question, field, guide)
            if option is not None:
                said[field.key] = option.value
    if said:
        _remember(talk, guide, said)


def _named(text: str, field: GuideField, guide: Guide) -> Option | None:
    """The one option whose words stand in the sentence, and are not words of the item's own names."""
    plain, names = text.lower(), " ".join([guide.name, *guide.names.aliases, *guide.names.colloquial]).lower()
    found = set()
    for option in field.offered:
        for word in map(str.lower, (option.label, *option.aliases)):
            if len(word) < 2 or word in names or word.isdigit():
                continue
            place = re.search(rf"\b{re.escape(word)}\b", plain) if english.is_latin(word) else re.search(re.escape(word), plain)
            if place and not _NOT.search(plain[: place.start()]):
                found.add(option.value)
    return next((option for option in field.offered if found == {option.value}), None)


def _remember(talk: Talk, guide: Guide, values: dict[str, Any], *, supposed: bool = False) -> None:
    """Keep answers to situations; those to questions that no longer apply go."""
    held = talk.state.told.setdefault(guide.code, Told())
    held.values |= values
    held.supposed = sorted((set(held.supposed) | values.keys()) if supposed else (set(held.supposed) - values.keys()))
    fields = {key: guide.field(key) for key in held.values}
    held.values = {key: value for key, value in held.values.items() if (f := fields[key]) and holds(f.when, held.values)}
