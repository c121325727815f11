"""Plots of runs and tables: learning curves, confusion matrices, truth against prediction, measured beside published.

Figures are objects of their own (no pyplot, no state), in one family of colours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from baseline.report.colours import ink_on

BLUE, DARK_BLUE, RED, GREY = "#7aa6c2", "#35586e", "#b4452f", "#777777"
"""What is measured, its edges and text, what it is compared with, and lines to help the eye."""

BLUES = LinearSegmentedColormap.from_list("white to dark blue", ["#ffffff", BLUE, DARK_BLUE])

MOST_POINTS = 5000
"""How many points of an attribute are drawn; of more, evenly spaced ones are taken."""

VALIDATION = "validation_"


def draw_curves(rows: Sequence[Mapping[str, float]]) -> Figure:
    """Learning curves: one panel for each quantity, training and validation in it.

    Args:
        rows: see `RunFolder.write_curves`.

    Raises:
        ValueError: no rows, or no curve in them.
    """
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if len(keys) < 2:
        raise ValueError(f"rows: expected an axis and at least one curve. Received: {keys}")
    axis, *curves = keys
    quantities = list(dict.fromkeys(key.removeprefix(VALIDATION) for key in curves))
    figure, panels = grid(len(quantities), width=4.2, height=2.9)
    for axes, quantity in zip(panels, quantities, strict=True):
        for key, colour, name in ((quantity, BLUE, "training"), (VALIDATION + quantity, RED, "validation")):
            places = [row[axis] for row in rows if key in row]
            values = [row[key] for row in rows if key in row]
            if values:
                axes.plot(places, values, color=colour, marker="o", markersize=3, linewidth=1.6, label=name)
        axes.set_xlabel(axis)
        axes.set_ylabel(quantity.replace("_", " "))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.margins(y=0.08)
        axes.legend(frameon=False)
    return figure


def draw_confusion(confusion: Sequence[Sequence[int]], labels: Sequence[str]) -> Figure:
    """A confusion matrix: shares of each true label, with the counts written in.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels).
        labels: their names.
    """
    counts = np.asarray(confusion, dtype=np.int64)
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    side = 1.6 + 0.72 * len(labels)
    figure = Figure(figsize=(side + 1.8, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares, cmap=BLUES, vmin=0.0, vmax=1.0)
    for row, column in np.ndindex(counts.shape):
        ink = ink_on(to_hex(BLUES(shares[row, column])))
        text = f"{shares[row, column]:.2f}\n{counts[row, column]:,}" if totals[row, 0] else "–"
        axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=8)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("predicted")
    axes.set_ylabel("truth")
    figure.colorbar(image, ax=axes, fraction=0.046, label="share of the true label")
    return figure


def draw_scatter(points: Mapping[str, tuple[NDArray[Any], NDArray[Any]]]) -> Figure:
    """Truth against prediction, a panel for each attribute, all of one range; on the dotted line both are equal.

    Args:
        points: by attribute, truth and prediction, shape (rows,) each. Rows where either is no number are left out.
    """
    known = {name: np.array(pair)[:, np.isfinite(pair).all(axis=0)] for name, pair in points.items()}  # (2, rows)
    every = np.concatenate([pair.ravel() for pair in known.values()])
    least, most = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    margin = 0.05 * (most - least) or 0.5
    limits = (least - margin, most + margin)
    figure, panels = grid(len(points), width=3.3, height=3.3)
    for axes, (name, (truth, predicted)) in zip(panels, known.items(), strict=True):
        drawn = np.unique(np.linspace(0, len(truth) - 1, min(len(truth), MOST_POINTS)).astype(int))
        alpha = float(np.clip(60 / max(len(drawn), 1) ** 0.7, 0.08, 0.8))
        axes.scatter(truth[drawn], predicted[drawn], s=10, color=DARK_BLUE, alpha=alpha, linewidths=0)
        axes.plot(limits, limits, color=RED, linestyle=":", linewidth=1.2)
        axes.set(xlim=limits, ylim=limits, title=name, xlabel="truth", ylabel="predicted", aspect="equal")
    return figure


def grid(panels: int, *, width: float, height: float, share_rows: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure with panels in up to three columns.

    Args:
        panels: how many, 1 or more.
        width: of a panel, in inches.
        height: of a panel, in inches.
        share_rows: whether the panels of a row share their vertical axis, which the first one then names.
    """
    columns = min(panels, 3)
    rows = math.ceil(panels / columns)
    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    every = list(figure.subplots(rows, columns, squeeze=False, sharey="row" if share_rows else False).flat)
    for axes in every:
        axes.spines[["top", "right"]].set_visible(False)
    for unused in every[panels:]:
        unused.set_visible(False)
    return figure, every[:panels]


def key_to(colour: str, marker: str, label: str) -> Line2D:
    """An entry of a legend: a mark without a line."""
    return Line2D([], [], color=colour, marker=marker, linestyle="none", label=label)
