"""From features to a probability: is this about one of our items at all, and if so which.

Two small logistic models. ``ours`` looks at the best value any guide reaches in each feature; ``which`` compares the
guides. Both are fitted on the guides' own sentences, each judged by an index that does not hold it, against a fixed list
of sentences about other things; the parameters are kept with the trained embedding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.search.features import FEATURES, FOREIGN, Reading

Doubles = NDArray[np.float64]
_FILE = "calibration.json"
_SIZE = FEATURES.index("size")
_SHAPE = (len(FEATURES), len(FEATURES) - 1 + FOREIGN + 2)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted parameters; ``embedding`` names the one they belong to.

    ``ours`` ends with the weights of the likeness to other things, of the unknown share, and a constant.
    """

    which: tuple[float, ...]
    ours: tuple[float, ...]
    embedding: str = "static"

    def scores(self, reading: Reading) -> Doubles:
        """For each guide the probability that the sentence means it."""
        if reading.empty:
            return np.zeros(len(reading.guides))
        return self.probability_ours(reading) * _softmax(reading.guides.astype(np.float64) @ np.array(self.which))

    def probability_ours(self, reading: Reading) -> float:
        """The probability that the sentence is about any item of the catalogue."""
        return float(_sigmoid(_ours_row(reading) @ np.array(self.ours)))

    def save(self, folder: Path) -> None:
        """Write the parameters beside the embedding they were fitted with."""
        (folder / _FILE).write_text(json.dumps({"features": FEATURES, **asdict(self)}, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Calibration | None:
        """The saved parameters; None if there are none, or they are of other features."""
        try:
            held = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        which, ours = tuple(held["which"]), tuple(held["ours"])
        same_features = tuple(held["features"]) == FEATURES and (len(which), len(ours)) == _SHAPE
        return cls(which, ours, held.get("embedding", "")) if same_features else None


def fit(positive: Sequence[tuple[Reading, int]], negative: Sequence[Reading], embedding: str, *,
        decay: float = 1e-3) -> Calibration:
    """Fit both models by gradient descent with a little weight decay; no randomness.

    Args:
        positive: readings of sentences with the number of the guide each means.
        negative: readings of sentences about nothing in the catalogue.
        embedding: the name of the embedding they were read with.
    """
    tables = np.stack([reading.guides for reading, _ in positive]).astype(np.float64)
    truth = np.array([number for _, number in positive])
    # A guide with many samples must not decide for all how much its samples are worth.
    each = 1 / np.bincount(truth)[truth]
    each /= each.sum()

    def which_gradient(weights: Doubles) -> Doubles:
        shares = _softmax(tables @ weights)
        shares[np.arange(len(truth)), truth] -= 1
        shares *= each[:, None]
        return np.asarray(np.tensordot(shares, tables, axes=2)) + decay * weights

    def likeness_speaks_for(weights: Doubles) -> Doubles:
        # A negative weight of a likeness would be an accident of the sample.
        return np.where(np.arange(len(weights)) == _SIZE, weights, np.maximum(weights, 0))

    which = _descend(which_gradient, len(FEATURES), 2.0, 300, likeness_speaks_for)
    rows = np.stack([_ours_row(reading) for reading in [*(r for r, _ in positive), *negative]])
    label = np.array([1.0] * len(positive) + [0.0] * len(negative))
    # Both kinds count the same, however many sentences of each there are.
    weight = np.concatenate([0.5 * each, np.full(len(negative), 0.5 / max(1, len(negative)))])

    def ours_gradient(weights: Doubles) -> Doubles:
        return np.asarray(((_sigmoid(rows @ weights) - label) * weight) @ rows) + decay * weights

    ours = _descend(ours_gradient, rows.shape[1], 1.0, 1000)
    return Calibration(tuple(map(float, which)), tuple(map(float, ours)), embedding)


def _descend(gradient: Callable[[Doubles], Doubles], size: int, rate: float, steps: int,
             project: Callable[[Doubles], Doubles] = lambda weights: weights) -> Doubles:
    """The minimum of a convex loss by Nesterov's accelerated gradient descent."""
    weights = ahead = np.zeros(size)
    for step in range(steps):
        following = project(ahead - rate * gradient(ahead))
        ahead = following + step / (step + 3) * (following - weights)
        weights = following
    return weights


def _ours_row(reading: Reading) -> Doubles:
    return np.concatenate([reading.guides[:, :_SIZE].max(axis=0), reading.foreign, [reading.unknown, 1.0]]).astype(np.float64)


def _softmax(values: Doubles) -> Doubles:
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _sigmoid(values: Doubles | float) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -40, 40))))
