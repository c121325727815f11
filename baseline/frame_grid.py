"""Some frames of a recording that stand for all: neighbouring frames say nearly the same."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value", bound=np.generic)


def frames_in(seconds: float, rate: float) -> int:
    """Frames in so many seconds, at least one.

    >>> frames_in(0.2, 100), frames_in(0.001, 100)
    (20, 1)
    """
    return max(1, round(seconds * rate))


def middle_frames(frames: int, step: int) -> NDArray[np.int64]:
    """The middle frame of each piece of `step` frames; of a last piece that is shorter, the last frame at most.

    >>> middle_frames(11, 4).tolist()
    [2, 6, 10]
    """
    return np.minimum(np.arange(step // 2, frames + step // 2, step), frames - 1)


def spread(values: NDArray[Value], frames: int, step: int) -> NDArray[Value]:
    """What was found for the middle of each piece, for all its frames, shape (frames, …).

    >>> spread(np.array([5, 6, 7]), 11, 4).tolist()
    [5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7]
    """
    return np.repeat(values, step, axis=0)[:frames]
