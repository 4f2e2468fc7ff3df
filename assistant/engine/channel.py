"""The door by which the application reaches Rasa, loaded inside Rasa's process by ``credentials.yml``.

The application's database knows the dialogue; Rasa only predicts. So every turn brings along what is being asked and
which case is open, and the tracker is set to exactly that before the message is handled. Nothing a citizen reads
travels back this way: the actions hand their replies to the application themselves.

``POST turn``  ``{sender, text, asking: null | {field, kind, free_text, type}, slots: {conversation_id, case_no, guide_code}}``
``POST parse`` ``{text, asking}``: the same reading, no tracker touched; ``{texts: […], asking}`` reads several and answers
               ``{readings: […]}`` in their order.
``GET  health`` 200 when a model is loaded, 503 before.

All but health want ``Authorization: Bearer <token>``. Answers are ``{intent, intent_ranking, entities}``, for a turn
also ``actions``; the offsets of entities are those of ``text`` as it came; errors ``{error: code, message}``.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.engine import tuning

logger = logging.getLogger(__name__)

FORM = "case_form"
ANSWER = "answer"
CARRIED = ("conversation_id", "case_no", "guide_code")
"""Slots the application sets with every turn; they hold identifiers only."""

MOST_TEXTS = 8
"""Clauses of one sentence that are read in one call."""

DEFAULT_INTENTS_OF_RASA = frozenset({"session_start", "nlu_fallback"})

Handler = Callable[[UserMessage], Awaitable[Any]]

tuning.apply()


class BadTurn(ValueError):
    """The request does not have the shape this module's first lines describe."""


def alignment(tracker: DialogueStateTracker, asking: bool, slots: dict[str, Any]) -> list[Event]:
    """The events that bring ``tracker`` to what the database knows, whatever it remembers itself."""
    events: list[Event] = [SlotSet(name, slots.get(name)) for name in CARRIED if tracker.get_slot(name) != slots.get(name)]
    if tracker.get_slot(ANSWER) is not None:
        events.append(SlotSet(ANSWER, None))
    wanted = FORM if asking else None
    if tracker.active_loop_name != wanted or tracker.is_active_loop_rejected:
        events.append(ActiveLoop(wanted))
    requested = ANSWER if asking else None
    if tracker.get_slot(REQUESTED_SLOT) != requested:
        events.append(SlotSet(REQUESTED_SLOT, requested))
    if tracker.latest_action_name != ACTION_LISTEN_NAME or tracker.followup_action:
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return events


def shorthand(text: str, domain: Domain) -> str | None:
    """The intent named by ``/intent``, or None. Only the domain's own intents count: ``/session_start`` is a
    sentence like any other.
    """
    name = text[1:] if text.startswith("/") else ""
    return name if name in domain.intents and name not in DEFAULT_INTENTS_OF_RASA else None


async def read(processor: MessageProcessor, text: str, asking: dict[str, Any] | None) -> dict[str, Any]:
    """Intent, ranking and entities of ``text``; ``asking`` helps to tell an answer from a question."""
    named = shorthand(text.strip(), processor.domain)
    if named:
        certain = {"name": named, "confidence": 1.0}
        return {"text": text.strip(), "intent": certain, "intent_ranking": [certain], "entities": []}
    # Rasa would read a leading slash as its own shorthand; a citizen's slash is only a slash.
    said = text.strip().lstrip("/").strip()
    parsed = await processor.parse_message(UserMessage(said or "?", metadata={"asking": asking}))
    left_out = text.index(said)
    return {
        "text": text.strip(),
        "intent": {"name": parsed["intent"]["name"], "confidence": parsed["intent"]["confidence"]},
        "intent_ranking": parsed.get("intent_ranking", []),
        "entities": [
            {**value, "start": value["start"] + left_out, "end": value["end"] + left_out} for value in parsed.get("entities", [])
        ],
    }


def _text(body: dict[str, Any]) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadTurn("text must be a string that is not blank")
    return text


def _asking(body: dict[str, Any]) -> dict[str, Any] | None:
    asking = body.get("asking")
    if asking is not None and not isinstance(asking, dict):
        raise BadTurn("asking must be null or an object")
    return asking


def _problem(status: int, code: str, message: str) -> HTTPResponse:
    return response.json({"error": code, "message": message}, status=status)


class BandaoInput(InputChannel):  # type: ignore[misc]
    """The input channel ``bandao``; mounted by Rasa under ``/webhooks/bandao``."""

    def __init__(self, token: str) -> None:
        """``token`` is the secret shared with the application."""
        self._expected = f"Bearer {token}".encode()

    @classmethod
    def name(cls) -> str:
        """Part of the URL."""
        return "bandao"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> BandaoInput:
        """Build from ``credentials.yml``.

        Raises:
            ValueError: without a token; an open door is no default.
        """
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError("credentials.yml names no token for the bandao channel")
        return cls(str(token))

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The three routes."""
        routes = Blueprint("bandao")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return _problem(503, "not_ready", "no model is loaded yet")
            return response.json({"status": "ok", "model": agent.model_name})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            return await self._guarded(request, lambda processor, body: self._turn(on_new_message, processor, body))

        @routes.post("/parse")
        async def parse(request: Request) -> HTTPResponse:
            return await self._guarded(request, self._parse)

        @routes.listener("after_server_stop")  # type: ignore[untyped-decorator, unused-ignore]
        async def close(*_: Any) -> None:
            await tuning.close_sessions()

        return routes

    async def _guarded(
        self, request: Request, work: Callable[[MessageProcessor, dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> HTTPResponse:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            return _problem(401, "unauthorised", "the bearer token is missing or wrong")
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return _problem(503, "not_ready", "no model is loaded yet")
        try:
            body = json.loads(request.body)
            if not isinstance(body, dict):
                raise BadTurn("the body must be a JSON object")
            return response.json(await work(agent.processor, body))
        except ValueError as error:  # JSON that is none, or a BadTurn
            return _problem(400, "bad_request", str(error))
        except Exception as error:
            # The message may quote the citizen; the class and place are enough to find the fault.
            logger.error("turn failed: %s", type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))
            return _problem(500, "engine_failed", type(error).__name__)

    @staticmethod
    async def _parse(processor: MessageProcessor, body: dict[str, Any]) -> dict[str, Any]:
        texts = body.get("texts")
        if texts is None:
            return _reading(await read(processor, _text(body), _asking(body)))
        if not isinstance(texts, list) or not 0 < len(texts) <= MOST_TEXTS:
            raise BadTurn(f"texts must be a list of 1 to {MOST_TEXTS} strings")
        return {"readings": [_reading(await read(processor, _text({"text": text}), _asking(body))) for text in texts]}

    @classmethod
    async def _turn(cls, on_new_message: Handler, processor: MessageProcessor, body: dict[str, Any]) -> dict[str, Any]:
        sender, text, asking, slots = body.get("sender"), _text(body), _asking(body), body.get("slots", {})
        if not isinstance(sender, str) or not sender:
            raise BadTurn("sender must be a string that is not empty")
        if not isinstance(slots, dict):
            raise BadTurn("slots must be an object")
        parsed = await read(processor, text, asking)
        tracker = await processor.get_tracker(sender)
        tracker.update_with_events(alignment(tracker, asking is not None, slots), processor.domain)
        await processor.save_tracker(tracker)
        # No prediction looks at the values; in the tracker they would only travel to every action, once more.
        heard = {**parsed, "entities": []}
        await on_new_message(UserMessage(text, CollectingOutputChannel(), sender, parse_data=heard, input_channel=cls.name()))
        after = await processor.tracker_store.retrieve(sender)
        return {**_reading(parsed), "actions": _ran(after)}


def _reading(parsed: dict[str, Any]) -> dict[str, Any]:
    return {key: parsed[key] for key in ("intent", "intent_ranking", "entities")}


def _ran(tracker: DialogueStateTracker) -> list[str]:
    """The actions run since the last utterance, in order, without listening."""
    ran: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME:
            ran.append(event.action_name)
    return ran[::-1]
