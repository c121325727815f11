"""The benchmark of training measures every way, and the first step of the command."""

import pytest

from benchmarks.network_process import NetworkProcess
from benchmarks.random_windows import Plan
from benchmarks.training import measure


@pytest.mark.slow
def test_a_quick_run_has_every_way_and_every_goal():
    report = measure(quick=True)
    assert {"stock Keras", "the kit", "the matrix products alone", "baseline train"} <= {row.way for row in report.rows}
    goals = [goal.measure.removeprefix("a training step, ") for goal in report.goals]
    assert [goal for goal in goals if "PyTorch" not in goal] == [
        "times as fast as stock Keras",
        "share of the matrix products' speed",
        "the first step, share of 12 s",
    ]
    assert all(row.spread.least > 0 for row in report.rows)


def test_a_process_that_has_ended_is_told_of(capfd):
    with NetworkProcess("nobody", Plan()) as network, pytest.raises(RuntimeError, match="its process has ended"):
        network.ask("train")
    assert "'nobody' is not one of" in capfd.readouterr().err
