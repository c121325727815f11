"""Figures of a report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from baseline.report.contents import RecordingReport
from baseline.report.summary import by_second, summarize
from data_spec.challenge import Challenge
from tests.baseline.report.example_reports import example_report


@pytest.fixture
def report(merc2017: Challenge) -> RecordingReport:
    return example_report(merc2017)


def test_shares_of_the_time_and_mean_probabilities_sum_to_one(report: RecordingReport) -> None:
    rows = summarize(report)
    assert sum(row.share for row in rows) == pytest.approx(1.0)
    assert sum(row.mean for row in rows) == pytest.approx(1.0)


def test_the_longest_run_is_the_longest_one_and_not_the_sum(report: RecordingReport) -> None:
    probabilities = np.zeros_like(report.probabilities)
    index = np.repeat([0, 2, 0, 2], [100, 50, 170, 80])
    probabilities[np.arange(400), index] = 1.0
    anger, _, disgust, *_ = summarize(replace(report, probabilities=probabilities))
    assert (anger.longest, anger.since) == (pytest.approx(1.7), pytest.approx(1.5))
    assert (disgust.longest, disgust.since) == (pytest.approx(0.8), pytest.approx(3.2))


def test_a_label_that_is_never_predicted_has_no_run(report: RecordingReport) -> None:
    anger = summarize(report)[0]
    assert (anger.share, anger.longest, anger.since) == (0.0, 0.0, None)


def test_the_last_second_may_be_shorter(report: RecordingReport) -> None:
    shorter = replace(report, times=report.times[:250], probabilities=report.probabilities[:250], truth=None)
    seconds = by_second(shorter)
    assert [(second.begin, pytest.approx(second.end)) for second in seconds] == [(0, 1), (1, 2), (2, 2.5)]


def test_a_second_has_the_label_of_most_of_its_frames(report: RecordingReport) -> None:
    probabilities = np.zeros_like(report.probabilities)
    probabilities[:40, 0], probabilities[40:, 3] = 1.0, 1.0
    first = by_second(replace(report, probabilities=probabilities))[0]
    assert first.number == 3
    assert first.means == pytest.approx((0.4, 0, 0, 0.6, 0, 0))


def test_seconds_in_which_people_tied_have_no_true_label(report: RecordingReport) -> None:
    assert [second.truth for second in by_second(report)] == [1, 1, 1, None]


def test_times_that_were_printed_and_read_again_stay_in_their_second(report: RecordingReport) -> None:
    moved = replace(report, times=report.times - 1e-9)
    assert len(by_second(moved)) == 4
