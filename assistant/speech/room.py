"""What the steps of one kiosk's pipeline share: the engines, whose turn it is, what is asked, and the way to the kiosk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import language_of, t, use_language
from assistant.speech.engines.base import Activity, Heard, Spoken
from assistant.speech.frames import Acknowledgement, Answer, Frame, Message, Prompt, Wish, Words
from assistant.speech.hearing.attempts import Way
from assistant.speech.signals import (
    Acknowledges,
    Asks,
    Begins,
    Cuts,
    Drops,
    Ends,
    Hushes,
    Pauses,
    Resumes,
    Signal,
    Silences,
    Takes,
    TooLong,
)
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


class Hear(Protocol):
    """Sound to words; None where a pause is not worth it. Without `language` it is decided by ear."""

    def __call__(
        self, sound: Any, hints: Sequence[str], *, language: str | None, done: Callable[[], bool]
    ) -> Awaitable[Heard | None]:
        """`done` says at any moment whether she is done speaking, or only pauses."""
        ...


class Say(Protocol):
    """A sentence to sound."""

    def __call__(self, text: str, speed: float, *, first: bool) -> Awaitable[Spoken]:
        """`first` where she waits in silence for it."""
        ...


Offer = tuple[Way, str]
Brain = Callable[[Wish], Awaitable[Mapping[str, Any]]]
Mean = Callable[[str, Mapping[str, Any] | None], Awaitable[Wish | Prompt]]


@dataclass
class Room:
    """One kiosk. `hear` and `say` run the engines in threads of their own; `brain` is the conversation; `deliver` sends.

    `mean` may have something said before the conversation hears of it; `forget` tells it that she answered otherwise.
    `ask` is the question asked now, as the API has it; `hints` are the words its answer may hold. `tried` is told whether
    what she said did for that question, and knows when another way is to be offered. `language` is the one she spoke last.
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
    tried: Callable[[Mapping[str, Any] | None, bool], Offer | None] = lambda _ask, _well: None
    language: Literal["zh", "en"] = "zh"
    locale: str = "zh-CN"
    clock: Clock = field(default_factory=Running)
    speed: float = 1.0
    ask: Mapping[str, Any] | None = None
    put: Callable[[Frame], Awaitable[None]] = field(init=False)
    silence: Callable[[], Awaitable[None]] = field(init=False)
    hush: Callable[[], Awaitable[None]] = field(init=False)
    beside: list[str] = field(default_factory=list)
    """What is to be said before the next answer."""
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
                case Hushes():
                    await self.hush()
                case Acknowledges():
                    await self.put(Acknowledgement(signal.known))
                case Asks():
                    await self._ask_again(signal.how)
                case TooLong():
                    await self.problem("talk_too_long")
                case Begins() | Pauses() | Ends() | Drops():
                    pass  # the step that has the sound sees to these
                case Resumes() | Cuts():
                    pass  # what was not played is next in line again, or no longer that of the reply in hand
        await self.tell_state()
        self._changed.set()

    async def _ask_again(self, how: Literal["again", "silent", "touch"]) -> None:
        offer = self.offer(well=False) if how != "silent" else None
        text = offer[1] if offer else self.words(f"speech.turn_{how}")
        await self.prompt(text, touch=how == "touch" and (offer is None or offer[0] != "said"), offer=offer)

    def offer(self, *, well: bool) -> Offer | None:
        """Notes whether what she said did for the question; the way to offer her instead when it was not the first time."""
        with use_language(self.locale):
            return self.tried(self.ask, well)

    async def prompt(self, text: str, *, touch: bool = False, offer: Offer | None = None) -> None:
        """Says `text` without asking the conversation; with `touch`, points at the screen."""
        if touch:
            await self.deliver(Message({"type": "problem", "code": "touch", "text": text}))
        if offer is not None:
            await self.offers(offer)
        while self.turns.bound:
            await self.wait()
        reply, signals = self.turns.begins_reply()
        await self.heed(signals)
        await self.put(Answer(reply, {}, before=[text]))

    async def note(self, text: str) -> None:
        """Shows what she has to know about the language she speaks."""
        await self.deliver(Message({"type": "problem", "code": "language", "text": text}))

    async def offers(self, offer: Offer) -> None:
        """Shows another way to answer."""
        way, text = offer
        log.info("speech.offered", way=way)
        if way == "said":
            return  # she goes on speaking: there is nothing to point at
        await self.deliver(Message({"type": "offer", "way": way, "text": text}))

    def words(self, key: str) -> str:
        """A message of ours in the language she is spoken to in."""
        with use_language(self.locale):
            return t(key)

    def spoke(self, language: Literal["zh", "en"]) -> None:
        """She spoke this language: the next thing said to her is in it, in the script she reads."""
        if language != self.language:
            self.language = language
        if (language == "en") != (language_of(self.locale) == "en"):
            self.locale = "en" if language == "en" else "zh-CN"

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
        await self.deliver(Message({"type": "problem", "code": code, "text": self.words(f"speech.problem_{code}")}))

    async def wait(self, most_ms: int = 50) -> None:
        """Until something changed in whose turn it is, or a moment has passed."""
        self._changed.clear()
        waiting = [asyncio.ensure_future(self._changed.wait()), asyncio.ensure_future(self.clock.sleep(most_ms))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
