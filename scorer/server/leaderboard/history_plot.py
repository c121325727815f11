"""How far a team's best rose since its first score, as a line of steps in a plot of 60 by 14."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scorer.server.leaderboard.row import Point

WIDTH, HEIGHT, MARGIN = 60, 14, 2


@dataclass(frozen=True)
class HistoryScale:
    """From moments and rises to the plot, the same for every team of a leaderboard."""

    begins_at: datetime
    ends_at: datetime
    most_rise: float

    def path(self, history: Sequence[Point]) -> str:
        """The `d` of an SVG path: a step up at each improvement, and on to the plot's end.

        >>> from datetime import UTC
        >>> first, last = datetime(2017, 9, 1, tzinfo=UTC), datetime(2017, 9, 3, tzinfo=UTC)
        >>> HistoryScale(first, last, most_rise=0.5).path([Point(first, 0.25), Point(last, 0.75)])
        'M2,12H58V2H58'
        """
        first, *others = history
        # Of the steps at one place the last: however many there are, no more are drawn than there is room for.
        heights = {self._x(point.at): self._y(abs(point.score - first.score)) for point in others}
        steps = "".join(f"H{x}V{y}" for x, y in heights.items())
        return f"M{self._x(first.at)},{self._y(0.0)}{steps}H{WIDTH - MARGIN}"

    def end(self, history: Sequence[Point]) -> str:
        """How high the line ends, from the top."""
        return self._y(abs(history[-1].score - history[0].score))

    def _x(self, moment: datetime) -> str:
        seconds, length = (moment - self.begins_at).total_seconds(), (self.ends_at - self.begins_at).total_seconds()
        return f"{MARGIN + (WIDTH - 2 * MARGIN) * (seconds / length if length else 0.0):.0f}"

    def _y(self, rise: float) -> str:
        share = rise / self.most_rise if self.most_rise else 0.0
        return f"{HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share:.4g}"


def history_scale_of(histories: Sequence[Sequence[Point]]) -> HistoryScale | None:
    """A scale that holds every point of all histories; None where there is no point.

    It ends with a full hour, so that not every new best makes it another one.

    Args:
        histories: the points of each in the order of their moments.
    """
    ends = [(history[0], history[-1]) for history in histories if history]
    if not ends:
        return None
    # Every point is better than the one before: where less is better, a line rises too.
    most_rise = max(abs(last.score - first.score) for first, last in ends)
    return HistoryScale(min(first.at for first, _ in ends), _next_hour(max(last.at for _, last in ends)), most_rise)


def _next_hour(moment: datetime) -> datetime:
    """The full hour at this moment or after it."""
    begun = moment.replace(minute=0, second=0, microsecond=0)
    return begun if begun == moment else begun + timedelta(hours=1)
