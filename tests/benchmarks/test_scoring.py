"""Scoring is measured beside inflating and beside scripts that find the same score, in every dialect."""

from __future__ import annotations

import pytest

from benchmarks import scoring
from benchmarks.report import Report
from benchmarks.zip_dialects import DIALECTS


@pytest.fixture(scope="module")
def report() -> Report:
    return scoring.measure(quick=True)


def test_the_kit_stands_beside_the_floor_and_beside_scripts(report: Report) -> None:
    ways = {row.way for row in report.rows if row.measure == "check and score, times as in the template"}
    expected = {"kit", "kit, without layouts", "inflating alone", "pandas and scikit-learn", "pandas with pyarrow"}
    assert ways - {"polars"} == {*expected, "pandas and scikit-learn, on numbers"}


def test_every_goal_is_there(report: Report) -> None:
    goals = {goal.measure: goal.wanted for goal in report.goals}
    assert list(goals.values()) == ["<= 2.5", ">= 40", *[">= 8"] * len(DIALECTS), "<= 1", "<= 1", "<= 2"]
    for dialect in DIALECTS:
        assert f"check and score, {dialect}, speed beside pandas and scikit-learn" in goals


def test_memory_is_that_of_processes_with_more_and_more_recordings(report: Report) -> None:
    added = [row for row in report.rows if row.measure == "memory that checking and scoring add"]
    assert [row.way for row in added] == ["1 × the recordings", "4 × the recordings"]
    assert all(0 < row.spread.median < 150 for row in added)


def test_another_score_than_the_scripts_ends_the_benchmark() -> None:
    with pytest.raises(SystemExit, match="same score"):
        scoring._check_equal([(0.5, [[1, 1]])], [(0.25, [[1, 1]])])
