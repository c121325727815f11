"""Where the bars of the overview's plot stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorer.server.organiser.overview import Hour

HEIGHT = 60


@dataclass(frozen=True)
class Bar:
    """One hour: a bar of width 1, `x` from the left, that stands on the height `HEIGHT`."""

    hour: Hour
    x: int
    y: float
    height: float


def bars_of(hours: Sequence[Hour]) -> list[Bar]:
    """A bar for each hour, the highest as high as the plot.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2017, 9, 1, 12, tzinfo=UTC)
    >>> [(bar.x, bar.y, bar.height) for bar in bars_of([Hour(noon, 1), Hour(noon, 0), Hour(noon, 4)])]
    [(0, 45.0, 15.0), (1, 60.0, 0.0), (2, 0.0, 60.0)]
    """
    most = max((hour.count for hour in hours), default=0) or 1
    heights = [round(HEIGHT * hour.count / most, 2) for hour in hours]
    return [Bar(hour, x, HEIGHT - height, height) for x, (hour, height) in enumerate(zip(hours, heights, strict=True))]
