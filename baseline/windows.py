"""Windows: pieces of equal length of all streams of a recording, with one label each.

A gap is zeros; a stream that is missing is zeros from end to end (overview, Missing Data).

Windows know where they lie, and are cut from their streams when they are asked for: a corpus is not copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.modality import Modality
from data_spec.stream import NO_LABEL, Labels, Stream, Times, Values
from data_spec.task import FramewiseOneHot, expect_task


@dataclass(frozen=True)
class Pieces:
    """One modality of all windows. A piece is a view of its stream where the stream has a frame for each of its own.

    Attributes:
        streams: the one that each window is cut from, an empty one where its recording lacks the modality; one for
            each window
        begin: seconds at which each window begins, shape (windows,)
        moments: seconds from there to each of its frames, shape (frames,)
        features: of the modality.
    """

    streams: Sequence[Stream]
    begin: NDArray[np.float64]
    moments: NDArray[np.float64]
    features: int

    def of(self, rows: NDArray[np.int64]) -> Iterator[Values]:
        """Of some windows, one after another, shape (frames, features) each; to be read, not to be changed."""
        for row in rows.tolist():
            yield self.streams[row].view_at(self.begin[row] + self.moments)

    def batch(self, rows: NDArray[np.int64]) -> Values:
        """Of some windows as one array of its own, shape (rows, frames, features)."""
        values = np.empty((len(rows), len(self.moments), self.features), dtype=np.float32)
        for place, piece in enumerate(self.of(rows)):
            values[place] = piece
        return values


@dataclass(frozen=True)
class Windows:
    """The windows of many recordings, recording after recording.

    Attributes:
        pieces: by modality
        recording: whose window it is, shape (windows,)
        first_frame: label frame at which it begins, shape (windows,)
    """

    pieces: Mapping[str, Pieces]
    recording: NDArray[np.str_]
    first_frame: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.recording)

    def inputs(self, rows: NDArray[np.int64]) -> dict[str, Values]:
        """What a model takes of some windows: by modality, shape (rows, frames, features)."""
        return {name: pieces.batch(rows) for name, pieces in self.pieces.items()}


def first_frames(frames: int, length: int) -> list[int]:
    """Where windows begin that cover a recording: end to end, the last one moved back to end with the recording.

    >>> first_frames(1000, 400)
    [0, 400, 600]
    >>> first_frames(300, 400)
    [0]
    """
    starts = list(range(0, frames - length + 1, length))
    if not starts or starts[-1] + length < frames:
        starts.append(max(0, frames - length))
    return starts


def cut_windows(folder: RecordingFolder, modalities: Sequence[str], recordings: Sequence[str] | None = None) -> Windows:
    """All windows of some recordings of a folder, by default of all that have a template or labels.

    Raises:
        CsvError: a file is broken.
        ValueError: the challenge's task is not framewise.
    """
    challenge = folder.challenge
    length = expect_task(challenge.task, FramewiseOneHot).window_frames
    if recordings is None:
        recordings = tuple(folder.templates)
    starts = [(name, first) for name in recordings for first in first_frames(len(folder.templates[name]), length)]
    begin = np.array([folder.templates[name][first] for name, first in starts], dtype=np.float64)
    pieces = {}
    for name in modalities:
        modality = challenge.modality(name)
        nothing = Stream(np.empty(0), np.empty((0, modality.features), dtype=np.float32))
        # Each stream is made once, not once for each of its windows.
        pack = folder.streams(name)
        streams = {recording: pack.get(recording, nothing) for recording in recordings}
        moments = np.arange(window_length(challenge, modality)) / modality.rate
        pieces[name] = Pieces([streams[recording] for recording, _ in starts], begin, moments, modality.features)
    of_recording = np.array([recording for recording, _ in starts], dtype=np.str_)
    return Windows(pieces, of_recording, np.array([first for _, first in starts], dtype=np.int64))


def window_length(challenge: Challenge, modality: Modality) -> int:
    """Frames of a modality in one window."""
    return round(expect_task(challenge.task, FramewiseOneHot).window_seconds * modality.rate)


def window_labels(windows: Windows, labels: Mapping[str, Labels], task: FramewiseOneHot) -> NDArray[np.int64]:
    """The label of each window, shape (windows,): the majority of its frames, each weighing its agreement.

    `NO_LABEL` where the annotators tied in every frame.
    """
    result = np.empty(len(windows), dtype=np.int64)
    for row, (recording, first) in enumerate(zip(windows.recording, windows.first_frame, strict=True)):
        of_recording = labels[str(recording)]
        frames = slice(first, first + task.window_frames)
        index, agreement = of_recording.index[frames], of_recording.agreement[frames]
        has_label = index != NO_LABEL
        weight = np.bincount(index[has_label], weights=agreement[has_label], minlength=len(task.labels))
        result[row] = weight.argmax() if has_label.any() else NO_LABEL
    return result


def spread_over_frames(
    windows: Windows, window_values: NDArray[np.int64], templates: Mapping[str, Times], task: FramewiseOneHot
) -> dict[str, NDArray[np.int8]]:
    """One value for each window → one for each frame of each recording, shape (frames,).

    Where windows overlap, the later one decides only the frames that no earlier one covers.
    """
    frames = {
        name: np.full(len(templates[name]), NO_LABEL, dtype=np.int8) for name in map(str, np.unique(windows.recording))
    }
    for recording, first, value in zip(windows.recording, windows.first_frame, window_values, strict=True):
        piece = frames[str(recording)][first : first + task.window_frames]
        piece[piece == NO_LABEL] = value
    return frames


def spread_probabilities(
    windows: Windows, probabilities: NDArray[np.float32], templates: Mapping[str, Times], task: FramewiseOneHot
) -> dict[str, NDArray[np.float32]]:
    """Probabilities of each window → of each frame of each recording, shape (frames, labels).

    All frames of a window have its probabilities. Where windows overlap, the later one decides only the frames that no
    earlier one covers, as in `spread_over_frames`.

    Args:
        windows: of the recordings.
        probabilities: shape (windows, labels).
        templates: the times to predict, by recording.
        task: its labels and its windows.
    """
    frames = {
        name: np.zeros((len(templates[name]), len(task.labels)), dtype=np.float32)
        for name in map(str, np.unique(windows.recording))
    }
    # The last window first: an earlier one writes over it.
    for window in reversed(range(len(windows))):
        first = windows.first_frame[window]
        frames[str(windows.recording[window])][first : first + task.window_frames] = probabilities[window]
    return frames
