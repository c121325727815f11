"""How fast a trained naive baseline predicts windows, beside stock Keras and PyTorch.

    python -m benchmarks prediction

Four branches of two bidirectional LSTM layers predict batches of 64 windows of 4 seconds, in float32, from arrays in
memory: the kit's own way, the same layers in stock Keras with TensorFlow's own threads, and in PyTorch with its own.
Each lives in a process of its own and takes its turn. At least 2 × stock Keras and 1.35 × PyTorch.

The limit is the time of the LSTM layers' matrix products alone, all frames of a batch in one, by the fastest library
at hand on all cores (`benchmarks.networks.MatrixProducts`). At least 55 % of it: gates, and all else, get the rest.
"""

from __future__ import annotations

from benchmarks.networks_in_turn import Goals, beside_peers
from benchmarks.random_windows import Plan
from benchmarks.report import Report

FULL, TINY = Plan(batches=8), Plan(units=3, dense_units=4, batch=2, batches=2)
GOALS = Goals(of_keras=2.0, of_pytorch=1.35, of_limit=0.55)


def measure(quick: bool) -> Report:
    """The table of all ways, and the goals.

    Args:
        quick: a tiny network, one turn.
    """
    report = Report("prediction", "Predicting with the naive baseline: milliseconds for a batch of 64 windows")
    beside_peers(report, "predict", "prediction of a batch", TINY if quick else FULL, quick, GOALS)
    return report
