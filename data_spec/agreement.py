"""Agreement: from what annotators chose to a label and how sure it is, and how far annotators agree at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import NO_LABEL, Flags

AGREEMENT_TOLERANCE = 1e-9
"""How far over the threshold an agreement score must be to count as over it.

Scores are fractions of votes that went through floating point and through text: `3 * 0.2` is
0.6000000000000001, yet 3 of 5 is not over 3/5. Two different fractions of up to a thousand votes are at
least 1/(999 · 1000), about 1e-6, apart, so no score that is truly over the threshold is lost.
"""

CONSTANT = 1e-12
"""Variances up to it are the rounding of none: the values are all the same."""

Counts = NDArray[np.integer]
"""How many times each label was chosen for each item, shape (items, labels)."""


@dataclass(frozen=True)
class Consensus:
    """What the annotators chose together.

    Attributes:
        index: the most chosen label, `NO_LABEL` where two or more were chosen as often, shape (items,)
        agreement: share of all votes that the most chosen label has, 0 to 1, shape (items,)
    """

    index: NDArray[np.int8]
    agreement: NDArray[np.float64]


def is_agreed(agreement: NDArray[np.float64], threshold: float) -> Flags:
    """Which agreement scores are over the threshold: only these frames are scored.

    Args:
        agreement: 0 to 1, any shape.
        threshold: 0 to 1; a score at the threshold is not over it (see `AGREEMENT_TOLERANCE`).

    >>> is_agreed(np.array([0.6, 3 * 0.2, 0.625, 0.6 + 1e-6]), 0.6)
    array([False, False,  True,  True])
    """
    return np.asarray(agreement > threshold + AGREEMENT_TOLERANCE)


def consensus(counts: Counts) -> Consensus:
    """The label that most annotators chose for each item, and the share of the votes that it has.

    An annotator may have marked several labels; the share is of all labels given, not of the annotators
    (the overview's example: 5 of 8 is 0.625; it prints 0.675, a slip). A tie is decided on the counts and
    has no label, so no such item's agreement is over 0.5. An item without votes has no label and
    agreement 0.

    Args:
        counts: shape (items, labels), not negative.

    Raises:
        ValueError: not a table of counts.

    >>> consensus(np.array([[5, 2, 1], [2, 2, 0], [0, 0, 0]]))
    Consensus(index=array([ 0, -1, -1], dtype=int8), agreement=array([0.625, 0.5  , 0.   ]))
    """
    counts = _checked(counts)
    top = counts.max(axis=1)
    total = counts.sum(axis=1)
    decided = (counts == top[:, None]).sum(axis=1) == 1
    index = np.where(decided, counts.argmax(axis=1), NO_LABEL).astype(np.int8)
    return Consensus(index=index, agreement=top / np.maximum(total, 1))


def fleiss_kappa(counts: Counts) -> float:
    """How far the annotators agree beyond chance: 1 is perfect, 0 is chance.

    kappa = (P − P_e) / (1 − P_e). P is the mean over the items of the share of pairs of votes that agree,
    n_ij (n_ij − 1) summed over the labels j / n_i (n_i − 1); P_e is the sum over the labels of their
    squared shares of all votes.

    Fleiss (1971) has n_i votes for every item alike, and so have the usual libraries. Here the items may
    have different numbers of votes: each item weighs the same in P and each vote the same in P_e, which
    is his formula where the numbers are equal. Items with fewer than two votes form no pair and are left
    out of both.

    Args:
        counts: shape (items, labels), not negative.

    Returns:
        Up to 1; NaN where it is undefined: no item has two votes, or all votes name one label.

    Raises:
        ValueError: not a table of counts.

    >>> fleiss_kappa(np.array([[3, 0], [0, 3], [3, 0]]))
    1.0
    >>> fleiss_kappa(np.array([[1, 1], [1, 1]]))
    -1.0
    """
    counts = _checked(counts).astype(np.float64)
    counts = counts[counts.sum(axis=1) > 1]
    votes = counts.sum(axis=1)
    if len(counts) == 0 or (shares := counts.sum(axis=0) / votes.sum()).max() == 1.0:
        return float("nan")
    observed = float(np.mean((counts * (counts - 1)).sum(axis=1) / (votes * (votes - 1))))
    by_chance = float((shares**2).sum())
    return (observed - by_chance) / (1 - by_chance)


def krippendorff_alpha(counts: Counts) -> float:
    """Krippendorff's alpha for nominal labels: 1 is perfect, 0 is chance; items may differ in their votes.

    Args:
        counts: shape (items, labels), not negative; items with fewer than two votes are left out.

    Returns:
        Up to 1; NaN where it is undefined: no item has two votes, or all votes name one label.

    Raises:
        ValueError: not a table of counts.

    >>> krippendorff_alpha(np.array([[3, 0], [0, 2], [2, 0]]))
    1.0
    """
    # Imported here: few callers of this module need it, and with scipy's parts it takes a fifth of a second.
    import krippendorff

    counts = _checked(counts)
    counts = counts[counts.sum(axis=1) > 1]
    if np.count_nonzero(counts.sum(axis=0)) < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def krippendorff_alpha_of_numbers(ratings: NDArray[np.float64]) -> float:
    """Krippendorff's alpha for numbers (interval data): 1 is perfect, 0 is chance; items may differ in their ratings.

    alpha = 1 − D_o / D_e. D_o is the mean squared difference between two ratings of one item, an item with m ratings
    weighing m; D_e that between any two ratings at all. The mean squared difference between two of some numbers is
    twice their variance (with m − 1), so neither needs the table of all pairs of values, which grows with the
    square of their number: traces of a few minutes have thousands.

    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section D and metric "interval".

    Args:
        ratings: shape (items, raters), NaN where a rater did not rate the item; items with fewer than two ratings are
            left out.

    Returns:
        Up to 1; NaN where it is undefined: no item has two ratings, or all ratings are the same number.

    Raises:
        ValueError: not of two dimensions.

    >>> krippendorff_alpha_of_numbers(np.array([[1.0, 1.0], [3.0, 3.0], [2.0, np.nan]]))
    1.0
    """
    ratings = np.asarray(ratings, dtype=np.float64)
    if ratings.ndim != 2:
        raise ValueError(f"ratings: expected shape (items, raters). Received: {ratings.shape}")
    number = np.isfinite(ratings).sum(axis=1)
    ratings, number = ratings[number > 1], number[number > 1]
    if number.sum() < 2 or np.nanmin(ratings) == np.nanmax(ratings):
        return float("nan")
    within = float((number * np.nanvar(ratings, axis=1, ddof=1)).sum() / number.sum())
    return 1.0 - within / float(np.nanvar(ratings, ddof=1))


def concordance_cc(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Lin's concordance correlation coefficient: how far two raters say the same, not only rise and fall together.

    2 cov(x, y) / (var(x) + var(y) + (mean(x) − mean(y))²), with population variances (Lin 1989).

    Args:
        first: of one, shape (items,)
        second: of the other, shape (items,)

    Returns:
        −1 to 1, 1 is the same; NaN where it is undefined: no items, or both say one and the same number throughout.

    >>> concordance_cc(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]))
    1.0
    """
    if len(first) == 0:
        return float("nan")
    apart = first - first.mean(), second - second.mean()
    spread = float((apart[0] ** 2).mean() + (apart[1] ** 2).mean() + (first.mean() - second.mean()) ** 2)
    return 2 * float((apart[0] * apart[1]).mean()) / spread if spread > CONSTANT else float("nan")


def _checked(counts: Counts) -> Counts:
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[1] == 0 or not np.issubdtype(counts.dtype, np.integer) or (counts < 0).any():
        raise ValueError(
            "counts: expected integers of shape (items, labels), none negative. "
            f"Received: {counts.dtype} of shape {counts.shape}"
        )
    return counts
