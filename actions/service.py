"""Actions around the case: questions about items, progress, a person, small talk, what is not ours."""

from __future__ import annotations

from actions.base import TurnAction
from assistant.casework.flow import acts, choosing, rating, reporting
from assistant.casework.flow.grading import is_time_of_day
from assistant.casework.flow.talk import Talk
from assistant.conversation import elsewhere, guard
from assistant.conversation.understanding import settle
from assistant.foundation.messages import t


class AnswerQuestion(TurnAction):
    """A question about an item, answered from its guide."""

    action_name = "action_answer_question"

    def yields(self, talk: Talk) -> bool:
        """要现在开始办吗 is answered with yes or no; anything else that may be a question about the item is one."""
        return super().yields(talk) and talk.asking != "start"

    def act(self, talk: Talk) -> None:
        office = _not_of_the_item(talk)
        if not_ours(talk):
            decline(talk)
        elif office is None:
            choosing.question(talk, talk.intent)
        else:
            talk.intent = "out_of_scope"
            _send_elsewhere(talk, office)


class CheckProgress(TurnAction):
    """How far is it."""

    action_name = "action_check_progress"

    def act(self, talk: Talk) -> None:
        reporting.report(talk)


class ToHuman(TurnAction):
    """A person is wanted: the conversation goes to the queue; the turn says the place and the time."""

    action_name = "action_to_human"

    def act(self, talk: Talk) -> None:
        talk.wants_person = "to_human"
        talk.status = "handed_off"
        talk.question_said = True


class Complaint(TurnAction):
    """A complaint is heard, and a person comes."""

    action_name = "action_complaint"

    def act(self, talk: Talk) -> None:
        _complain(talk)


def _complain(talk: Talk) -> None:
    if talk.asking == rating.WHY:  # what was wrong is what she was asked; somebody gets in touch about it anyway
        rating.take_reasons(talk)
        return
    talk.say(t("conversation.complaint"))
    talk.wants_person, talk.status, talk.question_said = "complaint", "handed_off", True


class Smalltalk(TurnAction):
    """Hello, thanks, goodbye, what can you do."""

    action_name = "action_smalltalk"

    def act(self, talk: Talk) -> None:
        if talk.intent == "help":
            acts.perform(talk, "help")
            return
        talk.say(
            t(
                f"conversation.smalltalk_{talk.intent}"
                if talk.intent in ("greet", "thanks", "goodbye")
                else "conversation.smalltalk_chitchat"
            )
        )
        talk.status = "greeting" if talk.intent == "greet" else "smalltalk"
        if talk.intent in ("thanks", "goodbye"):
            rating.invite(talk)


class OutOfScope(TurnAction):
    """Not ours, or not to be done at all."""

    action_name = "action_out_of_scope"

    def act(self, talk: Talk) -> None:
        verdict = guard.judge(talk.text)
        settled = (
            settle(talk.intent, talk.confidence, talk.ranking, talk.services.decide(talk.hits, expected=False))
            if verdict is None
            else talk.intent
        )
        if settled != talk.intent:
            talk.intent = settled
            _serve(talk)
            return
        if verdict:
            talk.say(t(f"conversation.{verdict}"))
        else:
            _send_elsewhere(talk, elsewhere.find(talk.text))
        talk.status = verdict or "unanswerable_not_ours"


def not_ours(talk: Talk) -> bool:
    """Whether a first sentence that sounds like a wish or a question about an item is about none of them."""
    alone = talk.case is None and talk.state.context_guide is None and talk.asking is None
    return settle(talk.intent, talk.confidence, talk.ranking, None, talk.hits, alone=alone) == "out_of_scope" != talk.intent


def decline(talk: Talk) -> None:
    """Say that it is not ours, and whose it is."""
    talk.intent = "out_of_scope"
    _send_elsewhere(talk, elsewhere.find(talk.text))


def _send_elsewhere(talk: Talk, office: elsewhere.Elsewhere | None) -> None:
    """Say whose the matter is."""
    if office is None:
        talk.say(t("conversation.not_ours"))
    else:
        talk.say(t(f"elsewhere.{office.key}"), citations=[office.source])
    talk.status = "unanswerable_not_ours"


def _not_of_the_item(talk: Talk) -> elsewhere.Elsewhere | None:
    """The other office a question is about that names no item of ours and has nothing to do with the one in hand."""
    if talk.supposed is not None or talk.asking == "guide":
        return None
    guide = choosing.in_hand(talk)
    named, options = choosing.meant(talk)
    if named is not None or options:
        return None
    return elsewhere.strange_to(talk.question, guide) if guide else elsewhere.find(talk.question)


def _serve(talk: Talk) -> None:
    """Act on the intent a sentence turned out to have."""
    if talk.intent == "apply":
        choosing.apply(talk)
    elif talk.intent == "check_progress":
        reporting.report(talk)
    elif talk.intent == "complaint":
        _complain(talk)
    else:
        choosing.question(talk, talk.intent)


class Rate(TurnAction):
    """She wants to give a rating."""

    action_name = "action_rate"

    def yields(self, talk: Talk) -> bool:
        """上午9时25分 has 分 in it and is no rating, whatever is asked."""
        return super().yields(talk) or (talk.asking is not None and is_time_of_day(talk.text))

    def act(self, talk: Talk) -> None:
        rating.ask_grade(talk)
