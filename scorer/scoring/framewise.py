"""One label for every frame. Every figure counts only the frames that the annotators agreed on.

Source: the overview of the 2017 challenge (weighted accuracy over the frames whose agreement score is over 0.6).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from data_spec.agreement import is_agreed
from data_spec.stream import NO_LABEL, Labels
from data_spec.task import FramewiseOneHot
from scorer.metrics import Counts, macro_f1, recalls, unweighted_accuracy, weighted_accuracy
from scorer.scoring.counted import Counted
from scorer.verdict import Predictions


def count_labelled_frames(predictions: Predictions, labels: Mapping[str, Labels], task: FramewiseOneHot) -> Counted:
    """Count frames whose agreement is over the task's threshold and whose annotators were not tied."""
    names = sorted(labels)
    counts = np.zeros((len(names), len(task.labels), len(task.labels)), dtype=np.int64)  # (recordings, truth, given)
    for number, name in enumerate(names):
        counts[number] = _count(predictions[name], labels[name], task)
    hits, frames = counts.trace(axis1=1, axis2=2), counts.sum(axis=(1, 2))  # (recordings,)
    confusion: Counts = counts.sum(axis=0)
    why_none = f"expected frames with an agreement over {task.agreement_threshold}, found none"
    if not frames.any():
        return Counted(np.zeros((len(names), 2)), frames, {}, {}, why_none=why_none)
    return Counted(
        statistics=np.column_stack([hits, frames]).astype(np.float64),
        rows_of_recordings=frames,
        figures={
            "weighted_accuracy": weighted_accuracy(confusion),
            "unweighted_accuracy": unweighted_accuracy(confusion),
            "macro_f1": macro_f1(confusion),
        },
        parts={label: {"recall": recall} for label, recall in zip(task.labels, recalls(confusion), strict=True)},
        labels=task.labels,
        confusion=confusion,
    )


def _count(predicted: NDArray[np.int8], truth: Labels, task: FramewiseOneHot) -> Counts:
    """The confusion matrix of one recording, shape (labels, labels)."""
    labels = len(task.labels)
    counted = is_agreed(truth.agreement, task.agreement_threshold) & (truth.index != NO_LABEL)
    pairs = truth.index[counted].astype(np.int64) * labels + predicted[counted]
    return np.bincount(pairs, minlength=labels * labels).reshape(labels, labels)
