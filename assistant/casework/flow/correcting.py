"""Putting right what was said before: a field by its name, its kind or its wrong value; or which item was meant."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.fields import corrections, english, slips
from assistant.casework.fields.options import match_option
from assistant.casework.fields.parse import field_options, parse
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.casework.flow import choosing, consent, tables
from assistant.casework.flow.asking import advance, ask, ask_again, reject
from assistant.casework.flow.storing import store
from assistant.casework.flow.summary import shown
from assistant.casework.flow.talk import Talk
from assistant.engine.components.patterns.numerals import normalise
from assistant.foundation.messages import t
from knowledge.replies import Action, Card
from knowledge.schema import GuideField
from knowledge.search import Hit

_EDIT_ENGLISH = re.compile(
    r"^\s*(?:i (?:want|need|would like) to |i'd like to |please |can you |let me )*"
    r"(?:change|edit|correct|modify|fix|update)\s+(?:the |my |our )?"
    r"(.+?)(?:\s+(?:to|into)\s+(.+?))?[.! ]*$",
    re.I,
)
_EDIT = re.compile(r"^\s*(?:我?(?:想|要|来)?)?(?:修改|更改|改一下|改下|编辑|重填|改)\s*[:：]?\s*(.+?)[。.！!吧 ]*$")
#: 把电话和地址改一下.
_EDIT_OBJECT_FIRST = re.compile(
    r"^\s*(?:我?(?:想|要|来)?)?(?:把|将)\s*(.+?)(?:都|全部?)?(?:修改|更改|改改|重新?填|改)(?:一?下|一遍|了|掉)?[。.！!吧 ]*$"
)
_AND = re.compile(r"\s*(?:[、，,]|和|与|跟|及|以及|还有)\s*")
#: 我说的是护照: the item was taken wrongly.
_ITEM = re.compile(
    r"(?:我们?)?(?:说|问|讲|指|要|想|要办|想办|要问|想问|问的|说的)的(?:其实|应该|明明)?(?:不是.{1,20}?[，,]?)?(?:而?是)(?P<new>.+)$|"
    r"\bi (?:meant|mean|was asking about|am asking about|want) (?P<en>.+)$",
    re.I,
)
#: No, and then what is so instead; 不是，是李四 rather says what was meant.
_DENIED = re.compile(
    r"^(?:哦|啊|嗯|那|[，,。 ])*(?:不是的?|不对|没有)[，,。 ]+(?P<rest>(?!是|应该|应为|改|而是|我(?:说|要|想|问|指)).+)$"
)
#: The slip was made here, and not by an office in what it printed.
_OWN_SLIP = re.compile(
    rf"{slips.LOOKING_BACK.pattern}|(?:写|说|填|输|报|选|点|按|念|讲)(?:得|的)?错|(?:不对|不准)(?:[，,。！!了啊]|$)", re.I
)
#: The questions that choose an item; no answer of a case can be wrong there.
_CHOOSING = ("guide", "start", "switch")
#: How many answers are offered for changing; the latest are the likeliest.
_OFFERED = 6


def correct(talk: Talk) -> None:
    """A correction that came outside any question, or in the middle of one."""
    if corrects(talk, wanted=True):
        return
    if talk.case is None:
        talk.say(t("casework.nothing_to_correct"))
        talk.say(t("casework.help"))
        talk.status = "clarify"
    else:
        _which(talk)


def corrects(talk: Talk, wanted: bool = False) -> bool:
    """Handle the turn as a correction if it is one: by its intent, its words, or by 修改X on the review card.

    Args:
        wanted: the engine or the place in the talk says that it is one.
    """
    if consent.noticed(talk):
        consent.change(talk)
        return True
    if tables.meant(talk) is not None:
        return not _editable(talk) or tables.corrects(talk)
    wanted = wanted or talk.intent == "correct_info"
    item = _item(talk)
    if item is not None and (wanted or noticed(talk)):
        _to_item(talk, *item)
        return True
    case, guide = talk.case, talk.guide
    if case is None or guide is None or talk.asking in _CHOOSING:
        return False
    named = _edited(talk)
    if named is not None:
        field, new = named
        if _editable(talk):
            talk.state.to_edit = [other.key for other in _edits(talk)[1:]]
            _to(talk, field, parse(field, new, talk.now.date(), case.values()) if new else None)
        return True
    if not (wanted or noticed(talk)) or not _answered(talk) or _answers(talk):
        return False
    if not _editable(talk):
        return True
    return _read(talk)


def noticed(talk: Talk) -> bool:
    """Whether the words alone show that something said before is put right, whatever the engine makes of them."""
    if talk.tapped is not None or talk.attachments:
        return False
    if _item(talk) is not None or consent.noticed(talk):
        return True
    case, guide, text = talk.case, talk.guide, talk.text.strip()
    if case is None or guide is None or talk.asking in _CHOOSING:
        return False
    if tables.meant(talk) is not None:
        return True
    pending = talk.state.ask
    if pending and any(text in (o.value, o.label) for o in pending.options or []):
        return False
    if _edited(talk) is not None:
        return True
    if _answers(talk):
        return False
    strength = slips.marked(text)
    answered = _answered(talk)
    if strength is None or not answered or len(text) < 4:
        return False
    if corrections.points_at(text, answered, case.values(), talk.now.date()) is not None:
        return True
    asked = guide.field(pending.field) if pending else None
    return strength == "strong" and (asked is None or not asked.in_words or bool(slips.LOOKING_BACK.search(text)))


def edits_another(talk: Talk) -> bool:
    """Whether 修改X names another answer than the one being asked for."""
    named = _edited(talk) if talk.tapped is None and talk.case is not None else None
    return named is not None and named[0].key != talk.asking


def _answers(talk: Talk) -> bool:
    """Whether words that could put something right answer the question instead.

    不是，有大车 says no where a yes or no was asked; 名称由甲店改为乙店 is what is told where it was asked what has changed.
    """
    pending, guide, text = talk.state.ask, talk.guide, talk.text.strip()
    field = guide.field(pending.field) if guide and pending else None
    if field is None:
        return False
    if asks_for_change(field):
        return not _OWN_SLIP.search(text)
    rest = _denied(text)
    if rest is None or field.type not in ("choice", "yes_no", "multi"):
        return False
    taken = parse(field, text if field.type == "yes_no" else rest, talk.now.date(), {})
    return isinstance(taken, Accepted) and not (text.startswith("不对") and _fits_last(talk, rest))


def _denied(text: str) -> str | None:
    """What follows a plain no (不是，有大车), if it neither looks back nor puts anything right itself."""
    match = _DENIED.match(normalise(text))
    if match is None or slips.marked(match["rest"]) is not None or slips.LOOKING_BACK.search(match["rest"]):
        return None
    return match["rest"].strip()


def asks_for_change(field: GuideField) -> bool:
    """Whether a question in free words asks what has changed or was wrong: its own example is then worded like a correction."""
    return field.in_words and bool(field.example) and slips.marked(str(field.example)) is not None


def _fits_last(talk: Talk, words: str) -> bool:
    """Whether the words after 不对 are of the kind of the answer just given, and may put it right."""
    answered = _answered(talk)
    parsed = parse(answered[-1], words, talk.now.date(), {}) if answered and not answered[-1].in_words else None
    return isinstance(parsed, Accepted) and parsed.warning is None


def _read(talk: Talk) -> bool:
    case, guide, today = talk.case, talk.guide, talk.now.date()
    assert case is not None and guide is not None
    said, slip = slips.parted(talk.text)
    asked = guide.field(talk.asking) if talk.asking else None
    taken = parse(asked, said, today, case.values()) if asked and said else None
    answered, values = _answered(talk), case.values()
    if asked is not None and isinstance(taken, Accepted):
        # 5号301室，不对，是302室: the slip may be in the answer itself
        answered, values = [*(f for f in answered if f is not asked), asked], {**values, asked.key: taken.value}
    found = corrections.read_correction(slip, answered, values, today)
    if found is None or corrections.points_at(slip, answered, values, today) is None:
        # nothing says which answer is wrong: the latest that takes the new value
        found = _last(talk, slip, asked, answered) or found
    if found is None and slips.marked(slip) != "strong":
        return False
    if found is None and taken is None and asked is not None and (new := corrections.new_value(slip)):
        taken, slip = parse(asked, new, today, case.values()), ""
        if isinstance(taken, Rejected):
            return False
    if asked is not None and isinstance(taken, Accepted):
        if found is not None and found.field is asked and isinstance(found.parsed, Accepted):
            taken, found = found.parsed, None
            slip = ""
        store(talk, asked, taken)
        advance(talk)
    if found is not None:
        _to(talk, found.field, found.parsed)
    elif slip:
        _which(talk)
    return True


def _last(talk: Talk, slip: str, asked: GuideField | None, answered: list[GuideField]) -> corrections.Correction | None:
    """不对，是李四: the answer just given, if the new value is one of its kind and no answer to what is asked now."""
    new = corrections.new_value(slip)
    if not new or slips.marked(slip) != "strong" or not answered:
        return None
    last = answered[-1]
    if asked is not None and asked is not last and asked.options and match_option(new, field_options(asked)) is not None:
        return None
    parsed = parse(last, new, talk.now.date(), {})
    taken = not last.in_words and isinstance(parsed, Accepted) and parsed.warning is None
    return corrections.Correction(last, parsed) if taken else None


def _to(talk: Talk, field: GuideField, parsed: Parsed | None) -> None:
    """Change an answer; where the new one is missing or unusable, ask for it."""
    assert talk.case is not None
    if parsed is None or isinstance(parsed, Rejected):
        ask_again(talk, field)
        talk.status = "collecting"
        if parsed is not None:
            reject(talk, parsed.code, parsed.message, parsed.mend)
        return
    store(talk, field, parsed)
    if field.key in talk.case.answers:
        talk.notice("info", t("casework.corrected", label=field.label, value=shown(field, talk.case.answers[field.key])))
    advance(talk)


def _which(talk: Talk) -> None:
    """Ask what is to be changed, one tap each; the pending question stays."""
    fields = _answered(talk)[-_OFFERED:]
    if not fields:
        talk.say(t("casework.nothing_to_correct"))
    else:
        labels = t("fields.list_separator").join(f.label for f in fields)
        edits = [t("casework.edit", label=f.label) for f in reversed(fields)]
        talk.replies.append(
            Card(
                title=t("casework.correct_title"),
                text=t("casework.correct_which", labels=labels),
                actions=[Action(label=edit, message=edit) for edit in edits],
            )
        )
    talk.question_said = True
    talk.status = "clarify"


def _answered(talk: Talk) -> list[GuideField]:
    case, guide = talk.case, talk.guide
    return [f for f in (guide.field(k) for k in case.asked if k in case.answers) if f] if case and guide else []


def _edited(talk: Talk) -> tuple[GuideField, str | None] | None:
    """The field of 修改X, with the new value where an English sentence names it."""
    answered = _answered(talk)
    if edits := _edits(talk):
        return edits[0], None
    if _EDIT.match(talk.text):
        return None
    spoken = _EDIT_ENGLISH.match(talk.text)
    called = _called(spoken[1], answered) if spoken else None
    return (called, spoken[2]) if called and spoken else None


def _edits(talk: Talk) -> list[GuideField]:
    """The fields of 修改电话和地址, in that order; empty where a part of it is no field's name."""
    case, guide = talk.case, talk.guide
    edit = _EDIT.match(talk.text) or _EDIT_OBJECT_FIRST.match(talk.text)
    if edit is None or case is None or guide is None:
        return []
    # 修改联系电话 before it was ever given is a wish to give it now
    known = [*_answered(talk), *interview.applying_fields(guide, case)]
    for parts in ([edit[1]], _AND.split(edit[1])):
        found = [next((f for f in known if part in (f.label, *f.names)), None) for part in parts]
        named = {field.key: field for field in found if field is not None}
        if None not in found:
            return list(named.values())
    return []


def _called(name: str, answered: list[GuideField]) -> GuideField | None:
    """The answered field an English speaker calls so: by its whole name, else the latest whose name has all the words."""
    whole = next((f for f in answered if name.lower() in map(str.lower, (f.label, *f.names))), None)
    said = set(english.words(name))
    return whole or next((f for f in reversed(answered) if said and said <= set(english.words(f.label))), None)


def _editable(talk: Talk) -> bool:
    assert talk.case is not None
    if talk.case.status in choosing.OPEN:
        return True
    talk.say(t("casework.too_late_to_edit", status=t(f"casework.status_{talk.case.status.value}")))
    talk.status = "answered"
    return False


def _item(talk: Talk) -> tuple[str, list[Hit]] | None:
    """The other item she says she means, in her words and as the search finds it; None where it is not about the item."""
    said = _ITEM.search(talk.text)
    instead = slips.not_but(talk.text)
    new = (said["new"] or said["en"]) if said else instead[1] if instead else None
    held = talk.case.guide_code if talk.case else talk.state.context_guide
    if not new or (held is None and talk.asking != "guide"):
        return None
    hits = talk.services.find(new)
    found = talk.services.decide(hits, expected=False)
    if not choosing.named(found, choosing.CLEARLY, held):
        return None
    return new, list(hits)


def _to_item(talk: Talk, words: str, hits: list[Hit]) -> None:
    """Go on with the item meant: answer the last question for it, or begin it, or ask whether to leave the case in hand."""
    talk.focus_on(words, hits)
    guide = talk.guide_for(hits[0].code)
    open_case = talk.case is not None and talk.case.status in choosing.OPEN
    purpose = (talk.state.purpose if talk.asking == "guide" else None) or talk.state.last_question
    if talk.asking in ("guide", "start"):
        ask(talk, None)
    if guide is not None and purpose and purpose.startswith("ask_") and not open_case:
        choosing.answer(talk, guide, purpose)
    else:
        choosing.apply(talk)
