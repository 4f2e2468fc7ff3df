"""Actions of the same names as ours, as small as they can be: the way to them is measured. Loaded by rasa-sdk's server."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

QUESTIONS = 1_000
"""Answers that complete an interview: more than any measurement gives, so that every turn of one is a form turn."""

LEFT: dict[str, int] = {}
"""Questions still to be asked, by conversation."""


class _Said(Action):  # type: ignore[misc]
    """Says one sentence, and has the form ask while questions are left."""

    action_name: ClassVar[str] = ""

    def name(self) -> str:
        return self.action_name

    def change(self, tracker: Tracker) -> None:
        """What the action does before it speaks; nothing, for most."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        self.change(tracker)
        dispatcher.utter_message(text="好的。")
        is_open = bool((tracker.active_loop or {}).get("name"))
        return [FollowupAction("case_form")] if LEFT.get(tracker.sender_id) and not is_open else []


class Apply(_Said):
    action_name = "action_apply"

    def change(self, tracker: Tracker) -> None:
        LEFT[tracker.sender_id] = QUESTIONS


class ToHuman(_Said):
    action_name = "action_to_human"

    def change(self, tracker: Tracker) -> None:
        LEFT.pop(tracker.sender_id, None)


class AnswerQuestion(_Said):
    action_name = "action_answer_question"


class CheckProgress(_Said):
    action_name = "action_check_progress"


class Complaint(_Said):
    action_name = "action_complaint"


class Smalltalk(_Said):
    action_name = "action_smalltalk"


class OutOfScope(_Said):
    action_name = "action_out_of_scope"


class Rate(_Said):
    action_name = "action_rate"


class DialogueAct(_Said):
    action_name = "action_dialogue_act"


class Back(_Said):
    action_name = "action_back"


class Restart(_Said):
    action_name = "action_restart"


class AskAnswer(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "action_ask_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        dispatcher.utter_message(text=f"请回答下一项，还剩 {LEFT.get(tracker.sender_id, 0)} 项。")
        return []


class ValidateCaseForm(FormValidationAction):  # type: ignore[misc]
    """The documented way: ``required_slots`` says whether anything is asked, ``validate_answer`` takes an answer."""

    def name(self) -> str:
        return "validate_case_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[str]:
        return ["answer"] if LEFT.get(tracker.sender_id) else []

    def validate_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        LEFT[tracker.sender_id] = max(0, LEFT.get(tracker.sender_id, 0) - 1)
        return {"answer": None}
