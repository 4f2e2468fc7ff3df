"""Several answers under their labels, as a pasted form or a form card sends them: all are taken, whatever their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.casework import interview
from assistant.casework.fields import extract, labelled
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.casework.flow import offering
from assistant.casework.flow.asking import advance, ask, reject
from assistant.casework.flow.storing import store
from assistant.casework.flow.summary import shown
from assistant.casework.flow.talk import Insisted, Talk
from assistant.foundation.messages import t
from knowledge.schema import GuideField

_CLAUSES = re.compile(r"[，,。;；\n]+")
Lines = Sequence[tuple[list[GuideField], str]]
_BLANK = re.compile(r"(?:无|没有|暂无|不填|跳过|空|n/?a|none|skip|[-—/\\_＿ ]*)[。.]?", re.I)


def noticed(talk: Talk) -> bool:
    """Whether the turn is a form, and nothing else."""
    return bool(_lines(talk))


def take(talk: Talk) -> bool:
    """Take a form; False where the turn is none."""
    lines = _lines(talk)
    if not lines:
        return False
    if fill(talk, lines):
        advance(talk)
    return True


def fill(talk: Talk, lines: Lines) -> bool:
    """Keep every value, those of questions that do not apply for the moment they do; False where one has to be asked again."""
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    before = {key: answer.value for key, answer in case.answers.items()}
    waiting, refused, twice = _once(lines)
    taken: list[GuideField] = []
    while True:
        applying = {f.key for f in interview.applying_fields(guide, case)}
        ready = sorted(
            (
                (guide.fields.index(field), place, field)
                for place, (fields, _) in waiting.items()
                for field in fields
                if field.key in applying
            ),
            key=lambda row: row[:2],
        )
        if not ready:
            break
        _, place, field = ready[0]
        parsed = _parsed(talk, field, waiting.pop(place)[1])
        if isinstance(parsed, Accepted):
            if field.key not in before or before[field.key] != parsed.value:
                store(talk, field, parsed, skipped=parsed.value == "")
            taken.append(field)
        elif parsed is not None:
            refused[field.key] = (field, parsed)
    aside = [kept for fields, text in waiting.values() if (kept := _laid_aside(talk, fields[0], text)) is not None]
    _tell(talk, taken, aside, before)
    return _settle(talk, list(refused.values()), twice)


def _lines(talk: Talk) -> Lines:
    if talk.case is None or talk.guide is None or talk.tapped is not None or talk.attachments or talk.asking is None:
        return []
    if talk.asking in ("guide", "switch", "start", "situation", "rating"):
        return []
    pending = talk.guide.field(talk.asking)
    form = labelled.read(talk.text, talk.guide.fields)
    if form.lead and (len(form.lines) < 2 or re.search(r"[?？吗]", form.lead)):
        return []
    if (
        pending is not None
        and pending.in_words
        and [f.key for fields, _ in form.lines for f in fields] != [pending.key]
        and len(form.lines) < 2
    ):
        return []  # 经营范围：餐饮 may be said within an answer in free words
    return _apart(talk.guide.fields, form, talk.now.date())


def _apart(fields: Sequence[GuideField], form: labelled.Form, today: date) -> Lines:
    """The lines of a form, those clauses of them apart that name another question: 地址：示例路88号，电话是138… are two."""
    found: list[tuple[list[GuideField], str]] = []
    for own, text in [([], form.lead), *form.lines]:
        if own and own[0].in_words:
            found.append((own, text))
            continue
        kept: list[str] = []
        others: list[tuple[list[GuideField], str]] = []
        for clause in _CLAUSES.split(text):
            told = extract.given(clause, fields) if kept or not own else None
            if told is not None and told[0] not in own and isinstance(parse(*told, today, {}), Accepted):
                others.append(([told[0]], told[1]))
            else:
                kept.append(clause)
        found += [(own, "，".join(kept) if others else text)] if own else []
        found += others
    return found


def _once(
    lines: Lines,
) -> tuple[dict[int, tuple[list[GuideField], str]], dict[str, tuple[GuideField, Rejected]], list[tuple[GuideField, list[str]]]]:
    """The lines by place, none refused yet, and the fields that stand on the form twice with different values."""
    waiting: dict[int, tuple[list[GuideField], str]] = {}
    said: dict[str, list[str]] = {}
    for place, (fields, text) in enumerate(lines):
        key = "|".join(f.key for f in fields)
        if text and text not in said.setdefault(key, []):
            said[key].append(text)
            waiting[place] = (list(fields), text)
    doubled = {key for key, texts in said.items() if len(texts) > 1 and "|" not in key}
    twice = [(fields[0], said[fields[0].key]) for fields, _ in lines if fields[0].key in doubled and len(fields) == 1]
    return (
        {p: row for p, row in waiting.items() if row[0][0].key not in doubled},
        {},
        list({f.key: (f, v) for f, v in twice}.values()),
    )


def _parsed(talk: Talk, field: GuideField, text: str) -> Accepted | Rejected | None:
    """A line's value; an empty one where it may be left out and is; None where it says nothing."""
    assert talk.case is not None
    others = {key: held for key, held in talk.case.values().items() if key != field.key}
    blank = _BLANK.fullmatch(text) is not None
    if blank and field.optional and not field.offered:
        return Accepted("", "")
    parsed = parse(field, text, talk.now.date(), others)
    if isinstance(parsed, Accepted) or not blank:
        return parsed
    return Accepted("", "") if field.optional else None


def _laid_aside(talk: Talk, field: GuideField, text: str) -> GuideField | None:
    """Keep what does not apply now; the field, if its value can be used."""
    assert talk.case is not None
    parsed = _parsed(talk, field, text)
    if not isinstance(parsed, Accepted) or parsed.value == "":
        return None
    interview.lay_aside(talk.case, field, talk.on_paper(field, parsed), talk.source(), talk.now)
    return field


def _tell(talk: Talk, taken: list[GuideField], aside: list[GuideField], before: dict[str, object]) -> None:
    """Say what was noted, what was changed by it, and what is kept though it is not needed now."""
    case = talk.case
    assert case is not None
    separator = t("fields.list_separator")
    new = [f.label for f in taken if f.key not in before]
    if new:
        talk.notice("info", t("casework.also_noted", labels=separator.join(new)))
    for field in taken:
        held = case.answers.get(field.key)
        if field.key in before and held is not None and held.value != before[field.key]:
            talk.notice("info", t("casework.corrected", label=field.label, value=shown(field, held)))
    if aside:
        talk.notice("info", t("casework.not_needed_now", labels=separator.join(f.label for f in aside)))


def _settle(talk: Talk, refused: list[tuple[GuideField, Rejected]], twice: list[tuple[GuideField, list[str]]]) -> bool:
    """Ask again for what could not be used, or is there twice."""
    case = talk.case
    assert case is not None
    for field, texts in twice:
        values = [parsed for text in texts if isinstance(parsed := _parsed(talk, field, text), Accepted)]
        if len({str(value.value) for value in values}) > 1:
            shown_values = t("fields.list_separator").join(offering.labels(field, [(v.value, v.display) for v in values]))
            offering.offer(
                talk, field, [(v, None) for v in values], t("casework.contradicting", label=field.label, values=shown_values)
            )
            return False
        if values:
            store(talk, field, values[0])
    if not refused:
        return True
    field, parsed = refused[0]
    for other, problem in refused[1:]:
        talk.notice("warning", t("casework.line_refused", label=other.label, message=problem.message))
    if parsed.insist:
        held = parsed.insist
        talk.state.insisted = Insisted(field=field.key, text="", value=held.value, display=held.display, warning=held.warning)
    talk.state.editing = field.key if field.key in case.answers else None
    ask(talk, interview.ask_field(field, case))
    reject(talk, parsed.code, t("casework.line_refused", label=field.label, message=parsed.message))
    return False
