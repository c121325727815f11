"""Intervals by the bootstrap over recordings."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from scorer.bootstrap import CONFIDENCE, draw_recordings, interval, paired_interval
from scorer.ranking import METRICS

ACCURACY = METRICS["weighted_accuracy"].of


def shares(hits: object, frames: object) -> np.ndarray:
    return np.column_stack(np.broadcast_arrays(hits, frames)).astype(float)


def test_the_interval_is_the_same_for_the_same_seed_and_another_for_another():
    statistics = shares(np.arange(20), 30)
    assert interval(statistics, ACCURACY, seed=1) == interval(statistics, ACCURACY, seed=1)
    assert interval(statistics, ACCURACY, seed=1) != interval(statistics, ACCURACY, seed=2)


def test_the_interval_is_wide_where_recordings_differ_although_there_are_many_frames():
    low, high = interval(shares([10_000, 0] * 5, 10_000), ACCURACY)
    assert high - low > 0.4


def test_the_interval_covers_the_true_accuracy_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        frames = rng.integers(100, 500, size=60)
        hits = rng.binomial(frames, rng.beta(5, 5, size=60))
        low, high = interval(shares(hits, frames), ACCURACY, resamples=400)
        covered += low <= 0.5 <= high
    assert 0.89 <= covered / 200 <= 0.99


@pytest.mark.parametrize("recordings", [249, 251, 600])
def test_of_few_recordings_and_of_many_the_interval_is_that_of_all_draws(recordings: int):
    statistics = shares(np.random.default_rng(5).integers(0, 4000, recordings), 4000)
    drawn = np.random.default_rng(7).multinomial(recordings, np.full(recordings, 1 / recordings), size=1000)
    expected = np.quantile(ACCURACY(drawn @ statistics), [0.025, 0.975])
    for _ in range(2):
        assert interval(statistics, ACCURACY, seed=7) == tuple(expected.tolist())
    assert interval(statistics / 3, ACCURACY, seed=7) == pytest.approx(tuple(expected.tolist()))


@pytest.mark.parametrize("greatest", [1e3, 1e12, 1e16, 1e20])
def test_whole_numbers_too_large_to_be_added_exactly_are_added_as_ever(greatest: float):
    recordings = 300
    statistics = np.rint(np.random.default_rng(1).random((recordings, 2)) * greatest)
    drawn = draw_recordings(recordings, resamples=1000, seed=0)
    expected = np.quantile(ACCURACY(drawn @ statistics), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    assert interval(statistics, ACCURACY) == tuple(expected.tolist())


def test_draws_that_are_kept_cannot_be_changed():
    drawn = draw_recordings(5, resamples=10, seed=0)
    assert draw_recordings(5, resamples=10, seed=0) is drawn
    with pytest.raises(ValueError, match="read-only"):
        drawn[0, 0] = 7


def test_a_paired_difference_is_surer_than_two_intervals():
    rng = np.random.default_rng(3)
    hard = rng.integers(200, 800, 60)
    one, other = shares(hard + 20, 1000), shares(hard, 1000)
    difference = paired_interval(one, other, ACCURACY)
    assert difference.difference == pytest.approx(0.02)
    assert (difference.low, difference.high) == pytest.approx((0.02, 0.02))
    assert interval(one, ACCURACY)[0] < interval(other, ACCURACY)[1]


def test_the_paired_interval_agrees_with_scipy():
    rng = np.random.default_rng(4)
    hits = rng.integers(0, 100, (2, 40))
    ours = paired_interval(shares(hits[0], 100), shares(hits[1], 100), ACCURACY, resamples=20_000)
    theirs = scipy.stats.bootstrap(
        hits / 100,
        lambda one, other, axis: (one - other).mean(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        rng=np.random.default_rng(0),
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.005)


def test_other_recordings_are_refused():
    with pytest.raises(ValueError, match="same recordings"):
        paired_interval(np.ones((3, 2)), np.ones((4, 2)), ACCURACY)
