"""Recognition with Whisper on the processor (faster-whisper): for demo and CI, where no production model is configured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, EngineError, Heard
from assistant.speech.engines.guarding import believable, simplified

NEEDED = ("model.bin", "config.json", "tokenizer.json", "vocabulary.json")
LONGEST_S = 30.0
"""Whisper looks at half a minute; the pipeline cuts earlier."""
_LANGUAGES = ("zh", "en")
_PROMPT = "以下是普通话的句子，说的是政务服务：{hints}。"
_HINTS = 24
"""Words of the prompt: more of them slow every answer down and begin to be heard where nobody said them."""
_SILENT = 0.6
_DOUBTFUL = -1.0


class Whisper:
    """Whisper from `folder` in 8-bit numbers on `threads` threads.

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
        except Exception as error:
            raise EngineError("broken", f"{folder}: {error}") from error

    def recognise(self, sound: NDArray[np.float32], *, hints: Sequence[str] = (), language: str | None = None) -> Heard:
        """See `base.Recogniser`. Sound that Whisper takes for silence, or dreams over, is heard as nothing."""
        if sound.size > LONGEST_S * RATE:
            raise EngineError("too_long", f"{sound.size / RATE:.0f} s")
        try:
            language = language or self._which(sound)
            segments, _ = self._model.transcribe(
                sound,
                language=language,
                initial_prompt=_PROMPT.format(hints="、".join(list(hints)[:_HINTS]) or "办事") if language == "zh" else None,
                beam_size=1,
                temperature=0.0,
                without_timestamps=True,
                condition_on_previous_text=False,
                max_new_tokens=80,
            )
            found = [part for part in segments if not (part.no_speech_prob > _SILENT and part.avg_logprob < _DOUBTFUL)]
        except (RuntimeError, ValueError) as error:
            raise EngineError("broken", str(error)) from error
        text = simplified("".join(part.text for part in found).strip())
        if not believable(text, sound.size / RATE, hints):
            return Heard("", language, 0.0)
        doubt = min((part.avg_logprob for part in found), default=0.0)
        return Heard(text, language, round(min(1.0, math.exp(doubt)), 3))

    def _which(self, sound: NDArray[np.float32]) -> str:
        """Mandarin or English, by ear; other languages are heard as the likelier of the two."""
        _, _, likely = self._model.detect_language(sound)
        chances = dict(likely)
        return max(_LANGUAGES, key=lambda code: chances.get(code, 0.0) + (chances.get("yue", 0.0) if code == "zh" else 0.0))
