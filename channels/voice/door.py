"""WS /api/v1/kiosk/listen: a kiosk that waits for somebody to speak to it. No conversation, nothing kept.

Up: ``{"type": "hello"}``, then sound as at the voice socket. Down: whether it listens, hears or thinks, and once that she called.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Literal

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ValidationError

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import use_language
from assistant.speech.engines.base import EngineError
from assistant.speech.frames import BadFrame, Message, Sound, unpack
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.script import language_of
from assistant.speech.overhearing import Overhearing
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.served import region_of
from channels.voice import wire
from channels.voice.calling import called, without_greeting
from channels.voice.engines import Engines, engines_of
from channels.voice.understanding import Understanding, Words

router = APIRouter(tags=["conversation"])
log = get_logger(__name__)
LIFE_SECONDS = 600.0
"""Then the page connects anew: a socket nobody looks after ends by itself."""
PER_MINUTE = 60
"""Utterances recognised for one address, behind which a whole hall may stand; what is more is passed over."""
_WAITING = 200
"""Pieces of sound kept while words are made of what was said; the oldest go first."""


class Hello(BaseModel):
    """Where the kiosk stands and what it shows."""

    type: Literal["hello"]
    rate: Literal[16000] = 16000
    locale: Literal["zh-CN", "zh-Hant", "en"] = "zh-CN"
    region: str | None = None


@router.websocket("/api/v1/kiosk/listen")
async def listen(websocket: WebSocket) -> None:
    """See the module's docstring. Closes with 1000 when she called or after ten minutes, 4403 where it is switched off, 4429
    where as many listen as may, 4503 where nothing here can hear, 1008 for who does not say hello."""
    parts, shelf = parts_of(websocket), engines_of(websocket)
    await websocket.accept()
    if not parts.settings.voice_start or shelf.doors >= parts.settings.voice_start:
        await websocket.close(code=wire.TOO_MANY if parts.settings.voice_start else wire.SWITCHED_OFF)
        return
    shelf.doors += 1
    try:
        hello = Hello.model_validate_json(await asyncio.wait_for(websocket.receive_text(), wire.HELLO_SECONDS))
        region = region_of(parts, hello.region)
        engines = await asyncio.to_thread(shelf.opened, parts.settings)
        words = await asyncio.to_thread(shelf.words, parts.guides.catalogue, region)
        with use_language(hello.locale), suppress(TimeoutError):
            async with asyncio.timeout(LIFE_SECONDS):
                await _Door(parts, websocket, hello, engines, words).keep()
        await websocket.close()
    except (TimeoutError, ValidationError, Problem):
        await websocket.close(code=1008, reason="hello")
    except (WebSocketDisconnect, ConnectionError, RuntimeError):
        pass  # nobody is there any more
    except EngineError as error:
        log.warning("voice.no_recogniser", code=error.code, reason=str(error))
        await wire.deliver(websocket, wire.problem("no_voice"))
        await websocket.close(code=wire.NO_VOICE, reason=error.code)
    finally:
        shelf.doors -= 1


class _Door:
    """One kiosk that waits."""

    def __init__(self, parts: Parts, websocket: WebSocket, hello: Hello, engines: Engines, words: Words) -> None:
        self._parts, self._websocket, self._hello, self._engines = parts, websocket, hello, engines
        self._address = websocket.client.host if websocket.client else "unknown"
        self._understanding = Understanding(parts, words)
        self._hints = words.hints.of(Asked())
        self._sounds: asyncio.Queue[Sound] = asyncio.Queue(_WAITING)
        self._state = ""

    async def keep(self) -> None:
        """Until she called. Raises WebSocketDisconnect or ConnectionError when the kiosk is gone."""
        activity = await asyncio.to_thread(self._engines.activity)
        await self._tell({"type": "ready", "recogniser": self._engines.recogniser.name, "activity": activity.name})
        await self._show("listening")
        hearing = asyncio.create_task(self._hear(Overhearing(activity)))
        receiving = asyncio.create_task(self._receive())
        try:
            done, _ = await asyncio.wait({hearing, receiving}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (hearing, receiving):
                task.cancel()
            await asyncio.gather(hearing, receiving, return_exceptions=True)

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect
            if (sound := message.get("bytes")) is None:
                continue
            if self._sounds.full():
                self._sounds.get_nowait()
            with suppress(BadFrame):
                self._sounds.put_nowait(unpack(sound))

    async def _hear(self, overhearing: Overhearing) -> None:
        while True:
            said = overhearing.put(await self._sounds.get())
            if said is not None and self._parts.per_door.take(self._address) == 0:
                await self._show("thinking")
                if await self._called(said):
                    return
            await self._show("hearing" if overhearing.hearing else "listening")

    async def _called(self, said: Any) -> bool:
        try:
            heard = await self._engines.overhear(said, self._hints)
        except EngineError as error:
            log.warning("voice.door_failed", code=error.code)
            return False
        if not heard.text:
            return False
        wish = await self._understanding(heard.text, None)
        text = getattr(wish, "text", None) or heard.text
        found = await asyncio.to_thread(called, self._parts, text)
        if found is None:
            return False
        log.info("voice.called", send=found.send)
        text = without_greeting(text)
        language = language_of(text, "en" if heard.language == "en" else "zh")
        await self._tell({"type": "called", "text": text, "send": found.send, "language": language})
        return True

    async def _show(self, state: str) -> None:
        if state != self._state:
            self._state = state
            await self._tell({"type": "state", "state": state})

    async def _tell(self, body: dict[str, Any]) -> None:
        await wire.deliver(self._websocket, Message(body))
