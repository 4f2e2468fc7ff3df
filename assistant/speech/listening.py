"""When somebody begins to speak and when she is done: windows of sound in, signals out. No clock of its own.

Durations are counted in windows, so a connection that stalls and then delivers all at once changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.speech.signals import Begins, Drops, Ends, Pauses, Signal, TooLong

WINDOW_MS = 32
Expecting = Literal["words", "digits", "choice"]


@dataclass(frozen=True)
class Rules:
    """Milliseconds, and probabilities of speech.

    She is done after `end` of silence; after `end_choice` where a yes or a choice was asked for, `end_unfinished` where the
    sentence plainly goes on, `end_digits` where digits are being said.

    So long after her last sound she is told that she was heard: `acknowledge` where her words are known, `acknowledge_sound`
    where they are not and she spoke for `acknowledged` at least; never within `acknowledge_least` of its being certain that
    she is done.
    """

    loud: float = 0.5
    quiet: float = 0.35
    onset: int = 96
    onset_speaking: int = 160
    decide: int = 256
    gap: int = 128
    pause: int = 256
    end: int = 640
    end_choice: int = 480
    end_unfinished: int = 1120
    end_digits: int = 1280
    shortest: int = 160
    longest: int = 20_000
    lost: int = 2_000
    tail: int = 400
    waiting: int = 12_000
    acknowledge: int = 1000
    acknowledge_sound: int = 1500
    acknowledge_least: int = 320
    acknowledged: int = 500


_UNFINISHED = re.compile(
    r"(的|和|跟|与|或者|还有|然后|因为|所以|如果|但是|就是|那个|这个|我想|我要|想要|想|要|办|在|是|叫|从|到|把|给|对|比如|and|or|the|a|to|of|is|my)[，,、…]*$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9零〇一二三四五六七八九十幺两百千万点X]{2,}[，,、。\s]*$")
_FILLER = re.compile(r"^(嗯+|呃+|啊+|哦+|噢+|额+|哎+|唔+|哼+|咳+|u+h+|u+m+|h+m+|那个)$", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")


def filler(text: str) -> bool:
    """Whether `text` is no answer to anything: 嗯, 呃, a sigh."""
    bare = _NO_WORD.sub("", text)
    return not bare or bool(_FILLER.match(bare))


class Listening:
    """One microphone. `speaking` tells `window` that our own voice is on, where a beginning needs more to be believed."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.expecting: Expecting = "words"
        self.utterance = 0
        self.open = False
        self._version = 0
        self._first = self._last = self._latest = 0
        self._voiced = self._silence = self._span = 0
        self._candidate = False
        self._paused = False
        self._wait = 0
        self._talking = False

    def window(self, at_ms: int, probability: float, *, speaking: bool = False) -> list[Signal]:
        """One window of sound that began at `at_ms`."""
        self._latest = at_ms + WINDOW_MS
        voiced = probability >= (self.rules.quiet if self.open and self._silence == 0 else self.rules.loud)
        if self.open:
            return self._inside(at_ms, voiced)
        return self._outside(at_ms, voiced, speaking)

    def _outside(self, at_ms: int, voiced: bool, speaking: bool) -> list[Signal]:
        rules = self.rules
        if not self._candidate:
            if not voiced:
                self._quiet()
                return []
            self._candidate, self._first = True, at_ms
            self._voiced = self._silence = self._span = 0
        self._count(at_ms, voiced)
        if self._voiced >= (rules.onset_speaking if speaking else rules.onset) or (
            self._span >= rules.decide and self._voiced >= rules.onset
        ):
            self._candidate, self.open, self._paused = False, True, False
            self.utterance += 1
            self._version, self._wait = 0, self._usual()
            return [Begins(self.utterance, self._first)]
        if self._silence >= rules.gap or self._span >= rules.decide:
            self._candidate = False
        return []

    def _inside(self, at_ms: int, voiced: bool) -> list[Signal]:
        rules = self.rules
        self._count(at_ms, voiced)
        if voiced:
            self._paused, self._wait = False, self._usual()
            if self._span >= rules.longest:
                signals = self._end(cut_short=True)
                return signals if self._talking else [*self._remember(), *signals]
            return []
        if self._silence >= self._wait:
            return self._end() if self._voiced >= rules.shortest else self.drop("short")
        if self._silence >= rules.pause and not self._paused:
            self._paused = True
            self._version += 1
            return [Pauses(self.utterance, self._version, self._last)] if self._voiced >= rules.shortest else []
        return []

    def _remember(self) -> list[Signal]:
        self._talking = True
        return [TooLong()]

    def _quiet(self) -> None:
        self._talking = False

    def _count(self, at_ms: int, voiced: bool) -> None:
        self._span += WINDOW_MS
        if voiced:
            self._voiced += WINDOW_MS
            self._silence, self._last = 0, at_ms + WINDOW_MS
        else:
            self._silence += WINDOW_MS

    def _usual(self) -> int:
        rules = self.rules
        return {"words": rules.end, "choice": rules.end_choice, "digits": rules.end_digits}[self.expecting]

    def drafted(self, utterance: int, version: int, text: str) -> None:
        """What was recognised at a pause says how long to wait: she says digits, or the sentence plainly goes on."""
        if not self.pausing(utterance, version):
            return
        bare = text.strip().rstrip("。.!！?？")
        if _DIGITS.search(bare):
            self._wait = self.rules.end_digits
        elif _UNFINISHED.search(bare) and self.expecting != "choice":
            self._wait = max(self._wait, self.rules.end_unfinished)

    def pausing(self, utterance: int, version: int) -> bool:
        """Whether she still pauses where that pause was: what she said until then may be all."""
        return self.open and self._paused and (utterance, version) == (self.utterance, self._version)

    def tick(self, now_ms: int) -> list[Signal]:
        """Ends an utterance whose microphone fell silent altogether."""
        if self.open and now_ms - self._latest >= self.rules.lost:
            return self._end() if self._voiced >= self.rules.shortest else self.drop("lost")
        return []

    @property
    def said_ms(self) -> int:
        """How long she was heard in the last utterance, pauses not counted."""
        return self._voiced

    def forget(self) -> None:
        """What might have become a beginning is none: we speak ourselves and hear nothing."""
        self._candidate = False

    def _end(self, *, cut_short: bool = False) -> list[Signal]:
        self.open = False
        if not self._paused:
            self._version += 1
        return [Ends(self.utterance, self._version, self._last, cut_short)]

    def drop(self, why: Literal["short", "muted", "touched", "lost"]) -> list[Signal]:
        """Forgets what is being said, if anything is."""
        self._candidate = False
        if not self.open:
            return []
        self.open = False
        return [Drops(self.utterance, why)]
