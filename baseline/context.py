"""Temporal context of frame features, as transformers that scikit-learn's `Pipeline` and `GridSearchCV` take.

Source: MixedEmotions, Deliverable 4.6, section 4.5: features are stacked "from a temporal neighborhood", "rather
skip some frames […] we call it subsampling"; "mean, variance, maximum, and minimum for each feature from a temporal
window"; "shifted in time to account for annotation delays".

What is one sample to scikit-learn is here one recording: X is a list with an array of shape (frames, features) for each
recording, y a list with an array of shape (rows,) for each, and the groups of a cross-validation are the recordings'
subjects. So no step can take the frames of one recording for the neighbours of another's, no split can part the frames
of a recording, and `clone`, `Pipeline`, `GridSearchCV` and `GroupKFold` work as ever: they count and choose samples,
and look into none. `baseline/each_frame.py` carries estimators for which a sample is a frame, such as `PCA`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d
from sklearn.base import BaseEstimator, TransformerMixin

Recordings = Sequence[NDArray[Any]]
"""Of each recording an array whose first axis is time."""


class _ContextTransformer(TransformerMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """A transformer that learns nothing and changes each recording on its own."""

    def fit(self, X: Recordings, y: Any = None) -> Self:  # noqa: N803
        """Learn nothing."""
        return self

    def transform(self, X: Recordings) -> list[NDArray[Any]]:  # noqa: N803
        """Recordings of shape (frames, features) → recordings. Raises ValueError where a parameter is out of range."""
        return [self._of_recording(values) for values in X]

    @abstractmethod
    def _of_recording(self, values: NDArray[Any]) -> NDArray[Any]:
        """One recording, of shape (frames, features)."""

    def __sklearn_is_fitted__(self) -> bool:
        return True


class HoldOverGaps(_ContextTransformer):
    """Gaps (frames of zeros) hold the last frame before them; before the first frame with data, that one.

    A recording that is one gap stays zeros.

    >>> HoldOverGaps().transform([np.array([[0], [5], [0], [6]])])[0].ravel().tolist()
    [5, 5, 5, 6]
    """

    def _of_recording(self, values: NDArray[Any]) -> NDArray[Any]:
        present = values.any(axis=1)
        if not present.any():
            return values
        last = np.maximum.accumulate(np.where(present, np.arange(len(values)), -1))
        return np.asarray(values[np.where(last >= 0, last, present.argmax())])


class Neighbourhood(_ContextTransformer):
    """Stacks each frame with frames before and after it: (frames, features) → (frames, (2 neighbours + 1) · features).

    At the ends of a recording its first and its last frame stand for the ones that are not there.

    Args:
        neighbours: how many frames on either side, 0 or more.
        step: from one of them to the next, in frames, 1 or more: those between are skipped.

    >>> Neighbourhood(neighbours=1, step=2).transform([np.array([[1], [2], [3], [4]])])[0].tolist()
    [[1, 1, 3], [1, 2, 4], [1, 3, 4], [2, 4, 4]]
    """

    def __init__(self, neighbours: int = 2, step: int = 10) -> None:
        self.neighbours = neighbours
        self.step = step

    def _of_recording(self, values: NDArray[Any]) -> NDArray[Any]:
        _check("neighbours", self.neighbours, 0)
        _check("step", self.step, 1)
        offsets = np.arange(-self.neighbours, self.neighbours + 1) * self.step
        index = np.clip(np.arange(len(values))[:, None] + offsets, 0, len(values) - 1)  # (frames, stacked)
        return np.asarray(values[index].reshape(len(values), -1))


class WindowStatistics(_ContextTransformer):
    """Mean, variance, maximum and minimum of each feature in a window: (frames, features) → (rows, 4 · features).

    The window reaches as far before a frame as after it; at the ends of a recording it is as much of it as there is.

    Args:
        reach: frames before, and frames after, 0 or more.
        hop: frames from one row to the next, 1 or more; the first row is that of the first frame. What follows, and y,
            has a row for every `hop` frames.

    >>> WindowStatistics(reach=1).transform([np.array([[0.0], [3.0], [9.0]])])[0].tolist()
    [[1.5, 2.25, 3.0, 0.0], [4.0, 14.0, 9.0, 0.0], [6.0, 9.0, 9.0, 3.0]]
    """

    def __init__(self, reach: int = 25, hop: int = 1) -> None:
        self.reach = reach
        self.hop = hop

    def _of_recording(self, values: NDArray[Any]) -> NDArray[Any]:
        _check("reach", self.reach, 0)
        _check("hop", self.hop, 1)
        frames = np.arange(0, len(values), self.hop)
        first, end = np.maximum(frames - self.reach, 0), np.minimum(frames + self.reach + 1, len(values))
        count = (end - first)[:, None]
        # Sums of squares lose what matters where the mean is large beside the spread: take it off first.
        centre = values.mean(axis=0, dtype=np.float64)
        sums = _running_sums(values - centre)
        mean = (sums[end] - sums[first]) / count
        squares = _running_sums((values - centre) ** 2)
        variance = np.maximum((squares[end] - squares[first]) / count - mean**2, 0.0)
        size = 2 * self.reach + 1
        # Beyond the ends "nearest" repeats the outermost frame, which is in the window there, so it changes no extreme.
        highest = maximum_filter1d(values, size, axis=0, mode="nearest")[:: self.hop]
        lowest = minimum_filter1d(values, size, axis=0, mode="nearest")[:: self.hop]
        return np.hstack([(mean + centre).astype(values.dtype), variance.astype(values.dtype), highest, lowest])


class TimeShift(_ContextTransformer):
    """Shifts features forward: a row gets what was seen `rows` earlier, since raters react late.

    The first rows of a recording, before which there is nothing, get its first one.

    Args:
        rows: 0 or more.

    >>> TimeShift(rows=2).transform([np.array([[1], [2], [3], [4]])])[0].ravel().tolist()
    [1, 1, 1, 2]
    """

    def __init__(self, rows: int = 0) -> None:
        self.rows = rows

    def _of_recording(self, values: NDArray[Any]) -> NDArray[Any]:
        _check("rows", self.rows, 0)
        return np.asarray(values[np.maximum(np.arange(len(values)) - self.rows, 0)])


def _running_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of all frames before each one, and of all: (frames, features) → (frames + 1, features)."""
    return np.vstack([np.zeros((1, values.shape[1])), values.cumsum(axis=0)])


def _check(name: str, value: int, least: int) -> None:
    if value < least:
        raise ValueError(f"{name}: expected {least} or more. Received: {value}")
