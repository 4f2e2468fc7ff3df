"""espeak-ng: the voice that is always to be had (a Debian package), for Mandarin and English. It sounds like a machine.

Mandarin is handed over as pinyin with tones, so that words with several readings are read as ``speaking.pronouncing`` decides.
espeak-ng does not tell when its sounds are made; their times are estimated clause by clause (``timing``).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines import timing
from assistant.speech.engines.base import EngineError, Phone, Spoken
from assistant.speech.speaking.pronouncing import Syllable, pronounce
from assistant.speech.speaking.syllables import spell

PROGRAM = "espeak-ng"
MANDARIN, ENGLISH = "cmn-latn-pinyin", "en-us"
_WORDS_A_MINUTE = {MANDARIN: 150, ENGLISH: 160}
TEXT_LONGEST = 400
_SECONDS = 10.0

_ENGLISH = re.compile(r"[A-Za-z][A-Za-z0-9'’.,!?;: -]*")
_STRESS = re.compile(r"[',%=_:;~\-#*0-9|^]+")
_LETTERS = re.compile(r"tS|dZ|aI|eI|OI|aU|oU|[A-Za-z@03]")


class Espeak:
    """See the module; ``program`` is a name on the path or a file.

    Raises:
        EngineError: ``not_installed`` when there is no such program.
    """

    name = "espeak"
    rate = 22_050
    demo_only = False

    def __init__(self, program: str = PROGRAM) -> None:
        found = shutil.which(program)
        if found is None:
            raise EngineError("not_installed", program)
        self._program = found

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        """See ``Synthesiser``; the text has no digits left. Raises EngineError: nothing_to_say, too_long or broken."""
        if len(text) > TEXT_LONGEST:
            raise EngineError("too_long", f"{len(text)} characters")
        sounds: list[NDArray[np.int16]] = []
        phones: list[Phone] = []
        samples = 0
        for voice, written, symbols in self._clauses(text):
            sound = self._run(voice, written, speed)
            phones += timing.spread(symbols, sound, self.rate, samples / self.rate)
            sounds.append(sound)
            samples += len(sound)
        if not samples:
            raise EngineError("nothing_to_say")
        return Spoken(np.concatenate(sounds).astype("<i2").tobytes(), self.rate, tuple(phones))

    def _clauses(self, text: str) -> Iterator[tuple[str, str, list[tuple[str, float]]]]:
        """Voice, what it is given, and its sounds with weights."""
        at = 0
        for match in [*_ENGLISH.finditer(text), None]:
            for clause in _clauses_of(pronounce(text[at : match.start() if match else len(text)])):
                yield MANDARIN, _pinyin(clause), [s for one in clause for s in timing.weighted(one.initial, one.final, one.tone)]
            if match is not None:
                at = match.end()
                said = match[0].strip()
                yield ENGLISH, said, self._english(said)

    def _english(self, text: str) -> list[tuple[str, float]]:
        told = _STRESS.sub(" ", self._output(["-v", ENGLISH, "-q", "-x", "--sep=_"], text).decode("utf-8", "replace"))
        return [(f"en:{sound}", 1.0) for sound in _LETTERS.findall(told)] or [("en:@", 1.0)]

    def _run(self, voice: str, text: str, speed: float) -> NDArray[np.int16]:
        words = round(_WORDS_A_MINUTE[voice] * max(0.5, min(2.0, speed)))
        wave = self._output(["-v", voice, "-s", str(words), "--stdout"], text)
        begin = wave.find(b"data", 0, 200)
        if begin < 0 or int.from_bytes(wave[24:28], "little") != self.rate:
            raise EngineError("broken", "no sound came")
        pcm = wave[begin + 8 :]
        return np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2")

    def _output(self, options: Sequence[str], text: str) -> bytes:
        try:
            done = subprocess.run(
                [self._program, *options, "--stdin"], input=text.encode(), capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError("broken", f"{type(error).__name__}: {error}") from error
        if done.returncode != 0:
            raise EngineError("broken", done.stderr.decode("utf-8", "replace").strip()[:200])
        return done.stdout


def _clauses_of(syllables: Sequence[Syllable]) -> Iterator[list[Syllable]]:
    clause: list[Syllable] = []
    for syllable in syllables:
        clause.append(syllable)
        if syllable.pause >= 2:
            yield clause
            clause = []
    if clause:
        yield [*clause[:-1], replace(clause[-1], pause=0)]


def _pinyin(clause: Sequence[Syllable]) -> str:
    """``nin2 hao3,``: the comma or full stop makes the voice fall and rest."""
    mark = {2: ",", 3: "."}.get(clause[-1].pause, "")
    return " ".join(spell(one.initial, one.final, one.tone) for one in clause) + mark
