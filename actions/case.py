"""Actions of the case: begin it, take an answer, ask the next question, carry out a dialogue act."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TurnAction
from actions.service import decline, not_ours
from assistant.casework.flow import acts, answering, asking, choosing
from assistant.casework.flow.talk import Talk


class Apply(TurnAction):
    """She wants an item done."""

    action_name = "action_apply"
    gives_way = False

    def act(self, talk: Talk) -> None:
        if not_ours(talk):
            decline(talk)
        else:
            choosing.apply(talk)


class DialogueAct(TurnAction):
    """Back, review, pause and the like; and yes, no or a correction where nothing was asked."""

    action_name = "action_dialogue_act"

    def act(self, talk: Talk) -> None:
        acts.perform(talk, talk.intent)


class Back(DialogueAct):
    """One step back. Rasa reserves the intent for an action of this name."""

    action_name = "action_back"


class Restart(DialogueAct):
    """Begin anew. Rasa reserves the intent for an action of this name."""

    action_name = "action_restart"


class ValidateCaseForm(TurnAction):
    """The one generic form: open while the app is asking something, closed otherwise; an answer goes to casework."""

    action_name = "validate_case_form"
    slow_when_asking = frozenset({"review", "submit", "slot"})

    def act(self, talk: Talk) -> None:
        answering.take(talk)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        talk = self.talk(tracker)
        if tracker.get_slot("answer") is not None:
            await self.guarded(tracker, self.work(talk))
        return [SlotSet("answer", None), SlotSet("requested_slot", "answer" if talk.asking else None)]


class AskAnswer(TurnAction):
    """Put the pending question into words."""

    action_name = "action_ask_answer"

    def act(self, talk: Talk) -> None:
        asking.say_question(talk)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        await self.guarded(tracker, self.work(self.talk(tracker)))
        return []
