"""Where the marks of a leaderboard's small interval plots stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorer.server.leaderboard.history_plot import HistoryScale, history_scale_of
from scorer.server.leaderboard.row import Row


@dataclass(frozen=True)
class Scale:
    """From scores to a width of 100, the same in every row of a leaderboard."""

    low: float
    high: float
    history: HistoryScale | None = None
    """The scale of the rows' other plots; None where no row has a history."""

    def x(self, score: float) -> float:
        """Where a score stands, 0 to 100.

        >>> Scale(0.25, 0.75).x(0.5)
        50.0
        """
        return round(100 * (score - self.low) / (self.high - self.low), 2)


def scale_of(rows: Sequence[Row]) -> Scale:
    """A scale that holds every score and interval of the rows, with some room at its ends."""
    values = [value for row in rows for value in (row.score, *(row.interval or ()))]
    if not values:
        return Scale(0.0, 1.0)
    room = max(0.01, 0.04 * (max(values) - min(values)))
    return Scale(min(values) - room, max(values) + room, history_scale_of([row.history for row in rows]))
