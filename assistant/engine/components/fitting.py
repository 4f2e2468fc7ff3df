"""Fitting the intent model with scikit-learn, which Rasa brings along. Imported when training, never when serving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupShuffleSplit
from sklearn.svm import LinearSVC


class Fitted(NamedTuple):
    """Columns × labels weights, an offset for each label, and how steeply margins become probabilities.

    The weights are kept with half precision: half a million columns would take a tenth of the engine's memory otherwise.
    """

    matrix: NDArray[np.float16]
    offset: NDArray[np.float32]
    sharpness: float


def matrix(rows: Sequence[tuple[NDArray[np.int32], NDArray[np.float32]]], width: int) -> csr_matrix:
    """Rows of (columns, values) as one sparse matrix."""
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([row[0] for row in rows])
    values = np.concatenate([row[1] for row in rows])
    return csr_matrix((values, columns, starts), shape=(len(rows), width))


def _machine(softness: float, seed: int) -> LinearSVC:
    # Classes unweighted: what is asked more often in the data is asked more often.
    return LinearSVC(C=softness, random_state=seed, max_iter=3000)


def _margins(machine: LinearSVC, rows: csr_matrix, labels: int) -> NDArray[np.float64]:
    """Margins with a column for every label, also for two labels or labels that a fold lacks."""
    decided = machine.decision_function(rows)
    if decided.ndim == 1:
        decided = np.stack([-decided, decided], axis=1)
    full = np.full((rows.shape[0], labels), decided.min() - 1.0)
    full[:, machine.classes_] = decided
    return full


def _loss(margins: NDArray[np.float64], targets: NDArray[np.int64], sharpness: float) -> float:
    scaled = margins * sharpness
    top = scaled.max(axis=1, keepdims=True)
    chosen = scaled[np.arange(len(targets)), targets]
    return float((np.log(np.exp(scaled - top).sum(axis=1)) + top[:, 0] - chosen).mean())


def fit(
    rows: csr_matrix, targets: NDArray[np.int64], same: NDArray[np.int64], *, softness: float, held: float, seed: int
) -> Fitted:
    """Fit margins on everything; fit the sharpness on margins of sentences that a first fit had not seen.

    Args:
        same: which rows are one sentence in different dress; they are held out together, or the first fit would know them.
        held: the share of sentences held out, 0 to 1.
    """
    labels = int(targets.max()) + 1
    train, unseen = next(GroupShuffleSplit(1, test_size=held, random_state=seed).split(rows, targets, same))
    margins = _margins(_machine(softness, seed).fit(rows[train], targets[train]), rows[unseen], labels)
    sharpness = float(minimize_scalar(lambda x: _loss(margins, targets[unseen], x), bounds=(0.1, 50.0), method="bounded").x)
    machine = _machine(softness, seed).fit(rows, targets)
    weights, offset = machine.coef_, machine.intercept_
    if labels == 2:
        weights, offset = np.concatenate([-weights, weights]), np.concatenate([-offset, offset])
    return Fitted(np.ascontiguousarray(weights.T, dtype=np.float16), offset.astype(np.float32), sharpness)
