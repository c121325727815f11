"""Where a residual stands beside its tolerance: a ruler from 0, on which what is believed is a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 400, 26
WORDS_HEIGHT = 18
"""Below the ruler, for the figures at its ticks."""

LEAST_BAND = 0.1
"""However small a tolerance is, its band is there."""

MOST_STEPS = 4
STEPS = (1, 2, 5)
"""What a step of the ruler is, times a power of ten: so many tolerances."""


@dataclass(frozen=True)
class Tick:
    """A figure below the ruler."""

    x: float
    text: str
    anchor: str
    """Which part of the text stands at `x`: start, middle or end."""


@dataclass(frozen=True)
class Ruler:
    """The marks of one residual."""

    residual_x: float
    tolerance_x: float
    ticks: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    words_height: int = WORDS_HEIGHT

    @property
    def middle(self) -> float:
        """Half of the height."""
        return self.height / 2


def ruler(residual: str, tolerance: str) -> Ruler:
    """A ruler that holds both, in steps of the tolerance or of a round number of tolerances.

    >>> [tick.text for tick in ruler("0.005", "0.01").ticks]
    ['0', '0.01', '0.02']
    >>> plot = ruler("0.31", "0.01")
    >>> [tick.text for tick in plot.ticks], plot.tolerance_x, plot.residual_x
    (['0', '0.1', '0.2', '0.3', '0.4'], 10.0, 310.0)
    """
    exact, bound = Decimal(residual), Decimal(tolerance)
    step = _step(exact, bound)
    count = max(2, int(exact // step) + 1)
    end = step * count

    def x(value: Decimal) -> float:
        return round(float(value / end) * WIDTH, 1)

    ticks = [
        Tick(x(step * number), _figure(step * number), {0: "start", count: "end"}.get(number, "middle"))
        for number in range(count + 1)
    ]
    return Ruler(x(exact), max(x(bound), LEAST_BAND), ticks)


def _step(residual: Decimal, tolerance: Decimal) -> Decimal:
    power = 1
    while True:
        for factor in STEPS:
            step = tolerance * factor * power
            if residual < step * MOST_STEPS:
                return step
        power *= 10


def _figure(value: Decimal) -> str:
    return format(value.normalize(), "f")
