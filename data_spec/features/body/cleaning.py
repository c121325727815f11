"""Joints as a sensor saw them → smooth positions and their derivatives at even times.

Each joint is taken by itself. Gaps of up to `LONGEST_BRIDGE` are interpolated, longer ones stay; between gaps, a
polynomial is fitted to the half second around each time (Savitzky and Golay 1964, "Smoothing and Differentiation of
Data by Simplified Least Squares Procedures"). Its value and its derivatives there are the position, velocity,
acceleration and jerk: differences of neighbouring frames would multiply the sensor's jitter by 30³ in the jerk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from data_spec.features.body.joints import Skeleton
from data_spec.features.resampling import LONGEST_BRIDGE, frame_times
from data_spec.stream import Flags, Times, true_runs

Array = NDArray[np.float64]

GRID_RATE = 60
"""Even times a second, at the least, on which the polynomials are fitted: twice as many as the frames of a Kinect."""

WINDOW_SECONDS = 0.5
"""How long a stretch each polynomial is fitted to.

With the order below, half of a movement's power is left at 3.3 Hz in the position, 3.7 Hz in the velocity, 2.7 Hz in
the acceleration and 3.0 Hz in the jerk; at 1 Hz less than 1 % of the amplitude is lost, at 2 Hz at most 11 %. In
shorter windows the jitter of the joints, some millimetres in every frame, rises above the jerk of gestures: a window
of half the length multiplies it by 11 (2 to the power of 3.5).
"""

ORDER = 5
"""Of the polynomials: the jerk may still change within a window, so that it is not flattened (with 3 and 4 it is)."""

END_ORDER = 3
"""Of the polynomials of the first and the last half window of a stretch, to one side of which nothing was measured.

A fifth degree would follow the jitter there: with 5 mm of it on each axis, the jerk of a joint at rest would be 91 m/s³
along an axis at the end of a stretch, against 13 in its middle. With the third it is 2.5. In exchange, an acceleration
or jerk that changes within the last quarter of a second is not followed: of a hand that swings by 0.2 m at 0.8 Hz, the
velocity there is wrong by 0.12 m/s (root mean square, of 0.71), the jerk by as much as it is high.
"""


@dataclass(frozen=True)
class Motion:
    """How the joints of one person move, at even times.

    Attributes:
        times: seconds from 0 on, shape (frames,)
        positions: metres, NaN where a joint was not seen, shape (frames, 25, 3); as the three that follow
        velocities: metres per second.
        accelerations: metres per second².
        jerks: metres per second³.
    """

    times: Times
    positions: Array
    velocities: Array
    accelerations: Array
    jerks: Array


def clean(skeleton: Skeleton, seconds: float, rate: int) -> Motion:
    """The movement at `rate` times a second, from 0 on, for as long as the recording is.

    A joint is not seen, in all four, in a gap of over `LONGEST_BRIDGE`, before its first and after its last
    measurement, and where it is seen for less than `WINDOW_SECONDS` at a stretch: what cannot be smoothed has no
    derivatives. Where a stretch begins or ends between two frames, the frame next to it takes its first or last value.

    Args:
        skeleton: the joints as measured, at any times.
        seconds: how long the recording is.
        rate: frames per second.
    """
    times = frame_times(seconds, rate)
    finer = -(-GRID_RATE // rate)
    grid = np.arange(len(times) * finer) / (rate * finer)
    moved = np.full((4, len(times), *skeleton.positions.shape[1:]), np.nan)
    for joint in range(skeleton.positions.shape[1]):
        seen = ~np.isnan(skeleton.positions[:, joint]).any(axis=1)
        measured = skeleton.times[seen]
        between = _between(measured, grid)
        derivatives = _fit(measured, skeleton.positions[seen, joint].astype(np.float64), grid, between)
        moved[:, :, joint] = derivatives[:, _nearest_seen(~np.isnan(derivatives[0, :, 0]), finer)]
    return Motion(times, *moved)


def _between(measured: Times, grid: Times) -> Flags:
    """Which times of the grid lie between two measurements that are not too far apart, or on one."""
    if len(measured) == 0:
        return np.zeros(len(grid), dtype=np.bool_)
    # The clocks of a file and of the grid differ in their last digits.
    after = np.searchsorted(measured, grid - 1e-6, side="left")
    before = np.searchsorted(measured, grid + 1e-6, side="right") - 1
    inside = (before >= 0) & (after < len(measured))
    gap = measured[np.minimum(after, len(measured) - 1)] - measured[np.maximum(before, 0)]
    return np.asarray(inside & (gap <= LONGEST_BRIDGE + 1e-6))


def _fit(measured: Times, positions: Array, grid: Times, between: Flags) -> Array:
    """Position and three derivatives of one joint, NaN outside of long enough stretches, shape (4, grid, 3)."""
    step = float(grid[1]) if len(grid) > 1 else 1 / GRID_RATE
    window = round(WINDOW_SECONDS / step) // 2 * 2 + 1
    result = np.full((4, len(grid), 3), np.nan)
    for begin, end in true_runs(between):
        if end - begin >= window:
            even = np.column_stack([np.interp(grid[begin:end], measured, axis) for axis in positions.T])
            for order in range(4):
                fitted = savgol_filter(even, window, ORDER, deriv=order, delta=step, axis=0)
                at_ends = savgol_filter(even, window, END_ORDER, deriv=order, delta=step, axis=0)
                half = window // 2
                fitted[:half], fitted[-half:] = at_ends[:half], at_ends[-half:]
                result[order, begin:end] = fitted
    return result


def _nearest_seen(seen: Flags, finer: int) -> NDArray[np.intp]:
    """For each frame its time on the grid, or one at most half a frame away where only that is seen."""
    chosen = np.arange(0, len(seen), finer)
    for shift in sorted(range(-(finer // 2), finer // 2 + 1), key=abs, reverse=True):
        near = np.clip(np.arange(0, len(seen), finer) + shift, 0, max(len(seen) - 1, 0))
        chosen = np.where(seen[near], near, chosen)
    return chosen
