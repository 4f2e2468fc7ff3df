"""The voice of the demo: FastSpeech2 and a multi-band MelGAN as ONNX, about twenty times faster than speech on one thread.

``./bandao voice install`` makes the files. The voice was trained on a corpus that may not be used commercially: for trying out
and for tests only (``demo_only``); a city configures its own (``sherpa_voice``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import EngineError, Phone, Spoken
from assistant.speech.speaking.pronouncing import Syllable, pronounce

ACOUSTIC, VOCODER, SYMBOLS = "acoustic.onnx", "vocoder.onnx", "symbols.json"
FILES = (ACOUSTIC, VOCODER, SYMBOLS)
FOLDER = "fastspeech"
"""Below ``models/voice``."""

RATE = 24_000
FRAME = 300
"""Samples of one mel frame: 12.5 ms."""

LONGEST = 24
"""Syllables said in one breath; the voice was trained on sentences of about this length."""

TEXT_LONGEST = 400
_EDGE = 4
"""Frames of silence kept before and after a breath; the model's own make the first sound late."""

_LAG = 3
"""Frames by which the sound follows the model's lengths, measured: loudness and vowels agree best 37 ms later."""

_QUIET = 0.01
"""A frame whose peaks stay below this part of the loudest is silence."""

_AUDIBLE = 0.06
"""A frame whose peaks are above this part of the loudest is still speech to an ear."""

_AHEAD = 3
"""Frames by which the mouth sets out before it is heard: lips that close for a b are seen first. More would look early."""

_REST = {0: 0.0, 1: 0.06, 2: 0.16, 3: 0.32}
"""Seconds of silence between breaths, by the pause the text makes there."""


class FastSpeech:
    """See the module; ``folder`` has ``FILES``. Nothing is loaded before the first sentence.

    Raises:
        EngineError: ``not_installed`` when a file is missing.
    """

    name = "fastspeech"
    rate = RATE
    demo_only = True

    def __init__(self, folder: Path) -> None:
        if missing := [name for name in FILES if not (folder / name).is_file()]:
            raise EngineError("not_installed", f"{folder}: {', '.join(missing)}")
        self.folder = folder
        self._loaded: tuple[Any, Any, dict[str, int]] | None = None

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        """See ``Synthesiser``; the text has no digits left. Raises EngineError: nothing_to_say, too_long or broken."""
        if len(text) > TEXT_LONGEST:
            raise EngineError("too_long", f"{len(text)} characters")
        syllables = pronounce(text)
        if not syllables:
            raise EngineError("nothing_to_say")
        sounds: list[NDArray[np.float32]] = []
        phones: list[Phone] = []
        frames = 0
        for breath in breaths(syllables):
            sound, said = self._breath(breath, speed)
            at = frames * FRAME / RATE
            phones += [Phone(phone.symbol, at + phone.start_s, at + phone.end_s) for phone in said]
            sounds.append(sound)
            frames += len(sound) // FRAME
            if rest := round(_REST[breath[-1].pause] * RATE / FRAME / speed) if breath[-1] is not syllables[-1] else 0:
                sounds.append(np.zeros(rest * FRAME, np.float32))
                phones.append(Phone("sil", frames * FRAME / RATE, (frames + rest) * FRAME / RATE))
                frames += rest
        whole = np.concatenate(sounds)
        pcm = (np.clip(whole, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        return Spoken(pcm, RATE, tuple(phones))

    def _breath(self, syllables: Sequence[Syllable], speed: float) -> tuple[NDArray[np.float32], list[Phone]]:
        acoustic, vocoder, ids = self._models()
        symbols = spelled(syllables)
        try:
            given = np.array([[ids[symbol] for symbol in symbols]], np.int32)
            one = np.ones(1, np.float32)
            outputs = acoustic.run(None, {
                "input_ids": given, "speaker_ids": np.zeros(1, np.int32), "speed_ratios": one / max(0.5, min(2.0, speed)),
                "f0_ratios": one, "energy_ratios": one,
            })  # fmt: skip
            mel, lengths = outputs[1], [int(length) for length in outputs[2][0]]
            sound = vocoder.run(None, {"mels": mel})[0].reshape(-1)
        except Exception as error:  # whatever a damaged model throws
            raise EngineError("broken", f"{type(error).__name__}: {error}") from error
        if sum(lengths) != mel.shape[1] or len(sound) != mel.shape[1] * FRAME or not np.isfinite(sound).all():
            raise EngineError("broken", "sounds and their lengths do not agree")
        # The lengths count from where the model's frames begin; what is heard of them comes `_LAG` later.
        late = min(_LAG, sum(lengths[-2:]))
        lengths[0] += late
        lengths[-2:] = [sum(lengths[-2:]) - late, 0]
        level = np.abs(sound.reshape(-1, FRAME)).max(axis=1)
        loudest = max(float(level.max()), 1e-6)
        loud = level >= _QUIET * loudest
        before = max(0, min(lengths[0], len(loud) - 1 - _last(loud[::-1])) - _EDGE)
        after = max(0, min(lengths[-2], len(loud) - 1 - _last(loud)) - _EDGE)
        sound = sound[before * FRAME : len(sound) - after * FRAME]
        lengths[0] -= before
        lengths[-2] -= after
        # The first sound begins when it is heard, whatever time the model gave a breath that nobody hears.
        heard = len(level) - 1 - _last((level > _AUDIBLE * loudest)[::-1]) - before
        for place in (1, 2):
            silent = max(0, min(lengths[place] - 1, heard - _AHEAD - lengths[0]))
            lengths[0] += silent
            lengths[place] -= silent
        # The last vowel lasts as long as it is heard.
        ringing = max(0, min(lengths[-2], _last(level > _AUDIBLE * loudest) + 1 - before - sum(lengths[:-2])))
        lengths[-3] += ringing
        lengths[-2] -= ringing
        return sound, list(_timed(symbols, lengths))

    def _models(self) -> tuple[Any, Any, dict[str, int]]:
        if self._loaded is None:
            import onnxruntime  # type: ignore[import-untyped, unused-ignore]

            options = onnxruntime.SessionOptions()
            # One thread each: a machine with four kiosks has four sentences in hand, not one four times as fast.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            try:
                sessions = [
                    onnxruntime.InferenceSession(str(self.folder / name), options, providers=["CPUExecutionProvider"])
                    for name in (ACOUSTIC, VOCODER)
                ]
                ids = json.loads((self.folder / SYMBOLS).read_text(encoding="utf-8"))
            except Exception as error:
                raise EngineError("broken", f"{type(error).__name__}: {error}") from error
            self._loaded = sessions[0], sessions[1], ids
        return self._loaded


def _last(marked: NDArray[np.bool_]) -> int:
    """The last place that is marked; -1 where none is."""
    places = np.flatnonzero(marked)
    return int(places[-1]) if len(places) else -1


def breaths(syllables: Sequence[Syllable]) -> Iterator[list[Syllable]]:
    """Cut where one stops anyway; a stretch without a stop longer than ``LONGEST`` is cut before a word."""
    breath: list[Syllable] = []
    for place, syllable in enumerate(syllables):
        if len(breath) >= LONGEST and syllable.word:
            yield breath
            breath = []
        breath.append(syllable)
        long = syllable.pause == 2 and len(breath) + _until_pause(syllables, place + 1) > LONGEST // 2
        if place == len(syllables) - 1 or syllable.pause == 3 or long:
            yield breath
            breath = []


def _until_pause(syllables: Sequence[Syllable], begin: int) -> int:
    for place in range(begin, len(syllables)):
        if syllables[place].pause >= 2:
            return place + 1 - begin
    return len(syllables) - begin


def spelled(syllables: Sequence[Syllable]) -> list[str]:
    """The model's symbols for one breath: sounds, ``#0`` between syllables, ``#1`` between words, ``#3`` where one stops."""
    symbols = ["sil"]
    for place, syllable in enumerate(syllables):
        symbols += [syllable.initial or "^", f"{syllable.final}{syllable.tone}"]
        if place < len(syllables) - 1:
            symbols.append("#3" if syllable.pause else "#1" if syllables[place + 1].word else "#0")
    return [*symbols, "sil", "eos"]


def _timed(symbols: Sequence[str], lengths: Sequence[int]) -> Iterator[Phone]:
    """Sounds with their times, one after the other without gaps.

    Between syllables the model keeps a moment of its own. After a stop it is silence; otherwise the mouth is already on
    its way, and the moment belongs to the initial that follows, or to the final before where there is none.
    """
    timed: list[tuple[str, int]] = []
    owed = 0
    for place, (symbol, length) in enumerate(zip(symbols, lengths, strict=True)):
        if symbol in ("#0", "#1"):
            if symbols[place + 1] == "^":
                timed[-1] = (timed[-1][0], timed[-1][1] + length)
            else:
                owed += length
        elif symbol == "^":
            owed += length
        elif length + owed:
            timed.append(("sil" if symbol in ("#2", "#3", "eos") else symbol, length + owed))
            owed = 0
    at = 0
    for symbol, length in timed:
        yield Phone(symbol, at * FRAME / RATE, (at + length) * FRAME / RATE)
        at += length
