"""How the figures of a verdict look on a page."""

from __future__ import annotations

from decimal import Decimal

from scorer.server.leaderboard.row import SCORE_DIGITS
from scorer.server.template_filters import format_duration, format_percent

LEAST_SHARE = 0.0001
"""Shares below it are told as being below it, unless they are none."""


def format_exact(figure: str) -> str:
    """A figure of a verdict, with the decimals of a score.

    >>> format_exact("0.594812345"), format_exact("0")
    ('0.5948', '0.0000')
    """
    return f"{Decimal(figure):.{SCORE_DIGITS}f}"


def format_residual(residual: str, tolerance: str) -> str:
    """A residual with the decimals of a score; with all of its own, where these would put it on the other side.

    >>> format_residual("0.00999", "0.01"), format_residual("0.010000001", "0.01")
    ('0.0100', '0.010000001')
    """
    rounded = format_exact(residual)
    same_side = (Decimal(rounded) <= Decimal(tolerance)) is (Decimal(residual) <= Decimal(tolerance))
    return rounded if same_side else residual


def format_share(part: int, whole: int) -> str:
    """How many of how many, in per cent; some are never told as none.

    >>> [format_share(part, 591_043).replace(chr(0x202F), "_") for part in (0, 3, 591_043)]
    ['0_%', 'under_0.01_%', '100_%']
    """
    share = part / whole if whole else 0.0
    if 0 < share < LEAST_SHARE:
        return f"under\N{NARROW NO-BREAK SPACE}{format_percent(LEAST_SHARE)}"
    return format_percent(share)


def format_seconds(seconds: float) -> str:
    """How long something took.

    >>> format_seconds(0.0123), format_seconds(12.345), format_seconds(3725.0)
    ('0.01 s', '12.3 s', '1 h 2 min')
    """
    if seconds >= 60:
        return format_duration(round(seconds))
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"
