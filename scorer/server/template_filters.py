"""How numbers, moments and sizes look on a page."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from markupsafe import Markup

from scorer.server.leaderboard.service import SCORE_DIGITS
from scorer.server.storage import format_bytes


def install_filters(app: Flask) -> None:
    """Make the filters known to the templates."""
    app.add_template_filter(format_score, "score")
    app.add_template_filter(format_moment, "moment")
    app.add_template_filter(format_bytes, "bytes")
    app.add_template_filter(format_count, "count")
    app.add_template_filter(shade, "shade")


def format_score(score: float | None) -> str:
    """A score with its decimals; a missing one is missing, 0 is 0.

    >>> format_score(0.0), format_score(None)
    ('0.0000', '–')
    """
    return "–" if score is None else f"{score:.{SCORE_DIGITS}f}"


def format_moment(moment: datetime) -> Markup:
    """A moment in UTC, readable for people and programs.

    >>> str(format_moment(datetime(2017, 9, 1, 12, 30, tzinfo=UTC)))
    '<time datetime="2017-09-01T12:30:00Z">2017-09-01 12:30 UTC</time>'
    """
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M} UTC")


def format_count(count: int) -> str:
    """A whole number with thin spaces between thousands.

    >>> format_count(591043).replace(chr(0x202F), "_")
    '591_043'
    """
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def shade(count: int, total: int) -> int:
    """How dark a cell of a confusion matrix is: 0 to 10, by its share of the row.

    >>> shade(1, 2), shade(0, 0)
    (5, 0)
    """
    return round(10 * count / total) if total else 0
