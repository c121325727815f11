"""Statistics of a stream over windows of several lengths around any times, and how much of each window has data.

Gaps count for nothing: a statistic is one of the frames that are present. A window without any has no statistics (NaN),
which is how a model that tells "unknown" from a value wants them.

The cost does not grow with the length of the windows: means and deviations are differences of cumulative sums, extremes
come from a table of the extremes of all runs of 1, 2, 4, 8 … frames (any run is covered by two of them).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data_spec.corpus import RecordingFolder
from data_spec.stream import Stream, Times

Extreme = np.ufunc
"""`np.minimum` or `np.maximum`."""


def window_statistics(
    stream: Stream | None, features: int, rate: float, centres: Times, seconds: Sequence[float]
) -> NDArray[np.float32]:
    """What a stream is like around each of some times.

    The frames of a window of s seconds around c are those whose time is in [c − s/2, c + s/2). Beyond the ends of the
    stream there are none.

    Args:
        stream: None where the recording lacks the modality.
        features: of the modality.
        rate: frames per second of the modality.
        centres: of the windows, in seconds, shape (centres,).
        seconds: the windows' lengths.

    Returns:
        Shape (centres, lengths × columns): for each length mean, standard deviation (of the population), minimum and
        maximum of each feature, NaN where nothing is present, and the presence: which share of the window has data,
        0 to 1.

    >>> stream = Stream(np.array([0.0, 0.5, 1.0, 1.5]), np.array([[1.0], [3.0], [0.0], [8.0]], dtype=np.float32))
    >>> window_statistics(stream, 1, 2.0, np.array([0.5, 9.0]), [1.0]).tolist()
    [[2.0, 1.0, 1.0, 3.0, 1.0], [nan, nan, nan, nan, 0.0]]
    """
    if stream is None:
        stream = Stream(np.empty(0), np.empty((0, features), dtype=np.float32))
    present = stream.present
    times, values = stream.times[present], stream.values[present]
    # Times that were printed and read again differ in their last digits: a frame belongs to the same window before
    # and after.
    edge = 5e-4 / rate
    columns: list[NDArray[np.floating]] = []
    for length in seconds:
        begin = np.searchsorted(times, centres - length / 2 - edge)
        end = np.searchsorted(times, centres + length / 2 - edge)
        share = np.minimum((end - begin) / (length * rate), 1.0)
        columns += [
            *_mean_and_deviation(values, begin, end),
            _extreme(values, begin, end, np.minimum),
            _extreme(values, begin, end, np.maximum),
            share[:, None],
        ]
    return np.concatenate(columns, axis=1).astype(np.float32)


class FolderStatistics:
    """Statistics of several streams of the recordings of a folder, side by side.

    Args:
        folder: its streams are opened once.
        modalities: whose columns come one after another, in this order.
        seconds: the windows' lengths.

    Raises:
        CsvError: a file is broken.
    """

    def __init__(self, folder: RecordingFolder, modalities: Sequence[str], seconds: Sequence[float]) -> None:
        self._seconds = seconds
        self._streams = [(folder.challenge.modality(name), folder.streams(name)) for name in modalities]

    def around(self, recording: str, centres: Times) -> NDArray[np.float32]:
        """`window_statistics` of every modality, shape (centres, columns)."""
        of_modalities = [
            window_statistics(streams.get(recording), modality.features, modality.rate, centres, self._seconds)
            for modality, streams in self._streams
        ]
        return np.concatenate(of_modalities, axis=1)


def _mean_and_deviation(
    values: NDArray[np.float32], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the frames from `begin` to before `end`, shape (windows, features) each."""
    # Around their own mean the values are small, and little is lost in the difference of two large sums.
    offset = values.mean(axis=0, dtype=np.float64) if len(values) else np.zeros(values.shape[1])
    centred = values - offset
    frames = (end - begin).astype(np.float64)[:, None]
    frames[frames == 0] = np.nan
    mean = _sums(centred, begin, end) / frames
    variance = _sums(centred**2, begin, end) / frames - mean**2
    return mean + offset, np.sqrt(np.maximum(variance, 0.0))


def _sums(values: NDArray[np.float64], begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.float64]:
    cumulative = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=cumulative[1:])
    return np.asarray(cumulative[end] - cumulative[begin])


def _extreme(
    values: NDArray[np.float32], begin: NDArray[np.int64], end: NDArray[np.int64], extreme: Extreme
) -> NDArray[np.float32]:
    """The extreme of the frames from `begin` to before `end`, NaN where there are none, shape (windows, features)."""
    result = np.full((len(begin), values.shape[1]), np.nan, dtype=np.float32)
    frames = end - begin
    of_run, run = values, 1  # row i: the extreme of the frames i to i + run
    while run <= frames.max(initial=0):
        windows = np.flatnonzero((frames >= run) & (frames < 2 * run))
        result[windows] = extreme(of_run[begin[windows]], of_run[end[windows] - run])
        of_run, run = extreme(of_run[:-run], of_run[run:]), 2 * run
    return result
