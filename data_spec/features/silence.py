"""When a voice is silent: quiet, without a pitch, for longer than any consonant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import Flags, true_runs

SILENCE_DECIBELS = 35.0
"""How far under the loudest frame of the recording a frame is silent.

The noise of a quiet room lies 40 to 60 dB under speech: at 50 dB a model learns from the rooms of the
speakers. (In RAVDESS 13 to 48 % of the time would be silence, depending on the actor; at 35 dB it is 40 to
55 % for all of them.) Soft speech is kept, because what has a pitch is never silent.
"""

SILENCE_SECONDS = 0.3
"""How long silence lasts at the least: a stop consonant's closure (up to 0.15 s) is speech."""


def frame_power(samples: NDArray[np.floating], rate: int, frame_rate: int) -> NDArray[np.float64]:
    """The mean square of the samples that belong to each whole frame, shape (frames,).

    Args:
        samples: one channel, shape (samples,)
        rate: samples per second.
        frame_rate: frames per second.

    >>> frame_power(np.array([1.0, 1.0, 0.0, 2.0, 5.0]), rate=4, frame_rate=2).tolist()
    [1.0, 2.0]
    """
    frames = len(samples) * frame_rate // rate
    first = np.arange(frames + 1) * rate // frame_rate
    if frames == 0:
        return np.zeros(0)
    squares = np.add.reduceat(np.asarray(samples[: first[-1]], dtype=np.float64) ** 2, first[:-1])
    return np.asarray(squares / np.diff(first))


def silent_frames(power: NDArray[np.float64], voiced: Flags, frame_rate: int) -> Flags:
    """Which frames are silent: quiet and unvoiced, for `SILENCE_SECONDS` or longer.

    Quiet is more than `SILENCE_DECIBELS` under the loudest frame. A recording of nothing but digital zeros is
    silent throughout.

    Args:
        power: of each frame (`frame_power`), shape (frames,)
        voiced: which frames have a pitch, shape (frames,)
        frame_rate: frames per second.

    Returns:
        shape (frames,)
    """
    quiet = (power <= power.max(initial=0.0) * 10 ** (-SILENCE_DECIBELS / 10)) & ~voiced
    silent = np.zeros(len(power), dtype=np.bool_)
    for begin, end in true_runs(quiet):
        silent[begin:end] = end - begin >= SILENCE_SECONDS * frame_rate
    return silent
