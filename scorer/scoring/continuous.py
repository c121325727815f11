"""Attributes that are followed through time.

The concordance of an attribute is that of all frames of all recordings one after the other (Tzirakis et al. 2017,
section III-C, after Lin 1989). The mean of the recordings' own concordances is another figure with another name.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data_spec.stream import Labels
from data_spec.task import ContinuousAttributes
from scorer.metrics import concordance_cc_of_sums, pearson_cc_of_sums, sums_of_pairs
from scorer.scoring.counted import Counted, number
from scorer.verdict import Predictions


def count_frames(predictions: Predictions, labels: Mapping[str, Labels], task: ContinuousAttributes) -> Counted:
    """Count every frame alike."""
    names = sorted(labels)
    sums = np.array([sums_of_pairs(labels[name].values, predictions[name]) for name in names])
    errors = np.array([np.abs(labels[name].values - predictions[name]).sum(axis=0) for name in names])
    totals, rows = sums.sum(axis=0), sums[:, 0, 0].astype(np.int64)  # (attributes, 6), (recordings,)
    concordance = concordance_cc_of_sums(totals)  # (attributes,)
    own = concordance_cc_of_sums(sums[rows > 0]).mean(axis=0) if rows.any() else np.zeros(len(totals))
    correlation = pearson_cc_of_sums(totals)
    error = errors.sum(axis=0) / max(1, rows.sum())
    return Counted(
        statistics=sums.reshape(len(names), -1),
        rows_of_recordings=rows,
        figures={
            "concordance_cc": float(concordance.mean()),
            "mean_concordance_cc": float(own.mean()),
            "mean_absolute_error": float(error.mean()),
        },
        parts={
            attribute.name: {
                "concordance_cc": float(concordance[column]),
                "mean_concordance_cc": float(own[column]),
                "pearson_cc": number(correlation[column]),
                "mean_absolute_error": float(error[column]),
            }
            for column, attribute in enumerate(task.attributes)
        },
    )
