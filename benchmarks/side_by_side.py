"""Ways of doing the same thing, measured in turn in one run: A B, A B, and so on.

A machine's speed drifts by a factor of two for tens of seconds, so only figures from the same turn are compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Figures = Mapping[str, Sequence[float]]
"""What each way measured, turn by turn."""


@dataclass(frozen=True)
class Spread:
    """The middle of some figures, and the least and the most of them."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """Of one figure or more.

        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(median=2.0, least=1.0, most=3.0)
        """
        return cls(median(figures), min(figures), max(figures))


def alternate(ways: Mapping[str, Callable[[], float]], *, turns: int, warm_up: int = 1) -> dict[str, list[float]]:
    """Measure every way once a turn.

    Args:
        ways: by name; each measures itself once and returns its figure: seconds, a rate, bytes. See `timed`.
        turns: how many are kept.
        warm_up: how many before them are not.
    """
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(warm_up + turns):
        for name, measure in ways.items():
            figure = measure()
            if turn >= warm_up:
                figures[name].append(figure)
    return figures


def timed(work: Callable[[], object], *, per: float = 1.0) -> Callable[[], float]:
    """A way that does some work and returns the seconds that it took.

    Args:
        work: what is done.
        per: how many things are done in it; the seconds are those of one.
    """

    def measure() -> float:
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) / per

    return measure


def ratios(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Each turn's figure of one way divided by the other way's of the same turn.

    >>> ratios([2.0, 6.0], [1.0, 2.0])
    [2.0, 3.0]
    """
    return [one / other for one, other in zip(ones, others, strict=True)]
