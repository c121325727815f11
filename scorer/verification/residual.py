"""How far two scores are apart, exactly.

Many scores are shares of rows. As floats, 0.535 - 0.525 is more than 0.01; a team is not to be disqualified for that.
So shares are compared as the fractions they are, and the tolerance as the decimal that the organiser wrote.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from scorer.ranking import METRICS
from scorer.score_report import ScoreReport

DECIMALS = 12
"""Of a figure in a verdict. Two shares of up to a hundred million frames that differ do so within these."""


def exact_score(report: ScoreReport) -> Fraction:
    """The score: of a metric that is a ratio of two sums the exact one, of any other the float as it is."""
    if not METRICS[report.metric].is_ratio:
        return Fraction(report.score)
    above, below = (sum(Fraction(one.statistics[part]) for one in report.recordings) for part in (0, 1))
    return Fraction(above, below)


def exact_tolerance(max_residual: float) -> Fraction:
    """The decimal that was written for a float.

    >>> exact_tolerance(0.01)
    Fraction(1, 100)
    """
    return Fraction(repr(max_residual))


def residual(leaderboard: Fraction, run: Fraction) -> Fraction:
    """The absolute difference of two scores.

    >>> 0.535 - 0.525 <= 0.01
    False
    >>> residual(Fraction(525, 1000), Fraction(535, 1000)) <= exact_tolerance(0.01)
    True
    """
    return abs(leaderboard - run)


def as_decimal(value: Fraction) -> str:
    """A figure as a verdict tells it: all its decimals, or the first twelve.

    >>> as_decimal(Fraction(1, 100)), as_decimal(Fraction(1, 3)), as_decimal(Fraction(0))
    ('0.01', '0.333333333333', '0')
    """
    rounded = Decimal(round(value * 10**DECIMALS)).scaleb(-DECIMALS)
    return format(rounded.normalize(), "f")
