"""Trees that tell how probable each label is at a frame, and a moving average over what they tell."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Annotated

import joblib
import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError
from sklearn.pipeline import Pipeline

from baseline.frame_grid import frames_in, middle_frames, spread
from baseline.smoothing import moving_average, odd_width
from baseline.window_statistics import FolderStatistics
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.task import FramewiseOneHot, expect_task
from data_spec.whole_file import whole_file

TREES_FILE, SHAPE_FILE = "trees.joblib", "shape.json"

BROKEN = (
    UnpicklingError,
    struct.error,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    ImportError,
    TypeError,
)
"""What reading a pickle raises that is cut short, or that is none."""

Probabilities = dict[str, NDArray[np.float64]]
"""By recording, shape (frames, labels), rows sum to 1."""


@dataclass(frozen=True)
class Shape:
    """What stands around the trees.

    Attributes:
        modalities: whose columns the trees take, in this order.
        windows: over which the columns are, in seconds.
        labels: how many there are; some may be in no training recording.
        step: seconds from one frame that the trees are asked about to the next; those between have what the nearest
            one has.
        smoothing: seconds over which the probabilities are averaged; 0: not at all.
    """

    modalities: tuple[str, ...]
    windows: tuple[float, ...]
    labels: int
    step: Annotated[float, Field(gt=0)]
    smoothing: Annotated[float, Field(ge=0)]


class SmoothedTrees:
    """Trees, and all that is needed to ask them: a trained system.

    Args:
        trees: a classifier of statistics over windows; its classes are label indices.
        shape: what they were trained for.
    """

    def __init__(self, trees: Pipeline, shape: Shape) -> None:
        self.trees = trees
        self.shape = shape

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[np.int8]]:
        """The label of each frame, by recording, shape (frames,). Raises CsvError."""
        return most_probable(self.predict_probabilities(folder, recordings))

    def predict_probabilities(self, folder: RecordingFolder, recordings: Sequence[str]) -> Probabilities:
        """How probable each label is at every frame, by recording, shape (frames, labels).

        Raises:
            CsvError: a file is broken.
        """
        return self.smoothed(self.unsmoothed(folder, recordings), folder, self.shape.smoothing)

    def unsmoothed(self, folder: RecordingFolder, recordings: Sequence[str]) -> Probabilities:
        """What the trees say of the frames that are looked at, by recording, shape (frames looked at, labels)."""
        statistics = FolderStatistics(folder, self.shape.modalities, self.shape.windows)
        probabilities = {}
        for name in recordings:
            times = folder.templates[name]
            columns = statistics.around(name, times[middle_frames(len(times), self._frames(folder.challenge))])
            probabilities[name] = np.zeros((len(columns), self.shape.labels))
            probabilities[name][:, self.trees.classes_] = self.trees.predict_proba(columns)
        return probabilities

    def smoothed(self, unsmoothed: Probabilities, folder: RecordingFolder, seconds: float) -> Probabilities:
        """Averaged over `seconds`, then given to every frame, by recording, shape (frames, labels)."""
        step, rate = self._frames(folder.challenge), expect_task(folder.challenge.task, FramewiseOneHot).rate
        width = odd_width(seconds, step / rate)
        return {
            name: spread(moving_average(values, width), len(folder.templates[name]), step)
            for name, values in unsmoothed.items()
        }

    def save(self, folder: Path) -> None:
        """Write `trees.joblib` and `shape.json`."""
        with whole_file(folder / TREES_FILE) as file:
            joblib.dump(self.trees, file)
        with whole_file(folder / SHAPE_FILE) as file:
            file.write(json.dumps(asdict(self.shape), indent=2).encode())

    def _frames(self, challenge: Challenge) -> int:
        """Label frames in a step."""
        return frames_in(self.shape.step, expect_task(challenge.task, FramewiseOneHot).rate)


def load(folder: Path) -> SmoothedTrees:
    """Read what `save` wrote.

    The trees are a pickle, and a pickle can run any code when it is read: load runs of your own, and no others.

    Raises:
        ValueError: it is something else.
    """
    try:
        shape = TypeAdapter(Shape).validate_json((folder / SHAPE_FILE).read_bytes())
        trees = joblib.load(folder / TREES_FILE)
    except (*BROKEN, OSError, ValidationError) as error:
        raise ValueError(f"{folder}: expected {SHAPE_FILE} and {TREES_FILE} of a training: {error}") from error
    if not isinstance(trees, Pipeline):
        raise ValueError(f"{folder / TREES_FILE}: expected trees, found a {type(trees).__name__}")
    return SmoothedTrees(trees, shape)


def most_probable(probabilities: Probabilities) -> dict[str, NDArray[np.int8]]:
    """The label of each frame, by recording, shape (frames,); of equally probable ones the first."""
    return {name: values.argmax(axis=1).astype(np.int8) for name, values in probabilities.items()}
