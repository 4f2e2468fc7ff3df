"""Why a thing is asked, what an answer looks like, and where the value can be found."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.flow.talk import Talk
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.composer import source_name
from knowledge.replies import Action, Ask, Card, Citation
from knowledge.schema import Guide, GuideField

_WITHHOLDS = re.compile(r"不(?:给|填|说|提供|写|告诉|想|愿|方便)|必须|一定|非得|have to|must|required", re.I)
#: Where everybody finds these, whatever the item.
_FOUND = ("uscc", "id_number", "company_name", "area", "address", "amount")


def why(talk: Talk, field: GuideField | None = None) -> None:
    """Say why the pending question, or another one of the guide, is asked, with the source that wants it, and an example."""
    pending = talk.state.ask
    question = interview.ask_field(field, talk.case) if field is not None and talk.case is not None else pending
    if question is None:
        talk.say(t("casework.nothing_pending"))
        talk.status = "answered"
        return
    guide = talk.guide
    field = field or (guide.field(question.field) if guide else None)
    talk.say(_reason(question, field, guide), citations=_sources(field, guide) or None)
    if field is not None and _WITHHOLDS.search(talk.text):
        talk.say(t("casework.why_optional" if field.optional else "casework.why_required", label=field.label))
    if question.example:
        talk.say(t("casework.example", example=question.example))
    _answered(talk)


def example(talk: Talk, field: GuideField) -> None:
    """Show what an answer looks like, and what others got wrong."""
    options = t("fields.list_separator").join(option.label for option in field.offered)
    shown = field.example or options
    talk.say(t("casework.example_of", label=field.label, example=shown) if shown else field.question)
    _mistakes(talk, field)
    _answered(talk)


def where(talk: Talk, field: GuideField) -> None:
    """She does not know it: say where it is written, and that it may wait."""
    lines = [t("casework.where_unknown", label=field.label)]
    if field.type in _FOUND:
        lines.append(t(f"casework.where_{field.type}"))
    if field.example:
        lines.append(t("casework.example", example=field.example))
    talk.say("\n".join(lines))
    _mistakes(talk, field)
    later = t("casework.later_label")
    talk.replies.append(
        Card(title=t("casework.later_title"), text=t("casework.later_text"), actions=[Action(label=later, message=later)])
    )
    _answered(talk)


def _reason(question: Ask, field: GuideField | None, guide: Guide | None) -> str:
    said = t("casework.why", label=question.label, why=question.why or t("casework.why_default"))
    keys = field.evidence if field is not None and guide is not None else []
    names = [source_name(guide.evidence[key]) for key in keys if guide is not None and key in guide.evidence]
    return said + (t("casework.why_source", sources=t("fields.list_separator").join(names)) if names else "")


def _sources(field: GuideField | None, guide: Guide | None) -> list[Citation]:
    if field is None or guide is None:
        return []
    return [Citation(**guide.evidence[key].model_dump()) for key in field.evidence if key in guide.evidence]


def _mistakes(talk: Talk, field: GuideField) -> None:
    if field.mistakes and language() != ENGLISH:  # they are written for readers of Chinese
        talk.say(t("casework.mistakes", mistakes=t("casework.mistake_separator").join(m.rstrip("。.") for m in field.mistakes)))


def _answered(talk: Talk) -> None:
    talk.question_said = True
    talk.status = "answered"
