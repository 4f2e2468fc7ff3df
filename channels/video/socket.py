"""The socket of one page of a call: what it says is heard, what the other one says and every change of the call is told.

What is told is read from the database after every bell and now and then without one, so the other page may be at another
process of the app: from there it comes up to half a second later.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from assistant.conversation.model import Conversation
from assistant.conversation.replying import readable
from assistant.desk import books
from assistant.desk.accounts import Operator
from assistant.foundation.messages import CHINESE, t, use_language
from channels.parts import Parts
from channels.video import recordings, store
from channels.video.call import ENDED, LIVE, Call, Party, Refused
from channels.video.calls import Calls, consent, view
from channels.video.messages import MOST_CHARACTERS, SAID
from channels.video.servers import ice_servers

LOOK_SECONDS = 0.5
IDLE_SECONDS = 3.0
"""How often the database is asked without a bell: while a call goes on, and while none does."""
BEAT_SECONDS = 10.0
STALLED_SECONDS = 10.0
MOST_IN = 150
WITHIN_SECONDS = 10.0
"""More messages than that in that time are no call: the socket is closed."""
_NOTHING = ("", -1)
PAGE = r"^[0-9a-zA-Z-]{8,64}$"


@dataclass
class Line:
    """One page's socket. ``still`` says, from time to time, whether it may still be here."""

    parts: Parts
    calls: Calls
    socket: WebSocket
    conv: Conversation
    party: Party
    page: str
    who: Operator | None = None
    still: Callable[[], Awaitable[bool]] | None = None
    resume: tuple[str, int] = ("", 0)
    _said: deque[float] = field(default_factory=deque)
    _told: tuple[str, int] = _NOTHING
    _seq: int = 0

    async def run(self) -> None:
        """Until the page closes it, takes nothing any more or may no longer be here."""
        bell = self.parts.hub.subscribe(self.conv.id)
        hearing, telling = asyncio.create_task(self._hear()), asyncio.create_task(self._tell(bell))
        try:
            await asyncio.wait({hearing, telling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.parts.hub.unsubscribe(self.conv.id, bell)
            for task in (hearing, telling):
                task.cancel()
            done = await asyncio.gather(hearing, telling, return_exceptions=True)
        code = next((one for one in done if isinstance(one, int)), 1000)
        with suppress(RuntimeError, WebSocketDisconnect):  # the page may have gone first
            await self.socket.close(code=code)
        for error in done:
            if isinstance(error, Exception) and not isinstance(error, WebSocketDisconnect | ConnectionError):
                raise error

    async def _hear(self) -> int:
        """The code to close with."""
        while True:
            text = await self.socket.receive_text()
            now = time.monotonic()
            self._said.append(now)
            while self._said[0] < now - WITHIN_SECONDS:
                self._said.popleft()
            if len(self._said) > MOST_IN:
                return 1008
            if len(text) > MOST_CHARACTERS:
                return 1009
            try:
                said = SAID.validate_json(text)
                await asyncio.to_thread(self.calls.hear, self.conv.id, self.party, said, self.page, self.who)
            except ValidationError:
                await self._problem("not_taken")
            except Refused as refused:
                await self._problem(refused.code)

    async def _tell(self, bell: asyncio.Event) -> int:
        beat = 0.0
        while True:
            if time.monotonic() >= beat + BEAT_SECONDS:
                beat = time.monotonic()
                if self.still is not None and not await self.still():
                    return 4401
                await self._send({"type": "ping"})
                beating = True
            else:
                beating = False
            call, state, said = await asyncio.to_thread(self._look)
            if state is not None:
                await self._send(state)
            for seq, body in said:
                self._seq = seq
                await self._send({**body, "seq": seq})
            if call is not None and call.state == LIVE and call.seat(self.party).page == self.page and beating:
                await asyncio.to_thread(self.calls.seen, call.id, self.party, self.page)
            await self.parts.hub.wait(bell, IDLE_SECONDS if call is None else LOOK_SECONDS)

    def _look(self) -> tuple[Call | None, dict[str, Any] | None, list[tuple[int, dict[str, Any]]]]:
        """The call under way, the state to be told where it is news, and what was said to this page."""
        with self.parts.db.read() as conn:
            shown = store.latest(conn, self.conv.id)
            call = shown if shown is not None and shown.state != ENDED else None
            mark = (shown.id, shown.revision) if shown else ("", 0)
            if call is not None and call.id != self._told[0]:
                resumed = self.resume[0] == call.id and call.seat(self.party).page == self.page
                self._seq = self.resume[1] if resumed else store.last(conn, call.id)
            # of one that was over before this page came nothing is said, but of one that has just been
            before = self._told == _NOTHING and call is None and (shown is None or shown.id != self.resume[0])
            state = self._state(conn, None if before else shown) if mark != self._told else None
            self._told = mark
            mine = call is not None and call.state == LIVE and call.seat(self.party).page == self.page
            said = list(store.after(conn, call.id, self.party, self._seq)) if call is not None and mine else []
        return call, state, said

    def _state(self, conn: Any, call: Call | None) -> dict[str, Any]:
        settings = self.parts.settings
        name = books.name_of(conn, call.staff_id) if call and call.staff_id else None
        told: dict[str, Any] = {"type": "state", "call": view(call, self.party, self.page, name)}
        if call is not None and call.state != ENDED:
            told["ice_servers"] = ice_servers(settings, f"{self.party}-{call.id[:8]}", self.parts.clock.now())
            told["may_record"] = settings.video_recording
            if self.party is Party.CITIZEN and call.recording == "asked":
                words = consent(settings, self.conv.locale)
                told["consent"] = {"text": words.text, "sha256": words.sha256}
            if self.party is Party.STAFF and call.recording == "on":
                told["recording_id"] = recordings.running(conn, call.id)
        return told

    async def _problem(self, code: str) -> None:
        language = self.conv.locale if self.party is Party.CITIZEN else CHINESE
        with use_language(language):
            text = readable(t(f"video.problem_{code}"), language)
        await self._send({"type": "problem", "code": code, "text": text})

    async def _send(self, body: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                await self.socket.send_text(orjson.dumps(body).decode())
        except (RuntimeError, TimeoutError) as error:
            raise ConnectionError("the page is gone") from error
