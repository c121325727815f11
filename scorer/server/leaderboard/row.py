"""One line of a leaderboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

SCORE_DIGITS = 4
"""Decimals of a score that are shown, and that decide a rank: what looks the same is the same."""


class Point(NamedTuple):
    """From this moment on a team's best was this score."""

    at: datetime
    score: float


@dataclass(frozen=True)
class Row:
    """A team, or the challenge's baseline, which has no rank."""

    rank: int | None
    team_id: int | None
    name: str
    score: float
    """Rounded to `SCORE_DIGITS`, as is the interval."""
    interval: tuple[float, float] | None
    entries: int | None
    received_at: datetime | None
    shares_rank: bool = False
    """Whether another team has the same rank."""
    tie_group: int | None = None
    """The rank of the first team of those that the recordings cannot tell apart, see `tie_groups.group_alike`."""
    bracket: Literal["first", "middle", "last"] | None = None
    """Where the row is in a tie group of more than one team."""
    history: tuple[Point, ...] = ()
    """How the team's best rose."""

    @property
    def is_baseline(self) -> bool:
        """Whether this is the challenge's published baseline."""
        return self.team_id is None
