"""Stream: one modality of one recording, and Labels: what it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Values = NDArray[np.float32]
Flags = NDArray[np.bool_]

NO_LABEL = -1
"""The index that stands for "no emotion" (a tie of the annotators)."""


@dataclass(frozen=True)
class Stream:
    """One modality of one recording. A gap is a run of frames whose values are all zero.

    Attributes:
        times: seconds, strictly increasing, need not start at 0, shape (frames,)
        values: shape (frames, features)
    """

    times: Times
    values: Values

    @property
    def present(self) -> Flags:
        """Which frames carry data: those with a value that is not zero, shape (frames,).

        >>> Stream(np.array([0.0, 0.1]), np.array([[0, 0], [0, 1]], dtype=np.float32)).present
        array([False,  True])
        """
        return np.asarray(self.values.any(axis=1))

    def at(self, times: Times) -> Values:
        """The values of the frames that are shown at `times`, shape (len(times), features).

        A frame is shown from its own time until the next frame's; before the first and more than one
        frame after the last there is nothing: zeros.

        >>> stream = Stream(np.array([1.0, 1.5]), np.array([[3.0], [4.0]], dtype=np.float32))
        >>> stream.at(np.array([0.9, 1.0, 1.4, 1.6, 2.1])).ravel().tolist()
        [0.0, 3.0, 3.0, 4.0, 0.0]
        """
        return self.view_at(times).copy()

    def view_at(self, times: Times) -> Values:
        """What `at` gives, to be read and not to be changed: no copy where the frames shown follow one another."""
        if len(self.times) == 0:
            return np.zeros((len(times), self.values.shape[1]), dtype=np.float32)
        step = self.step
        # Times that were printed and read again differ in their last digits: half a thousandth of a frame is no gap.
        index = np.searchsorted(self.times, times + step * 5e-4, side="right") - 1
        shown = (index >= 0) & (times < self.times[-1] + step * (1 - 5e-4))
        if len(times) and shown.all() and (np.diff(index) == 1).all():
            return self.values[index[0] : index[-1] + 1]
        values = self.values[np.clip(index, 0, None)]
        values[~shown] = 0.0
        return values

    @cached_property
    def step(self) -> float:
        """Seconds from one frame to the next (the median)."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else 1.0


@dataclass(frozen=True)
class Labels:
    """What the annotators said of one recording, row by row: of its frames, its segments, or of it as a whole.

    Attributes:
        times: seconds at which the rows begin, shape (rows,)
        index: which label each row shows, `NO_LABEL` where the annotators tied or were asked for none, shape (rows,)
        agreement: share of the given labels that name it, 0 to 1, shape (rows,); 1 where they were asked for none.
        values: of each attribute, shape (rows, attributes)
    """

    times: Times
    index: NDArray[np.int8]
    agreement: NDArray[np.float64]
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))

    def __post_init__(self) -> None:
        """Rows without attributes are rows all the same."""
        if not self.values.size:
            object.__setattr__(self, "values", np.empty((len(self.times), self.values.shape[1])))

    @classmethod
    def of_attributes(cls, times: Times, values: NDArray[np.float64]) -> Labels:
        """What they said who were asked for attributes alone, shapes (rows,) and (rows, attributes)."""
        rows = len(times)
        return cls(times, np.full(rows, NO_LABEL, dtype=np.int8), np.ones(rows), values)


def zero_runs(values: Values) -> list[tuple[int, int]]:
    """The gaps of a stream as (first frame, frame after the last), in order.

    >>> zero_runs(np.array([[0], [0], [1], [0]], dtype=np.float32))
    [(0, 2), (3, 4)]
    """
    return true_runs(np.asarray(~values.any(axis=1)))


def true_runs(flags: Flags) -> list[tuple[int, int]]:
    """The runs of frames whose flag is set as (first frame, frame after the last), in order.

    >>> true_runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    bordered = np.concatenate([[False], flags, [False]])
    edges = np.flatnonzero(bordered[1:] != bordered[:-1])
    return [(int(first), int(end)) for first, end in zip(edges[::2], edges[1::2], strict=True)]
