"""Predictions and truth → a score report: what a row is and what is counted follows from the kind of task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from data_spec.stream import Labels
from data_spec.task import AnyTask
from scorer import bootstrap
from scorer.ranking import METRICS
from scorer.score_report import RecordingScore, ScoreReport
from scorer.scoring.clips import count_clips
from scorer.scoring.continuous import count_frames
from scorer.scoring.counted import Counted
from scorer.scoring.framewise import count_labelled_frames
from scorer.scoring.segments import count_segments
from scorer.verdict import Predictions

__all__ = ["score"]

Count = Callable[[Predictions, Mapping[str, Labels], Any], Counted]

COUNTS: Mapping[str, Count] = {
    "framewise_one_hot": count_labelled_frames,
    "segment_intensities": count_segments,
    "clip_ratings": count_clips,
    "continuous_attributes": count_frames,
}
"""How the predictions of each kind of task are counted."""


def score(
    predictions: Predictions, labels: Mapping[str, Labels], task: AnyTask, *, resamples: int = 1000, seed: int = 0
) -> ScoreReport:
    """Score predictions against the truth.

    Args:
        predictions: by recording, as `scorer.submission.read` gives them.
        labels: the truth, by recording.
        task: what was asked; names the metric that ranks.
        resamples: how often the bootstrap draws.
        seed: of the bootstrap. The same seed gives the same interval.

    Raises:
        ValueError: other recordings or rows than those of the truth, a prediction that is none, or no row that counts.
    """
    _check_recordings(predictions, labels)
    if not labels:
        raise ValueError("expected the truth of one recording or more, found none: there is nothing to score")
    for name, one in labels.items():
        _check_rows(name, predictions[name], one, task)
    counted = COUNTS[task.kind](predictions, labels, task)
    metric = METRICS[task.metric]
    counts = counted.rows_of_recordings > 0
    if not counts.any():
        raise ValueError(f"{counted.why_none} in {len(labels)} recordings: there is nothing to score")
    statistics = counted.statistics[counts]
    value = float(metric.of(statistics.sum(axis=0)))
    return ScoreReport(
        metric=metric.name,
        score=value,
        interval=bootstrap.interval(statistics, metric.of, resamples=resamples, seed=seed),
        figures=counted.figures,
        parts=counted.parts,
        labels=counted.labels,
        confusion=tuple(tuple(row) for row in counted.confusion.tolist()),
        counted=int(counted.rows_of_recordings.sum()),
        rows=sum(len(one.times) for one in labels.values()),
        recordings=tuple(
            RecordingScore(
                name,
                float(metric.of(sums)) if rows and counted.recordings_have_scores else None,
                rows,
                tuple(sums.tolist()),
            )
            for name, sums, rows in zip(
                sorted(labels), counted.statistics, counted.rows_of_recordings.tolist(), strict=True
            )
        ),
    )


def _check_recordings(predictions: Predictions, labels: Mapping[str, Labels]) -> None:
    if predictions.keys() != labels.keys():
        raise ValueError(
            "expected predictions for the recordings of the truth. "
            f"Without a prediction: {_listed(labels.keys() - predictions.keys())}; "
            f"without truth: {_listed(predictions.keys() - labels.keys())}"
        )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") or "none"


def _check_rows(name: str, predicted: np.ndarray, truth: Labels, task: AnyTask) -> None:
    rows = len(truth.times)
    if task.prediction_ranges is None:
        if predicted.shape != (rows,):
            raise ValueError(f"{name}: expected {rows} predicted frames, found shape {predicted.shape}")
        labels = len(task.labels)
        if ((predicted < 0) | (predicted >= labels)).any():
            raise ValueError(
                f"{name}: expected predictions from 0 to {labels - 1}, found {sorted(set(predicted.tolist()))}"
            )
        return
    if predicted.shape != (rows, len(task.prediction_ranges)):
        expected = (rows, len(task.prediction_ranges))
        raise ValueError(f"{name}: expected predictions of shape {expected}, found {predicted.shape}")
    low, high = np.array(task.prediction_ranges).T
    if not ((predicted >= low) & (predicted <= high)).all():
        raise ValueError(f"{name}: expected predictions in the ranges {[*task.prediction_ranges]}, found others")
