"""Numbers → the bins they fall in, each as full as the others.

Trees of `HistGradientBoostingClassifier` see bins alone, and it makes them itself; but where samples have weights,
scikit-learn 1.9 passes over a column again for each bin, which takes longer than all trees together. Columns of fewer
distinct numbers than it has bins it takes as they are: so they are binned before.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted


class QuantileBins(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Replace each value by the number of its bin, counted from 0; NaN stays NaN.

    Only in a column of which nothing was known when it was fitted everything is 0: the trees of scikit-learn 1.9 refuse
    columns that are NaN throughout.

    A value on an edge between two bins belongs to the upper one. Values beyond those that were seen fall in the first
    or last bin.

    Args:
        bins: at most, for each column; a column of few distinct values has fewer.

    Attributes:
        edges_: between the bins, for each column; increasing.
        known_: whether any value of a column was known, shape (columns,).

    >>> QuantileBins(2).fit_transform(np.array([[1.0], [2.0], [3.0], [np.nan], [9.0]])).ravel().tolist()
    [0.0, 0.0, 1.0, nan, 1.0]
    """

    def __init__(self, bins: int = 64) -> None:
        self.bins = bins

    def fit(self, X: NDArray[np.floating], y: Any = None) -> Self:  # noqa: N803
        """Find the edges, X of shape (samples, columns)."""
        shares = np.arange(1, self.bins) / self.bins
        self.known_ = ~np.isnan(X).all(axis=0)
        self.edges_ = [_edges(column[~np.isnan(column)], shares) for column in X.T]
        return self

    def transform(self, X: NDArray[np.floating]) -> NDArray[np.float32]:  # noqa: N803
        """The bins, of the shape of X. Raises ValueError where X has another number of columns."""
        check_is_fitted(self)
        bins = np.empty(X.shape, dtype=np.float32, order="F")
        for place, (column, edges) in enumerate(zip(X.T, self.edges_, strict=True)):
            bins[:, place] = np.searchsorted(edges, np.nan_to_num(column), side="right")
        bins[np.isnan(X) & self.known_] = np.nan
        return bins


def _edges(known: NDArray[np.floating], shares: NDArray[np.float64]) -> NDArray[np.floating]:
    return np.unique(np.quantile(known, shares)) if len(known) else np.empty(0, dtype=known.dtype)
