"""Recognition with the model a city chose, run by sherpa-onnx: SenseVoice, streaming Paraformer or a zipformer transducer.

Which one it is, is read from the files of the folder, named as their makers publish them:
`model*.onnx` + `tokens.txt` (SenseVoice), `encoder*` + `decoder*` + `tokens.txt` (streaming Paraformer), and with a
`joiner*` too a zipformer; where several precisions lie side by side, the 8-bit one is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, EngineError, Heard
from assistant.speech.engines.guarding import simplified

_TAIL_S = 0.4
"""Silence put behind an utterance: a streaming model says its last word only when it has heard a little more."""
_TAG = re.compile(r"<\|[^|]*\|>")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACE_IN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff\d])|(?<=\d)\s+(?=[\u3400-\u9fff])")
_HOTWORDS = 200
_TOLD_APART = frozenset(("yue", "ja", "ko"))
"""Languages SenseVoice hears beside Mandarin and English, and says so."""


class Sherpa:
    """The model in `folder` on `threads` threads; `name` says which kind it is.

    Raises:
        EngineError: not_installed, no package or no model in the folder; broken, it cannot be loaded.
    """

    name = "sherpa"

    def __init__(self, folder: Path | None, threads: int = 2) -> None:
        if folder is None:
            raise EngineError("not_installed", "BANDAO_VOICE_RECOGNISER_FOLDER")
        try:
            import sherpa_onnx
        except ImportError as error:
            raise EngineError("not_installed", str(error)) from error
        tokens = folder / "tokens.txt"
        encoder, decoder, joiner, model = (_file(folder, stem) for stem in ("encoder", "decoder", "joiner", "model"))
        if not tokens.is_file() or not (model or (encoder and decoder)):
            raise EngineError("not_installed", f"{folder}: tokens.txt, model.onnx | encoder.onnx + decoder.onnx (+ joiner.onnx)")
        self._hot = False
        self._streaming = not (model and not encoder)
        try:
            if not self._streaming:
                self._model: Any = sherpa_onnx.OfflineRecognizer.from_sense_voice(
                    model=str(model), tokens=str(tokens), num_threads=threads, use_itn=True
                )
                self.name = "sherpa:sense-voice"
            elif joiner:
                self._hot = True
                self._model = sherpa_onnx.OnlineRecognizer.from_transducer(
                    tokens=str(tokens), encoder=str(encoder), decoder=str(decoder), joiner=str(joiner), num_threads=threads,
                    decoding_method="modified_beam_search",
                )  # fmt: skip
                self.name = "sherpa:zipformer"
            else:
                self._model = sherpa_onnx.OnlineRecognizer.from_paraformer(
                    tokens=str(tokens), encoder=str(encoder), decoder=str(decoder), num_threads=threads
                )
                self.name = "sherpa:paraformer"
        except Exception as error:
            raise EngineError("broken", f"{folder}: {error}") from error

    def recognise(self, sound: NDArray[np.float32], *, hints: Sequence[str] = (), language: str | None = None) -> Heard:
        """See `base.Recogniser`. `hints` are hotwords for a zipformer; SenseVoice hears the language itself."""
        spoken = ""
        try:
            stream = self._model.create_stream(hotwords=_hotwords(hints)) if self._hot and hints else self._model.create_stream()
            stream.accept_waveform(RATE, sound)
            if self._streaming:
                stream.accept_waveform(RATE, np.zeros(int(_TAIL_S * RATE), dtype=np.float32))
                stream.input_finished()
                while self._model.is_ready(stream):
                    self._model.decode_stream(stream)
                said = self._model.get_result(stream)
            else:
                self._model.decode_stream(stream)
                said = stream.result.text
                spoken = _TAG.sub(lambda tag: tag.group()[2:-2], str(getattr(stream.result, "lang", "")))
        except (RuntimeError, ValueError) as error:
            raise EngineError("broken", str(error)) from error
        text = simplified(_SPACE_IN_CHINESE.sub("", _TAG.sub("", str(said)).strip()))
        by_text = "zh" if _HAN.search(text) or not text else "en"
        return Heard(text, spoken if text and spoken in _TOLD_APART else by_text, 1.0 if text else 0.0)


def _file(folder: Path, stem: str) -> Path | None:
    found = sorted(folder.glob(f"{stem}*.onnx"), key=lambda path: ("int8" not in path.name, path.name))
    return found[0] if found else None


def _hotwords(hints: Sequence[str]) -> str:
    return "/".join(" ".join(hint) if _HAN.search(hint) else hint.upper() for hint in list(hints)[:_HOTWORDS])
