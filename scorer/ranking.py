"""The figures that can rank, each computed from sums over rows, so that recordings can be added up and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scorer.metrics import concordance_cc_of_sums, macro_f1_of_confusions

Sums = NDArray[np.float64]
"""Of one recording or of several, shape (…, statistics)."""

SUMS_OF_PAIR = 6
"""How many sums `scorer.metrics.sums_of_pairs` gives for an attribute."""


class OfSums(Protocol):
    """How a figure follows from sums: shape (…, statistics) → shape (…)."""

    def __call__(self, sums: Sums) -> NDArray[np.float64]:
        """The figure of each set of sums."""


@dataclass(frozen=True)
class Metric:
    """A figure that ranks.

    Attributes:
        name: as in a challenge's YAML file.
        greater_is_better: whether the greatest score is the best.
        of: the figure, from sums.
        is_ratio: whether it is the first sum divided by the second: then it is also known exactly.
    """

    name: str
    greater_is_better: bool
    of: OfSums
    is_ratio: bool = False

    def is_better(self, one: float, other: float) -> bool:
        """Whether one score is better than another."""
        return one > other if self.greater_is_better else one < other


def _ratio(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 0] / sums[..., 1])


def _mean_concordance(sums: Sums) -> NDArray[np.float64]:
    attributes = sums.reshape(*sums.shape[:-1], -1, SUMS_OF_PAIR)
    return np.asarray(concordance_cc_of_sums(attributes).mean(axis=-1))


def _macro_f1(sums: Sums) -> NDArray[np.float64]:
    labels = round(sums.shape[-1] ** 0.5)
    return macro_f1_of_confusions(sums.reshape(*sums.shape[:-1], labels, labels))


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("weighted_accuracy", greater_is_better=True, of=_ratio, is_ratio=True),
        Metric("mean_absolute_error", greater_is_better=False, of=_ratio, is_ratio=True),
        Metric("concordance_cc", greater_is_better=True, of=_mean_concordance),
        Metric("macro_f1", greater_is_better=True, of=_macro_f1),
    )
}
"""By name."""
