"""Which teams of a leaderboard stand in their order by no more than chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scorer.bootstrap import CONFIDENCE, draw_recordings
from scorer.ranking import OfSums


def group_ties(
    statistics: NDArray[np.float64],
    of: OfSums,
    *,
    resamples: int = 1000,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> list[int]:
    """Put teams, best first, into groups that the recordings cannot tell apart.

    Going down from the first of a group, a team belongs to it as long as the interval of its difference to
    that first contains 0. The first team of which it does not begins the next group. The bootstrap is paired:
    every team is scored on the same drawn recordings, so what makes a recording hard for all cancels out, and
    teams whose own intervals overlap may well be told apart.

    Args:
        statistics: sums of each team and recording that counts, shape (teams, recordings, statistics), best team
            first.
        of: the score, from sums over recordings.
        resamples: how many times a set of as many recordings is drawn.
        seed: the same seed gives the same groups.
        confidence: of the interval, 0 to 1.

    Returns:
        For each team the position of the first of its group, shape (teams,).

    >>> right = np.array([[9, 8, 9, 8], [8, 9, 9, 8], [5, 4, 5, 4]])
    >>> group_ties(np.stack([right, np.full((3, 4), 10)], axis=2), lambda sums: sums[..., 0] / sums[..., 1])
    [0, 0, 2]
    """
    # As floats, in which counts are exact and the product is fast.
    drawn = draw_recordings(statistics.shape[1], resamples=resamples, seed=seed).astype(np.float64)
    scores = of(drawn @ statistics.astype(np.float64))  # (teams, resamples)
    edges = [(1 - confidence) / 2, (1 + confidence) / 2]
    firsts: list[int] = []
    first = 0
    for team, own in enumerate(scores):
        low, high = np.quantile(scores[first] - own, edges)
        if not low <= 0 <= high:
            first = team
        firsts.append(first)
    return firsts
