"""Telling a clear sentence from one that fits several items.

Similarity alone cannot: 身份证 is more like 身份证补办 than like 居民身份证换领 only because the one name is shorter. So the
best guide must also know something of what was said that its rival does not; otherwise the two share the probability,
and the citizen is asked which.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.search.features import Reading

# An advantage below this (in telling characters, see Reading.advantage) is no reason to prefer one guide to another.
_REASON = 0.1
# Guides less likely than this share of the best are no rivals; to replace it takes more, and much less will do for one that
# knows all that was said: likeness to short talk (公积金怎么取) is an accident of how each guide puts it.
_POSSIBLE = 0.03
_REPLACING = 0.1
_POSSIBLE_KNOWING_ALL = 0.002
_ALL = 0.95
# How far rivals' probabilities are drawn together: 0 makes them equal, 1 leaves them as they are.
_LEVEL = 0.1
# What a guide keeps of its probability when the best knows more of what was said and it knows nothing the best does not.
_DOMINATED = 0.4


def share(scores: NDArray[np.float64], reading: Reading) -> NDArray[np.float64]:
    """The probabilities judged again: an outdone favourite is replaced, dominated guides give way, true rivals share."""
    if reading.empty or not len(scores) or scores.max() <= 0:
        return scores
    judged = scores.copy()
    best = int(judged.argmax())
    for _ in range(3):
        challenger = _outdone(best, judged, reading)
        if challenger is None:
            break
        judged[[best, challenger]] = judged[[challenger, best]]
        best = challenger
    rivals = _rivals(best, judged, reading)
    dominated = reading.disadvantage(best) < _REASON
    dominated[[best, *rivals]] = False
    judged[best] += judged[dominated].sum() * (1 - _DOMINATED)
    judged[dominated] *= _DOMINATED
    if rivals:
        group = [best, *rivals]
        levelled = judged[group] ** _LEVEL
        judged[group] = judged[group].sum() * levelled / levelled.sum()
    return judged


def _rivals(best: int, scores: NDArray[np.float64], reading: Reading) -> list[int]:
    """Guides over which the best has no advantage, unless it is called what was said and they know nothing it does not."""
    floor = np.where(reading.covered() >= _ALL, _POSSIBLE_KNOWING_ALL, _POSSIBLE)
    level = (reading.advantage(best) < _REASON) & (scores > floor * scores[best])
    level &= (reading.called >= reading.called[best]) | (reading.disadvantage(best) >= _REASON)
    level[best] = False
    return [int(number) for number in np.flatnonzero(level)]


def _outdone(best: int, scores: NDArray[np.float64], reading: Reading) -> int | None:
    """The likeliest guide that knows all the best one knows, and more, or is called what was said."""
    more = (reading.disadvantage(best) >= _REASON) | (reading.called > reading.called[best])
    outdoing = [n for n in _rivals(best, scores, reading) if more[n] and scores[n] > _REPLACING * scores[best]]
    return max(outdoing, key=lambda number: scores[number]) if outdoing else None
