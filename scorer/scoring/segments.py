"""Intensities of emotions in segments.

Source: Williams et al. 2018, section 5.5. A value counts as the emotion's presence where it rounds to 1 or more; the
4-class accuracy compares the rounded values. Halves round up.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import Labels
from data_spec.task import SegmentIntensities
from scorer.metrics import pearson_cc_of_sums, sums_of_pairs
from scorer.score_report import Figures
from scorer.scoring.counted import Counted, number
from scorer.verdict import Predictions


def count_segments(predictions: Predictions, labels: Mapping[str, Labels], task: SegmentIntensities) -> Counted:
    """Count every emotion of every segment alike."""
    names = sorted(labels)
    emotions = len(task.emotions)
    errors = [np.abs(predictions[name] - labels[name].values) for name in names]  # each (segments, emotions)
    rows = np.array([len(one) for one in errors], dtype=np.int64)
    truth = np.concatenate([labels[name].values for name in names])  # (segments, emotions)
    predicted = np.concatenate([predictions[name] for name in names])
    if not len(truth):
        return Counted(np.zeros((len(names), 2)), rows, {}, {})
    return Counted(
        statistics=np.column_stack([[one.sum() for one in errors], rows * emotions]),
        rows_of_recordings=rows,
        figures=_figures(truth, predicted),
        parts={
            emotion: {
                **_figures(truth[:, [column]], predicted[:, [column]]),
                "pearson_cc": number(float(pearson_cc_of_sums(sums))),
            }
            for column, (emotion, sums) in enumerate(zip(task.emotions, sums_of_pairs(truth, predicted), strict=True))
        },
    )


def _figures(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> Figures:
    true_class, predicted_class = _rounded(truth), _rounded(predicted)
    return {
        "mean_absolute_error": float(np.abs(predicted - truth).mean()),
        "binary_accuracy": float(((true_class > 0) == (predicted_class > 0)).mean()),
        "four_class_accuracy": float((true_class == predicted_class).mean()),
    }


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.floor(values + 0.5))
