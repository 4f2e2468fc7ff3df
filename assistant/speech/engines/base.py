"""What every engine of the speech room looks like from outside, so that each can be replaced by a setting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second of everything that is heard."""

WINDOW = 512
"""Samples of one look at whether somebody speaks: 32 ms."""


class EngineError(Exception):
    """An engine could not do its work. `code` says why: not_installed, broken, too_long, nothing_to_say …"""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class Taken(NamedTuple):
    """What a text would be taken for, and how likely that is: 1 as likely as any other, 3 and more so likely by itself (a check
    digit agrees) that one reading is enough. `text` is what says so plainly, where the text itself does not."""

    value: str
    weight: float
    text: str = ""


class Expected(tuple[str, ...]):
    """Words likely to be said, and, where it can be told, `taken`: what a text would be taken for.

    That is nothing for a text that is no answer, and several things for one that may be several. A recogniser that has several
    readings of one sound lets them vote; one that has not may ignore it. `signs` are the only ones the answer can be made of,
    where that is so: one that can be kept to them may try that too.
    """

    taken: Callable[[str], Sequence[Taken]] | None
    signs: str

    def __new__(
        cls, words: Sequence[str] = (), taken: Callable[[str], Sequence[Taken]] | None = None, signs: str = ""
    ) -> "Expected":
        """`words` in order, the likeliest first."""
        made = super().__new__(cls, words)
        made.taken = taken
        made.signs = signs
        return made


@dataclass(frozen=True)
class Heard:
    """What a recogniser made of one utterance; `confidence` from 0 to 1, `text` empty when there were no words."""

    text: str
    language: str = "zh"
    confidence: float = 1.0


class Recogniser(Protocol):
    """Sound to text. Called from a thread of its own; one call at a time."""

    name: str

    def recognise(self, sound: NDArray[np.float32], *, hints: Sequence[str] = (), language: str | None = None) -> Heard:
        """The words in `sound` (16 kHz mono, -1..1). `hints` are words likely to be said; without `language` it is
        decided by ear. Raises EngineError."""
        ...


@dataclass(frozen=True)
class Phone:
    """One speech sound in synthesised speech: a pinyin initial ("b", "zh"), a final with its tone ("ang1", "uei4"),
    or "sil"; times in seconds from the start of its sentence."""

    symbol: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Spoken:
    """Synthesised speech: signed 16-bit little-endian mono at `rate` samples a second, and where its sounds lie."""

    pcm: bytes
    rate: int
    phones: tuple[Phone, ...]


class Synthesiser(Protocol):
    """Text to sound. Called from a thread of its own; one call at a time."""

    name: str
    rate: int
    demo_only: bool

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        """`text` read aloud; `speed` 1.0 is ordinary, 1.5 half as fast again. Raises EngineError."""
        ...


class Activity(Protocol):
    """Whether somebody speaks, window by window; keeps what it heard before, so one object a microphone."""

    name: str

    def probability(self, window: NDArray[np.float32]) -> float:
        """How likely this window (512 samples of 16 kHz) is speech, 0 to 1."""
        ...

    def reset(self) -> None:
        """Forgets what it heard: another person stands there."""
        ...
