"""Eyes: the landmarks of a face → the 6 columns of the eyes stream, 50 times a second.

| columns | what |
|---|---|
| 0, 1 | the iris of the left eye against the middle of the eye, in eye widths: x to the picture's right, y down |
| 2, 3 | the same of the right eye (left and right are the person's own) |
| 4 | 1 while the eyes are open |
| 5 | 1 while the eyes are open and the gaze rests (a fixation) |

The middle of an eye is halfway between its corners and its x axis runs through both, so a tilted head changes nothing.
The challenge of 2017 names these six (overview, Features) and not how they were computed: the rules here are the kit's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from data_spec.features.face.faces import LEFT_IRIS, RIGHT_IRIS
from data_spec.features.resampling import frame_times, interpolate
from data_spec.stream import Flags, Stream, Times, Values, true_runs

RATE = 50
"""Frames per second."""

OPEN_RATIO = 0.2
"""The eye aspect ratio from which on eyes are open. The ratio is that of Soukupová & Čech 2016, "Real-Time Eye Blink
Detection using Facial Landmarks", equation 1; thresholds on it are set from 0.2 to 0.3, and what is near is counted
as open."""

FIXATION_DEGREES_PER_SECOND = 30.0
"""Slower than this, the gaze rests: velocity-threshold identification (Salvucci & Goldberg 2000), with the default
threshold of Tobii's filter (Olsen 2012, "The Tobii I-VT Fixation Filter: Algorithm description")."""

DEGREES_PER_EYE_WIDTH = 143.0
"""How far an eye turned whose iris moved by one eye width, for the small angles of a camera seen from the front: an
eye is about 30 mm wide and turns around a point 12 mm behind the iris, so it is 30 / 12 radians."""

_VELOCITY_FRAMES = 7  # 0.14 s: pictures come 24 to 30 times a second, so a slope over less is the noise of two of them

# Points of the mesh: outer and inner corner, then two pairs of an upper and a lower lid (the six of Soukupová & Čech).
_LEFT = ((362, 263), ((385, 380), (387, 373)))
_RIGHT = ((33, 133), ((160, 144), (158, 153)))

MEASURES = 5
"""What `measure_eyes` gives: x, y of the left iris, x, y of the right, and the eye aspect ratio of both."""


def measure_eyes(landmarks: NDArray[np.float32]) -> Values:
    """Where the irises are and how far the eyes are open, in one picture.

    Args:
        landmarks: of a face (`Face.landmarks`), shape (478, 3)

    Returns:
        x and y of the left iris, x and y of the right iris, in eye widths; then the eye aspect ratio, the mean of
        both eyes: the height of the opening divided by the width of the eye. Shape (5,)
    """
    points = landmarks[:, :2].astype(np.float64)
    left, left_ratio = _measure_eye(points, points[LEFT_IRIS][0], *_LEFT)
    right, right_ratio = _measure_eye(points, points[RIGHT_IRIS][0], *_RIGHT)
    return np.array([*left, *right, (left_ratio + right_ratio) / 2], dtype=np.float32)


def _measure_eye(
    points: NDArray[np.float64],
    iris: NDArray[np.float64],
    corners: tuple[int, int],
    lids: tuple[tuple[int, int], tuple[int, int]],
) -> tuple[tuple[float, float], float]:
    first, second = points[corners[0]], points[corners[1]]  # from left to right in the picture
    across = second - first
    width = float(np.hypot(*across)) or 1.0
    along = across / width
    down = np.array([-along[1], along[0]])
    offset = (iris - (first + second) / 2) / width
    height = sum(float(np.hypot(*(points[upper] - points[lower]))) for upper, lower in lids) / len(lids)
    return (float(offset @ along), float(offset @ down)), height / width


def eyes_stream(measured: Times, measures: Values, seconds: float, joined: Flags | None = None) -> Stream:
    """The eyes stream of a film.

    Videos have 24 to 30 pictures a second, so the offsets at 50 are interpolated. Both flags are decided on the
    interpolated values. Where no face was found for longer than a moment there is a gap: zeros.

    Args:
        measured: when a face was seen, increasing, shape (pictures,)
        measures: what `measure_eyes` says of each, shape (pictures, 5)
        seconds: how long the film is.
        joined: which pictures follow the one before, see `resampling.bridged`.

    Returns:
        times from 0 on, values of shape (frames, 6).
    """
    times = frame_times(seconds, RATE)
    # Counted as seen by a column of ones: all of what is measured may be zero.
    shown = interpolate(measured, np.column_stack([measures, np.ones(len(measured), np.float32)]), times, joined)
    values = np.zeros((len(times), 6), dtype=np.float32)
    seen = shown[:, MEASURES] > 0
    values[:, :4] = shown[:, :4]
    values[:, 4] = seen & (shown[:, 4] >= OPEN_RATIO)
    # Of shut eyes the networks guess where the iris is.
    values[:, 5] = (values[:, 4] > 0) & resting(shown[:, :4], seen)
    # A shut eye whose iris is taken for the very middle is no gap.
    values[seen & ~values.any(axis=1), 0] = np.finfo(np.float32).tiny
    return Stream(times, values)


def resting(offsets: Values, seen: Flags) -> Flags:
    """Which frames belong to a fixation: the gaze, the mean of both eyes, moves slower than the threshold.

    Args:
        offsets: x, y of the left and of the right iris, in eye widths, at 50 frames a second, shape (frames, 4)
        seen: which frames show a face; each run of them is judged alone, shape (frames,)

    Returns:
        shape (frames,)
    """
    gaze = (offsets[:, :2] + offsets[:, 2:]) / 2
    rests = np.zeros(len(gaze), dtype=np.bool_)
    for first, end in true_runs(seen):
        if (frames := min(_VELOCITY_FRAMES, end - first)) < 3:
            continue  # too short to tell
        window = frames - 1 + frames % 2
        velocity = savgol_filter(gaze[first:end], window, polyorder=1, deriv=1, delta=1 / RATE, axis=0)
        rests[first:end] = np.hypot(*velocity.T) * DEGREES_PER_EYE_WIDTH < FIXATION_DEGREES_PER_SECOND
    return rests
