"""The benchmark of the training's input measures what it says it does."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from benchmarks import input_pipeline
from benchmarks.input_pipeline import FROM_CORPUS, FROM_MEMORY, measure, step_over


@pytest.mark.slow
def test_waiting_memory_and_epochs_are_measured_and_each_has_its_goal() -> None:
    report = measure(quick=True)
    ways = {(row.measure, row.way) for row in report.rows if row.unit != "×"}
    measured = {
        ("peak memory", "all, pages of files too"),
        ("peak memory", "without them"),
        ("an epoch", "epoch 1"),
        ("an epoch", "epoch 2"),
        ("a step", "making a batch, nothing else"),
    }
    for way in (FROM_CORPUS, FROM_MEMORY):
        measured |= {("a step", way), ("waiting for batches, share of the time", way)}
    assert ways == measured
    assert [goal.measure for goal in report.goals] == [
        "peak memory, share of 3 GB",
        "later epochs beside the first",
        "steps over the corpus beside one batch in memory",
        "share of the time that steps wait",
    ]
    assert all(row.spread.least > 0 for row in report.rows)
    resident, anonymous = (row.spread.median for row in report.rows if row.measure == "peak memory")
    assert 100 < anonymous < resident


def test_only_the_time_until_a_batch_is_there_is_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(input_pipeline, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    def late_batches() -> Iterator[tuple[None, None]]:
        while True:
            pass_by(2)
            yield None, None

    model = SimpleNamespace(train_on_batch=lambda inputs, targets: pass_by(10))
    assert step_over(model, late_batches(), steps=3) == (36, 6)
