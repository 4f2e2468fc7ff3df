"""What the steps of one kiosk's pipeline share: the engines, whose turn it is, what is asked, and the way to the kiosk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from assistant.speech.engines.base import Activity, Heard, Spoken
from assistant.speech.frames import Answer, Frame, Message, Prompt, Wish, Words
from assistant.speech.signals import Asks, Begins, Cuts, Drops, Ends, Pauses, Resumes, Signal, Silences, Takes, TooLong
from assistant.speech.turns import State, Turns

log = get_logger(__name__)


class Clock(Protocol):
    """The room's clock, in milliseconds from anywhere."""

    def now(self) -> int:
        """Now."""
        ...

    async def sleep(self, ms: int) -> None:
        """Waits."""
        ...


class Running:
    """The clock of a room that is not being tested."""

    def now(self) -> int:
        """Milliseconds since the event loop began."""
        return int(asyncio.get_running_loop().time() * 1000)

    async def sleep(self, ms: int) -> None:
        """Waits."""
        await asyncio.sleep(ms / 1000)


class WishFailed(Exception):
    """The conversation could not take a wish; `code` names the message that says why: speech.problem_<code>."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Hear = Callable[[Any, Sequence[str]], Awaitable[Heard]]
Say = Callable[[str, float], Awaitable[Spoken]]
Brain = Callable[[Wish], Awaitable[Mapping[str, Any]]]
Mean = Callable[[str, Mapping[str, Any] | None], Awaitable[Wish | Prompt]]


@dataclass
class Room:
    """One kiosk. `hear` and `say` run the engines in threads of their own; `brain` is the conversation; `deliver` sends.

    `mean` may have something said before the conversation hears of it; `forget` tells it that she answered otherwise.
    `ask` is the question asked now, as the API has it; `hints` are the words its answer may hold.
    """

    turns: Turns
    activity: Activity
    hear: Hear
    say: Say | None
    brain: Brain
    mean: Mean
    deliver: Callable[[Message], Awaitable[None]]
    forget: Callable[[], None] = lambda: None
    hints: Callable[[Mapping[str, Any] | None], Sequence[str]] = lambda _ask: ()
    clock: Clock = field(default_factory=Running)
    speed: float = 1.0
    ask: Mapping[str, Any] | None = None
    put: Callable[[Frame], Awaitable[None]] = field(init=False)
    silence: Callable[[], Awaitable[None]] = field(init=False)
    _state: State | None = None
    _told: dict[str, int] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def heed(self, signals: Sequence[Signal]) -> None:
        """Does what turn-taking decided."""
        for signal in signals:
            match signal:
                case Silences():
                    await self.silence()
                case Takes():
                    await self.put(Words(signal.text, signal.at_ms))
                case Asks():
                    await self.prompt(t(f"speech.turn_{signal.how}"), touch=signal.how == "touch")
                case TooLong():
                    await self.problem("talk_too_long")
                case Begins() | Pauses() | Ends() | Drops():
                    pass  # the step that has the sound sees to these
                case Resumes() | Cuts():
                    pass  # what was not played is next in line again, or no longer that of the reply in hand
        await self.tell_state()
        self._changed.set()

    async def prompt(self, text: str, *, touch: bool = False) -> None:
        """Says `text` without asking the conversation; with `touch`, points at the screen."""
        if touch:
            await self.deliver(Message({"type": "problem", "code": "touch", "text": text}))
        while self.turns.bound:
            await self.wait()
        reply, signals = self.turns.begins_reply()
        await self.heed(signals)
        await self.put(Answer(reply, {}, before=[text]))

    async def tell_state(self) -> None:
        """Says what the kiosk is to show, if that has changed."""
        if (state := self.turns.state) != self._state:
            self._state = state
            await self.deliver(Message({"type": "state", "state": state}))

    async def problem(self, code: str, *, every_ms: int = 10_000) -> None:
        """Says what is wrong and what to do, in simple words; the same again only after a while."""
        now = self.clock.now()
        if now - self._told.get(code, -every_ms) < every_ms:
            return
        self._told[code] = now
        log.info("speech.problem", code=code)
        await self.deliver(Message({"type": "problem", "code": code, "text": t(f"speech.problem_{code}")}))

    async def wait(self, most_ms: int = 50) -> None:
        """Until something changed in whose turn it is, or a moment has passed."""
        self._changed.clear()
        waiting = [asyncio.ensure_future(self._changed.wait()), asyncio.ensure_future(self.clock.sleep(most_ms))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
