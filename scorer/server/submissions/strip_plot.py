"""The scores of single recordings as a strip of dots, from which nobody can tell which recording is which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT = 400, 64
MARGIN = 6
"""Room for the dots at both ends, and at the upper and the lower edge."""

GOLDEN = 0.6180339887498949
"""Multiples of the golden ratio: each fraction lies far from those just before it."""


@dataclass(frozen=True)
class Dot:
    """Where one recording is drawn."""

    x: float
    y: float


@dataclass(frozen=True)
class StripPlot:
    """What a plot shows, as marks and as figures."""

    dots: tuple[Dot, ...]
    least: float
    lower_quartile: float
    median: float
    upper_quartile: float
    most: float
    begins: float = 0.0
    ends: float = 1.0
    width: int = WIDTH
    height: int = HEIGHT

    def x(self, score: float) -> float:
        """Where a score stands."""
        return _x(score, self.begins, self.ends)

    @property
    def ticks(self) -> tuple[float, ...]:
        """The scores at the ends of the plot, and three between."""
        return tuple(self.begins + (self.ends - self.begins) * number / 4 for number in range(5))


def strip_plot(scores: Iterable[float | None]) -> StripPlot | None:
    """Draw the recordings that have a score, the least one first; None where there is none.

    Shares are drawn from 0 to 1; where a score is under 0 the plot begins at −1, and where one is over 1 it ends at the
    next whole number.

    >>> plot = strip_plot([0.75, None, 0.25, 0.5])
    >>> plot.median, [dot.x for dot in plot.dots]
    (0.5, [103.0, 200.0, 297.0])
    """
    known = sorted(score for score in scores if score is not None)
    if not known:
        return None
    least, lower, median, upper, most = np.quantile(known, [0, 0.25, 0.5, 0.75, 1]).tolist()
    begins, ends = min(0.0, float(np.floor(least))), max(1.0, float(np.ceil(most)))
    return StripPlot(
        dots=tuple(Dot(_x(score, begins, ends), _y(number)) for number, score in enumerate(known)),
        least=least,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        most=most,
        begins=begins,
        ends=ends,
    )


def _x(score: float, begins: float, ends: float) -> float:
    return round(MARGIN + (score - begins) / (ends - begins) * (WIDTH - 2 * MARGIN), 1)


def _y(number: int) -> float:
    return round(MARGIN + (number + 1) * GOLDEN % 1 * (HEIGHT - 2 * MARGIN), 1)
