"""What a benchmark writes: its table, its plot, and its goals with whether they were met."""

import csv

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import NAMES, gather, main
from benchmarks.report import GOAL_COLUMNS, Report
from benchmarks.side_by_side import alternate, timed


@pytest.fixture
def report():
    report = Report("training", "Training, beside others")
    report.add("a step", {"kit": [1.0, 2.0, 3.0], "stock": [4.0, 5.0, 9.0]}, "s")
    report.want("beside stock", [2.0, 2.5, 3.0], at_least=2.1)
    report.want("memory, share of 3 GB", [1.5], at_most=1)
    return report


def rows(path):
    return list(csv.reader(path.read_text().splitlines()))


def test_every_way_is_measured_once_a_turn_and_the_first_turns_are_not_kept():
    asked = []
    ways = {name: lambda name=name: asked.append(name) or float(len(asked)) for name in "AB"}
    assert alternate(ways, turns=2, warm_up=1) == {"A": [3.0, 5.0], "B": [4.0, 6.0]}
    assert asked == [*"ABABAB"]


def test_what_is_timed_is_the_time_of_one_of_many():
    assert timed(lambda: None, per=1e9)() < 1e-9


def test_a_goal_is_met_or_not_in_the_direction_that_is_wanted(report):
    assert [(goal.wanted, goal.ratio, goal.met) for goal in report.goals] == [
        (">= 2.1", 2.5, True),
        ("<= 1", 1.5, False),
    ]
    assert "NOT MET  memory, share of 3 GB: 1.5, wanted <= 1" in str(report)


def test_a_goal_needs_one_bound(report):
    for bounds in ({}, {"at_least": 1, "at_most": 2}):
        with pytest.raises(ValueError, match="expected one of at_least and at_most"):
            report.want("beside stock", [1.0], **bounds)


def test_tables_goals_and_plot_are_written_and_gathered(report, tmp_path):
    report.write(tmp_path / "results")
    header, first, *_ = rows(tmp_path / "results" / "training.csv")
    assert dict(zip(header, first, strict=True))["median"] == "2"
    assert (tmp_path / "results" / "training.png").read_bytes().startswith(b"\x89PNG")
    gather(tmp_path)
    header, *goals = rows(tmp_path / "results.csv")
    assert tuple(header) == GOAL_COLUMNS
    assert goals == [
        ["training", "beside stock", "2.5", ">= 2.1", "yes"],
        ["training", "memory, share of 3 GB", "1.5", "<= 1", "no"],
    ]


def test_an_unknown_benchmark_is_refused_with_those_that_there_are():
    answer = CliRunner().invoke(main, ["speed"])
    assert answer.exit_code == 2
    assert NAMES[0] in answer.output
