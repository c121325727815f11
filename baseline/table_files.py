"""A measured table as CSV, Markdown and plot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from baseline.figures import as_text
from baseline.plots import BLUE, DARK_BLUE, RED, grid, key_to
from baseline.run_folder import DOTS_PER_INCH
from baseline.tables import Measured, MeasuredTable, figures_in
from data_spec.whole_file import whole_file
from scorer.score_report import figure_title

COLUMNS = (
    *("system", "variant", "challenge", "corpus", "figure", "published"),
    *("measured", "sd", "low", "high", "seeds", "date", "command"),
)
"""Of the table of a system, and of `baseline/systems.csv`, which gathers the rows of all."""


def write_tables(out: Path, tables: Sequence[MeasuredTable], challenge: str, command: str) -> None:
    """Write `<table>.csv`, `<table>.md` and `<table>.png` of each table into the folder `out`."""
    for table in tables:
        name = table.table.name
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows_of(table, challenge, command))
        with whole_file(out / f"{name}.csv") as file:
            file.write(text.getvalue().encode())
        with whole_file(out / f"{name}.md") as file:
            file.write(as_markdown(table).encode())
        with whole_file(out / f"{name}.png") as file:
            draw_table(table).savefig(file, format="png", dpi=DOTS_PER_INCH)


def rows_of(table: MeasuredTable, challenge: str, command: str) -> Iterator[dict[str, str]]:
    """The rows of a table, as they stand in `baseline/systems.csv`.

    Args:
        table: measured.
        challenge: its name.
        command: how it was measured.
    """
    system = table.trainings[0].system.name
    for one in table.figures:
        low, high = one.interval or (None, None)
        yield {
            "system": system,
            "variant": one.variant,
            "challenge": challenge,
            "corpus": table.corpus,
            "figure": one.figure,
            "published": as_text(one.published),
            "measured": as_text(one.mean),
            "sd": as_text(one.deviation),
            "low": as_text(low),
            "high": as_text(high),
            "seeds": str(len(one.values)),
            "date": table.date,
            "command": command,
        }


def as_markdown(table: MeasuredTable) -> str:
    """A table in Markdown: its title, then a row for each figure."""
    lines = [
        f"{table.table.title}. Measured on {table.corpus}.",
        "",
        "| variant | figure | published | measured | sd over seeds | 95 % interval |",
        "|---|---|---|---|---|---|",
    ]
    for one in table.figures:
        interval = f"{as_text(one.interval[0])} to {as_text(one.interval[1])}" if one.interval else ""
        cells = (one.variant, one.figure, as_text(one.published), as_text(one.mean), as_text(one.deviation), interval)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def draw_table(table: MeasuredTable) -> Figure:
    """A panel for each figure: bars for what was measured, marks for what was published.

    The line across a bar's end is the standard deviation over the seeds or, of a single seed, the interval over
    recordings.
    """
    names = figures_in(table.figures)
    variants = table.table.variants
    figure, panels = grid(len(names), width=4.6, height=1.1 + 0.34 * len(variants), share_rows=True)
    for axes, name in zip(panels, names, strict=True):
        shown = [one for one in table.figures if one.figure == name and one.mean is not None]
        places = [variants.index(one.variant) for one in shown]
        means = [one.mean for one in shown if one.mean is not None]
        errors = list(zip(*map(_errors, shown), strict=True))
        axes.barh(places, means, xerr=errors or None, height=0.7, color=BLUE, ecolor=DARK_BLUE, capsize=3)
        published = [
            (one.published, variants.index(one.variant))
            for one in table.figures
            if one.figure == name and one.published is not None
        ]
        if published:
            values, marked = zip(*published, strict=True)
            axes.scatter(values, marked, marker="D", s=28, color=RED, zorder=3)
        axes.set_yticks(range(len(variants)), variants)
        axes.set_ylim(len(variants) - 0.4, -0.6)
        axes.set_xlabel(figure_title(name))
        axes.axvline(0, color=DARK_BLUE, linewidth=0.8)
    deviates = any(one.deviation is not None for one in table.figures)
    error = "sd over seeds" if deviates else "95 % interval"
    handles = [
        key_to(BLUE, "s", f"measured (line: {error})"),
        key_to(RED, "D", "published"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False)
    return figure


def _errors(one: Measured) -> tuple[float, float]:
    """How far the line goes below and above the mean."""
    if one.deviation is not None:
        return one.deviation, one.deviation
    if one.interval is None or one.mean is None or len(one.values) > 1:
        return 0.0, 0.0
    return max(one.mean - one.interval[0], 0.0), max(one.interval[1] - one.mean, 0.0)
