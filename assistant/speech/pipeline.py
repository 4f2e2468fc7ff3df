"""The voice of one kiosk, as a list one can read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol

from assistant.foundation.logging import get_logger
from assistant.speech.frames import Frame, Message, Sentence, Sound, Wish
from assistant.speech.room import Room
from assistant.speech.steps.ears import Activity, Echo, Meaning, Microphone, Recognition
from assistant.speech.steps.mouth import Acknowledging, Playout, Speech, Turn

log = get_logger(__name__)
_QUEUE = {Sound: 100, Sentence: 2}
"""Frames that may wait before a step, where not eight: sound of some seconds; few sentences, they are made as needed."""
_TICK_MS = 50


class Step(Protocol):
    """Takes frames of one type, one at a time, and puts what it makes of them to `Room.put`."""

    takes: type[Any]

    def __call__(self, frame: Any, /) -> Awaitable[None]:
        """One frame."""
        ...


class Pipeline:
    """Microphone to loudspeaker. Each step works by itself, at its own pace, on a queue with an end.

    ``await run()`` until cancelled; `hear` what comes from the microphone, the others for what her hands do.
    """

    def __init__(self, room: Room) -> None:
        self.room = room
        self.activity = Activity(room)
        self.recognition = Recognition(room)
        self.playout = Playout(room)
        self.steps: list[Step] = [
            Microphone(room),
            Echo(room),
            self.activity,
            self.recognition,
            Meaning(room),
            Turn(room),
            Acknowledging(room, self.playout),
            Speech(room),
            self.playout,
        ]
        self._queues: dict[type[Any], asyncio.Queue[Any]] = {
            step.takes: asyncio.Queue(_QUEUE.get(step.takes, 8)) for step in self.steps
        }
        room.put = self._put

    async def run(self) -> None:
        """Works until cancelled."""
        await self.room.tell_state()
        try:
            async with asyncio.TaskGroup() as tasks:
                for step in self.steps:
                    tasks.create_task(self._work(step))
                tasks.create_task(self._ticking())
        finally:
            self.recognition.close()

    async def hear(self, sound: Sound) -> None:
        """Sound from the microphone. Where more comes than can be worked off, the oldest is dropped, and that is said."""
        queue = self._queues[Sound]
        if queue.full():
            queue.get_nowait()
            await self.room.problem("behind")
        queue.put_nowait(sound)

    async def touch(self, wish: Wish) -> None:
        """She answered on the screen."""
        self.room.forget()
        await self.room.heed(self.room.turns.touched(self.room.clock.now()))
        await self._put(wish)

    async def stop(self) -> None:
        """She wants it to be silent."""
        await self.room.heed(self.room.turns.stop(self.room.clock.now()))

    async def wonder(self) -> None:
        """Asks whether she is still there, where neither side is about to speak."""
        if self.room.turns.state in ("listening", "muted"):
            await self.room.prompt(self.room.words("speech.still_there"))

    async def mute(self, on: bool) -> None:
        """The microphone is switched off or on."""
        await self.room.heed(self.room.turns.mute(on))

    async def _put(self, frame: Frame) -> None:
        if isinstance(frame, Message):
            await self.room.deliver(frame)
        else:
            await self._queues[type(frame)].put(frame)

    async def _work(self, step: Step) -> None:
        queue = self._queues[step.takes]
        while True:
            frame = await queue.get()
            try:
                await step(frame)
            except (asyncio.CancelledError, ConnectionError):
                raise
            except Exception:
                # One utterance is lost, not the kiosk.
                log.exception("speech.step_failed", step=type(step).__name__)
                await self.room.problem("broken")
                await self.room.heed(self.room.turns.give_up(self.room.clock.now()))

    async def _ticking(self) -> None:
        while True:
            await self.room.clock.sleep(_TICK_MS)
            await self.activity.tick()
