"""The scores of single recordings as a strip of dots, from which nobody can tell which recording is which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT = 400, 64
MARGIN = 6
"""Room for the dots at 0 and 1, and at the upper and the lower edge."""

GOLDEN = 0.6180339887498949
"""Multiples of the golden ratio: each fraction lies far from those just before it."""


@dataclass(frozen=True)
class Dot:
    """Where one recording is drawn."""

    x: float
    y: float


@dataclass(frozen=True)
class StripPlot:
    """What a plot shows, as marks and as figures; accuracies are 0 to 1."""

    dots: tuple[Dot, ...]
    least: float
    lower_quartile: float
    median: float
    upper_quartile: float
    most: float
    width: int = WIDTH
    height: int = HEIGHT

    def x(self, accuracy: float) -> float:
        """Where an accuracy stands."""
        return _x(accuracy)


def strip_plot(accuracies: Iterable[float | None]) -> StripPlot | None:
    """Draw the recordings that have an accuracy, the least one first; None where there is none.

    >>> plot = strip_plot([0.75, None, 0.25, 0.5])
    >>> plot.median, [dot.x for dot in plot.dots]
    (0.5, [103.0, 200.0, 297.0])
    """
    known = sorted(accuracy for accuracy in accuracies if accuracy is not None)
    if not known:
        return None
    least, lower, median, upper, most = np.quantile(known, [0, 0.25, 0.5, 0.75, 1]).tolist()
    return StripPlot(
        dots=tuple(Dot(_x(accuracy), _y(number)) for number, accuracy in enumerate(known)),
        least=least,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        most=most,
    )


def _x(accuracy: float) -> float:
    return round(MARGIN + accuracy * (WIDTH - 2 * MARGIN), 1)


def _y(number: int) -> float:
    return round(MARGIN + (number + 1) * GOLDEN % 1 * (HEIGHT - 2 * MARGIN), 1)
