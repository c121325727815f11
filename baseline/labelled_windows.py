"""Windows with their labels: what a system is fitted to, or watched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from baseline.keras_training import batches
from baseline.system import Part
from baseline.windows import Windows, cut_windows, window_labels
from data_spec.stream import NO_LABEL
from data_spec.task import FramewiseOneHot, expect_task


@dataclass(frozen=True)
class LabelledWindows:
    """The windows of a part of the data.

    Attributes:
        windows: all of them.
        one_hot: their labels, shape (windows, labels).
        labelled: which of them have one, shape (labelled,).
    """

    windows: Windows
    one_hot: NDArray[np.float32]
    labelled: NDArray[np.int64]

    @classmethod
    def of(cls, part: Part, modalities: Sequence[str]) -> LabelledWindows:
        """Of all its recordings. Raises CsvError."""
        task = expect_task(part.folder.challenge.task, FramewiseOneHot)
        windows = cut_windows(part.folder, modalities, part.recordings)
        labels = window_labels(windows, part.folder.labels, task)
        return cls(windows, np.eye(len(task.labels), dtype=np.float32)[labels], np.flatnonzero(labels != NO_LABEL))

    def __len__(self) -> int:
        """How many have a label."""
        return len(self.labelled)

    def batches(self, size: int, shuffle_seed: int | None = None) -> tf.data.Dataset:
        """(inputs, one-hot labels) of those that have a label; see `baseline.keras_training.batches`."""
        return batches(
            lambda rows: (self.windows.inputs(rows), self.one_hot[rows]),
            self.labelled,
            size=size,
            shuffle_seed=shuffle_seed,
        )
