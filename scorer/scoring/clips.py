"""Clips: a label each, attributes, or both.

Source: Vidal et al. 2020, section 5: concordance of each attribute, macro- and micro-averaged F1 of the labels, also
within a subset of them. A clip whose annotators tied, or chose a label that is not scored, counts for no figure of
labels; it counts for the attributes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import NO_LABEL, Labels
from data_spec.task import ClipRatings
from scorer.metrics import (
    Counts,
    concordance_cc_of_sums,
    f1_scores,
    macro_f1,
    pearson_cc_of_sums,
    recalls,
    unweighted_accuracy,
    weighted_accuracy,
)
from scorer.ranking import Sums
from scorer.score_report import Figures
from scorer.scoring.counted import Counted, number
from scorer.verdict import Predictions


def count_clips(predictions: Predictions, labels: Mapping[str, Labels], task: ClipRatings) -> Counted:
    """Count every clip alike."""
    names = sorted(labels)
    predicted = np.concatenate([predictions[name] for name in names])  # (clips, columns)
    truth = np.concatenate([labels[name].values for name in names])  # (clips, attributes)
    index = np.concatenate([labels[name].index for name in names])  # (clips,)
    scores, values = np.split(predicted, [len(task.scored_labels)], axis=1)
    sums, confusions = _sums(truth, values), _confusions(index, scores, task, task.scored_labels)
    confusion: Counts = confusions.sum(axis=0)
    attributes, attribute_parts = _of_attributes(sums.sum(axis=0), task)
    whole, label_parts = _of_labels(confusion, task.scored_labels)
    for name, subset in task.subsets.items():
        figures, _ = _of_labels(_confusions(index, scores, task, subset).sum(axis=0), subset)
        whole |= {f"{name}.{figure}": value for figure, value in figures.items()}
    clips = len(predicted)
    if task.metric == "macro_f1":
        statistics: Sums = confusions.reshape(clips, -1).astype(np.float64)
        rows = confusions.sum(axis=(1, 2))
    else:
        statistics, rows = sums.reshape(clips, -1), np.ones(clips, dtype=np.int64)
    return Counted(
        statistics=statistics,
        rows_of_recordings=rows,
        figures={**attributes, **whole},
        parts={**label_parts, **attribute_parts},
        labels=task.scored_labels,
        confusion=confusion,
        recordings_have_scores=False,
        why_none=f"expected clips of {[*task.scored_labels]}, found none",
    )


def _sums(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """`sums_of_pairs` of each clip alone, shape (clips, attributes, 6)."""
    ones = np.ones_like(truth)
    return np.stack([ones, truth, predicted, truth**2, predicted**2, truth * predicted], axis=2)


def _confusions(
    index: NDArray[np.int8], scores: NDArray[np.float64], task: ClipRatings, labels: Sequence[str]
) -> NDArray[np.int64]:
    """The confusion matrix of each clip among some of the labels, shape (clips, labels, labels).

    The label with the greatest of their scores is the one that is predicted; of equal ones the first.
    """
    matrices = np.zeros((len(index), len(labels), len(labels)), dtype=np.int64)
    if not labels:
        return matrices
    columns = [task.scored_labels.index(label) for label in labels]
    place = np.full(len(task.labels) + 1, NO_LABEL)  # the last one is that of NO_LABEL
    place[[task.labels.index(label) for label in labels]] = np.arange(len(labels))
    truth, given = place[index], scores[:, columns].argmax(axis=1)
    counts = np.flatnonzero(truth != NO_LABEL)
    matrices[counts, truth[counts], given[counts]] = 1
    return matrices


def _of_attributes(sums: NDArray[np.float64], task: ClipRatings) -> tuple[Figures, dict[str, Figures]]:
    if not task.attributes:
        return {}, {}
    concordance, correlation = concordance_cc_of_sums(sums), pearson_cc_of_sums(sums)
    parts: dict[str, Figures] = {
        attribute.name: {
            "concordance_cc": float(concordance[column]),
            "pearson_cc": number(correlation[column]),
        }
        for column, attribute in enumerate(task.attributes)
    }
    return {"concordance_cc": float(concordance.mean())}, parts


def _of_labels(confusion: Counts, labels: Sequence[str]) -> tuple[dict[str, float | None], dict[str, Figures]]:
    parts: dict[str, Figures] = {
        label: {"recall": recall, "f1": f1}
        for label, recall, f1 in zip(labels, recalls(confusion), f1_scores(confusion), strict=True)
    }
    if not confusion.any():
        return ({"macro_f1": None, "micro_f1": None, "unweighted_accuracy": None} if labels else {}), parts
    whole: dict[str, float | None] = {
        "macro_f1": macro_f1(confusion),
        "micro_f1": weighted_accuracy(confusion),
        "unweighted_accuracy": unweighted_accuracy(confusion),
    }
    return whole, parts
