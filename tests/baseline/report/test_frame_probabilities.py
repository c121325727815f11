"""Probabilities of every frame are those that `predict` decides by."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from baseline.runtime import prepare
from baseline.systems.decision_fusion import DecisionFusion, TrainedDecisionFusion
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.csv_files import write_stream, write_template
from data_spec.stream import Stream


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, bird_calls: Challenge) -> RecordingFolder:
    """Two recordings whose last windows overlap those before them; the longer one has over 127 windows."""
    path: Path = tmp_path_factory.mktemp("asked")
    camera, chance = bird_calls.modality("camera"), np.random.default_rng(0)
    for name, seconds in (("long", 199.0), ("short", 3.7)):
        values = chance.normal(size=(int(seconds * camera.rate), camera.features)).astype(np.float32)
        stream = Stream(np.arange(len(values)) / camera.rate, values)
        write_stream(path / camera.folder / f"{name}.csv", stream, camera)
        times = np.arange(int(seconds * bird_calls.task.rate)) / bird_calls.task.rate
        write_template(path / bird_calls.submission.folder / f"{name}.csv", times, bird_calls.task)
    return RecordingFolder(path, bird_calls)


@pytest.fixture(scope="module")
def model(bird_calls: Challenge) -> TrainedDecisionFusion:
    prepare(seed=0)
    model = DecisionFusion(bird_calls, ["camera"], units=3, dense_units=8)
    # So that windows differ, untrained as it is.
    model.get_layer("label").kernel.assign(keras.random.normal((8, 3), stddev=9.0, seed=1))
    return TrainedDecisionFusion(model)


def test_the_most_probable_label_of_each_frame_is_the_one_that_is_predicted(
    model: TrainedDecisionFusion, folder: RecordingFolder
) -> None:
    names = ["long", "short"]
    predictions, probabilities = model.predict(folder, names), model.predict_probabilities(folder, names)
    assert predictions.keys() == probabilities.keys() == {"long", "short"}
    assert len(np.unique(predictions["long"])) > 1
    for name, found in probabilities.items():
        assert found.shape == (len(folder.templates[name]), 3)
        np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-5)
        np.testing.assert_array_equal(found.argmax(axis=1), predictions[name])


def test_frames_of_a_window_share_its_probabilities_and_a_later_window_has_the_rest(
    model: TrainedDecisionFusion, folder: RecordingFolder
) -> None:
    # 74 frames in windows of 30: 0, 30 and, moved back, 44
    short = model.predict_probabilities(folder, ["short"])["short"]
    changes = np.flatnonzero((np.diff(short, axis=0) != 0).any(axis=1)) + 1
    np.testing.assert_array_equal(changes, [30, 60])
