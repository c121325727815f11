"""What a process keeps of the leaderboards that it showed last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scorer.server.leaderboard.board_cache import BoardCache
from scorer.server.leaderboard.drawn_lines import DrawnLines
from scorer.server.leaderboard.kept_answers import KeptAnswer
from scorer.server.leaderboard.row import Row
from scorer.server.leaderboard.ties import Ties


@dataclass(frozen=True)
class Boards:
    """Every key holds the leaderboard's `Version`: a new score, and any other change, makes a new one.

    Nothing here is anybody's own: what is kept is what is shown to who is not logged in.
    """

    rows: BoardCache[Sequence[Row]] = field(default_factory=BoardCache)
    answers: BoardCache[KeptAnswer] = field(default_factory=lambda: BoardCache(most=12))
    ties: Ties = field(default_factory=Ties)
    lines: DrawnLines = field(default_factory=DrawnLines)
