"""A leaderboard as a CSV file that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from scorer.server.leaderboard.row import SCORE_DIGITS, Row

HEADER = ("Rank", "Team", "Score", "Interval low", "Interval high", "Entries", "When (UTC)", "Tie group")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(rows: Iterable[Row]) -> str:
    """The rows as CSV (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for row in rows:
        low, high = row.interval or (None, None)
        writer.writerow(
            (
                row.rank,
                neutral(row.name),
                f"{row.score:.{SCORE_DIGITS}f}",
                None if low is None else f"{low:.{SCORE_DIGITS}f}",
                None if high is None else f"{high:.{SCORE_DIGITS}f}",
                row.entries,
                row.received_at and row.received_at.isoformat(timespec="seconds"),
                row.tie_group,
            )
        )
    return text.getvalue()


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> neutral("=1+1"), neutral("Team A")
    ("'=1+1", 'Team A')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
