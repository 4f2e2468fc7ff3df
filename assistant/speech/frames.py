"""What passes along the pipeline, from the microphone to the loudspeaker, and how it stands on the wire.

Times are milliseconds of one clock, the room's; sound is 16 kHz mono between -1 and 1 unless said otherwise.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, Spoken
from assistant.speech.signals import Reply

HEADER = struct.Struct("<II")
"""Up: number of the message, when it was captured in ms. Down: number of the utterance, of the sentence in it."""
LONGEST_MS = 250
"""Of sound in one message; 20 to 100 are usual."""


class BadFrame(ValueError):
    """A binary message that is not sound as agreed."""


@dataclass(frozen=True)
class Sound:
    """A piece of what the microphone heard."""

    number: int
    at_ms: int
    samples: NDArray[np.float32]


@dataclass(frozen=True)
class Window:
    """Sound cut into even windows of 32 ms, on the room's clock."""

    at_ms: int
    samples: NDArray[np.float32]


@dataclass(frozen=True)
class Heedable:
    """A window in which nothing of our own voice is left."""

    at_ms: int
    samples: NDArray[np.float32]


@dataclass(frozen=True)
class Utterance:
    """What she said so far (`final` false: she pauses and may go on) or all in all.

    `version` counts the pauses: a later one has more sound. `voiced_ms` is how long she was heard in it.
    """

    number: int
    version: int
    samples: NDArray[np.float32]
    final: bool
    ended_ms: int
    cut_short: bool = False
    voiced_ms: int = 0


@dataclass(frozen=True)
class Words:
    """What she said, as heard; `ended_ms`: when she had said it."""

    text: str
    ended_ms: int


@dataclass(frozen=True)
class Acknowledgement:
    """She is to be told that she was heard: `known` where there are words already, not only sound."""

    known: bool


@dataclass(frozen=True)
class Wish:
    """What she wants, by voice or by touch: words, or the values of the options she chose.

    `ended_ms` is when she had said it; `message_id` is the one the kiosk gave it; `spoken` the language it was said in, None
    where it was touched or typed.
    """

    text: str | None = None
    choice: str | Sequence[str] | None = None
    ended_ms: int = 0
    message_id: str | None = None
    spoken: Literal["zh", "en"] | None = None

    def at(self, ended_ms: int) -> Wish:
        """The same, said at another time."""
        return replace(self, ended_ms=ended_ms)


@dataclass(frozen=True)
class Prompt:
    """What is said to her before anything goes to the conversation: a value read back. `touch` points at the screen."""

    text: str
    touch: bool = False


@dataclass(frozen=True)
class Answer:
    """A finished turn of the conversation, as the API has it, and the reply that says it aloud, with what is said beside it."""

    reply: Reply
    turn: Mapping[str, Any]
    before: Sequence[str] = ()
    after: Sequence[str] = ()


@dataclass(frozen=True)
class Sentence:
    """A sentence of a reply, made to sound; `spoken` is None where it could not be: its subtitle stays."""

    reply: Reply
    index: int
    last: bool
    text: str
    spoken: Spoken | None


@dataclass(frozen=True)
class Message:
    """For the kiosk: JSON, with sound behind it where there is some."""

    body: Mapping[str, Any]
    sound: bytes = field(default=b"", repr=False)


Frame = Sound | Window | Heedable | Utterance | Words | Acknowledgement | Wish | Answer | Sentence | Message


def unpack(message: bytes) -> Sound:
    """A binary message from the kiosk.

    Raises:
        BadFrame: no header, half a sample, no sound or too much of it.
    """
    body = len(message) - HEADER.size
    if body <= 0 or body % 2 or body > LONGEST_MS * RATE // 1000 * 2:
        raise BadFrame(f"{len(message)} bytes")
    number, at_ms = HEADER.unpack_from(message)
    pcm = np.frombuffer(message, dtype="<i2", offset=HEADER.size)
    return Sound(number, at_ms, pcm.astype(np.float32) / 32768.0)


def pack(number: int, index: int, pcm: bytes) -> bytes:
    """Sound for the kiosk, behind the numbers of its utterance and its sentence."""
    return HEADER.pack(number, index) + pcm


_TAPS = 16
_BETWEEN = (np.sinc(np.arange(_TAPS) - _TAPS / 2 + 0.5) * np.hanning(_TAPS + 2)[1:-1]).astype(np.float32)


class Doubling:
    """Makes 16 kHz of the 8 kHz a telephone's microphone gives: a sample between each two, by the sixteen around it."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] = np.zeros(_TAPS - 1, dtype=np.float32)

    def __call__(self, sound: Sound) -> Sound:
        """The same piece; it comes half a millisecond late."""
        held = np.concatenate([self._before, sound.samples])
        self._before = held[-(_TAPS - 1) :]
        made = np.empty(sound.samples.size * 2, dtype=np.float32)
        made[0::2] = held[_TAPS // 2 - 1 : _TAPS // 2 - 1 + sound.samples.size]
        made[1::2] = np.convolve(held, _BETWEEN, "valid")
        return replace(sound, samples=made)


class Ordering:
    """Puts numbered sound in order again.

    A piece that comes early waits for those before it, at most `wait` pieces long; then those are given up. What comes
    too late, or twice, is dropped. `lost` and `late` count both, so that somebody can say so.
    """

    def __init__(self, wait: int = 5) -> None:
        self._wait = wait
        self._next: int | None = None
        self._early: dict[int, Sound] = {}
        self.lost = 0
        self.late = 0

    def put(self, sound: Sound) -> list[Sound]:
        """What can go on now, in order."""
        if self._next is None:
            self._next = sound.number
        if sound.number < self._next or sound.number in self._early:
            self.late += 1
            return []
        self._early[sound.number] = sound
        if len(self._early) > self._wait and self._next not in self._early:
            first = min(self._early)
            self.lost += first - self._next
            self._next = first
        ready: list[Sound] = []
        while self._next in self._early:
            ready.append(self._early.pop(self._next))
            self._next += 1
        return ready
