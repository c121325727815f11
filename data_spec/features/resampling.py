"""What was measured at the times of pictures → frames at the even times of a stream."""

from __future__ import annotations

import numpy as np

from data_spec.stream import Flags, Times, Values

LONGEST_BRIDGE = 0.2
"""Seconds between two measurements over which values are interpolated; over a longer time there is a gap.

Cameras give 24 to 30 pictures a second, so a stream of 50 is interpolated throughout: it shows nothing that the
pictures did not. A blink takes 0.1 to 0.4 s; 0.2 s bridges a picture or five that were lost, and no turned head.
"""


def frame_times(seconds: float, rate: int) -> Times:
    """The times of a stream's frames from 0 on, as many as begin and end within `seconds`.

    >>> frame_times(0.1, 50).tolist()
    [0.0, 0.02, 0.04, 0.06, 0.08]
    """
    # A duration that was added up from frames may lie a hair below the whole number.
    return np.arange(int(seconds * rate + 1e-6)) / rate


def bridged(measured: Times, times: Times, joined: Flags | None = None) -> Flags:
    """Which times lie between two measurements not too far apart, or within half of `LONGEST_BRIDGE` of a single one.

    Args:
        measured: seconds, increasing, shape (measurements,)
        times: seconds, shape (frames,)
        joined: whether each measurement is of the picture right after that of the one before: then nothing was missed
            between them, however slow the film is; the first counts for nothing, shape (measurements,)

    Returns:
        shape (frames,)

    >>> bridged(np.array([0.0, 0.1, 1.0]), np.array([0.05, 0.15, 0.5, 0.95])).tolist()
    [True, True, False, True]
    """
    if len(measured) == 0:
        return np.zeros(len(times), dtype=np.bool_)
    after = np.searchsorted(measured, times, side="left")
    before = np.searchsorted(measured, times, side="right") - 1
    left = np.where(before >= 0, measured[np.maximum(before, 0)], -np.inf)
    right = np.where(after < len(measured), measured[np.minimum(after, len(measured) - 1)], np.inf)
    is_shown = np.minimum(times - left, right - times) <= LONGEST_BRIDGE / 2 + 1e-9
    is_shown |= right - left <= LONGEST_BRIDGE + 1e-9
    if joined is not None:
        is_shown |= (before >= 0) & (after < len(measured)) & joined[np.minimum(after, len(measured) - 1)]
    return np.asarray(is_shown)


def interpolate(measured: Times, values: Values, times: Times, joined: Flags | None = None) -> Values:
    """The values at `times`, linear between measurements, zeros where nothing was measured nearby (`bridged`).

    Args:
        measured: seconds, increasing, shape (measurements,)
        values: shape (measurements, features)
        times: seconds, shape (frames,)
        joined: see `bridged`.

    Returns:
        shape (frames, features)

    >>> interpolate(np.array([0.0, 0.1]), np.array([[1.0], [2.0]], np.float32), np.array([0.05, 9.0])).ravel().tolist()
    [1.5, 0.0]
    """
    result = np.zeros((len(times), values.shape[1]), dtype=np.float32)
    shown = bridged(measured, times, joined)
    if shown.any():
        after = np.clip(np.searchsorted(measured, times[shown], side="right"), 1, max(len(measured) - 1, 1))
        before, after = after - 1, np.minimum(after, len(measured) - 1)
        span = np.where(after > before, measured[after] - measured[before], 1.0)
        share = np.clip((times[shown] - measured[before]) / span, 0.0, 1.0)[:, None].astype(np.float32)
        result[shown] = values[before] * (1 - share) + values[after] * share
    return result
