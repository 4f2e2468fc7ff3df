"""Keeping what was answered."""

from __future__ import annotations

from assistant.casework import interview
from assistant.casework.fields.result import Accepted
from assistant.casework.flow import wanting
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Source
from assistant.foundation.messages import t
from knowledge.replies import Action, Card
from knowledge.schema import GuideField


def store(talk: Talk, field: GuideField, value: Accepted, skipped: bool = False, source: Source | None = None) -> None:
    """Keep an answer to a field, and say what it makes doubtful or needless. ``source`` where it is not what she says now."""
    assert talk.case is not None and talk.guide is not None
    source = source or talk.source("tapped" if talk.tapped is not None else "said")
    before = interview.snapshot(talk.guide, talk.case)
    held = talk.case.answers.get(field.key)
    interview.record(talk.guide, talk.case, field, talk.on_paper(field, value), source, talk.now, skipped)
    hers = talk.by is None and field.type != "table"  # rows are added one by one
    if hers and held is not None and not interview.follows(held) and talk.case.values().get(field.key) != held.value:
        place = f"{talk.case.case_no}:{field.key}"
        talk.state.changed[place] = talk.state.changed.get(place, 0) + 1
    wanting.given(talk.case, "field", field.key)
    talk.state.insisted = talk.state.offered = None
    talk.state.failures = 0
    talk.state.context_guide = talk.case.guide_code
    talk.note("case.answered", field=field.key, source=source.kind)
    if value.warning and not skipped:
        talk.notice("warning", value.warning)
        _offer_fix(talk, field, value)
    if value.note and not skipped:
        talk.notice("info", value.note)
    tell_changes(talk, before, frozenset((field.key,)))
    talk.status = "collecting"


def tell_changes(talk: Talk, before: interview.Snapshot, changed: frozenset[str]) -> None:
    """Say which answers fell away or came back because of a change, and which papers are wanted or needless now."""
    assert talk.case is not None and talk.guide is not None
    made = interview.changes(talk.guide, before, talk.case, changed)
    edited = bool(changed & before.answered)  # an answer given for the first time only begins the list of papers
    for key, names in (
        ("casework.fell_away", made.fell),
        ("casework.came_back", made.came_back),
        ("casework.papers_needless", made.needless if edited else []),
        ("casework.papers_wanted", made.wanted if edited else []),
    ):
        if names:
            talk.notice("info", t(key, labels=t("fields.list_separator").join(names)))


def _offer_fix(talk: Talk, field: GuideField, value: Accepted) -> None:
    """The value that would leave nothing to warn of, one tap away."""
    if value.fix is None:
        return
    action = Action(label=t("casework.fix_take"), message=t("casework.fix_message", label=field.label, value=value.fix))
    talk.replies.append(Card(title=t("casework.fix_title", label=field.label), text=value.fix, actions=[action]))


def store_more(talk: Talk, more: dict[str, Accepted]) -> None:
    """Keep answers given beside the one asked for, and name them."""
    labels = []
    for key, value in more.items():
        field = talk.guide.field(key) if talk.guide else None
        if field:
            store(talk, field, value)
            labels.append(field.label)
    if labels:
        talk.notice("info", t("casework.also_noted", labels=t("fields.list_separator").join(labels)))
