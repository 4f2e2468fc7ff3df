"""What a sentence asks for besides its first request."""

from __future__ import annotations

from assistant.casework.flow import choosing, closing
from assistant.casework.flow.talk import Talk
from assistant.foundation.messages import t
from knowledge.schema import Guide


def serve(talk: Talk, intent: str, code: str | None, words: str) -> None:
    """Serve a further request of the turn's sentence; the status, the question and the item of the first one stay.

    Args:
        code: the item this request names itself; None where it means the one the first request was about.
        words: the request in the citizen's words.
    """
    state = talk.state
    kept = talk.status, state.ask, talk.question_said, state.context_guide, state.last_question
    guide = talk.guide_for(code) or (choosing.in_hand(talk) if talk.asking != "guide" else None)
    talk.focus = words
    if intent == "to_human":
        talk.owner, talk.status, talk.question_said = "queue", "handed_off", True
        return
    if intent == "apply":
        choosing.keep_for_later(talk, guide)
    elif intent.startswith("ask_"):
        _answer(talk, intent, guide)
    elif intent == "check_progress":
        closing.report(talk)
    elif intent == "complaint":
        talk.say(t("conversation.complaint"))
    talk.status, state.ask, talk.question_said, state.context_guide, state.last_question = kept


def serve_waiting(talk: Talk, guide: Guide) -> None:
    """Answer what was asked in the same sentence before the item was chosen."""
    waiting, talk.state.also = talk.state.also, []
    for intent in waiting:
        serve(talk, intent, guide.code, "")


def _answer(talk: Talk, intent: str, guide: Guide | None) -> None:
    if guide is None:
        talk.state.also.append(intent)
    elif not (guide.outline and guide.code == talk.state.context_guide):  # that it is not written yet has been said
        choosing.answer(talk, guide, intent)
