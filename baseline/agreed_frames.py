"""What is learned from: frames over whose label the annotators agreed, and what the streams are like around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baseline.frame_grid import frames_in, middle_frames
from baseline.system import Part
from baseline.window_statistics import FolderStatistics
from data_spec.agreement import is_agreed
from data_spec.stream import NO_LABEL
from data_spec.task import FramewiseOneHot, expect_task


@dataclass(frozen=True)
class AgreedFrames:
    """Frames of many recordings, evenly spaced, over whose label the annotators agreed.

    Attributes:
        columns: what the streams are like around each, shape (frames, columns).
        labels: indices, shape (frames,).
        weights: the agreement, shape (frames,).
    """

    columns: NDArray[np.float32]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]


def agreed_frames(part: Part, modalities: Sequence[str], windows: Sequence[float], step_seconds: float) -> AgreedFrames:
    """Those of some recordings.

    Args:
        part: recordings with labels.
        modalities: whose columns there are.
        windows: over which lengths, in seconds.
        step_seconds: from one frame that is looked at to the next: neighbouring ones say nearly the same.

    Raises:
        ValueError: no recordings.
        CsvError: a file is broken.
    """
    if not part.recordings:
        raise ValueError(f"{part.folder.path}: expected recordings with labels, to train on and to watch; found none")
    task = expect_task(part.folder.challenge.task, FramewiseOneHot)
    statistics = FolderStatistics(part.folder, modalities, windows)
    found = []
    for name in part.recordings:
        truth = part.folder.labels[name]
        frames = middle_frames(len(truth.times), frames_in(step_seconds, task.rate))
        agreed = is_agreed(truth.agreement[frames], task.agreement_threshold) & (truth.index[frames] != NO_LABEL)
        frames = frames[agreed]
        found.append((statistics.around(name, truth.times[frames]), truth.index[frames], truth.agreement[frames]))
    columns, labels, weights = map(np.concatenate, zip(*found, strict=True))
    return AgreedFrames(columns, labels.astype(np.int64), weights)
