"""What context regression has learned: a pipeline for each attribute, and how it predicts with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from baseline.post_processing import Chain
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.stream import Values
from data_spec.whole_file import whole_file

MODEL_FILE = "model.joblib"


@dataclass(frozen=True)
class ContextRegression:
    """A trained system.

    Attributes:
        challenge: tells the attributes.
        modality: whose features are used.
        hop: frames from one row to the next.
        pipelines: by attribute.
        chains: by attribute, what its predictions go through at the end; none by default.
    """

    challenge: Challenge
    modality: str
    hop: int
    pipelines: Mapping[str, Pipeline]
    chains: Mapping[str, Chain] = field(default_factory=dict)

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Each attribute of each frame, within its range, shape (frames, attributes). Raises CsvError."""
        result = {}
        for name, followed in zip(recordings, self.follow(folder, recordings), strict=True):
            columns = [
                np.clip(self.chains.get(attribute.name, Chain())(values), *attribute.range)
                for attribute, values in zip(self.challenge.task.attributes, followed.T, strict=True)
            ]
            result[name] = np.stack(columns, axis=1)
        return result

    def follow(self, folder: RecordingFolder, recordings: Sequence[str]) -> Iterator[NDArray[np.float64]]:
        """Of each recording what the pipelines say, before the chains and without bounds: (frames, attributes)."""
        for frames in frames_of(folder, recordings, self.modality):
            columns = []
            for attribute in self.challenge.task.attributes:
                (rows,) = self.pipelines[attribute.name].predict([frames])
                columns.append(np.interp(np.arange(len(frames)), self.hop * np.arange(len(rows)), rows))
            yield np.stack(columns, axis=1)

    def save(self, folder: Path) -> None:
        """Write it as one file of joblib."""
        with whole_file(folder / MODEL_FILE) as file:
            joblib.dump(self, file, compress=3)


def load(folder: Path) -> ContextRegression:
    """Read what `save` wrote. Like every pickle such a file can run code: load none that you would not run.

    Raises:
        ValueError: the folder holds something else.
    """
    path = folder / MODEL_FILE
    try:
        loaded = joblib.load(path)
    except Exception as error:  # what is no pickle raises nearly anything
        raise ValueError(f"{path}: expected a model that `baseline train` wrote: {error!r}") from error
    if not isinstance(loaded, ContextRegression):
        raise ValueError(f"{path}: expected a model of context regression, found a {type(loaded).__name__}")
    return loaded


def frames_of(folder: RecordingFolder, recordings: Sequence[str], modality: str) -> list[Values]:
    """The features shown at each label frame, zeros where there are none: of each recording (frames, features)."""
    streams, features = folder.streams(modality), folder.challenge.modality(modality).features
    return [
        streams[name].at(folder.templates[name])
        if name in streams
        else np.zeros((len(folder.templates[name]), features), dtype=np.float32)
        for name in recordings
    ]
