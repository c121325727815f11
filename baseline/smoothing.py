"""Moving averages: what is shown now is most probably what was shown just before, and is shown just after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def moving_average(values: NDArray[np.floating], width: int) -> NDArray[np.float64]:
    """The mean over each row and its neighbours. At the ends, where some are missing, the mean of those that are there.

    So rows that sum to 1 still do, and nothing is shifted in time.

    Args:
        values: at equal steps in time, shape (rows, columns).
        width: how many rows are averaged, an odd number; 1 changes nothing.

    Raises:
        ValueError: a width that is even or less than 1.

    >>> moving_average(np.array([[0.0], [3.0], [0.0], [9.0]]), 3).ravel().tolist()
    [1.5, 1.0, 4.0, 4.5]
    """
    if width < 1 or width % 2 == 0:
        raise ValueError(f"width: expected an odd number of rows. Received: {width}")
    rows, half = np.arange(len(values)), width // 2
    begin, end = np.maximum(rows - half, 0), np.minimum(rows + half + 1, len(values))
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    return np.asarray((sums[end] - sums[begin]) / (end - begin)[:, None])


def odd_width(seconds: float, step: float) -> int:
    """How many rows, `step` seconds apart, a window covers that reaches `seconds` / 2 to both sides.

    >>> odd_width(0.0, 0.2), odd_width(1.0, 0.2), odd_width(2.0, 0.2)
    (1, 5, 11)
    """
    return 2 * round(seconds / step / 2) + 1
