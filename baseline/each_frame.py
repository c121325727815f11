"""Estimators for which a sample is a frame, in pipelines where a sample is a recording (see `baseline/context.py`)."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from baseline.context import Recordings
from baseline.post_processing import concordance_cc


class EachFrame(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A transformer of single frames, fitted on the frames of all recordings.

    Args:
        transformer: such as `PCA()`.

    Attributes:
        transformer_: the fitted one.
    """

    def __init__(self, transformer: Any) -> None:
        self.transformer = transformer

    def fit(self, X: Recordings, y: Any = None) -> Self:  # noqa: N803
        """Fit it on all frames."""
        self.transformer_ = clone(self.transformer).fit(np.concatenate(X))
        return self

    def transform(self, X: Recordings) -> list[NDArray[Any]]:  # noqa: N803
        """Transform each recording."""
        check_is_fitted(self)
        return [self.transformer_.transform(values) for values in X]


class FrameRegressor(BaseEstimator):  # type: ignore[misc]
    """A regressor of single rows, fitted on the rows of all recordings.

    Args:
        regressor: such as `ConcordanceRegressor()`.

    Attributes:
        regressor_: the fitted one.
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def fit(self, X: Recordings, y: Recordings) -> Self:  # noqa: N803
        """Fit it on all rows. Raises ValueError where a recording has another number of rows than of values."""
        for place, (values, truth) in enumerate(zip(X, y, strict=True)):
            if len(values) != len(truth):
                raise ValueError(f"y[{place}]: expected {len(values)} values, one for each row. Received: {len(truth)}")
        self.regressor_ = clone(self.regressor).fit(np.concatenate(X), np.concatenate(y))
        return self

    def predict(self, X: Recordings) -> list[NDArray[np.float64]]:  # noqa: N803
        """Of each recording the attribute, shape (rows,)."""
        check_is_fitted(self)
        return [self.regressor_.predict(values) for values in X]

    def score(self, X: Recordings, y: Recordings) -> float:  # noqa: N803
        """The concordance correlation coefficient over all rows of all recordings together, -1 to 1."""
        return concordance_cc(np.concatenate(y), np.concatenate(self.predict(X)))
