"""Recognition with Whisper on the processor (faster-whisper): for demo and CI, where no production model is configured."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, EngineError, Expected, Heard
from assistant.speech.engines.guarding import believable, simplified
from assistant.speech.engines.voting import Reading, Votes

NEEDED = ("model.bin", "config.json", "tokenizer.json", "vocabulary.json")
LONGEST_S = 29.0
"""Whisper looks at half a minute; the pipeline cuts earlier."""
_LANGUAGES = ("zh", "en")
_PROMPT = " 以下是普通话的句子，说的是政务服务：{hints}。"
_HINTS = 24
"""Words of the prompt: more of them slow every answer down and begin to be heard where nobody said them."""
_FRAMES, _FEW, _NUMBER, _AFTER = 3000, 1000, 1500, 300
"""Frames of 10 ms. Half a minute is what Whisper was trained on, ten seconds take it an eighth of the time and the three
behind the last word tell it that she is done. An ear that doubts what it heard listens again with all of it, and to a number
with half: of 288 groups of digits the first reading was right of 213 with ten seconds, and of 231 with thirty."""
_TOKENS_PER_SECOND = 12
_SILENT = 0.6
_DOUBTFUL, _UNSURE = -1.0, -0.9
_READINGS = 5
"""Of one sound, where the answer asked for has a form that tells a right one from a wrong one."""
_PLAIN, _PLAIN_S = 0.8, 2.0
_NO_LANGUAGE = frozenset(("nn", "la", "cy", "haw", "jw"))
"""What whisper-base calls sound it is not sure of."""
_DIGIT = re.compile(r"\d")


class Whisper:
    """Whisper from `folder` in 8-bit numbers on `threads` threads.

    Chinese is heard without Arabic digits: digit by digit, as she said them, rather than as a number Whisper makes of them.

    Raises:
        EngineError: not_installed, the folder has no model; broken, it cannot be loaded.
    """

    name = "whisper"

    def __init__(self, folder: Path, threads: int = 2) -> None:
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if missing:
            raise EngineError("not_installed", f"{folder}: {', '.join(missing)}")
        try:
            from faster_whisper import WhisperModel

            self._model: Any = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
            tokens = self._model.hf_tokenizer.get_vocab()
        except Exception as error:
            raise EngineError("broken", f"{folder}: {error}") from error
        self._digits = sorted(number for token, number in tokens.items() if _DIGIT.search(token) and not token.startswith("<|"))
        self._tokens: dict[str, int] = dict(tokens)
        self._others: dict[str, list[int]] = {}

    def recognise(self, sound: NDArray[np.float32], *, hints: Sequence[str] = (), language: str | None = None) -> Heard:
        """See `base.Recogniser`. Sound that Whisper takes for silence, or dreams over, is heard as nothing."""
        if sound.size > LONGEST_S * RATE:
            raise EngineError("too_long", f"{sound.size / RATE:.0f} s")
        if sound.size < RATE // 10:
            return Heard("", language or "zh", 0.0)
        votes = Votes(hints, sound.size / RATE) if isinstance(hints, Expected) and hints.taken is not None else None
        try:
            for least in (_NUMBER if isinstance(hints, Expected) and hints.signs else _FEW, _FRAMES):
                heard = self._hear(sound, hints, language, least, votes)
                if heard is not None:
                    return heard
        except (RuntimeError, ValueError) as error:
            raise EngineError("broken", str(error)) from error
        return Heard("", language or "zh", 0.0)

    def _hear(
        self, sound: NDArray[np.float32], hints: Sequence[str], language: str | None, least: int, votes: Votes | None
    ) -> Heard | None:
        """None where more frames may help."""
        features = self._model.feature_extractor(sound)[:, : sound.size // (RATE // 100)]
        wanted = min(_FRAMES, max(least, features.shape[1] + _AFTER))
        encoded = self._model.encode(np.pad(features, ((0, 0), (0, wanted - features.shape[1]))))
        if language is None or language not in _LANGUAGES:
            language, spoken = self._which(encoded, sound.size / RATE)
        else:
            spoken = language
        seconds, zh = sound.size / RATE, language == "zh"
        most = _READINGS if votes else 1
        silence, readings = self._read(encoded, self._prompt(language, hints), seconds, most, figures=not zh)
        text, score = readings[0]
        if votes is not None and isinstance(hints, Expected):
            votes.add(readings)
            others = self._others_of(encoded, seconds, hints, last=wanted == _FRAMES) if zh else iter(())
            while not votes.clear and (more := next(others, None)) is not None:
                votes.add(more)
            unsure = votes.best is not None or score < _UNSURE  # else she said something, and no number
            if hints.signs and zh and unsure and not votes.clear and wanted < _FRAMES:
                return None
            if votes.best is not None:
                return Heard(votes.best[0], spoken, round(min(1.0, math.exp(votes.best[1])), 3))
            if text.strip("。,. :：") in hints:
                return Heard("", spoken, 0.0)  # what it was told to expect, and no answer
        doubtful = score < _DOUBTFUL or not believable(text, seconds, hints)
        if doubtful and wanted < _FRAMES:
            return None
        if (doubtful and not believable(text, seconds, hints)) or (silence > _SILENT and doubtful):
            return Heard("", spoken, 0.0)
        return Heard(text, spoken, round(min(1.0, math.exp(score)), 3))

    def _others_of(self, encoded: Any, seconds: float, hints: Expected, *, last: bool) -> Iterator[list[Reading]]:
        """Other readings of the same sound: kept to the signs the answer can have, and without the words before it, where it
        errs elsewhere. A number is looked at twice, so not all is read at first."""
        bare = self._prompt("zh", (), bare=True)
        if not hints.signs:
            for figures in (True, False):
                yield self._read(encoded, bare, seconds, 1, figures=figures)[1]
            return
        yield self._only(encoded, seconds, hints.signs)
        if last:
            yield self._read(encoded, bare, seconds, _READINGS, figures=False)[1]

    def _only(self, encoded: Any, seconds: float, signs: str) -> list[Reading]:
        """Readings that hold nothing but these signs: what it hears when it may not write words."""
        if signs not in self._others:
            wanted = {token for sign in signs for token in (sign, f"\u0120{sign}")} | {"<|endoftext|>"}
            self._others[signs] = sorted(number for token, number in self._tokens.items() if token not in wanted)
        bare = self._prompt("zh", (), bare=True)
        return self._read(encoded, bare, seconds, _READINGS, figures=True, without=self._others[signs])[1]

    def _read(
        self, encoded: Any, prompt: list[int], seconds: float, most: int, *, figures: bool, without: Sequence[int] = ()
    ) -> tuple[float, list[Reading]]:
        """How likely it was silence, and at `most` so many readings with their scores, the likeliest first."""
        found = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=most,
            num_hypotheses=most,
            # What goes on for longer than anybody can have spoken is a dream, and takes seconds.
            max_length=len(prompt) + 16 + int(_TOKENS_PER_SECOND * seconds),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=[-1, *([] if figures else self._digits), *without],
        )[0]
        codec = self._model.hf_tokenizer
        texts = [simplified(codec.decode(tokens).strip()) for tokens in found.sequences_ids]
        return found.no_speech_prob, list(zip(texts, found.scores, strict=True))

    def _prompt(self, language: str, hints: Sequence[str], *, bare: bool = False) -> list[int]:
        codec = self._model.hf_tokenizer
        before: list[int] = []
        if language == "zh" and not bare:
            words = "、".join(list(hints)[:_HINTS]) or "营业执照、身份证、居住证、户口、社保、公积金"
            told = codec.encode(_PROMPT.format(hints=words), add_special_tokens=False).ids
            before = [codec.token_to_id("<|startofprev|>"), *told]
        wanted = ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>")
        return [*before, *(codec.token_to_id(token) for token in wanted)]

    def _which(self, encoded: Any, seconds: float) -> tuple[str, str]:
        """Mandarin or English, the likelier of the two; and which language it was by ear, where that is plain.

        Of synthetic speech of a second and more, 10 dB above noise and better, whisper-base gave no Mandarin above 0.05 and no
        English above 0.63 for another language; German, French and Spanish 0.86 and more. Cantonese it took for Thai.
        """
        chances = {token.strip("<|>"): chance for token, chance in self._model.model.detect_language(encoded)[0]}
        chances["zh"] = chances.get("zh", 0.0) + chances.pop("yue", 0.0)
        near = max(_LANGUAGES, key=lambda code: chances.get(code, 0.0))
        other = max(chances, key=lambda code: chances[code])
        plain = seconds >= _PLAIN_S and chances[other] >= _PLAIN and other not in _NO_LANGUAGE
        return near, other if plain else near
