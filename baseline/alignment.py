"""Alignment: streams of different rates brought to the frames of one of them.

The features of early fusion are aligned "using weighted averaging. The overlap of each modality with a reference one is
the weight of each modality. An average is taken with these weights" (Williams et al., 2018, section 4.3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import Stream, Times, Values


def frame_ends(stream: Stream) -> Times:
    """When each frame ends, shape (frames,): when the next one begins; the last one lasts as long as most (`step`).

    >>> frame_ends(Stream(np.array([0.0, 0.5, 1.0]), np.ones((3, 1), dtype=np.float32))).tolist()
    [0.5, 1.0, 1.5]
    """
    if len(stream.times) == 0:
        return np.zeros(0)
    return np.append(stream.times[1:], stream.times[-1] + stream.step)


def overlap_average(stream: Stream, begin: Times, end: Times) -> Values:
    """What a stream shows on average in each interval: its frames, weighted by how long each overlaps the interval.

    Only frames that carry data have a weight, so that a gap is no pull towards zero: an interval that is half a gap has
    the average of its other half, and one that meets no data at all is zeros, a gap again.

    Args:
        stream: each frame lasts until the next one (`frame_ends`), shape (frames, features).
        begin: of the intervals, in seconds, shape (intervals,); they may overlap and need no order.
        end: of the intervals, none before its begin, shape (intervals,).

    Returns:
        Shape (intervals, features).

    >>> stream = Stream(np.array([0.0, 1.0, 2.0]), np.array([[1.0], [2.0], [6.0]], dtype=np.float32))
    >>> overlap_average(stream, np.array([0.0, 1.5, 9.0]), np.array([2.0, 3.0, 9.5])).ravel().tolist()
    [1.5, 4.666666507720947, 0.0]
    """
    if len(stream.times) == 0:
        return np.zeros((len(begin), stream.values.shape[1]), dtype=np.float32)
    edges = np.append(stream.times, frame_ends(stream)[-1])  # (frames + 1,)
    # A gap's values are zero: it adds nothing to the sums, nor may it to the seconds that they are divided by.
    seconds = _integral(stream.present[:, None].astype(np.float64), edges, begin, end)  # (intervals, 1)
    sums = _integral(stream.values.astype(np.float64), edges, begin, end)  # (intervals, features)
    # Less than a millionth of a frame is what rounding leaves where two edges meet, and no data.
    met = seconds > 1e-6 * stream.step
    return np.where(met, sums / np.where(met, seconds, 1.0), 0.0).astype(np.float32)


def _integral(values: NDArray[np.float64], edges: Times, begin: Times, end: Times) -> NDArray[np.float64]:
    """Of a function of time that is `values[i]` from `edges[i]` to `edges[i + 1]` and 0 outside, over each interval.

    The integral from the first edge on is known at all edges from one cumulative sum, and linear between them: two
    looks at it answer any interval, however many frames it covers.
    """
    at_edges = np.zeros((len(edges), values.shape[1]))
    np.cumsum(values * np.diff(edges)[:, None], axis=0, out=at_edges[1:])

    def until(times: Times) -> NDArray[np.float64]:
        inside = np.clip(times, edges[0], edges[-1])
        frame = np.clip(np.searchsorted(edges, inside, side="right") - 1, 0, len(values) - 1)
        return np.asarray(at_edges[frame] + values[frame] * (inside - edges[frame])[:, None])

    return until(end) - until(begin)
