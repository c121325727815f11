"""The plot of a benchmark: a panel for each thing that was measured, a bar for each way, and its spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from benchmarks.report import Goal, Row

BLUE, DARK, RED = "#7aa6c2", "#35586e", "#b4452f"
WIDTH, BAR, HEAD = 9.0, 0.32, 0.75
"""Of the figure, of a bar, and of the head of a panel, in inches."""


def draw(title: str, rows: Sequence[Row], goals: Sequence[Goal]) -> Figure:
    """The figure of a report.

    Args:
        title: above it.
        rows: those of one measure share a panel, which has an axis of its own.
        goals: each is a red line in the panel of its measure.
    """
    measures = list(dict.fromkeys(row.measure for row in rows))
    panels = [[row for row in rows if row.measure == measure] for measure in measures]
    heights = [HEAD + BAR * len(panel) for panel in panels]
    figure = Figure(figsize=(WIDTH, 0.6 + sum(heights)), layout="constrained")
    figure.suptitle(title, fontsize=11)
    axes = figure.subplots(len(panels), 1, height_ratios=heights, squeeze=False)[:, 0]
    bounds = {goal.measure: goal for goal in goals}
    for one, panel in zip(axes, panels, strict=True):
        _draw_panel(one, panel, bounds.get(panel[0].measure))
    return figure


def _draw_panel(axes: Axes, rows: Sequence[Row], goal: Goal | None) -> None:
    middles = [row.spread.median for row in rows]
    below = [row.spread.median - row.spread.least for row in rows]
    above = [row.spread.most - row.spread.median for row in rows]
    axes.barh(range(len(rows)), middles, xerr=[below, above], color=BLUE, ecolor=DARK, capsize=3, height=0.62)
    # White behind the figure, which may stand on the line of its spread.
    for place, row in enumerate(rows):
        axes.annotate(
            f"{row.spread.median:.3g} {row.unit}", (row.spread.most, place), (6, 0), textcoords="offset points",
            va="center", fontsize=8, color=DARK,
        )  # fmt: skip
    most = max([row.spread.most for row in rows] + ([goal.bound] if goal else []))
    axes.set_xlim(0, most * 1.2 or 1)
    if goal is not None:
        axes.axvline(goal.bound, color=RED, linewidth=1.4)
    wanted = f"   wanted {goal.wanted}" if goal else ""
    axes.set_title(f"{rows[0].measure}{wanted}", fontsize=9, loc="left", color=RED if goal and not goal.met else DARK)
    axes.set_yticks(range(len(rows)), [row.way for row in rows], fontsize=8)
    axes.tick_params(axis="x", labelsize=7)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
