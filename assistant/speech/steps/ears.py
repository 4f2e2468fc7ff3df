"""From the microphone to what she meant."""

from __future__ import annotations

from collections import deque

import numpy as np

from assistant.foundation.logging import get_logger
from assistant.speech.engines.base import RATE, WINDOW, EngineError
from assistant.speech.frames import Heedable, Message, Ordering, Prompt, Sound, Utterance, Window, Words
from assistant.speech.room import Room
from assistant.speech.signals import Begins, Drops, Ends, Pauses, Signal

log = get_logger(__name__)
WINDOW_MS = WINDOW * 1000 // RATE
_BEFORE_MS = 320
"""Kept from before her first sound: a soft beginning is no voice yet."""
_LEAP_MS = 2000


class Microphone:
    """Puts sound in order, cuts it into windows and puts them on the room's clock."""

    takes = Sound

    def __init__(self, room: Room) -> None:
        self._room = room
        self._ordering = Ordering()
        self._rest = np.zeros(0, dtype=np.float32)
        self._offset: int | None = None
        self._at = 0
        self._faults = 0

    async def __call__(self, sound: Sound) -> None:
        now = self._room.clock.now()
        # The quickest way a piece ever took is the best guess at how the two clocks stand to each other.
        length = sound.samples.size * 1000 // RATE
        lag = now - length - sound.at_ms
        if self._offset is None or lag < self._offset or lag > self._offset + 60_000:
            self._offset = lag
        for piece in self._ordering.put(sound):
            begins = piece.at_ms + self._offset
            expected = self._at + self._rest.size * 1000 // RATE
            if abs(begins - expected) > _LEAP_MS or not self._at:
                self._rest, self._at = np.zeros(0, dtype=np.float32), begins
            self._rest = np.concatenate([self._rest, piece.samples])
            while self._rest.size >= WINDOW:
                window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
                await self._room.put(Window(self._at, window))
                self._at += WINDOW_MS
        faults = self._ordering.lost + self._ordering.late
        if faults - self._faults >= 3:
            self._faults = faults
            await self._room.problem("sound_gaps")


class Echo:
    """Keeps our own voice out: where the microphone hears the loudspeaker, nothing is heard while we speak."""

    takes = Window

    def __init__(self, room: Room) -> None:
        self._room = room
        self._deaf = False

    async def __call__(self, window: Window) -> None:
        deaf = self._room.turns.deaf(window.at_ms)
        if deaf and not self._deaf:
            self._room.activity.reset()
        self._deaf = deaf
        await self._room.put(Heedable(window.at_ms, np.zeros_like(window.samples) if deaf else window.samples))


class Activity:
    """Hears when she begins, pauses and is done, and keeps what she says meanwhile."""

    takes = Heedable

    def __init__(self, room: Room) -> None:
        self._room = room
        self._kept: deque[Heedable] = deque(maxlen=_BEFORE_MS // WINDOW_MS + 8)
        self._said: list[Heedable] | None = None

    async def __call__(self, window: Heedable) -> None:
        self._kept.append(window)
        if self._said is not None and self._room.turns.listening.open:
            self._said.append(window)
        await self._heed(self._room.turns.window(window.at_ms, self._room.activity.probability(window.samples)))

    async def tick(self) -> None:
        """Time passes, whether or not the microphone brings anything."""
        await self._heed(self._room.turns.tick(self._room.clock.now()))

    async def _heed(self, signals: list[Signal]) -> None:
        for signal in signals:
            match signal:
                case Begins():
                    self._said = [kept for kept in self._kept if kept.at_ms >= signal.at_ms - _BEFORE_MS]
                case Pauses():
                    await self._pass_on(signal.utterance, signal.version, signal.at_ms, final=False)
                case Ends():
                    await self._pass_on(signal.utterance, signal.version, signal.at_ms, final=True, cut_short=signal.cut_short)
                    self._said = None
                case Drops():
                    self._said = None
                case _:
                    pass
        await self._room.heed(signals)

    async def _pass_on(self, number: int, version: int, ended: int, *, final: bool, cut_short: bool = False) -> None:
        samples = np.concatenate([window.samples for window in self._said or ()] or [np.zeros(0, dtype=np.float32)])
        await self._room.put(Utterance(number, version, samples, final, ended, cut_short))


class Recognition:
    """What she said, in words. A pause is recognised at once: if she was done, the words are there when that is certain."""

    takes = Utterance

    def __init__(self, room: Room) -> None:
        self._room = room
        self._last: tuple[int, int, str] | None = None

    async def __call__(self, utterance: Utterance) -> None:
        room, turns = self._room, self._room.turns
        if not utterance.final and not turns.listening.pausing(utterance.number, utterance.version):
            return
        if self._last is not None and self._last[:2] == (utterance.number, utterance.version):
            text = self._last[2]
        else:
            text = await self._recognise(utterance)
            self._last = (utterance.number, utterance.version, text)
        if not utterance.final:
            turns.drafted(utterance.number, utterance.version, text)
        if text:
            await room.deliver(Message({"type": "heard", "text": text, "final": utterance.final}))
        if utterance.final:
            await room.heed(turns.words(utterance.number, text, room.clock.now()))

    async def _recognise(self, utterance: Utterance) -> str:
        try:
            return (await self._room.hear(utterance.samples, self._room.hints(self._room.ask))).text
        except EngineError as error:
            await self._room.problem("talk_too_long" if error.code == "too_long" else "cannot_hear")
        except Exception:
            log.exception("speech.recogniser_failed")
            await self._room.problem("cannot_hear")
        return ""


class Meaning:
    """What was heard → what was meant. A value in which a mistake would be costly is read back first."""

    takes = Words

    def __init__(self, room: Room) -> None:
        self._room = room

    async def __call__(self, words: Words) -> None:
        found = await self._room.mean(words.text, self._room.ask)
        if isinstance(found, Prompt):
            await self._room.prompt(found.text, touch=found.touch)
        else:
            await self._room.put(found.at(words.ended_ms))
