"""The pipeline of context regression, its grid, and the search for its best point."""

from dataclasses import fields, replace

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid

from baseline.ccc_regression import ConcordanceRegressor
from baseline.context_pipeline import Grid, context_pipeline, in_words, parameter_grid, search

SMALL = Grid(
    first_variance=(0.9, 1.0),
    neighbours=(1,),
    window_seconds=(0.44,),
    second_variance=(0.95,),
    normalized=(True, False),
    delay_seconds=(0.0, 0.8),
    weight_decay=(0.0, 0.01),
)
RATE, HOP = 25, 5


def test_the_steps_are_those_of_the_paper_in_its_order():
    pipeline = context_pipeline(HOP, ConcordanceRegressor())
    assert [name for name, _ in (*pipeline.steps[0][1].steps, *pipeline.steps[1:])] == [
        "gaps",
        "first_reduction",
        "first_normalization",
        "neighbourhood",
        "statistics",
        "second_reduction",
        "second_normalization",
        "shift",
        "regression",
    ]


def test_the_grid_has_each_value_with_each_and_the_pipeline_knows_every_parameter():
    points = list(ParameterGrid(parameter_grid(Grid(), RATE, HOP)))
    assert len(points) == np.prod([len(getattr(Grid(), one.name)) for one in fields(Grid)])
    pipeline = context_pipeline(HOP, ConcordanceRegressor())
    for point in points[::97]:
        clone(pipeline).set_params(**point)


def test_a_point_in_words_is_what_the_grid_said():
    said = [in_words(point, RATE, HOP) for point in ParameterGrid(parameter_grid(SMALL, RATE, HOP))]
    for one in fields(Grid):
        assert {row[one.name] for row in said} == set(getattr(SMALL, one.name))


def test_seconds_that_are_the_same_number_of_rows_are_tried_once():
    close = replace(SMALL, delay_seconds=(0.0, 0.01, 0.2, 0.21))
    assert parameter_grid(close, RATE, HOP)["shift__rows"] == [0, 1]


@pytest.fixture(scope="module")
def recordings():
    """Features that are mixtures of two walks, the first of which is rated 0.8 s later."""
    random = np.random.default_rng(0)
    frames, truth = [], []
    for number in range(6):
        walks = np.cumsum(random.normal(size=(300 + 10 * number, 2)), axis=0)
        noise = random.normal(size=(len(walks), 4))
        frames.append((walks @ [[1, 0.5, 0, -1], [0, 1, 1, 0.3]] + 0.1 * noise).astype(np.float32))
        late = np.concatenate([np.repeat(walks[:1, 0], 20), walks[:-20, 0]])
        truth.append(late[::HOP])
    return frames, truth


@pytest.fixture(scope="module")
def found(recordings):
    pipeline = context_pipeline(HOP, ConcordanceRegressor(epochs=100))
    subjects = ["anna", "anna", "bert", "bert", "cleo", "cleo"]
    return search(pipeline, SMALL, *recordings, subjects, rate=RATE, hop=HOP, folds=5, name="arousal")


def test_every_point_has_a_row_the_best_first(found):
    assert len(found.scores) == 2 * 2 * 2 * 2
    means = [row["mean"] for row in found.scores]
    assert means == sorted(means, reverse=True)
    assert found.scores[0]["delay_seconds"] == 0.8
    for row in found.scores:
        of_folds = [row["fold_1"], row["fold_2"], row["fold_3"]]  # no more folds than subjects
        assert row["mean"] == pytest.approx(np.mean(of_folds))
        assert row["standard_deviation"] == pytest.approx(np.std(of_folds))
        assert "fold_4" not in row


def test_the_best_one_is_fitted_on_all_recordings_and_remembers_no_folder(found, recordings, tmp_path):
    frames, truth = recordings
    assert found.pipeline.memory is None
    again = clone(found.pipeline).fit(frames, truth)
    joblib.dump(found.pipeline, tmp_path / "pipeline")
    loaded = joblib.load(tmp_path / "pipeline")
    for one, other in zip(loaded.predict(frames), again.predict(frames), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_one_subject_cannot_be_left_out(recordings):
    pipeline = context_pipeline(HOP, ConcordanceRegressor())
    with pytest.raises(ValueError, match=r"expected two subjects and folds or more\. Received: 1 subjects"):
        search(pipeline, SMALL, *recordings, ["anna"] * 6, rate=RATE, hop=HOP, folds=3, name="arousal")
