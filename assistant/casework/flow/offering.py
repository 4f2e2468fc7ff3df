"""Several values that may be the answer, put to her to choose from: which of two she gave, which of earlier cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.casework import interview
from assistant.casework.fields import english, options
from assistant.casework.fields.parse import parse, said
from assistant.casework.fields.result import Accepted
from assistant.casework.flow.asking import advance, ask
from assistant.casework.flow.storing import store
from assistant.casework.flow.talk import Offered, Talk
from assistant.casework.model import Source
from assistant.foundation.masking import mask_value
from knowledge.replies import Ask, Option
from knowledge.schema import GuideField
from knowledge.schema import Option as Choice

PREFIX = "given:"


def offer(talk: Talk, field: GuideField, values: Sequence[tuple[Accepted, Source | None]], text: str) -> None:
    """Ask which of these values a field's answer is; another one may be given as well."""
    talk.state.offered = Offered(
        field=field.key,
        values=[(value.value, value.display, value.warning) for value, _ in values],
        sources=[source for _, source in values],
    )
    question = asked(talk, field)
    ask(talk, question)
    talk.choices(text, question.options or [])
    talk.question_said = True
    talk.status = "clarify"


def asked(talk: Talk, field: GuideField) -> Ask:
    """The question with the values offered for it, as she reads them; the field's own question where none are."""
    assert talk.case is not None
    plain = interview.ask_field(field, talk.case)
    held = talk.state.offered
    if held is None or held.field != field.key:
        return plain
    named = labels(field, [(value, display) for value, display, _ in held.values])
    return plain.model_copy(
        update={"kind": "choice", "options": [Option(value=f"{PREFIX}{i}", label=label) for i, label in enumerate(named)]}
    )


def labels(field: GuideField, values: Sequence[tuple[Any, str]]) -> list[str]:
    """Values to choose from, masked as everywhere; whole where masking would leave no difference between them."""
    whole = [said(field, value, display) for value, display in values]
    masked = [mask_value(field.type, text) for text in whole]
    return masked if len(set(masked)) == len(set(whole)) else whole


def picked(talk: Talk) -> int | None:
    """Which of the values offered the turn chooses, by tapping, number or its words; None where it chooses none."""
    held, pending = talk.state.offered, talk.state.ask
    if held is None or pending is None or held.field != pending.field or not pending.options:
        return None
    if talk.tapped is not None:
        return next((i for i, option in enumerate(pending.options) if [option.value] == talk.tapped), None)
    if len(talk.text) > 60 and not english.is_latin(talk.text):
        return None
    choices = [Choice(value=o.value, label=o.label) for o in pending.options]
    index = options.ordinal(talk.text.strip(), len(choices))
    if index is not None:
        return index
    field = talk.guide.field(held.field) if talk.guide else None
    parsed = parse(field, talk.text, talk.now.date(), {}) if field else None
    if isinstance(parsed, Accepted):
        return next((i for i, (value, _, _) in enumerate(held.values) if value == parsed.value), None)
    match = options.match_option(talk.text, choices)
    return next((i for i, choice in enumerate(choices) if match is choice), None)


def taken(talk: Talk, field: GuideField) -> bool:
    """Take one of the values offered, if the turn chooses one."""
    index, held = picked(talk), talk.state.offered
    if index is None or held is None:
        return False
    value, display, warning = held.values[index]
    source = held.sources[index]
    store(talk, field, Accepted(value, display, warning), source=source)
    advance(talk)
    return True
