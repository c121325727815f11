"""How sure a score is: recordings are drawn again and again, and the score of those drawn is looked at.

Recordings are drawn whole, since neighbouring frames show the same emotion of the same actor: an interval over single
frames would be far too narrow. Source: Efron, Tibshirani: An Introduction to the Bootstrap, chapter 13 (percentile
interval).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scorer.ranking import OfSums, Sums

CONFIDENCE = 0.95

MOST_KEPT_NUMBERS = 250_000
"""Draws of more numbers than this, 2 MB, are made anew each time."""

MOST_KEPT_DRAWS = 4

WHOLE_NUMBERS_BELOW = 2.0**53
"""A float64 says each of them exactly."""


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
    return _middle(of(_sums_of_draws(statistics, resamples, seed)), confidence)


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

    To draw takes longer than all else that a score needs, so of few recordings the draws are kept for the next score.

    Args:
        recordings: how many there are.
        resamples: how many times they are drawn.
        seed: the same seed draws the same.

    Returns:
        How often each recording is drawn, shape (resamples, recordings), not to be written to; every row sums to
        `recordings`.

    >>> draw_recordings(3, resamples=2, seed=0)
    array([[1, 1, 1],
           [0, 0, 3]])
    """
    draw = _draw_once if recordings * resamples <= MOST_KEPT_NUMBERS else _draw
    return draw(recordings, resamples, seed)


def _sums_of_draws(statistics: Sums, resamples: int, seed: int) -> Sums:
    """The sums over the recordings of each draw, shape (resamples, statistics)."""
    recordings = len(statistics)
    if recordings * resamples <= MOST_KEPT_NUMBERS or not _add_up_exactly(statistics):
        return draw_recordings(recordings, resamples=resamples, seed=seed) @ statistics
    # Piece by piece, which needs little memory.
    rng = np.random.default_rng(seed)
    rows = max(1, MOST_KEPT_NUMBERS // recordings)
    pieces = [min(rows, resamples - first) for first in range(0, resamples, rows)]
    return np.concatenate([_multinomial(rng, recordings, size) @ statistics for size in pieces])


def _add_up_exactly(statistics: Sums) -> bool:
    """Whether the sums of as many draws as recordings are the same in any order: of whole numbers, not too large."""
    is_whole = statistics == np.rint(statistics)
    return bool(is_whole.all() and len(statistics) * np.abs(statistics).max() < WHOLE_NUMBERS_BELOW)


def _draw(recordings: int, resamples: int, seed: int) -> NDArray[np.int64]:
    drawn = _multinomial(np.random.default_rng(seed), recordings, resamples)
    drawn.flags.writeable = False
    return drawn


_draw_once = lru_cache(maxsize=MOST_KEPT_DRAWS)(_draw)


def _multinomial(rng: np.random.Generator, recordings: int, size: int) -> NDArray[np.int64]:
    return rng.multinomial(recordings, np.full(recordings, 1 / recordings), size=size)


def _middle(figures: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    low, high = np.quantile(figures, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
