"""Measured figures beside published ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from baseline.system import System
from data_spec.challenge import Challenge
from scorer.score_report import ScoreReport


def is_comparable(system: System, challenge: Challenge) -> bool:
    """Whether what was published of a system was measured on this challenge."""
    return system.challenge in (None, challenge.name)


def published_figures(system: System, variant: str, challenge: Challenge) -> dict[str, float | None]:
    """What was published of a variant, by figure; None where its tables name the figure without a value."""
    if not is_comparable(system, challenge):
        return {}
    return {one.figure: one.value for table in system.tables for one in table.figures if one.variant == variant}


def result_lines(report: ScoreReport, published: Mapping[str, float | None]) -> Iterator[str]:
    """The figure that ranks with its interval, then every figure that was published, both beside what was published."""
    for figure in dict.fromkeys([report.metric, *published]):
        measured = report.figure(figure)
        line = f"{figure} {as_text(measured)}"
        if figure == report.metric:
            line += f" ({as_text(report.interval[0])} to {as_text(report.interval[1])})"
        if published.get(figure) is not None:
            line += f", published {as_text(published[figure])}"
        yield line


def as_text(value: float | None) -> str:
    """A figure with three digits; nothing where there is none.

    >>> as_text(0.5), as_text(-0.0001), as_text(None)
    ('0.500', '-0.000', '')
    """
    return "" if value is None or math.isnan(value) else f"{value:.3f}"
