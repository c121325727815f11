"""Which teams of a leaderboard stand in their order by no more than chance."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scorer.bootstrap import CONFIDENCE, draw_recordings
from scorer.ranking import OfSums

RESAMPLES, SEED = 1000, 0

FIRST_BLOCK = 8
"""So many teams are compared at once with the first of a group, then twice as many, and so on."""


def resample_scores(statistics: NDArray[np.float64], of: OfSums) -> NDArray[np.float64]:
    """The scores on recordings that are drawn again and again, the same for every team.

    Args:
        statistics: sums of each recording that counts, shape (…, recordings, statistics).
        of: the score, from sums over recordings.

    Returns:
        shape (…, resamples)
    """
    return of(_drawn(statistics.shape[-2]) @ statistics.astype(np.float64))


def group_alike(scores: NDArray[np.float64], *, confidence: float = CONFIDENCE) -> list[int]:
    """Put teams, best first, into groups by their scores on the same drawn recordings.

    Going down from the first of a group, a team belongs to it as long as the interval of its difference to
    that first contains 0. The first team of which it does not begins the next group. The bootstrap is paired:
    every team is scored on the same drawn recordings, so what makes a recording hard for all cancels out, and
    teams whose own intervals overlap may well be told apart.

    Args:
        scores: of `resample_scores`, shape (teams, resamples), best team first.
        confidence: of the interval, 0 to 1.

    Returns:
        For each team the position of the first of its group, shape (teams,).

    >>> group_alike(np.array([[0.9, 0.8], [0.8, 0.9], [0.5, 0.4]]))
    [0, 0, 2]
    """
    firsts: list[int] = []
    block = FIRST_BLOCK
    first = 0
    while len(firsts) < len(scores):
        others = scores[len(firsts) : len(firsts) + block]
        apart = np.flatnonzero(~_contain_zero(scores[first] - others, confidence))
        if len(apart):
            firsts += [first] * int(apart[0])
            first, block = len(firsts), FIRST_BLOCK
            firsts.append(first)
        else:
            firsts += [first] * len(others)
            block *= 2
    return firsts


def _contain_zero(differences: NDArray[np.float64], confidence: float) -> NDArray[np.bool_]:
    """Whether the interval of each row contains 0; that of a row with a NaN does not.

    Args:
        differences: shape (rows, resamples).
        confidence: of the interval, 0 to 1.

    Returns:
        shape (rows,)
    """
    tail = (1 - confidence) / 2
    below = int(tail * (differences.shape[1] - 1))  # the lower edge is between this value, in their order, and the next
    not_over, not_under = (differences <= 0).sum(axis=1), (differences >= 0).sum(axis=1)
    fewest = np.minimum(not_over, not_under)
    contain = fewest >= below + 2
    # Only where 0 lies between the two is it to be computed where the edge is.
    for row in np.flatnonzero((fewest == below + 1) & ~np.isnan(differences).any(axis=1)):
        low, high = np.quantile(differences[row], [tail, (1 + confidence) / 2])
        contain[row] = low <= 0 <= high
    return np.asarray(contain & ~np.isnan(differences).any(axis=1))


@lru_cache(maxsize=4)
def _drawn(recordings: int) -> NDArray[np.float64]:
    """As floats, in which counts are exact and the product is fast."""
    drawn = draw_recordings(recordings, resamples=RESAMPLES, seed=SEED).astype(np.float64)
    drawn.flags.writeable = False
    return drawn
