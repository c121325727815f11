"""The benchmark of uploads in its quick form: that it works, and that nothing is lost; not how fast."""

from __future__ import annotations

import pytest

from benchmarks.report import Report
from benchmarks.uploads import measure


@pytest.fixture(scope="module")
def report() -> Report:
    return measure(quick=True)


def test_the_server_is_measured_beside_the_scorer_alone(report: Report) -> None:
    ways = [(row.way, row.unit) for row in report.rows if row.measure == "6 uploads at once, SQLite, folder"]
    assert ways == [("scorer alone", "uploads/s"), ("server", "uploads/s")]


def test_every_goal_is_told(report: Report) -> None:
    told = [(goal.measure.partition("SQLite, folder: ")[2], goal.wanted) for goal in report.goals]
    assert told == [
        ("share of one second", "<= 1"),
        ("beside the scorer alone", ">= 0.5"),
        ("share scored once, and rightly", ">= 1"),
        ("share of teams ranked rightly", ">= 1"),
        ("lines of errors in the log", "<= 0"),
    ]


def test_every_upload_is_scored_once_and_ranked_and_no_error_is_logged(report: Report) -> None:
    assert [goal.ratio for goal in report.goals[2:]] == [1, 1, 0]
