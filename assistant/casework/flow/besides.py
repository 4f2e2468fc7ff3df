"""What a sentence asks for besides its first request."""

from __future__ import annotations

from assistant.casework.flow import choosing, reporting
from assistant.casework.flow.talk import Talk, Unclear
from assistant.foundation.messages import t
from knowledge.schema import Guide


def serve(talk: Talk, intent: str, code: str | None, words: str, unclear: Unclear | None = None) -> None:
    """Serve a further request of the turn's sentence; the status, the question and the item of the first one stay.

    Args:
        code: the item this request names itself; None where it means the one the first request was about.
        words: the request in the citizen's words.
        unclear: it names something that may be one of several items; which is asked once nothing else is.
    """
    if unclear is not None:
        talk.state.unclear.append(unclear)
        return
    state = talk.state
    kept = talk.status, state.ask, talk.question_said, state.context_guide, state.last_question
    more, talk.more = talk.more, True  # only the first request may ask something back
    guide = talk.guide_for(code) or (choosing.in_hand(talk) if talk.asking != "guide" else None)
    talk.focus = words
    if intent == "to_human":
        talk.more = more
        talk.wants_person, talk.status, talk.question_said = "to_human", "handed_off", True
        return
    if intent == "apply":
        choosing.keep_for_later(talk, guide)
    elif intent.startswith("ask_"):
        _answer(talk, intent, guide)
    elif intent == "check_progress":
        reporting.report(talk)
    elif intent == "complaint":
        talk.say(t("conversation.complaint"))
        talk.wants_person = "complaint"
    talk.status, state.ask, talk.question_said, state.context_guide, state.last_question = kept
    talk.more = more


def ask_what_is_unclear(talk: Talk) -> None:
    """Ask which item was meant by what else was named, unless something else is asked that must be answered first."""
    if talk.state.unclear and talk.asking in (None, "start"):
        status, guide = talk.status, talk.state.context_guide
        choosing.ask_unclear(talk)
        talk.status, talk.state.context_guide = status or talk.status, guide


def serve_waiting(talk: Talk, guide: Guide) -> None:
    """Answer what was asked in the same sentence before the item was chosen."""
    waiting, talk.state.also = talk.state.also, []
    for intent in waiting:
        serve(talk, intent, guide.code, "")
    ask_what_is_unclear(talk)


def _answer(talk: Talk, intent: str, guide: Guide | None) -> None:
    if guide is None:
        talk.state.also.append(intent)
    elif not (guide.outline and guide.code == talk.state.context_guide):  # that it is not written yet has been said
        choosing.answer(talk, guide, intent)
