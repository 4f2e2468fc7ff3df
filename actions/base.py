"""The glue between a predicted action and the rooms that do the work: find the turn, let it change, tell Rasa what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from assistant.casework.flow import answering, prefilling, slots, withdrawing
from assistant.casework.flow.talk import Talk
from assistant.conversation.turn import TurnRunner
from assistant.foundation.messages import use_language

FORM = "case_form"
#: Below this the engine guesses: on the development sentences what it knows stands above, what it does not below.
SURE = 0.45


class TurnAction(Action):  # type: ignore[misc]  # rasa-sdk publishes no types
    """An action that works on the running turn. Subclasses say which one they are and what they do.

    Replies never travel through Rasa; they stay on the turn. When the app is asking something afterwards and the form
    is not open yet, the form follows, so that the next message is read as an answer.
    """

    action_name = ""
    #: While something is asked, a reading the engine hardly believes in gives way to the nearest one: an answer.
    gives_way = True
    slow_when_asking: frozenset[str] = frozenset()

    def __init__(self, runner: TurnRunner) -> None:
        self.runner = runner

    def name(self) -> str:
        """The name in ``domain.yml``."""
        return self.action_name

    def yields(self, talk: Talk) -> bool:
        """Whether the words are to be read as an answer after all."""
        return self.gives_way and talk.asking is not None and talk.confidence < SURE

    def act(self, talk: Talk) -> None:
        """Do the work on the turn."""
        raise NotImplementedError(self.action_name)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        talk = self.talk(tracker)
        if slots.wanted(talk):  # 取消预约 takes nothing else back
            await self.guarded(tracker, asyncio.to_thread(slots.serve, talk))
        elif withdrawing.wanted(talk):
            await self.guarded(tracker, asyncio.to_thread(withdrawing.offer, talk))
        elif self.yields(talk):
            await self.guarded(tracker, asyncio.to_thread(answering.take, talk))
        else:
            await self.guarded(tracker, self.work(talk))
        if talk.asking and not (tracker.active_loop or {}).get("name"):
            return [FollowupAction(FORM)]
        return []

    async def guarded(self, tracker: Tracker, work: Awaitable[None]) -> None:
        """Do the work. Rasa swallows an action's error, so the turn is told: it must not be saved half done."""
        try:
            # Rasa calls back in a task of its own, which knows nothing of the turn's language
            with use_language(self.runner.current(tracker.sender_id).talk.language):
                await work
        except Exception as error:
            self.runner.current(tracker.sender_id).failure = error
            raise

    async def work(self, talk: Talk) -> None:
        """Run ``act``; where it makes documents or may ask a register, off the event loop."""
        if talk.asking in self.slow_when_asking or prefilling.reaches_out(talk):
            await asyncio.to_thread(self.act, talk)
        else:
            self.act(talk)

    def talk(self, tracker: Tracker) -> Talk:
        """The running turn's ``Talk``, with what the engine understood."""
        talk = self.runner.current(tracker.sender_id).talk
        if talk.intent and talk.ranking:
            return talk  # read already; an action before this one may have settled on another intent
        intent = tracker.latest_message.get("intent") or {}
        talk.intent, talk.confidence = str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)
        talk.ranking = [
            (str(row.get("name")), float(row.get("confidence") or 0.0))
            for row in tracker.latest_message.get("intent_ranking") or []
        ]
        return talk
