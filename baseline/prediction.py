"""Prediction: a model and a folder of recordings → a submission."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from baseline.systems.decision_fusion import DecisionFusion
from baseline.training import batches
from baseline.windows import cut_windows, spread_over_frames
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.csv_files import format_time
from data_spec.stream import Times
from data_spec.whole_file import whole_file

BATCH = 64


class ModelError(ValueError):
    """A file that is no model of this kit."""


def load_model(path: Path) -> DecisionFusion:
    """The model in a `.keras` file. Raises ModelError that says why it is none."""
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise ModelError(f"{path}: expected a .keras file that `baseline train` wrote, found {found}")
    try:
        model = keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: expected a .keras file that `baseline train` wrote: {error}") from error
    if not isinstance(model, DecisionFusion):
        raise ModelError(f"{path}: expected a model that `baseline train` wrote, found a {type(model).__name__}")
    return model


def predict(model: DecisionFusion, folder: RecordingFolder) -> dict[str, NDArray[np.int8]]:
    """The label of every frame to predict, by recording, shape (frames,). Raises CsvError."""
    windows = cut_windows(folder, model.modalities)
    probabilities = model.predict(batches(windows, BATCH), verbose=0)  # (windows, labels)
    return spread_over_frames(windows, probabilities.argmax(axis=1), folder.templates, folder.challenge.task)


def predict_probabilities(model: DecisionFusion, folder: RecordingFolder) -> dict[str, NDArray[np.float32]]:
    """How probable each label is at every frame to predict, by recording, shape (frames, labels), rows sum to 1.

    All frames of a window have its probabilities, and the most probable label of a frame is the one that `predict`
    gives it: where windows overlap, the later one decides only the frames that no earlier one covers.

    Raises:
        CsvError: a file is broken.
    """
    task = folder.challenge.task
    windows = cut_windows(folder, model.modalities)
    probabilities = model.predict(batches(windows, BATCH), verbose=0)  # (windows, labels)
    frames = {
        name: np.zeros((len(times), len(task.labels)), dtype=np.float32) for name, times in folder.templates.items()
    }
    # The last window first: an earlier one writes over it.
    for window in reversed(range(len(windows))):
        first = windows.first_frame[window]
        frames[str(windows.recording[window])][first : first + task.window_frames] = probabilities[window]
    return frames


def write_submission(
    path: Path, predictions: Mapping[str, NDArray[np.int8]], templates: Mapping[str, Times], challenge: Challenge
) -> None:
    """Write the zip that is submitted. The same predictions give the same bytes.

    Args:
        path: of the zip; whole or not at all.
        predictions: label index of each frame, by recording, shape (frames,).
        templates: seconds of each frame, by recording, shape (frames,).
        challenge: names the labels and the folder in the zip.
    """
    labels = len(challenge.task.labels)
    one_hot = [",".join("1" if column == label else "0" for column in range(labels)) for label in range(labels)]
    header = ",".join(challenge.task.columns)
    with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for recording in sorted(predictions):
            times, index = templates[recording].tolist(), predictions[recording].tolist()
            rows = [f"{format_time(time)},{one_hot[label]}\n" for time, label in zip(times, index, strict=True)]
            # A fixed date: a zip otherwise differs with the minute it was written in.
            entry = zipfile.ZipInfo(f"{challenge.submission.folder}/{recording}.csv", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, "".join([header, "\n", *rows]))
