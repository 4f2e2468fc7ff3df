"""Voice activity by loudness alone: what is left when no model is there. Takes slams and music for voices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_START_FLOOR = 0.004
_LOWEST_FLOOR = 0.0008
_FALLING, _RISING = 0.2, 0.004
"""How fast the room's own noise is followed: down at once, up within some seconds, so that talk is not taken for noise."""


class Energy:
    """How far a window stands above the noise of the room: 6 dB are doubtful, 12 dB certain."""

    name = "energy"

    def __init__(self) -> None:
        self._floor = _START_FLOOR

    def probability(self, window: NDArray[np.float32]) -> float:
        """See `base.Activity`."""
        level = float(np.sqrt(np.mean(np.square(window, dtype=np.float64)))) if window.size else 0.0
        follow = _FALLING if level < self._floor else _RISING
        ratio = level / self._floor
        self._floor = max(_LOWEST_FLOOR, self._floor + follow * (level - self._floor))
        if level < 2 * _LOWEST_FLOOR or ratio <= 1.0:
            return 0.0
        return min(1.0, max(0.0, (20 * float(np.log10(ratio)) - 3.0) / 9.0))

    def reset(self) -> None:
        """See `base.Activity`."""
        self._floor = _START_FLOOR
