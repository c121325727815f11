"""Segments: stretches of a recording with one row of labels each, as sequences of aligned frames of equal length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baseline.alignment import frame_ends, overlap_average
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.modality import Modality
from data_spec.stream import Stream, Times, Values


@dataclass(frozen=True)
class Segments:
    """The segments of many recordings, recording after recording, in the order of their rows.

    Attributes:
        values: the modalities' features side by side, shape (segments, maxlen, features).
        recording: whose segment it is, shape (segments,).
    """

    values: Values
    recording: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.recording)


def reference_modality(challenge: Challenge) -> Modality:
    """The modality whose frames all others are aligned to: the slowest one.

    Words are the slowest stream of MOSEI, and the paper "aligned the data to text throughout all experiments" (Williams
    et al., 2018, section 3.1), those without text among them: of the text they use the frames' times and no value. To
    the slowest stream others are averaged, not repeated, and `maxlen` frames last longest: 20 frames are 7 s of words,
    and would be 0.2 s of audio frames.
    """
    tables = [modality for modality in challenge.modalities if modality.is_table]
    return min(tables, key=lambda modality: modality.rate)


def cut_segments(
    folder: RecordingFolder, recordings: Iterable[str], modalities: Sequence[str], maxlen: int
) -> Segments:
    """The segments of recordings, aligned to the reference modality and concatenated, in `maxlen` frames each.

    A segment lasts until the next row's time, the last one until the streams end. Of a long one the last `maxlen`
    frames are kept; a short one is zeros at the left. A modality that a recording lacks is zeros.

    Args:
        folder: has templates or labels, which tell where segments begin.
        recordings: which of its recordings.
        modalities: whose features are taken, in this order.
        maxlen: frames.

    Raises:
        CsvError: a file is broken.
    """
    reference = reference_modality(folder.challenge)
    packs = [folder.streams(name) for name in modalities]
    clocks = folder.streams(reference.name)
    width = sum(folder.challenge.modality(name).features for name in modalities)
    sequences: list[Values] = []
    owners: list[str] = []
    for recording in recordings:
        begins = folder.templates[recording]
        streams = [pack.get(recording) for pack in packs]
        clock = clocks.get(recording)
        frame_begin, frame_end = _reference_frames(begins, clock, streams, reference.rate)
        aligned = [
            np.zeros((len(frame_begin), folder.challenge.modality(name).features), dtype=np.float32)
            if stream is None
            else overlap_average(stream, frame_begin, frame_end)
            for name, stream in zip(modalities, streams, strict=True)
        ]
        frames = np.concatenate(aligned, axis=1)  # (reference frames, features)
        # A frame belongs to the segment that has its middle: no rounding of times moves it to the neighbour.
        first = np.searchsorted((frame_begin + frame_end) / 2, begins)
        for begin, end in zip(first, [*first[1:], len(frames)], strict=True):
            sequences.append(last_frames(frames[begin:end], maxlen))
            owners.append(recording)
    values = np.stack(sequences) if sequences else np.zeros((0, maxlen, width), dtype=np.float32)
    return Segments(values, np.array(owners, dtype=np.str_))


def last_frames(frames: Values, maxlen: int) -> Values:
    """The last `maxlen` frames, after zeros where there are fewer, shape (maxlen, features).

    >>> last_frames(np.array([[1.0], [2.0], [3.0]], dtype=np.float32), 2).ravel().tolist()
    [2.0, 3.0]
    >>> last_frames(np.array([[1.0], [2.0], [3.0]], dtype=np.float32), 5).ravel().tolist()
    [0.0, 0.0, 1.0, 2.0, 3.0]
    """
    kept = frames[-maxlen:]
    result = np.zeros((maxlen, frames.shape[1]), dtype=np.float32)
    result[maxlen - len(kept) :] = kept
    return result


def _reference_frames(
    begins: Times, clock: Stream | None, streams: Sequence[Stream | None], rate: float
) -> tuple[Times, Times]:
    """When the reference frames of a recording begin and end, shape (frames,) each.

    A recording without the reference stream has regular frames at its rate in its place.
    """
    if clock is not None and len(clock.times):
        return clock.times, frame_ends(clock)
    ends = [float(frame_ends(stream)[-1]) for stream in streams if stream is not None and len(stream.times)]
    if not ends or not len(begins):
        return np.zeros(0), np.zeros(0)
    count = max(0, round((max(ends) - begins[0]) * rate))
    return begins[0] + np.arange(count) / rate, begins[0] + np.arange(1, count + 1) / rate
