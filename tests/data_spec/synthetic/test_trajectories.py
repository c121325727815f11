"""Attributes that wander, modalities that show them in part, and raters who are late."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_spec.synthetic.stories.continuous import TracingRaters
from data_spec.synthetic.trajectories import Tracers, attributes_of, shown_of, wander

RATE = 25


def test_what_wanders_has_mean_0_and_standard_deviation_1():
    noise = wander(20_000, 3, 10.0, np.random.default_rng(0))
    np.testing.assert_allclose(noise.std(axis=0), 1.0, rtol=0.1)
    np.testing.assert_allclose(noise.mean(axis=0), 0.0, atol=0.15)


def test_a_wider_window_makes_it_slower():
    slow, fast = (np.abs(np.diff(wander(5000, 1, width, np.random.default_rng(0)), axis=0)).mean() for width in (50, 5))
    assert slow == pytest.approx(fast / 10, rel=0.3)


@settings(max_examples=20, deadline=None)
@given(frames=st.integers(1, 400), seed=st.integers(0, 1000))
def test_attributes_stay_in_their_range_however_short_the_recording(frames, seed):
    truth = attributes_of(frames, 2, RATE, (25.0, 4.0), np.random.default_rng(seed))
    assert truth.shape == (frames, 2)
    assert (np.abs(truth) <= 1).all()


@pytest.mark.parametrize("shows", [0.0, 0.5, 0.9])
def test_what_is_shown_goes_with_the_truth_as_far_as_the_story_says(shows):
    rng = np.random.default_rng(0)
    truth, other = (attributes_of(100_000, 1, RATE, (2.0, 0.5), rng) for _ in range(2))
    shown = shown_of(truth, np.array([shows]), other)
    assert np.corrcoef(truth[:, 0], shown[:, 0])[0, 1] == pytest.approx(shows, abs=0.05)


def test_a_modality_that_shows_all_shows_the_truth():
    truth = attributes_of(100, 2, RATE, (2.0, 0.5), np.random.default_rng(0))
    np.testing.assert_array_equal(shown_of(truth, np.ones(2), np.full((100, 2), 0.7)), truth)


def test_raters_trace_what_they_saw_as_late_as_they_are():
    story = TracingRaters(bias=0.0, gain=0.0, delay=(1.0, 4.0), jitter=0.0)
    tracers = Tracers.draw(6, 2, story, np.random.default_rng(0))
    truth = attributes_of(3000, 2, RATE, (5.0, 1.0), np.random.default_rng(1))
    traces = tracers.follow(truth, RATE, 0.0, np.random.default_rng(2))
    for rater in range(6):
        likeness = [np.corrcoef(truth[: 3000 - lag, 0], traces[lag:, 0, rater])[0, 1] for lag in range(5 * RATE)]
        assert 1.0 <= np.argmax(likeness) / RATE <= 4.0
        assert np.argmax(likeness) == round(tracers.delay[rater] * RATE)
    assert len(set(np.round(tracers.delay, 2))) == 6


def test_raters_have_middles_and_reaches_of_their_own_and_hands_that_shake():
    story = TracingRaters(bias=0.2, gain=0.3, delay=(0.0, 0.0), jitter=0.2)
    tracers = Tracers.draw(6, 1, story, np.random.default_rng(0))
    traces = tracers.follow(np.zeros((5000, 1)), RATE, story.jitter, np.random.default_rng(2))
    np.testing.assert_allclose(traces[:, 0].mean(axis=0), tracers.bias[:, 0], atol=0.06)
    np.testing.assert_allclose(traces[:, 0].std(axis=0), 0.2, rtol=0.25)
    assert tracers.gain.std() > 0.1
    assert (np.abs(traces) <= 1).all()
