"""Prediction: a trained system and a folder of recordings → predictions, and the zip that is submitted."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baseline.system import Predictor
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.csv_files import format_time
from data_spec.stream import Times
from data_spec.task import AnyTask
from data_spec.whole_file import whole_file

Predictions = dict[str, NDArray[Any]]
"""By recording, as `scorer.scoring.score` takes them: label indices (frames,), or numbers (rows, columns)."""


def predict(predictor: Predictor, folder: RecordingFolder, recordings: Sequence[str] | None = None) -> Predictions:
    """What a trained system predicts, made legal: numbers beyond the range of their column become the end of the range.

    Args:
        predictor: of the folder's challenge.
        folder: has templates or labels.
        recordings: which of its recordings, by default all that have a template or labels.

    Raises:
        CsvError: a file is broken.
        ValueError: a prediction of another shape than the task's, or one that is not a finite number.
    """
    if recordings is None:
        recordings = tuple(folder.templates)
    task = folder.challenge.task
    predictions = predictor.predict(folder, recordings)
    return {name: _legal(name, predictions[name], len(folder.templates[name]), task) for name in recordings}


def write_submission(
    path: Path, predictions: Mapping[str, NDArray[Any]], templates: Mapping[str, Times], challenge: Challenge
) -> None:
    """Write the zip that is submitted. The same predictions give the same bytes.

    Args:
        path: of the zip; whole or not at all.
        predictions: by recording, legal ones, as `predict` gives them.
        templates: seconds of each row, by recording, shape (rows,).
        challenge: names the columns and the folder in the zip.
    """
    header = ",".join(challenge.task.columns)
    with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for recording in sorted(predictions):
            texts = _row_texts(predictions[recording], challenge.task)
            rows = [
                f"{format_time(time)},{text}\n" for time, text in zip(templates[recording].tolist(), texts, strict=True)
            ]
            # A fixed date: a zip otherwise differs with the minute it was written in.
            entry = zipfile.ZipInfo(f"{challenge.submission.folder}/{recording}.csv", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, "".join([header, "\n", *rows]))


def _row_texts(predicted: NDArray[Any], task: AnyTask) -> Iterable[str]:
    """What stands after the time in each row."""
    if task.prediction_ranges is None:
        labels = range(len(task.labels))
        one_hot = [",".join("1" if column == label else "0" for column in labels) for label in labels]
        return (one_hot[label] for label in predicted.tolist())
    # All digits of each number: what is scored from the zip is what is scored here.
    return (",".join(map(repr, row)) for row in predicted.tolist())


def _legal(name: str, predicted: NDArray[Any], rows: int, task: AnyTask) -> NDArray[Any]:
    """Predictions as a submission may have them."""
    ranges = task.prediction_ranges
    shape = (rows,) if ranges is None else (rows, len(ranges))
    if predicted.shape != shape:
        raise ValueError(f"{name}: expected predictions of shape {shape}. Received: {predicted.shape}")
    if ranges is None:
        return predicted.astype(np.int8)
    if not np.isfinite(predicted).all():
        raise ValueError(f"{name}: expected finite predictions. Received: {np.isfinite(predicted).mean():.1%} finite")
    least, most = np.array(ranges, dtype=np.float64).T
    return np.clip(predicted.astype(np.float64), least, most)
