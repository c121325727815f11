"""Whether one system is better than another on the same recordings, or only luckier.

The intervals of two scores may overlap although one system is better on nearly every recording: what is hard for one is
hard for the other. So recordings are drawn for both at once, and the difference is looked at (Efron, Tibshirani: An
Introduction to the Bootstrap, chapter 13).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scorer.bootstrap import PairedDifference, paired_interval
from scorer.ranking import METRICS, Metric, Sums
from scorer.score_report import ScoreReport

RESAMPLES = 2_000


@dataclass(frozen=True)
class Comparison:
    """Two scores over the same recordings.

    Attributes:
        metric: the one that both are in.
        one: the score of the one.
        other: the score of the other.
        paired: one less other, and its 95 % interval.
        recordings: over how many; only those that count.
    """

    metric: Metric
    one: float
    other: float
    paired: PairedDifference
    recordings: int

    @property
    def one_is_better(self) -> bool | None:
        """Whether the one is better than the other; None where the interval holds 0, and nobody can tell."""
        if self.paired.low <= 0.0 <= self.paired.high:
            return None
        return (self.paired.low > 0.0) == self.metric.greater_is_better


def compare(one: ScoreReport, other: ScoreReport, *, resamples: int = RESAMPLES, seed: int = 0) -> Comparison:
    """Compare two scores by a paired bootstrap over recordings.

    Args:
        one: of one system.
        other: of another one, on the same recordings and labels.
        resamples: how many times recordings are drawn.
        seed: the same seed gives the same interval.

    Raises:
        ValueError: other metrics, other recordings, or other rows of them that count.
    """
    if one.metric != other.metric:
        raise ValueError(f"expected two scores of the same metric. Received: {one.metric} and {other.metric}")
    counted = {report.recording: report.counted for report in one.recordings}
    others = {report.recording: report.counted for report in other.recordings}
    if different := sorted(name for name in counted.keys() | others.keys() if counted.get(name) != others.get(name)):
        raise ValueError(
            f"expected scores over the same rows of the same recordings. {len(different)} recordings are not in both, "
            f"or differ in how many of their rows count: {', '.join(different[:5])}"
        )
    metric = METRICS[one.metric]
    paired = paired_interval(_statistics(one), _statistics(other), metric.of, resamples=resamples, seed=seed)
    return Comparison(metric, one.score, other.score, paired, sum(map(bool, counted.values())))


def _statistics(report: ScoreReport) -> Sums:
    """Of the recordings that count, in the order of their names, shape (recordings, statistics)."""
    ordered = sorted(report.recordings, key=lambda recording: recording.recording)
    return np.array([recording.statistics for recording in ordered if recording.counted], dtype=np.float64)
