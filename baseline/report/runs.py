"""Runs: neighbouring frames that show the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Run:
    """Frames `first` to `end` − 1."""

    first: int
    end: int

    @property
    def frames(self) -> int:
        """How many there are."""
        return self.end - self.first


def runs_of(values: NDArray[np.generic]) -> list[Run]:
    """The longest runs of equal values, in order.

    Args:
        values: of each frame, shape (frames,) or (frames, columns)

    >>> runs_of(np.array([3, 3, 0]))
    [Run(first=0, end=2), Run(first=2, end=3)]
    >>> runs_of(np.array([]))
    []
    """
    if len(values) == 0:
        return []
    changes = (values[1:] != values[:-1]).reshape(len(values) - 1, -1).any(axis=1)
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(values)]
    return [Run(first, end) for first, end in pairwise(edges)]
