"""WS /api/v1/conversations/{id}/voice: a kiosk's ears and mouth.

Up: first ``{"type": "hello"}``, then sound (see `assistant.speech.frames`) and what her hands do. Down: what was heard, turns,
sentences with their sound, and whatever is wrong, with what to do.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from assistant.conversation.model import Conversation
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import ENGLISH, use_language
from assistant.speech.engines.base import RATE, EngineError
from assistant.speech.frames import BadFrame, Doubling, Message, Wish, unpack
from assistant.speech.pipeline import Pipeline
from assistant.speech.room import Room
from assistant.speech.steps.mouth import expecting
from assistant.speech.turns import Turns
from channels.access import socket_conversation
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.voice import wire
from channels.voice.brain import Brain
from channels.voice.engines import Engines, engines_of
from channels.voice.understanding import Understanding

router = APIRouter(tags=["conversation"])
log = get_logger(__name__)


class Hello(BaseModel):
    """The first thing a kiosk says of itself. `rate` is its microphone's; one of 8 kHz is heard as well as a telephone is."""

    type: Literal["hello"]
    rate: Literal[8000, 16000] = 16000
    loudspeaker: bool = True
    full_duplex: bool = False
    speed: float = Field(default=1.0, ge=0.5, le=2.0)


class Stop(BaseModel):
    """Be silent."""

    type: Literal["stop"]


class Send(BaseModel):
    """She answered on the screen."""

    type: Literal["send"]
    client_message_id: str | None = Field(default=None, min_length=1, max_length=100)
    text: str | None = Field(default=None, max_length=20_000)
    choice: str | list[str] | None = None


class Played(BaseModel):
    """So many milliseconds of an utterance have been played."""

    type: Literal["played"]
    utterance: int = Field(ge=0)
    ms: int = Field(ge=0)


class Mute(BaseModel):
    """The microphone was switched off or on."""

    type: Literal["mute"]
    on: bool


class Still(BaseModel):
    """Nobody has stirred for a while: she is asked aloud whether she is still there, unless something else goes on."""

    type: Literal["still"]


_SAID: TypeAdapter[Hello | Stop | Send | Played | Mute | Still] = TypeAdapter(Hello | Stop | Send | Played | Mute | Still)


@router.websocket("/api/v1/conversations/{conversation_id}/voice")
async def voice(websocket: WebSocket, conversation_id: str) -> None:
    """See the module's docstring. Closes with 4401 or 4404 like the socket of events, 4503 where nothing here can hear."""
    parts = parts_of(websocket)
    try:
        conv = await socket_conversation(parts, websocket, conversation_id)
    except Problem as problem:
        await websocket.close(code=4401 if problem.status == 401 else 4404, reason=problem.code)
        return
    await websocket.accept()
    with use_language(conv.locale):
        try:
            hello = await asyncio.wait_for(_hello(websocket), wire.HELLO_SECONDS)
            engines = await asyncio.to_thread(engines_of(websocket).opened, parts.settings)
        except (TimeoutError, ValidationError):
            await websocket.close(code=1008, reason="hello")
            return
        except WebSocketDisconnect:
            return
        except EngineError as error:
            log.warning("voice.no_recogniser", code=error.code, reason=str(error))
            await wire.deliver(websocket, wire.problem("no_voice"))
            await websocket.close(code=wire.NO_VOICE, reason=error.code)
            return
        await _converse(parts, websocket, conv, hello, engines)


async def _hello(websocket: WebSocket) -> Hello:
    return Hello.model_validate_json(await websocket.receive_text())


async def _converse(parts: Parts, websocket: WebSocket, conv: Conversation, hello: Hello, engines: Engines) -> None:
    mouth = engines.synthesiser if hello.loudspeaker else None
    address = websocket.client.host if websocket.client else "unknown"
    catalogue = parts.guides.catalogue
    words = await asyncio.to_thread(engines_of(websocket).words, catalogue, conv.region or parts.settings.region)
    understanding = Understanding(parts, words)

    one_at_a_time = asyncio.Lock()

    async def deliver(message: Message) -> None:
        async with one_at_a_time:  # a sentence and its sound are two messages
            await wire.deliver(websocket, message)

    room = Room(
        turns=Turns(full_duplex=hello.full_duplex or mouth is None),
        activity=await asyncio.to_thread(engines.activity),
        hear=engines.hear,
        say=engines.say if mouth else None,
        brain=Brain(parts, conv, address),
        mean=understanding,
        forget=understanding.forget,
        deliver=deliver,
        hints=understanding.hints,
        tried=understanding.tried,
        language="en" if conv.locale == ENGLISH else "zh",
        locale=conv.locale,
        speed=hello.speed,
        ask=conv.state.ask.model_dump(mode="json") if conv.state.ask else None,
    )
    room.turns.listening.expecting = expecting(room.ask)
    pipeline = Pipeline(room)
    ready = {
        "type": "ready",
        "recogniser": engines.recogniser.name,
        "synthesiser": mouth.name if mouth else None,
        "activity": room.activity.name,
        "demo_only": mouth.demo_only if mouth else False,
    }
    with engines.shared(), suppress(WebSocketDisconnect, ConnectionError, TimeoutError):
        await deliver(Message(ready))
        running = asyncio.create_task(pipeline.run())
        listening = asyncio.create_task(_listen(websocket, pipeline, Doubling() if hello.rate * 2 == RATE else None))
        try:
            done, _ = await asyncio.wait({running, listening}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if (error := task.exception()) is not None and not _gone(error):
                    log.error("voice.broke", error=repr(error))
        finally:
            for task in (running, listening):
                task.cancel()
            await asyncio.gather(running, listening, return_exceptions=True)
    with suppress(RuntimeError):
        await websocket.close()


def _gone(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_gone, error.exceptions))
    return isinstance(error, WebSocketDisconnect | ConnectionError | TimeoutError)


async def _listen(websocket: WebSocket, pipeline: Pipeline, doubling: Doubling | None) -> None:
    """What comes up, until the socket closes."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if (sound := message.get("bytes")) is not None:
            try:
                piece = unpack(sound)
                await pipeline.hear(doubling(piece) if doubling else piece)
            except BadFrame:
                await pipeline.room.problem("bad_sound")
            continue
        try:
            said = _SAID.validate_json(message.get("text") or "")
        except ValidationError:
            await pipeline.room.problem("not_taken")
            continue
        match said:
            case Send(text=text, choice=choice) if (text is None) != (choice is None):
                await pipeline.touch(Wish(text=text, choice=choice, message_id=said.client_message_id))
            case Send():
                await pipeline.room.problem("not_taken")
            case Stop():
                await pipeline.stop()
            case Played():
                pipeline.playout.played(said.utterance, said.ms)
            case Mute():
                await pipeline.mute(said.on)
            case Still():
                await pipeline.wonder()
            case Hello():
                pass  # said again after nothing was lost
