"""The voice a city chose, run by sherpa-onnx: VITS, Matcha or Kokoro.

Which one it is, is read from the files of the folder, named as their makers publish them: ``model*.onnx`` + ``tokens.txt``
(VITS), with a ``voices.bin`` too Kokoro; an acoustic model (``model-steps*.onnx``) + a vocoder (``vocos*.onnx`` or
``hifigan*.onnx``) is Matcha. ``lexicon*.txt``, ``dict/``, ``espeak-ng-data/`` and ``*.fst`` beside them are used. Its licence is
the city's to look after. sherpa-onnx does not tell when the sounds are made; their times are estimated (``timing``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from assistant.speech.engines import timing
from assistant.speech.engines.base import EngineError, Spoken
from assistant.speech.speaking.pronouncing import pronounce

TEXT_LONGEST = 400


class SherpaVoice:
    """The model in ``folder`` on ``threads`` threads, speaker ``speaker``; ``name`` says which kind it is.

    Raises:
        EngineError: not_installed, no package or no model in the folder; broken, it cannot be loaded.
    """

    name = "sherpa"
    demo_only = False

    def __init__(self, folder: Path | None, threads: int = 1, speaker: int = 0) -> None:
        if folder is None:
            raise EngineError("not_installed", "BANDAO_VOICE_SYNTHESISER_FOLDER")
        try:
            import sherpa_onnx
        except ImportError as error:
            raise EngineError("not_installed", str(error)) from error
        kind, options = arranged(folder)
        name = {"vits": "Vits", "matcha": "Matcha", "kokoro": "Kokoro"}[kind]
        try:
            part = getattr(sherpa_onnx, f"OfflineTts{name}ModelConfig")(**options)
            model = sherpa_onnx.OfflineTtsModelConfig(**{kind: part}, num_threads=threads)
            rules = ",".join(str(path) for path in sorted(folder.glob("*.fst")))
            config = sherpa_onnx.OfflineTtsConfig(model=model, rule_fsts=rules, max_num_sentences=1)
            if not config.validate():
                raise EngineError("broken", f"{folder}: sherpa-onnx does not take it as {kind}")
            self._model: Any = sherpa_onnx.OfflineTts(config)
        except EngineError:
            raise
        except Exception as error:
            raise EngineError("broken", f"{folder}: {error}") from error
        self.name = f"sherpa:{kind}"
        self.rate = int(self._model.sample_rate)
        self._speaker = speaker

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        """See ``Synthesiser``. Raises EngineError: nothing_to_say, too_long or broken."""
        if len(text) > TEXT_LONGEST:
            raise EngineError("too_long", f"{len(text)} characters")
        syllables = pronounce(text)
        if not syllables:
            raise EngineError("nothing_to_say")
        try:
            made = self._model.generate(text, sid=self._speaker, speed=max(0.5, min(2.0, speed)))
        except (RuntimeError, ValueError) as error:
            raise EngineError("broken", str(error)) from error
        sound = (np.clip(np.asarray(made.samples, np.float32), -1.0, 1.0) * 32767).astype("<i2")
        if not len(sound):
            raise EngineError("broken", "no sound came")
        last = len(syllables) - 1
        symbols = [
            symbol
            for place, one in enumerate(syllables)
            for symbol in timing.weighted(one.initial, one.final, one.tone, one.pause if place < last else 0)
        ]
        return Spoken(sound.tobytes(), self.rate, tuple(timing.spread(symbols, sound, self.rate)))


def arranged(folder: Path) -> tuple[str, dict[str, str]]:
    """Which kind of model a folder holds, and its files as sherpa-onnx wants them.

    Raises:
        EngineError: not_installed, with what is missing.
    """
    tokens = folder / "tokens.txt"
    models = sorted(folder.glob("*.onnx"), key=lambda path: ("int8" not in path.name, path.name))
    vocoders = [path for path in models if re.search(r"vocos|hifigan|vocoder", path.name)]
    acoustic = [path for path in models if path not in vocoders]
    if not tokens.is_file() or not acoustic:
        raise EngineError("not_installed", f"{folder}: tokens.txt, model.onnx")
    options = {"tokens": str(tokens), "lexicon": ",".join(str(path) for path in sorted(folder.glob("lexicon*.txt")))}
    for option, name in (("dict_dir", "dict"), ("data_dir", "espeak-ng-data")):
        if (folder / name).is_dir():
            options[option] = str(folder / name)
    if vocoders:
        return "matcha", {**options, "acoustic_model": str(acoustic[0]), "vocoder": str(vocoders[0])}
    if (folder / "voices.bin").is_file():
        return "kokoro", {**options, "model": str(acoustic[0]), "voices": str(folder / "voices.bin")}
    return "vits", {**options, "model": str(acoustic[0])}
