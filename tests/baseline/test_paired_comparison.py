"""Systems are compared over the same drawn recordings, so that what is hard for both does not hide who is better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from baseline.paired_comparison import compare
from data_spec.stream import Labels
from scorer.scoring import score

FRAMES = 40


def report_of(task, hits, counted=None):
    """The score of a system that names so many frames of each recording right, of as many as count."""
    counted = [FRAMES] * len(hits) if counted is None else counted
    labels, predictions = {}, {}
    for number, (right, counts) in enumerate(zip(hits, counted, strict=True)):
        agreement = np.where(np.arange(FRAMES) < counts, 1.0, 0.5)
        labels[f"id{number:03}"] = Labels(np.arange(FRAMES) / 100, np.zeros(FRAMES, dtype=np.int8), agreement)
        predictions[f"id{number:03}"] = np.where(np.arange(FRAMES) < right, 0, 1).astype(np.int8)
    return score(predictions, labels, task, resamples=100)


def test_a_small_lead_on_every_recording_is_told_although_the_intervals_overlap(merc2017):
    hits = np.random.default_rng(0).integers(5, 35, size=60)
    better, worse = report_of(merc2017.task, hits + 2), report_of(merc2017.task, hits)
    assert worse.interval[1] > better.interval[0]
    comparison = compare(better, worse)
    assert comparison.paired.difference == pytest.approx(2 / FRAMES)
    assert comparison.paired.low == pytest.approx(2 / FRAMES)
    assert comparison.one_is_better is True
    assert compare(worse, better).one_is_better is False


def test_what_chance_explains_is_told_to_nobodys_credit(merc2017):
    rng = np.random.default_rng(1)
    one, other = (report_of(merc2017.task, rng.integers(5, 35, size=30)) for _ in range(2))
    comparison = compare(one, other)
    assert comparison.paired.low < 0 < comparison.paired.high
    assert comparison.one_is_better is None


def test_equal_systems_cannot_be_told_apart(merc2017):
    report = report_of(merc2017.task, [10, 20, 30])
    comparison = compare(report, report)
    assert (comparison.paired.difference, comparison.paired.low, comparison.paired.high) == (0.0, 0.0, 0.0)
    assert comparison.one_is_better is None


def test_the_interval_is_that_of_scipy_over_indices_drawn_for_both(merc2017):
    rng = np.random.default_rng(2)
    counted = rng.integers(10, FRAMES + 1, size=50)
    ours, theirs = rng.integers(0, counted + 1), rng.integers(0, counted + 1)
    found = compare(report_of(merc2017.task, ours, counted), report_of(merc2017.task, theirs, counted)).paired

    def difference(drawn):
        return (ours[drawn].sum() - theirs[drawn].sum()) / counted[drawn].sum()

    peer = stats.bootstrap(
        (np.arange(50),),
        difference,
        method="percentile",
        n_resamples=2000,
        vectorized=False,
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert found.difference == pytest.approx(difference(np.arange(50)))
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high), abs=0.01)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), recordings=st.integers(2, 20))
def test_exchanging_the_two_turns_the_interval_around(merc2017, seed, recordings):
    rng = np.random.default_rng(seed)
    one, other = (report_of(merc2017.task, rng.integers(0, FRAMES, size=recordings)) for _ in range(2))
    forth, back = compare(one, other, resamples=200).paired, compare(other, one, resamples=200).paired
    assert (forth.difference, forth.low, forth.high) == pytest.approx((-back.difference, -back.high, -back.low))
    assert forth.difference == pytest.approx(one.score - other.score)


def test_recordings_that_do_not_count_are_not_drawn(merc2017):
    counted = [FRAMES, 0, FRAMES, 0]
    one, other = (report_of(merc2017.task, hits, counted) for hits in ([30, 9, 20, 9], [20, 1, 10, 1]))
    comparison = compare(one, other)
    assert comparison.recordings == 2
    assert comparison.paired.low == comparison.paired.high == pytest.approx(10 / FRAMES)


def test_of_an_error_the_smaller_one_is_better(merc2017):
    errors, fewer_errors = (
        replace(report_of(merc2017.task, hits), metric="mean_absolute_error") for hits in ([20, 30, 25], [10, 20, 15])
    )
    assert compare(fewer_errors, errors).one_is_better is True
    assert compare(errors, fewer_errors).one_is_better is False


@pytest.mark.parametrize("other", [[10, 20], [10, 20, 30, 5]])
def test_scores_over_other_recordings_are_refused_by_name(merc2017, other):
    with pytest.raises(ValueError, match=r"expected scores over the same rows of the same recordings\. 1 .*id00[23]"):
        compare(report_of(merc2017.task, [10, 20, 30]), report_of(merc2017.task, other))


def test_scores_by_other_labels_are_refused(merc2017):
    with pytest.raises(ValueError, match="differ in how many of their rows count: id001"):
        compare(report_of(merc2017.task, [10, 20]), report_of(merc2017.task, [10, 20], [FRAMES, FRAMES - 1]))


def test_scores_in_other_metrics_are_refused(merc2017):
    report = report_of(merc2017.task, [10, 20])
    with pytest.raises(ValueError, match="weighted_accuracy and macro_f1"):
        compare(report, replace(report, metric="macro_f1"))
