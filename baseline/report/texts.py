"""Figures as a report writes them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from baseline.report.contents import Gap


def clock(seconds: float) -> str:
    """A time as it is read: seconds up to a minute, minutes and seconds from there on.

    >>> clock(2.5), clock(0.0), clock(75.0), clock(3661.5)
    ('2.5 s', '0 s', '1:15', '1:01:01.5')
    """
    if round(seconds, 2) < 60:
        return f"{round(seconds, 2):g} s"
    minutes, rest = divmod(round(seconds, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    ahead = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{ahead}:{rest:04.1f}" if rest % 1 else f"{ahead}:{int(rest):02d}"


def whole_percent(share: float) -> str:
    """A share in whole percents.

    >>> whole_percent(0.416), whole_percent(0.002), whole_percent(0.0)
    ('42 %', '<1 %', '0 %')
    """
    return "<1 %" if 0 < share < 0.005 else f"{round(100 * share)} %"


def gap_text(gaps: Sequence[Gap], most: int = 8) -> str:
    """Gaps as a text, the first ones where there are many.

    >>> gap_text([Gap(0.0, 1.5), Gap(3.0, 3.2)])
    '0 s to 1.5 s, 3 s to 3.2 s'
    """
    texts = [f"{clock(gap.begin)} to {clock(gap.end)}" for gap in gaps[:most]]
    more = len(gaps) - most
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def with_code(text: str) -> Markup:
    """A text whose parts between backticks are code, and stay in one piece.

    >>> with_code("give `--out` a <name>")
    Markup('give <code>--out</code> a &lt;name&gt;')
    """
    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )
