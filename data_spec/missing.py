"""Missing data, as the challenge made it: whole files, and segments of zeros inside files.

Overview, Missing Data: "we manually replace features with zeroes for the average length of 10 seconds
in 40% of files. In addition to the missing data, about 5% of files lack completely."
"""

from __future__ import annotations

import numpy as np

from data_spec.challenge import Missing
from data_spec.stream import Stream


def lose_data(streams: dict[str, Stream], missing: Missing, rng: np.random.Generator) -> dict[str, Stream]:
    """The streams of a recording, some of them with a segment of zeros, some of them not there any more.

    Every recording keeps at least one stream. The given streams are not changed.

    Args:
        streams: by modality.
        missing: what is lost how often.
        rng: chance.
    """
    absent = {name for name in streams if rng.random() < missing.absent_files[name]}
    if absent == set(streams):
        absent.remove(min(streams, key=lambda name: missing.absent_files[name]))
    kept = {}
    for name, stream in streams.items():
        is_zeroed = rng.random() < missing.zeroed_files
        # Gamma with a shape of 4: seldom under 3 s or over 20 s at a mean of 10 s.
        seconds = rng.gamma(4.0, missing.zeroed_seconds_mean / 4.0)
        start = rng.random()
        if name not in absent:
            kept[name] = zero_segment(stream, start, seconds) if is_zeroed else stream
    return kept


def zero_segment(stream: Stream, start: float, seconds: float) -> Stream:
    """The stream with one segment of zeros, of the whole stream where that is shorter.

    Args:
        stream: is not changed.
        start: where the segment lies, from 0 (at the beginning) to 1 (at the end).
        seconds: how long it is.

    >>> stream = Stream(np.arange(4) / 2, np.ones((4, 1), dtype=np.float32))
    >>> zero_segment(stream, start=1.0, seconds=1.0).values.ravel().tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    frames = len(stream.times)
    length = min(frames, round(seconds / stream.step))
    first = round(start * (frames - length))
    values = stream.values.copy()
    values[first : first + length] = 0.0
    return Stream(stream.times, values)
