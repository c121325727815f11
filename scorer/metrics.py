"""The figures of the field, each a function of counts or of sums.

Sources: Schuller, Steidl, Batliner: The INTERSPEECH 2009 Emotion Challenge (weighted and unweighted accuracy); Lin
1989: A Concordance Correlation Coefficient to Evaluate Reproducibility.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_spec.agreement import CONSTANT

Counts = NDArray[np.int64]


def weighted_accuracy(confusion: Counts) -> float:
    """Plain accuracy: the share of rows that are right. Each label weighs as much as it is frequent.

    WA = sum of the diagonal / sum of all. Where every row has one label, it is also the micro-averaged F1.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels), not all zero.

    Returns:
        0 to 1.

    >>> weighted_accuracy(np.array([[3, 1], [1, 0]]))
    0.6
    """
    return float(confusion.trace() / confusion.sum())


def unweighted_accuracy(confusion: Counts) -> float:
    """Mean of the recalls of the labels that the truth shows. Each label weighs the same.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels), not all zero.

    Returns:
        0 to 1.

    >>> unweighted_accuracy(np.array([[3, 1], [1, 0]]))
    0.375
    """
    return float(np.mean([recall for recall in recalls(confusion) if recall is not None]))


def recalls(confusion: Counts) -> list[float | None]:
    """The share of each label's rows that are right; None for a label that the truth never shows.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels).

    >>> recalls(np.array([[3, 1], [0, 0]]))
    [0.75, None]
    """
    hits, rows = confusion.diagonal().tolist(), confusion.sum(axis=1).tolist()
    return [hit / row if row else None for hit, row in zip(hits, rows, strict=True)]


def f1_scores(confusion: Counts) -> list[float | None]:
    """F1 of each label; None for one that occurs neither in the truth nor in the predictions.

    F1 = 2 · hits / (rows of the label + predictions of the label).

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels).

    >>> f1_scores(np.array([[2, 0, 2], [0, 0, 0], [0, 0, 4]]))
    [0.6666666666666666, None, 0.8]
    """
    hits = confusion.diagonal().tolist()
    occurrences = (confusion.sum(axis=0) + confusion.sum(axis=1)).tolist()
    return [2 * hit / both if both else None for hit, both in zip(hits, occurrences, strict=True)]


def macro_f1(confusion: Counts) -> float:
    """Mean F1 over the labels that occur in the truth or in the predictions.

    A label that occurs in neither has no F1 and is left out; one that occurs in one of them only has 0. So does
    scikit-learn's `f1_score` with `average="macro"` where it is given no list of labels.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels), not all zero.

    Returns:
        0 to 1.

    >>> macro_f1(np.array([[2, 0, 2], [0, 0, 0], [0, 0, 4]]))
    0.7333333333333334
    """
    return float(macro_f1_of_confusions(confusion.astype(np.float64)))


def macro_f1_of_confusions(confusions: NDArray[np.float64]) -> NDArray[np.float64]:
    """`macro_f1` of many tables at once, shape (…, labels, labels) → shape (…); 0 of a table of zeros."""
    hits = np.diagonal(confusions, axis1=-2, axis2=-1)
    occurrences = confusions.sum(axis=-1) + confusions.sum(axis=-2)
    scores = 2 * hits / np.maximum(occurrences, 1)
    return np.asarray(scores.sum(axis=-1) / np.maximum((occurrences > 0).sum(axis=-1), 1))


def sums_of_pairs(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """What correlations follow from: rows, and sums of truth, prediction, their squares and their product.

    Args:
        truth: shape (rows, attributes)
        predicted: of the same shape.

    Returns:
        shape (attributes, 6); of several recordings they can be added up.
    """
    rows = np.full(truth.shape[1], float(len(truth)))
    sums = (truth, predicted, truth**2, predicted**2, truth * predicted)
    return np.column_stack([rows, *(one.sum(axis=0) for one in sums)])


def concordance_cc_of_sums(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lin's concordance correlation coefficient, with the variances of the population (divided by N).

    CCC = 2 s_xy / (s_x² + s_y² + (x̄ − ȳ)²). Divided by N − 1 in one place and N in another, as one public challenge
    had it, a perfect prediction would score (N − 1)/N.

    Args:
        sums: `sums_of_pairs` of one row or more, shape (…, 6)

    Returns:
        −1 to 1, shape (…); 1 where both are the same constant, 0 where only one of them varies.

    >>> truth = np.array([[0.0], [1.0], [2.0]])
    >>> concordance_cc_of_sums(sums_of_pairs(truth, truth)).tolist()
    [1.0]
    >>> concordance_cc_of_sums(sums_of_pairs(truth, truth + 1.0)).round(4).tolist()
    [0.5714]
    """
    truth_mean, predicted_mean, truth_variance, predicted_variance, covariance = _moments(sums)
    apart = truth_variance + predicted_variance + (truth_mean - predicted_mean) ** 2
    return np.where(apart > CONSTANT, 2 * covariance / np.maximum(apart, CONSTANT), 1.0)


def pearson_cc_of_sums(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pearson's correlation of `sums_of_pairs`, shape (…, 6) → shape (…); NaN where either is constant."""
    _, _, truth_variance, predicted_variance, covariance = _moments(sums)
    varies = np.minimum(truth_variance, predicted_variance) > CONSTANT
    scale = np.sqrt(np.where(varies, truth_variance * predicted_variance, 1.0))
    return np.where(varies, covariance / scale, np.nan)


def _moments(sums: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Means of truth and prediction, their variances, and their covariance, each of shape (…)."""
    rows, *totals = np.moveaxis(sums, -1, 0)
    truth, predicted, truth_squares, predicted_squares, products = (one / np.maximum(rows, 1) for one in totals)
    return (
        truth,
        predicted,
        np.maximum(truth_squares - truth**2, 0.0),
        np.maximum(predicted_squares - predicted**2, 0.0),
        products - truth * predicted,
    )
