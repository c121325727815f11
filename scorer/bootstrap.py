"""How sure a score is: recordings are drawn again and again, and the score of those drawn is looked at.

Recordings are drawn whole, since neighbouring frames show the same emotion of the same actor: an interval over single
frames would be far too narrow. Source: Efron, Tibshirani: An Introduction to the Bootstrap, chapter 13 (percentile
interval).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scorer.ranking import OfSums, Sums

CONFIDENCE = 0.95


@dataclass(frozen=True)
class PairedDifference:
    """By how much one submission's score is greater than another's, over the same recordings.

    Attributes:
        difference: over all recordings.
        low: the least of the middle 95 % of the differences over drawn recordings.
        high: the greatest of them.
    """

    difference: float
    low: float
    high: float


def interval(
    statistics: Sums, of: OfSums, *, resamples: int = 1000, seed: int = 0, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """The percentile interval of a score, over recordings drawn with replacement.

    With one recording the interval has no width and says nothing.

    Args:
        statistics: of each recording that counts, shape (recordings, statistics).
        of: the figure, from sums over recordings.
        resamples: how many times a set of as many recordings is drawn.
        seed: the same seed gives the same interval.
        confidence: 0 to 1.

    Returns:
        (low, high)

    >>> interval(np.array([[5.0, 10.0], [5.0, 10.0]]), lambda sums: sums[..., 0] / sums[..., 1])
    (0.5, 0.5)
    """
    drawn = draw_recordings(len(statistics), resamples=resamples, seed=seed)
    return _middle(of(drawn @ statistics), confidence)


def paired_interval(
    one: Sums, other: Sums, of: OfSums, *, resamples: int = 1000, seed: int = 0, confidence: float = CONFIDENCE
) -> PairedDifference:
    """The difference of two scores, and its percentile interval over the same drawn recordings for both.

    Args:
        one: statistics of each recording, shape (recordings, statistics).
        other: of the same recordings in the same order.
        of: the figure, from sums over recordings.
        resamples: how many times recordings are drawn.
        seed: the same seed gives the same interval.
        confidence: 0 to 1.

    Raises:
        ValueError: other recordings.
    """
    if one.shape != other.shape:
        raise ValueError(f"expected statistics of the same recordings. Received: shapes {one.shape} and {other.shape}")
    drawn = draw_recordings(len(one), resamples=resamples, seed=seed)
    low, high = _middle(of(drawn @ one) - of(drawn @ other), confidence)
    return PairedDifference(float(of(one.sum(axis=0)) - of(other.sum(axis=0))), low, high)


def draw_recordings(recordings: int, *, resamples: int, seed: int) -> NDArray[np.int64]:
    """Draw as many recordings as there are, with replacement, again and again.

    Args:
        recordings: how many there are.
        resamples: how many times they are drawn.
        seed: the same seed draws the same.

    Returns:
        How often each recording is drawn, shape (resamples, recordings); every row sums to `recordings`.

    >>> draw_recordings(3, resamples=2, seed=0)
    array([[1, 1, 1],
           [0, 0, 3]])
    """
    return np.random.default_rng(seed).multinomial(recordings, np.full(recordings, 1 / recordings), size=resamples)


def _middle(figures: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    low, high = np.quantile(figures, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
