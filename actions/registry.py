"""All actions as a list one can read, and the executor that runs them for Rasa's calls."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions.base import TurnAction
from actions.case import Apply, AskAnswer, Back, DialogueAct, Restart, ValidateCaseForm
from actions.service import AnswerQuestion, CheckProgress, Complaint, OutOfScope, Rate, Smalltalk, ToHuman
from assistant.conversation.turn import TurnRunner

ACTIONS: tuple[type[TurnAction], ...] = (
    Apply,
    AnswerQuestion,
    CheckProgress,
    ToHuman,
    Complaint,
    Smalltalk,
    OutOfScope,
    Rate,
    DialogueAct,
    Back,
    Restart,
    ValidateCaseForm,
    AskAnswer,
)


def executor(runner: TurnRunner) -> ActionExecutor:
    """rasa-sdk's executor with every action registered."""
    made = ActionExecutor()
    for action in ACTIONS:
        made.register_action(action(runner))
    return made
