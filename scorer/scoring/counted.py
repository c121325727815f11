"""What a kind of task makes of predictions: sums for the metric that ranks, and all other figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scorer.metrics import Counts
from scorer.ranking import Sums
from scorer.score_report import Figures


@dataclass(frozen=True)
class Counted:
    """Predictions, counted. Recordings are in the order of their names.

    Attributes:
        statistics: sums of each recording, shape (recordings, statistics), as the task's metric takes them.
        rows_of_recordings: how many rows of each count, shape (recordings,).
        figures: of the whole.
        parts: of each label or attribute.
        labels: of the confusion matrix.
        confusion: truth in rows, predictions in columns, shape (labels, labels).
        recordings_have_scores: whether a recording alone has a score that says something.
        why_none: where no row counts: what was expected, and that none was found.
    """

    statistics: Sums
    rows_of_recordings: NDArray[np.int64]
    figures: Figures
    parts: Mapping[str, Figures]
    labels: tuple[str, ...] = ()
    confusion: Counts = field(default_factory=lambda: np.empty((0, 0), dtype=np.int64))
    recordings_have_scores: bool = True
    why_none: str = "expected rows with labels, found none"


def number(value: float | np.floating) -> float | None:
    """A figure; None for one that is undefined."""
    return None if np.isnan(value) else float(value)
