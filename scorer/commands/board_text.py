"""A leaderboard as a table for the terminal."""

from __future__ import annotations

from collections import Counter

from scorer.client_answers import Leaderboard, Row
from scorer.commands.terminal_text import visible

HEADER = ("Rank", "Tie", "Team", "Score", "95 % interval", "Entries", "Received (UTC)")


def board_text(board: Leaderboard) -> str:
    """The leaderboard, best first. Teams that the recordings cannot tell apart have the same mark.

    >>> row = {"rank": 1, "team": "A", "score": 0.5, "interval": [0.4, 0.6], "entries": 2, "tie_group": 1}
    >>> row["received_at"] = "2017-09-01T12:30:00Z"
    >>> print(board_text(Leaderboard.model_validate({"title": "Stage 1", "rows": [row, row | {"rank": 2}]})))
    Stage 1
    Rank  Tie  Team  Score   95 % interval  Entries  Received (UTC)
       1  =1   A     0.5000  0.400-0.600          2  2017-09-01 12:30
       2  =1   A     0.5000  0.400-0.600          2  2017-09-01 12:30
    =1: teams that these recordings cannot tell apart, the first of which has rank 1
    """
    sizes = Counter(row.tie_group for row in board.rows if row.tie_group is not None)
    ties = [group for group, size in sizes.items() if size > 1]
    lines = [HEADER, *(_cells(row, ties) for row in board.rows)]
    width = max(len(line[2]) for line in lines)
    layout = "{:>4}  {:<3}  {:<" + str(width) + "}  {:<6}  {:<13}  {:>7}  {}"
    legend = [
        f"={group}: teams that these recordings cannot tell apart, the first of which has rank {group}"
        for group in ties
    ]
    return "\n".join([visible(board.title), *(layout.format(*line).rstrip() for line in lines), *legend])


def _cells(row: Row, ties: list[int]) -> tuple[str, ...]:
    return (
        "-" if row.rank is None else str(row.rank),
        f"={row.tie_group}" if row.tie_group in ties else "",
        visible(row.team),
        f"{row.score:.4f}",
        f"{row.interval[0]:.3f}-{row.interval[1]:.3f}" if row.interval else "published",
        "-" if row.entries is None else str(row.entries),
        f"{row.received_at:%Y-%m-%d %H:%M}" if row.received_at else "-",
    )
