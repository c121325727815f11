"""How numbers, moments and sizes look on a page."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from markupsafe import Markup

from scorer.score_report import figure_title
from scorer.server.leaderboard.service import SCORE_DIGITS
from scorer.server.plain_text import format_paragraphs
from scorer.server.storage import format_bytes


def install_filters(app: Flask) -> None:
    """Make the filters known to the templates."""
    app.add_template_filter(format_score, "score")
    app.add_template_filter(format_interval, "interval")
    app.add_template_filter(figure_title)
    app.add_template_filter(format_moment, "moment")
    app.add_template_filter(format_bytes, "bytes")
    app.add_template_filter(format_count, "count")
    app.add_template_filter(format_number, "number")
    app.add_template_filter(format_percent, "percent")
    app.add_template_filter(shade, "shade")
    app.add_template_filter(format_duration, "duration")
    app.add_template_filter(format_paragraphs, "paragraphs")


def format_score(score: float | None) -> str:
    """A score with its decimals; a missing one is missing, 0 is 0.

    >>> format_score(0.0), format_score(None)
    ('0.0000', '–')
    """
    return "–" if score is None else f"{score:.{SCORE_DIGITS}f}"


def format_interval(interval: tuple[float, float]) -> str:
    """An interval with three decimals; a dash between its ends would be taken for a sign where one of them has one.

    >>> format_interval((0.25, 0.5)), format_interval((-0.25, 0.5))
    ('0.250–0.500', '-0.250 to 0.500')
    """
    low, high = interval
    return f"{low:.3f}{'–' if low >= 0 else ' to '}{high:.3f}"


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


def format_number(number: float) -> str:
    """A number with the decimals that it has, and without an exponent.

    >>> format_number(1e-6), format_number(10.0)
    ('0.000001', '10')
    """
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_percent(share: float) -> str:
    """A share, 0 to 1, in per cent.

    >>> format_percent(0.105).replace(chr(0x202F), "_")
    '10.5_%'
    """
    return f"{format_number(round(100 * share, 2))}\N{NARROW NO-BREAK SPACE}%"


def shade(count: int, total: int) -> int:
    """How dark a cell of a confusion matrix is: 0 to 10, by its share of the row.

    >>> shade(1, 2), shade(0, 0)
    (5, 0)
    """
    return round(10 * count / total) if total else 0


def format_duration(seconds: int) -> str:
    """How long, in its two largest units.

    >>> format_duration(59), format_duration(3725), format_duration(90000), format_duration(3600)
    ('59 s', '1 h 2 min', '1 d 1 h', '1 h')
    """
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    at = next((at for at, (_, size) in enumerate(units) if seconds >= size), len(units) - 1)
    parts: list[str] = []
    rest = seconds
    for name, size in units[at : at + 2]:
        if rest >= size or not parts:
            parts.append(f"{rest // size} {name}")
        rest %= size
    return " ".join(parts)
