"""The plot of a benchmark: a panel for each thing that was measured, a bar for each way, its spread; and the goals."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from benchmarks.report import Goal, Row

BLUE, DARK, RED = "#7aa6c2", "#35586e", "#b4452f"
WIDTH, BAR, HEAD = 9.0, 0.34, 0.75
"""Of the figure, of a bar, and of the head of a panel, in inches."""
MOST_LETTERS = 46
"""Of a line beside a bar."""


def draw(title: str, rows: Sequence[Row], goals: Sequence[Goal]) -> Figure:
    """The figure of a report.

    Args:
        title: above it.
        rows: those of one measure share a panel, which has an axis of its own. The ratios of goals are left to the
            last panel.
        goals: each as a share of what is wanted, with a red line where that is reached.
    """
    wanted = {goal.measure for goal in goals}
    measures = list(dict.fromkeys(row.measure for row in rows if row.measure not in wanted))
    panels = [[row for row in rows if row.measure == measure] for measure in measures]
    heights = [HEAD + BAR * len(panel) for panel in panels] + [HEAD + 1.2 * BAR * len(goals)] * bool(goals)
    figure = Figure(figsize=(WIDTH, 0.6 + sum(heights)), layout="constrained")
    figure.suptitle(title, fontsize=11)
    axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for one, panel in zip(axes, panels, strict=False):
        _draw_ways(one, panel)
    if goals:
        _draw_goals(axes[-1], goals)
    return figure


def _draw_ways(axes: Axes, rows: Sequence[Row]) -> None:
    middles = [row.spread.median for row in rows]
    below = [row.spread.median - row.spread.least for row in rows]
    above = [row.spread.most - row.spread.median for row in rows]
    axes.barh(range(len(rows)), middles, xerr=[below, above], color=BLUE, ecolor=DARK, capsize=3, height=0.62)
    for place, row in enumerate(rows):
        _write_behind(axes, row.spread.most, place, f"{row.spread.median:.3g} {row.unit}")
    axes.set_xlim(0, max(row.spread.most for row in rows) * 1.2 or 1)
    _finish(axes, rows[0].measure, [row.way for row in rows])


def _draw_goals(axes: Axes, goals: Sequence[Goal]) -> None:
    # A bound of 0 has no shares: what is found is shown as it is, beside a line at 1 more.
    shares = [goal.ratio / goal.bound if goal.bound else 1 + goal.ratio for goal in goals]
    axes.barh(range(len(goals)), shares, color=[BLUE if goal.met else RED for goal in goals], height=0.62)
    for place, (goal, share) in enumerate(zip(goals, shares, strict=True)):
        _write_behind(axes, share, place, f"{goal.ratio:.3g}   wanted {goal.wanted}{'' if goal.met else ', not met'}")
    axes.axvline(1, color=RED, linewidth=1.4)
    axes.set_xlim(0, max(*shares, 1.0) * 1.45)
    _finish(
        axes, "goals: the ratio that was found, as a share of the one that is wanted", [one.measure for one in goals]
    )


def _write_behind(axes: Axes, end: float, place: int, text: str) -> None:
    where = {"textcoords": "offset points", "va": "center", "fontsize": 8, "color": DARK}
    axes.annotate(text, (end, place), (6, 0), bbox={"facecolor": "white", "edgecolor": "none", "pad": 1}, **where)


def _finish(axes: Axes, title: str, names: Sequence[str]) -> None:
    axes.set_title(title, fontsize=9, loc="left", color=DARK)
    axes.set_yticks(range(len(names)), [fill(name, MOST_LETTERS) for name in names], fontsize=7.5)
    axes.tick_params(axis="x", labelsize=7)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
