"""The time line that all drawings of a report share."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from baseline.report.svg import Attributes, drawing, element, percent
from baseline.report.texts import clock

TICKS = 7
"""Seven labels fit the width of a phone."""

LETTER = 7.2
"""Pixels that a letter takes, on average."""

NARROW, BROAD = 330, 770
"""Pixels of a time line on a phone, and on a page from 60 rem on (see `style.css`)."""

STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds between two ticks that people count in."""


@dataclass(frozen=True)
class TimeScale:
    """Seconds of a recording as places on the time line.

    Attributes:
        seconds: how long the recording is, over 0.
    """

    seconds: float

    def x(self, time: float) -> str:
        """Where a time stands, as an attribute.

        >>> TimeScale(4.0).x(1.0)
        '25%'
        """
        return percent(min(max(time / self.seconds, 0.0), 1.0))

    def span(self, begin: float, end: float) -> Attributes:
        """Place and width of what lasts from `begin` to `end`, as attributes of a rectangle.

        >>> TimeScale(4.0).span(1.0, 3.0)
        {'x': '25%', 'width': '50%'}
        """
        begin, end = max(begin, 0.0), min(end, self.seconds)
        return {"x": self.x(begin), "width": percent(max(end - begin, 0.0) / self.seconds)}

    def room(self, begin: float, end: float, text: str) -> str:
        """On which widths a text fits between two times, as the class that shows it there.

        `any`: on a phone too; `broad`: where the page is broad; `none`: nowhere, so it is left out.

        >>> line = TimeScale(10.0)
        >>> line.room(0.0, 5.0, "Neutral"), line.room(0.0, 1.0, "Neutral"), line.room(0.0, 0.1, "Neutral")
        ('any', 'broad', 'none')
        """
        share = (min(end, self.seconds) - max(begin, 0.0)) / self.seconds
        needed = len(text) * LETTER + 2
        return "any" if share * NARROW >= needed else "broad" if share * BROAD >= needed else "none"

    @property
    def ticks(self) -> list[float]:
        """Times to write at the line, from 0 on, seven at the most.

        >>> TimeScale(3.3).ticks, TimeScale(95.0).ticks
        ([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0], [0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0])
        """
        step = next((step for step in STEPS if self.seconds / step < TICKS), self.seconds / (TICKS - 1))
        return [float(round(number * step, 6)) for number in range(int(self.seconds / step + 1e-9) + 1)]

    @property
    def grid(self) -> list[Markup]:
        """A thin upright line at each tick."""
        places = [{"x1": self.x(tick), "x2": self.x(tick)} for tick in self.ticks[1:]]
        return [element("line", {"class": "grid", **place, "y1": "0", "y2": "100%"}) for place in places]

    @property
    def axis(self) -> Markup:
        """The ticks with their times. Not read out: every drawing says its own times."""
        texts = []
        for tick in self.ticks:
            share = tick / self.seconds
            anchor = "start" if share < 0.03 else "end" if share > 0.95 else "middle"
            attributes: Attributes = {"x": self.x(tick), "y": 15, "text-anchor": anchor}
            texts.append(element("text", attributes, clock(tick) if tick else "0 s"))
        return drawing("Time", 22, "axis", *self.grid, *texts)
