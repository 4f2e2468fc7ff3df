"""What is said in place of an answer, carried out: 和上次一样, 跟法定代表人一样, 不知道, 等下再说, 为什么要这个, 撤销."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.casework import interview
from assistant.casework.fields import extract, people
from assistant.casework.fields.asides import LONGEST, Aside, Kind, read
from assistant.casework.fields.parse import field_options, parse
from assistant.casework.fields.result import Accepted, Parsed
from assistant.casework.flow import explaining, offering, references, telling
from assistant.casework.flow.asking import advance, reject
from assistant.casework.flow.storing import store, store_more, tell_changes
from assistant.casework.flow.summary import shown
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Source
from assistant.foundation.messages import t
from knowledge.schema import GuideField

_CLAUSES = re.compile(r"[，,。;；!！\n]+")
_FILLER = re.compile(
    r"(?:嗯+|呃+|哦+|啊|那个?|哎呀?|这个嘛?|不好意思|抱歉|对不起|好的?|"
    r"行|谢谢|麻烦了|您好|你好|sorry|um+|ok(?:ay)?|well|hm+)*[ 。.]*",
    re.I,
)
_CHOSEN = ("choice", "multi", "yes_no")
_EXPLAINS: tuple[Kind, ...] = ("why", "example", "unknown")
_NONE_LABEL = re.compile(r"^(?:以上|都|全部?)*(?:没有?|无|不)|^(?:none|no\b)", re.I)
#: A sentence with more clauses than this tells a story.
_MOST = 8


@dataclass(frozen=True)
class Step:
    """An aside with what it means here: ``about`` the field, ``whom`` the person all of whose data are taken from ``source``."""

    kind: Kind
    about: GuideField
    source: GuideField | None = None
    whom: str | None = None


@dataclass(frozen=True)
class Heard:
    """The asides of a turn, and what else it says."""

    steps: list[Step] = field(default_factory=list)
    rest: str = ""


def noticed(talk: Talk) -> bool:
    """Whether the turn says something in place of an answer, and nothing an engine would have to read."""
    return bool(_heard(talk).steps)


def take(talk: Talk) -> bool:
    """Carry out what was said in place of an answer; False where the question is still to be answered from ``talk.text``."""
    heard = _heard(talk)
    if not heard.steps or talk.case is None or talk.guide is None:
        return False
    asked = talk.asking
    done = all([_do(talk, step) for step in heard.steps if step.kind not in _EXPLAINS])
    explained = [step for step in heard.steps if step.kind in _EXPLAINS]
    if not done:
        return True
    if heard.rest and all(step.about.key != asked for step in heard.steps):
        talk.text = heard.rest
        return False
    if heard.rest:
        _more(talk, heard.rest)
    if explained:
        for step in explained:
            _explain(talk, step)
    elif talk.asking == asked or talk.state.offered is None:
        advance(talk)
    return True


def _heard(talk: Talk) -> Heard:
    case, guide = talk.case, talk.guide
    pending = guide.field(talk.asking) if guide and talk.asking else None
    if case is None or guide is None or talk.tapped is not None or talk.attachments or not talk.text.strip():
        return Heard()
    if pending is None:
        return _undoes(talk)
    if _is_the_answer(talk, pending):
        return Heard()
    again = pending.key in case.answers
    whole = _resolved(talk, read(talk.text, again), pending)
    if whole is not None and whole.kind in ("unknown", "none") and _answers(talk, pending, talk.text):
        return Heard()  # 找不到了, of the paper licence, is what was asked
    if whole is not None:
        return Heard([whole])
    clauses = [clause.strip() for clause in _CLAUSES.split(talk.text) if clause.strip()]
    if not 1 < len(clauses) <= _MOST:
        return Heard()
    steps, rest = [], []
    for clause in clauses:
        step = _resolved(talk, read(clause, again), pending) if len(clause) <= LONGEST else None
        if step is not None and not _answers(talk, pending, clause):
            steps.append(step)
        elif not _FILLER.fullmatch(clause):
            rest.append(clause)
    return Heard(steps, "，".join(rest)) if steps and _goes_with(talk, pending, steps, rest) else Heard()


def _undoes(talk: Talk) -> Heard:
    """撤销 is heard at the review and the submission, too."""
    if talk.asking is None or talk.guide is None or not talk.guide.fields:
        return Heard()
    found = read(talk.text)
    return Heard([Step("undo", talk.guide.fields[0])]) if found and found[0].kind == "undo" else Heard()


def _is_the_answer(talk: Talk, pending: GuideField) -> bool:
    """Whether the words are an option of the question itself, or the very thing its guide tells people to write."""
    plain = talk.text.strip(" 。.！!")
    words = [word for option in field_options(pending) for word in (option.value, option.label, *option.aliases)]
    if pending.type in _CHOSEN and plain in words:
        return True
    if offering.picked(talk) is not None:
        return True
    return any(f"“{plain}”" in hint for hint in (pending.question, *pending.mistakes))


def _answers(talk: Talk, pending: GuideField, clause: str) -> bool:
    return pending.type in _CHOSEN and isinstance(parse(pending, clause, talk.now.date(), {}), Accepted)


def _goes_with(talk: Talk, pending: GuideField, steps: list[Step], rest: list[str]) -> bool:
    """Whether everything else in the turn is values: what asks or wishes is for the engine to read."""
    if not rest:
        return True
    said, today = "，".join(rest), talk.now.date()
    if re.search(r"[?？]|吗$|什么|怎么|多少|哪[里儿]|为什么|帮我|我要|我想|转人工", said):
        return False
    if _values_in(talk, said):
        return True
    return all(step.about.key != pending.key for step in steps) and isinstance(parse(pending, said, today, {}), Accepted)


def _values_in(talk: Talk, said: str) -> dict[str, Accepted]:
    assert talk.case is not None and talk.guide is not None
    waiting = [f for f in interview.applying_fields(talk.guide, talk.case) if f.key not in talk.case.answers]
    values, today = talk.case.values(), talk.now.date()
    return {**extract.by_shape(said, waiting, today, values), **telling.by_name(talk, said, waiting)}


def _more(talk: Talk, said: str) -> None:
    store_more(talk, _values_in(talk, said))


def _resolved(talk: Talk, found: list[Aside], pending: GuideField) -> Step | None:
    return next((step for aside in found if (step := _meant(talk, aside, pending)) is not None), None)


def _meant(talk: Talk, aside: Aside, pending: GuideField) -> Step | None:
    """What an aside means here; None where it means nothing, so that the words are read otherwise."""
    case = talk.case
    assert case is not None
    about = references.target(talk, aside.about, pending)
    if about is None or (aside.kind not in ("same",) and isinstance(about, str)):
        return None
    match aside.kind:
        case "keep" if pending.key in case.answers:
            return Step("keep", pending)
        case "undo":
            return Step("undo", pending)
        case "keep":
            return None
        case "same":
            return _compared(talk, aside, about, pending)
    assert not isinstance(about, str)
    if aside.kind in ("none", "later") and aside.about and about.key in case.answers:
        return None  # 电话没有了 tells of something answered before
    if aside.kind == "none" and about is pending and (pending.type in _CHOSEN or _nought(talk, pending)):
        none = _none_option(pending) if pending.type in ("choice", "multi") else None
        return Step("none", pending) if none and not _answers(talk, pending, talk.text) else None
    if (
        aside.kind in ("none", "unknown")
        and about.in_words
        and about.key != pending.key
        and aside.about not in extract.names_of(about)
    ):
        return None
    return Step(aside.kind, about)


def _compared(talk: Talk, aside: Aside, about: GuideField | str, pending: GuideField) -> Step | None:
    """The answer or the person that is the same; None where nothing of that name would answer the question."""
    assert talk.case is not None and talk.guide is not None
    fields = interview.applying_fields(talk.guide, talk.case)
    if isinstance(about, str):
        name = next((f for f in people.of(about, fields) if f.type == "person_name"), None)
        if name is None:
            return None
        about = name
    found = references.source(talk, aside.ref, about)
    if found is None:
        return None
    whom = people.owner(about) if about.type == "person_name" and about.key not in talk.case.answers else None
    return Step("same", about, found, whom)


def _nought(talk: Talk, pending: GuideField) -> bool:
    """没有 to how much or how many is nought, where nought can be."""
    return pending.type in ("amount", "integer") and isinstance(parse(pending, "0", talk.now.date(), {}), Accepted)


def _none_option(pending: GuideField) -> str | None:
    """The option that says that there is none."""
    none = [option.value for option in pending.offered if _NONE_LABEL.search(option.label)]
    return none[0] if len(none) == 1 else None


def _do(talk: Talk, step: Step) -> bool:
    """Carry out one aside; False where the question asked has to be answered first."""
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    match step.kind:
        case "same":
            return _same(talk, step)
        case "before":
            return _before(talk, step.about)
        case "none":
            return _none(talk, step.about)
        case "later":
            _later(talk, step.about)
        case "keep":
            talk.say(t("casework.kept", label=step.about.label))
        case "undo":
            _undo(talk)
    talk.status = "collecting"
    return True


def _explain(talk: Talk, step: Step) -> None:
    assert talk.case is not None
    if step.kind == "why":
        explaining.why(talk, step.about)
    elif step.kind == "example":
        explaining.example(talk, step.about)
    elif step.about.optional and step.about.key not in talk.case.answers and step.about.key == talk.asking:
        store(talk, step.about, Accepted("", ""), skipped=True)
        talk.say(t("casework.left_blank", label=step.about.label))
        advance(talk)
    else:
        explaining.where(talk, step.about)


def _same(talk: Talk, step: Step) -> bool:
    case, found = talk.case, step.source
    assert case is not None and talk.guide is not None and found is not None
    held = case.answers.get(found.key)
    if held is None or held.skipped:
        reject(talk, "not_given_yet", t("casework.not_given_yet", label=found.label, asked=step.about.label))
        return False
    pairs = [(step.about, found)]
    if step.whom is not None:
        pairs += [pair for pair in references.person_pairs(talk, step.whom, people.owner(found)) if pair[0].key != step.about.key]
    taken = []
    for field_, source in pairs:
        given = case.answers.get(source.key)
        if given is None or given.skipped:
            continue
        parsed = _again(talk, field_, given.value)
        if not isinstance(parsed, Accepted) and parsed.insist is None:
            if field_.key == talk.asking:
                reject(talk, parsed.code, parsed.message)
                return False
            continue
        copied = parsed if isinstance(parsed, Accepted) else parsed.insist
        assert copied is not None
        store(talk, field_, copied, source=talk.source("said", source.key))
        if field_.key in case.answers:
            taken.append(t("casework.check_value", label=field_.label, value=shown(field_, case.answers[field_.key])))
    talk.notice("info", t("casework.same_taken", values=t("fields.list_separator").join(taken)))
    return True


def _before(talk: Talk, about: GuideField) -> bool:
    found = references.earlier(talk, about)
    usable = [(value, one) for one in found if isinstance(value := _again(talk, about, one.answer.value), Accepted)]
    if not usable:
        talk.notice("info", t("casework.nothing_before", label=about.label))
        talk.status = "clarify"
        talk.question_said = about.key != talk.asking
        return False
    offered = [(value, Source(kind="previous_case", turn=talk.turn, ref=one.case_no)) for value, one in usable]
    if len(offered) > 1:
        offering.offer(talk, about, offered, t("casework.which_before", label=about.label))
        return False
    store(talk, about, offered[0][0], source=offered[0][1])
    assert talk.case is not None
    if about.key in talk.case.answers:
        said = shown(about, talk.case.answers[about.key])
        talk.notice("info", t("casework.before_taken", case_no=usable[0][1].case_no, label=about.label, value=said))
    return True


def _again(talk: Talk, about: GuideField, value: object) -> Parsed:
    """A value given elsewhere, read as the answer to this question."""
    assert talk.case is not None
    others = {key: held for key, held in talk.case.values().items() if key != about.key}
    return parse(about, [str(v) for v in value] if isinstance(value, list) else str(value), talk.now.date(), others)


def _none(talk: Talk, about: GuideField) -> bool:
    if (option := _none_option(about) if about.type in ("choice", "multi") else None) is not None:
        parsed = parse(about, [option], talk.now.date(), {})
        if isinstance(parsed, Accepted):
            store(talk, about, parsed)
        return True
    if _nought(talk, about):
        parsed = parse(about, "0", talk.now.date(), {})
        assert isinstance(parsed, Accepted)
        store(talk, about, parsed)
        return True
    if about.optional:
        store(talk, about, Accepted("", ""), skipped=True)
        return True
    if about.key == talk.asking:
        reject(talk, "required", t("casework.required", label=about.label))
        return False
    talk.notice("info", t("casework.required", label=about.label))
    return True


def _later(talk: Talk, about: GuideField) -> None:
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    if about.key in case.answers:
        talk.say(t("casework.kept", label=about.label))
    elif interview.defer(guide, case, about):
        talk.note("case.deferred", field=about.key)
        talk.say(t("casework.deferred", label=about.label))
    else:
        talk.say(t("casework.only_left_optional" if about.optional else "casework.only_left", label=about.label))


def _undo(talk: Talk) -> None:
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    before = interview.snapshot(guide, case)
    fields = interview.undo(guide, case, talk.now)
    if not fields:
        talk.say(t("casework.nothing_to_undo"))
        return
    talk.note("case.undone", fields=[f.key for f in fields])
    rows = [
        t(
            "casework.check_value",
            label=f.label,
            value=shown(f, case.answers[f.key]) if f.key in case.answers else t("casework.emptied"),
        )
        for f in fields
    ]
    talk.notice("info", t("casework.undone", values=t("fields.list_separator").join(rows)))
    tell_changes(talk, before, frozenset(f.key for f in fields))
