"""Which teams of a leaderboard stand in their order by no more than chance."""

from __future__ import annotations

import numpy as np

from scorer.metrics import CONFIDENCE, Counts, draw_recordings


def group_ties(
    hits: Counts, frames: Counts, *, resamples: int = 1000, seed: int = 0, confidence: float = CONFIDENCE
) -> list[int]:
    """Put teams, best first, into groups that the recordings cannot tell apart.

    Going down from the first of a group, a team belongs to it as long as the interval of its difference to
    that first contains 0. The first team of which it does not begins the next group. The bootstrap is paired:
    every team is scored on the same drawn recordings, so what makes a recording hard for all cancels out, and
    teams whose own intervals overlap may well be told apart.

    Args:
        hits: right frames of each team and recording, shape (teams, recordings), best team first.
        frames: counted frames of each recording, shape (recordings,), not all zero.
        resamples: how many times a set of as many recordings is drawn.
        seed: the same seed gives the same groups.
        confidence: of the interval, 0 to 1.

    Returns:
        For each team the position of the first of its group, shape (teams,).

    >>> hits = np.array([[9, 8, 9, 8], [8, 9, 9, 8], [5, 4, 5, 4]])
    >>> group_ties(hits, np.array([10, 10, 10, 10]))
    [0, 0, 2]
    """
    counted = frames > 0
    drawn = draw_recordings(int(counted.sum()), resamples=resamples, seed=seed).astype(np.float64)
    # As floats, in which these counts are exact and the product is fast.
    accuracies = (drawn @ hits[:, counted].T.astype(np.float64)).T  # (teams, resamples)
    accuracies /= drawn @ frames[counted].astype(np.float64)
    edges = [(1 - confidence) / 2, (1 + confidence) / 2]
    firsts: list[int] = []
    first = 0
    for team, own in enumerate(accuracies):
        low, high = np.quantile(accuracies[first] - own, edges)
        if not low <= 0 <= high:
            first = team
        firsts.append(first)
    return firsts
