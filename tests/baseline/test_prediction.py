"""Predictions become a zip that scores as they do, whatever the kind of task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from baseline.prediction import predict, write_submission
from data_spec.corpus import RecordingFolder
from data_spec.task import KINDS
from scorer.submission import read
from tests.baseline.plain_system import Mean, labelled_corpus


class Given:
    """A predictor that says what it was told to."""

    def __init__(self, predictions: dict[str, NDArray[Any]]) -> None:
        self.predictions = predictions

    def predict(self, folder: RecordingFolder, recordings: Any) -> dict[str, NDArray[Any]]:
        return {name: self.predictions[name] for name in recordings}

    def save(self, folder: Path) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_from_the_zip_is_what_was_predicted_to_the_last_digit(tmp_path: Path, kind: str) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", kind, recordings=3, hide_test=True)
    folder, task = corpus.folder(corpus.challenge.stages[0].split), corpus.challenge.task
    rng = np.random.default_rng(1)

    def values(rows: int) -> NDArray[Any]:
        if task.prediction_ranges is None:
            return rng.integers(0, len(task.labels), rows).astype(np.int8)
        least, most = np.array(task.prediction_ranges).T
        # Tiny ones too, which are printed with an exponent.
        return np.clip(rng.uniform(least, most, (rows, len(least))) * 10.0 ** -rng.integers(0, 12), least, most)

    given = {name: values(len(times)) for name, times in folder.templates.items()}
    predictions = predict(Given(given), folder)
    write_submission(tmp_path / "predictions.zip", predictions, folder.templates, corpus.challenge)
    verdict = read(tmp_path / "predictions.zip", folder.templates, corpus.challenge)
    assert verdict.faults == ()
    assert verdict.predictions is not None
    for name, expected in given.items():
        np.testing.assert_array_equal(verdict.predictions[name], expected)


def test_the_same_predictions_give_the_same_bytes(tmp_path: Path) -> None:
    corpus = labelled_corpus(tmp_path / "corpus", "continuous_attributes", recordings=2)
    folder = corpus.folder("test")
    for name in ("one.zip", "two.zip"):
        write_submission(tmp_path / name, predict(Mean((0.1, 0.2)), folder), folder.templates, corpus.challenge)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_numbers_beyond_their_range_become_its_end(tmp_path: Path) -> None:
    folder = labelled_corpus(tmp_path / "corpus", "clip_ratings", recordings=1).folder("test")
    scores = [0.5] * 6 + [-0.1, 1.1]
    (row,) = predict(Mean((*scores, 0.5, 4.25, 7.5)), folder)["test0"]
    assert row.tolist() == [0.5] * 6 + [0.0, 1.0] + [1.0, 4.25, 7.0]


def test_predictions_of_another_shape_or_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    folder = labelled_corpus(tmp_path / "corpus", "continuous_attributes", recordings=1).folder("test")
    with pytest.raises(ValueError, match=r"test0: expected predictions of shape \(500, 2\). Received: \(500, 3\)"):
        predict(Mean((0.0, 0.0, 0.0)), folder)
    with pytest.raises(ValueError, match=r"test0: expected finite predictions\. Received: 50\.0% finite"):
        predict(Mean((0.0, float("nan"))), folder)
