"""Random intensities: the three draws of the paper, and what they expect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from baseline.published.williams2018 import RANDOM
from baseline.run_folder import RunFolder
from baseline.system import Size
from baseline.systems.random_intensities import SYSTEM, Settings, draw, expected_error, steps_of
from data_spec.challenge import load_challenge

NINE = np.arange(9) / 3
FULL = SYSTEM.settings(Size.FULL, "random")


def test_every_number_of_emotions_is_as_frequent_as_any_other_and_so_is_every_emotion():
    drawn = draw(np.random.default_rng(0), 70_000, 6, np.arange(1, 10) / 3) > 0
    assert stats.chisquare(np.bincount(drawn.sum(axis=1), minlength=7)).pvalue > 0.001
    np.testing.assert_allclose(drawn.mean(axis=0), 0.5, atol=0.01)


def test_every_step_is_as_frequent_as_any_other():
    drawn = draw(np.random.default_rng(1), 30_000, 6, np.arange(1, 10) / 3)
    values, counts = np.unique(drawn[drawn > 0], return_counts=True)
    np.testing.assert_allclose(values, np.arange(1, 10) / 3)
    assert stats.chisquare(counts).pvalue > 0.001


def test_the_steps_are_those_of_the_task():
    task = load_challenge("mosei").task
    np.testing.assert_allclose(steps_of(task, FULL), NINE)
    np.testing.assert_allclose(steps_of(task, Settings(first_step=1)), NINE + 1 / 3)
    with pytest.raises(ValueError, match=r"first_step: expected 0 or 1\. Received: 2"):
        Settings(first_step=2)


@given(st.floats(0, 3), st.integers(0, 100))
def test_the_expected_error_is_the_mean_of_many_draws(truth, seed):
    errors = np.abs(draw(np.random.default_rng(seed), 4000, 6, NINE) - truth)
    # Errors of a segment hang together: its draws are averaged first.
    spread = errors.mean(axis=1).std() / np.sqrt(len(errors))
    assert abs(errors.mean() - expected_error(truth, NINE)) < 6 * spread + 1e-9


def test_no_truth_explains_the_published_surprise():
    """Table 1 prints .05: less than these draws can expect of any emotion, by far more than 1100 segments allow."""
    least = expected_error(np.linspace(0, 3, 1001), NINE).min()
    assert least == pytest.approx(2 / 3)
    published = {one.figure: one.value for one in RANDOM.figures}
    standard_error = 3 / np.sqrt(1100)  # no error is over 3
    assert published["surprise.mean_absolute_error"] < least - 5 * standard_error
    others = [value for figure, value in published.items() if "." in figure and not figure.startswith("surprise")]
    assert len(others) == 5
    assert all(abs(value - least) < 5 * standard_error for value in others)


def test_the_published_overall_error_is_the_mean_with_the_slip_in_it():
    published = [one.value for one in RANDOM.figures]
    assert np.mean(published[1:]) == pytest.approx(published[0], abs=0.0051)
    assert np.mean(published[1:-1]) == pytest.approx(0.70, abs=0.005)


def test_nine_steps_from_a_third_to_three_would_expect_more_than_was_published():
    least = expected_error(np.linspace(0, 3, 1001), NINE + 1 / 3).min()
    assert least == pytest.approx(5 / 6)
    assert max(one.value for one in RANDOM.figures) < least


def test_a_recording_has_the_same_intensities_alone_and_among_others_and_after_saving(
    segments_corpus, segments_data, tmp_path
):
    predictor = SYSTEM.train(segments_data, "random", FULL, 7, RunFolder(tmp_path))
    predictor.save(tmp_path)
    test = segments_corpus.folder("test")
    every = predictor.predict(test, test.recordings)
    for name in test.recordings:
        [alone] = SYSTEM.load(tmp_path).predict(test, [name]).values()
        assert alone.shape == (3, 6)
        np.testing.assert_array_equal(alone, every[name])
    assert len({values.tobytes() for values in every.values()}) == len(every)
    other = SYSTEM.train(segments_data, "random", FULL, 8, RunFolder(tmp_path)).predict(test, test.recordings)
    assert any((other[name] != every[name]).any() for name in every)
    assert "Mean absolute error that chance has" in (tmp_path / "notes.md").read_text()


def test_what_is_no_such_thing_is_refused(segments_data, tmp_path):
    with pytest.raises(ValueError, match=r"expected 'random'\. Received: 'chance'"):
        SYSTEM.train(segments_data, "chance", FULL, 0, RunFolder(tmp_path))
    with pytest.raises(ValueError, match="expected the seed of random intensities"):
        SYSTEM.load(tmp_path)
