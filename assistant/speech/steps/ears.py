"""From the microphone to what she meant."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import use_language
from assistant.speech.conditions import Conditions
from assistant.speech.engines.base import RATE, WINDOW, EngineError, Expected, Heard
from assistant.speech.frames import Heedable, Message, Ordering, Prompt, Sound, Utterance, Window, Words
from assistant.speech.hearing.hints import language_note
from assistant.speech.hearing.script import language_of
from assistant.speech.listening import filler
from assistant.speech.room import Room
from assistant.speech.signals import Begins, Drops, Ends, Pauses, Signal

log = get_logger(__name__)
WINDOW_MS = WINDOW * 1000 // RATE
_BEFORE_MS = 320
"""Kept from before her first sound: a soft beginning is no voice yet."""
_LEAP_MS = 2000
_REMIND_MS = 60_000
"""What is wrong with the sound is said again after so long."""
_PACE_PIECES = 100
_TELLING_MS = 1000
"""So much speech tells its language by ear."""
_ENGLISH = re.compile(r"\W*(?:yes|no|hello|hi|help|english|correct|wrong|back|next|cancel)\W*", re.IGNORECASE)
"""Short words by which English is told; not those that whisper makes of 对 and 嗯 (thanks, thank you, how)."""
_NEAR = frozenset({"yue", "wuu", "nan", "hak", "gan", "hsn", "cjy", "cdo", "dialect"})
"""Languages of which an ear for Mandarin understands some."""


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
        self._pace: tuple[int, int] | None = None

    async def __call__(self, sound: Sound) -> None:
        now = self._room.clock.now()
        # The quickest way a piece ever took is the best guess at how the two clocks stand to each other.
        length = sound.samples.size * 1000 // RATE
        lag = now - length - sound.at_ms
        if self._offset is None or lag < self._offset or lag > self._offset + 60_000:
            self._offset = lag
        await self._timed(sound)
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


    async def _timed(self, sound: Sound) -> None:
        """Compares how much sound there is with how long it took: a microphone at another rate gives too little or too much."""
        if self._pace is None or sound.number < self._pace[0] or sound.number - self._pace[0] > _PACE_PIECES:
            self._pace = sound.number, sound.at_ms
            return
        pieces, took = sound.number - self._pace[0], sound.at_ms - self._pace[1]
        if pieces == _PACE_PIECES:
            share = pieces * sound.samples.size * 1000 / RATE / max(took, 1)
            if not 0.6 < share < 1.6:
                await self._room.problem("bad_sound", every_ms=_REMIND_MS)


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
        self._conditions = Conditions()

    async def __call__(self, window: Heedable) -> None:
        self._kept.append(window)
        probability = self._room.activity.probability(window.samples)
        if not self._room.turns.deaf(window.at_ms):
            for fault in self._conditions.window(window.samples, probability):
                await self._room.problem(fault, every_ms=_REMIND_MS)
        if self._said is not None and self._room.turns.listening.open:
            self._said.append(window)
        await self._heed(self._room.turns.window(window.at_ms, probability))

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
        voiced = self._room.turns.listening.said_ms
        await self._room.put(Utterance(number, version, samples, final, ended, cut_short, voiced))


@dataclass(eq=False)
class _Draft:
    """What is being made of a pause; `done` once it is certain that she was done."""

    number: int
    version: int
    done: bool = False
    work: asyncio.Task[Heard | None] | None = None

    def of(self, utterance: Utterance) -> bool:
        """Whether it is made of all of `utterance`."""
        return (self.number, self.version) == (utterance.number, utterance.version)


class Recognition:
    """What she said, in words. A pause is recognised at once: if she was done, the words are there when that is certain."""

    takes = Utterance

    def __init__(self, room: Room) -> None:
        self._room = room
        self._draft: _Draft | None = None
        self._noted = False

    async def __call__(self, utterance: Utterance) -> None:
        room, turns = self._room, self._room.turns
        if not utterance.final:
            if turns.listening.pausing(utterance.number, utterance.version):
                self.close()
                pause = self._draft = _Draft(utterance.number, utterance.version)
                pause.work = asyncio.create_task(self._pause(utterance, pause))
            return
        heard: Heard | None = None
        draft = self._draft
        if draft is not None and draft.work is not None and draft.of(utterance):
            draft.done = True
            heard = await draft.work
        self.close()
        if heard is None:
            heard = await self._recognise(utterance, lambda: True) or Heard("", room.language, 0.0)
        await self._heard(utterance, heard)

    def close(self) -> None:
        """What is still being made of a pause is not wanted any more."""
        if self._draft is not None and self._draft.work is not None:
            self._draft.work.cancel()
        self._draft = None

    async def _pause(self, utterance: Utterance, draft: _Draft) -> Heard | None:
        heard = await self._recognise(utterance, lambda: draft.done)
        listening = self._room.turns.listening
        if heard is not None and listening.pausing(utterance.number, utterance.version):
            self._room.turns.drafted(utterance.number, utterance.version, heard.text)
            if heard.text:
                await self._room.deliver(Message({"type": "heard", "text": heard.text, "final": False}))
        return heard

    async def _heard(self, utterance: Utterance, heard: Heard) -> None:
        room, text = self._room, heard.text
        if text:
            await room.deliver(Message({"type": "heard", "text": text, "final": True}))
        if text and not filler(text):
            known: Literal["zh", "en"] = "en" if heard.language == "en" else "zh"
            room.spoke(language_of(text, known if utterance.voiced_ms >= _TELLING_MS else room.language))
        if text and not self._noted and (note := self._note(heard)) is not None:
            self._noted = True
            await room.note(note)
            if heard.language not in _NEAR:
                # What is written down of a language nobody here hears is made up.
                await room.heed(room.turns.unheard(utterance.number, room.clock.now()))
                await room.prompt(note, touch=False, offer=("touch", note))
                return
            room.beside.append(note)
        await room.heed(room.turns.words(utterance.number, text, room.clock.now()))

    def _note(self, heard: Heard) -> str | None:
        with use_language(self._room.locale):
            return language_note(heard.language)

    async def _recognise(self, utterance: Utterance, done: Callable[[], bool]) -> Heard | None:
        room = self._room
        hints = room.hints(room.ask)
        # A word of half a second tells no ear which language it is of; nor do figures, and nobody changes hers to say them.
        figures = room.turns.listening.expecting == "digits" or (isinstance(hints, Expected) and bool(hints.signs))
        told = utterance.voiced_ms >= _TELLING_MS and not figures
        language = None if told else room.language
        try:
            heard = await room.hear(utterance.samples, hints, language=language, done=done)
            if language != "zh" or heard is None or heard.text or utterance.voiced_ms >= _TELLING_MS:
                return heard
            # Nothing that short is Mandarin: the first word somebody says may be English.
            other = await room.hear(utterance.samples, hints, language="en", done=done)
            return other if other is not None and _ENGLISH.fullmatch(other.text) else heard
        except EngineError as error:
            await room.problem("talk_too_long" if error.code == "too_long" else "cannot_hear")
        except Exception:
            log.exception("speech.recogniser_failed")
            await room.problem("cannot_hear")
        return Heard("", room.language, 0.0)


class Meaning:
    """What was heard → what was meant. A value in which a mistake would be costly is read back first."""

    takes = Words

    def __init__(self, room: Room) -> None:
        self._room = room

    async def __call__(self, words: Words) -> None:
        found = await self._room.mean(words.text, self._room.ask)
        if isinstance(found, Prompt):
            await self._room.prompt(found.text, touch=found.touch, offer=("touch", found.text) if found.touch else None)
        else:
            await self._room.put(replace(found.at(words.ended_ms), spoken=self._room.language))
