"""好差评 in a conversation: the five grades, and what was wrong where she was not satisfied.

What is rated is the case she has sent, the latest of several, or else the conversation. A grade counts as soon as it is
given; the reasons are asked once, and whether or not they come, somebody gets in touch about a bad grade.
"""

from __future__ import annotations

import re

from assistant.casework.fields import options
from assistant.casework.flow.asking import advance, ask, grades, rating_reasons, reject
from assistant.casework.flow.grading import grade_in
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case, CaseStatus
from assistant.casework.ratings.model import BAD, REASONS, Said
from assistant.foundation.messages import t
from knowledge.replies import Ask
from knowledge.schema import Option as GuideOption

GRADE, WHY = "rating", "rating_reasons"
_NOT_YET = frozenset({CaseStatus.DRAFT, CaseStatus.READY, CaseStatus.EXPIRED})
_MOST_WORDS = 1000
_NOTHING = re.compile(
    r"^(?:跳过|不用|不了|没有?了?|没什么|不想说|算了|不说了|不必|skip|no|none)(?:了|啦|吧|谢谢)*[。.！!]*$", re.I
)


def rated_case(talk: Talk) -> Case | None:
    """The case a rating is about: the one in hand once it was sent, or the one sent last."""
    found = [case for case in [talk.case, *talk.other_cases] if case is not None and case.status not in _NOT_YET]
    if talk.case is not None and talk.case in found:
        return talk.case
    return max(found, key=lambda case: case.updated_at, default=None)


def invite(talk: Talk) -> None:
    """Ask for a rating at the end of a talk in which something was sent, once; never while a question is open."""
    case = rated_case(talk)
    if talk.state.ask is None and case is not None and talk.owner == "bot" and case.case_no not in talk.state.rated:
        talk.state.rated.append(case.case_no)
        _question(talk)


def ask_grade(talk: Talk) -> None:
    """She wants to rate: the five grades (GB/T 39734), or the grade she has named already."""
    talk.status = "answered"
    if talk.state.ask is not None:
        talk.say(t("casework.rating_later"))
        return
    named = grade_in(talk.text)
    if named is not None:
        _take_grade(talk, named)
    else:
        _question(talk)


def take_grade(talk: Talk) -> None:
    """Read the turn as a grade."""
    choices = _options(talk)
    said = talk.tapped[0] if talk.tapped else grade_in(talk.text)  # 5 stars are the best grade, and not the fifth option
    picked = next((o for o in choices if o.value == said), None) or options.match_option(talk.text, choices)
    if picked is None:
        reject(
            talk, "choice_unknown", t("fields.choice_unknown", options=t("fields.list_separator").join(o.label for o in choices))
        )
        return
    _take_grade(talk, picked.value)


def take_reasons(talk: Talk) -> None:
    """Read the turn as what was wrong: reasons tapped or named, and her own words; anything she says is taken."""
    text, choices = talk.text.strip(), _options(talk)
    picked = list(talk.tapped or [])
    if not picked and not _NOTHING.match(text):
        picked = [o.value for o in choices if o.label in text] or [o.value for o in [options.match_option(text, choices)] if o]
    plain = any(text == o.label for o in choices) or options.ordinal(text, len(choices)) is not None
    words = "" if talk.tapped or plain or _NOTHING.match(text) else text[:_MOST_WORDS]
    held = talk.state.rating
    if held is not None and (picked or words):
        reasons = tuple(reason for reason in REASONS if reason in picked) or ("other",)
        talk.rating = Said(held.subject, held.grade, reasons, words)
    _done(talk, t("ratings.reasons_thanks" if picked or words else "ratings.contact_anyway"))


def skip_reasons(talk: Talk) -> None:
    """She would rather not say."""
    _done(talk, t("ratings.contact_anyway"))


def reasons_ask() -> Ask:
    """The question about reasons."""
    return Ask(field=WHY, label=t("ratings.reasons_label"), kind="multi", options=rating_reasons(), optional=True)


def _question(talk: Talk) -> None:
    choices = grades()
    ask(talk, Ask(field=GRADE, label=t("casework.rating_label"), kind="choice", options=choices))
    talk.choices(t("casework.rating_question"), choices)
    talk.question_said = True


def _take_grade(talk: Talk, grade: str) -> None:
    case = rated_case(talk)
    subject = case.case_no if case is not None else talk.conversation_id
    talk.rating = talk.state.rating = Said(subject, grade)
    if subject not in talk.state.rated:
        talk.state.rated.append(subject)
    talk.note("rating.given", grade=grade)
    if grade not in BAD:
        _done(talk, t("casework.rating_thanks"))
        return
    ask(talk, reasons_ask())
    talk.choices(t("ratings.reasons_question"), rating_reasons())
    talk.question_said = True
    talk.status = "answered"


def _done(talk: Talk, words: str) -> None:
    talk.state.rating = None
    ask(talk, None)
    talk.say(words)
    talk.status = "answered"
    if talk.case is not None and talk.case.status in (CaseStatus.DRAFT, CaseStatus.READY) and not talk.state.paused:
        advance(talk)


def _options(talk: Talk) -> list[GuideOption]:
    pending = talk.state.ask
    return [GuideOption(value=o.value, label=o.label) for o in (pending.options or [])] if pending else []
