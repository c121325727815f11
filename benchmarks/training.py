"""How fast the naive baseline trains, beside stock Keras and PyTorch, and how soon its first step is done.

    python -m benchmarks training

Four branches of two bidirectional LSTM layers take steps on batches of 64 windows of 4 seconds, in float32, from arrays
in memory: the kit's own way, the same layers in stock Keras with TensorFlow's own threads, and in PyTorch with its own.
Each lives in a process of its own and takes its turn. At least 2.1 × stock Keras and 1.7 × PyTorch.

The limit is the time of the LSTM layers' matrix products alone, all frames of a batch in one, by the fastest library
at hand on all cores (`benchmarks.networks.MatrixProducts`). At least 55 % of it: gates, and all else, get the rest.

The first step is timed from the start of `python -m baseline train`, on a corpus that was read once before, to its end,
when the bar moves. At most 12 s. Stock Keras, beside it, reads no corpus.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks import first_step
from benchmarks.networks_in_turn import Goals, beside_peers
from benchmarks.random_windows import Plan
from benchmarks.report import Report
from benchmarks.side_by_side import alternate

FULL, TINY = Plan(), Plan(units=3, dense_units=4, batch=2, batches=2)
GOALS = Goals(of_keras=2.1, of_pytorch=1.7, of_limit=0.55)

FIRST_STEP_TURNS = 3
FIRST_STEP_SECONDS = 12.0


def measure(quick: bool) -> Report:
    """The tables of all ways, and the goals.

    Args:
        quick: a tiny network, one turn.
    """
    report = Report("training", "Training the naive baseline: milliseconds for a batch of 64 windows")
    plan = TINY if quick else FULL
    beside_peers(report, "train", "a training step", plan, quick, GOALS)
    measure_first_step(replace(plan, batches=1), quick, report)
    return report


def measure_first_step(plan: Plan, quick: bool, report: Report) -> None:
    """From the start of the process."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        first_step.write_corpus(corpus, quick)
        ways = {"baseline train": lambda: first_step.of_command(corpus, plan)}
        if not quick:  # it takes as long with a tiny network
            ways["stock Keras, arrays"] = lambda: first_step.of_network("stock Keras", plan)
        found = alternate(ways, turns=1 if quick else FIRST_STEP_TURNS, warm_up=0 if quick else 1)
    report.add("the first step, from the start of the process", found, "s")
    shares = [seconds / FIRST_STEP_SECONDS for seconds in found["baseline train"]]
    report.want(f"the first step, share of {FIRST_STEP_SECONDS:g} s", shares, at_most=1)
