"""What is heard before a kiosk nobody has touched: one short utterance at a time, and nothing of it kept."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, WINDOW, Activity
from assistant.speech.frames import Ordering, Sound
from assistant.speech.listening import WINDOW_MS, Listening, Rules
from assistant.speech.signals import Begins, Drops, Ends

RULES = Rules(longest=8_000, end=640, shortest=320)
"""Who talks for longer talks with somebody else."""
_BEFORE = 10
"""Windows kept from before the first sound."""


class Overhearing:
    """One microphone. `put` gives what somebody said and was done with; talk without an end is let go by unheard."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._listening = Listening(RULES)
        self._ordering = Ordering()
        self._rest: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._kept: deque[NDArray[Any]] = deque(maxlen=_BEFORE)
        self._said: list[NDArray[Any]] | None = None
        self._at = self._still = 0
        self._talks = False

    @property
    def hearing(self) -> bool:
        """Whether somebody speaks at this moment."""
        return self._listening.open

    def put(self, sound: Sound) -> NDArray[np.float32] | None:
        """More sound; all of an utterance that ended in it, or None."""
        found = None
        for piece in self._ordering.put(sound):
            self._rest = np.concatenate([self._rest, piece.samples])
            while self._rest.size >= WINDOW:
                window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
                ended = self._window(window)
                found = ended if ended is not None else found
        return found

    def _window(self, window: NDArray[np.float32]) -> NDArray[np.float32] | None:
        self._kept.append(window)
        if self._said is not None:
            self._said.append(window)
        found = None
        for signal in self._listening.window(self._at, self._activity.probability(window)):
            if isinstance(signal, Begins):
                self._said = list(self._kept)
            elif isinstance(signal, Ends):
                if self._said and not self._talks and not signal.cut_short:
                    found = np.concatenate(self._said).astype(np.float32)
                self._talks = signal.cut_short  # the end of a long talk is no sentence for us either
                self._forget()
            elif isinstance(signal, Drops):
                self._forget()
        self._at += WINDOW_MS
        self._still = 0 if self.hearing else self._still + WINDOW_MS
        if self._still >= RULES.end:
            self._talks = False
        return found

    def _forget(self) -> None:
        self._said = None
        self._kept.clear()

    @property
    def seconds(self) -> float:
        """How much sound is held at this moment, in seconds."""
        return (len(self._said or ()) + len(self._kept)) * WINDOW / RATE
