"""The application's side of the engine's door (``channel.py`` is the other)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Literal, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from assistant.foundation import tls

IDLE_SECONDS = 10.0
"""Connections unused for longer are closed by us, well before the engine closes its end (30 s)."""
AT_ONCE = 64
"""Turns, and readings, the engine is given at a time: it is one process, and hundreds at its door cost both sides much."""


class EngineUnavailable(RuntimeError):
    """The engine did not answer, or not as agreed. ``reason`` is for logs and metrics and quotes no citizen."""

    def __init__(
        self, reason: Literal["unreachable", "timeout", "not_ready", "unauthorised", "refused", "failed", "garbled"]
    ) -> None:
        """``reason`` is one of a closed list."""
        super().__init__(f"language engine: {reason}")
        self.reason = reason


class Asking(BaseModel):
    """What the citizen was asked last. ``free_text`` means that any words may be the answer; ``type`` is that of a field."""

    field: str
    kind: str
    free_text: bool = False
    type: str | None = None


class Ranked(BaseModel):
    """One possible intent."""

    name: str
    confidence: float = Field(ge=0, le=1)


class Entity(BaseModel):
    """A value in a sentence: ``text[start:end]``. It is personal data as often as not: no log may hold it."""

    model_config = ConfigDict(frozen=True)

    entity: str = Field(
        description="id_number, uscc, phone, email, date, amount, area, address, district or person_name", examples=["date"]
    )
    value: str = Field(
        description="The normal form: ISO 8601 for a date, yuan or square metres as a decimal, a phone number without blanks, "
        "a code in capitals, a district's full name.",
        examples=["2026-11-10"],
    )
    start: int = Field(ge=0, description="Offset of the first character in the text as sent.")
    end: int = Field(ge=0, description="Offset behind the last one.")
    valid: bool | None = Field(default=None, description="Whether the check digit holds; only for id_number and uscc.")

    @model_serializer(mode="wrap")
    def _said(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """``valid`` is left out where there is no check digit."""
        given: dict[str, Any] = serialise(self)
        return given if self.valid is not None else {key: value for key, value in given.items() if key != "valid"}


class Parse(BaseModel):
    """The engine's reading of a sentence; ``actions`` ran in a turn, in this order."""

    model_config = ConfigDict(frozen=True)

    intent: str
    confidence: float = Field(ge=0, le=1)
    ranking: list[Ranked] = []
    entities: list[Entity] = []
    actions: list[str] = []


class EngineClient:
    """Talks to one engine over kept-alive connections. Nothing is retried: a turn that was cut off may have run its actions."""

    def __init__(
        self, base_url: str, token: str, timeout: float = 10.0, *, turn_timeout: float | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        """``timeout`` is in seconds, with the wait for a place; ``turn_timeout`` that of a turn; ``transport`` is for tests."""
        self._timeout, self._turn_timeout = timeout, turn_timeout or timeout
        # One queue for each kind: an action in a turn that read something would otherwise wait for places that turns hold.
        self._places: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._http = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/webhooks/bandao",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout, connect=min(timeout, 2.0)),
            limits=httpx.Limits(max_connections=2 * AT_ONCE, keepalive_expiry=IDLE_SECONDS),
            transport=transport,
            # The engine is on this machine or the next: an outbound proxy of the environment is never on the way.
            trust_env=False,
            verify=tls.context(False),
        )

    async def turn(self, sender: str, text: str, asking: Asking | dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
        """Run one turn: read ``text``, predict, call the actions.

        Args:
            sender: the conversation id; the actions see it as ``tracker.sender_id``.
            text: the words, or ``/intent`` where the intent is certain (``/choose``, ``/provide``).
            asking: what was asked last, or None; the form is open exactly when something is asked.
            slots: ``conversation_id``, ``case_no``, ``guide_code``; identifiers only.

        Raises:
            EngineUnavailable: when there is no proper answer in time.
        """
        return await self._post(
            "/turn", {"sender": sender, "text": text, "asking": _plain(asking), "slots": slots}, timeout=self._turn_timeout
        )

    async def parse(self, text: str, asking: Asking | dict[str, Any] | None = None) -> Parse:
        """Read ``text`` without a conversation.

        Raises:
            EngineUnavailable: when there is no proper answer in time.
        """
        return await self._post("/parse", {"text": text, "asking": _plain(asking)})

    async def parse_many(self, texts: Sequence[str], asking: Asking | dict[str, Any] | None = None) -> list[Parse]:
        """Read several texts in one call, for instance the clauses of a sentence; at most eight.

        Raises:
            EngineUnavailable: when there is no proper answer in time.
        """
        given = await self._fetch("/parse", {"texts": list(texts), "asking": _plain(asking)})
        readings = given.get("readings") if isinstance(given, dict) else None
        if not isinstance(readings, list) or len(readings) != len(texts):
            raise EngineUnavailable("garbled")
        return [_parsed(reading) for reading in readings]

    async def ready(self) -> bool:
        """Whether the engine is up and has loaded its model."""
        try:
            return (await self._http.get("/health", timeout=2.0)).status_code == HTTPStatus.OK
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _post(self, path: str, body: dict[str, Any], timeout: float | None = None) -> Parse:
        return _parsed(await self._fetch(path, body, timeout))

    async def _fetch(self, path: str, body: dict[str, Any], timeout: float | None = None) -> Any:
        patience = timeout or self._timeout
        limits = httpx.Timeout(patience, connect=min(patience, 2.0))
        try:
            async with asyncio.timeout(patience), self._places[path]:
                answer = await self._http.post(path, json=body, timeout=limits)
        except (httpx.TimeoutException, TimeoutError) as error:
            raise EngineUnavailable("timeout") from error
        except httpx.HTTPError as error:
            raise EngineUnavailable("unreachable") from error
        if answer.status_code != HTTPStatus.OK:
            raise EngineUnavailable(_REASONS.get(answer.status_code, "failed"))
        try:
            return answer.json()
        except ValueError as error:
            raise EngineUnavailable("garbled") from error


def _parsed(given: Any) -> Parse:
    try:
        return Parse(
            intent=given["intent"]["name"],
            confidence=given["intent"]["confidence"],
            ranking=given.get("intent_ranking", []),
            entities=given.get("entities", []),
            actions=given.get("actions", []),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise EngineUnavailable("garbled") from error


_REASONS: dict[int, Literal["not_ready", "unauthorised", "refused"]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: "not_ready",
    HTTPStatus.UNAUTHORIZED: "unauthorised",
    HTTPStatus.BAD_REQUEST: "refused",
}


def _plain(asking: Asking | dict[str, Any] | None) -> dict[str, Any] | None:
    return asking.model_dump() if isinstance(asking, Asking) else asking
