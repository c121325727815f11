"""What a benchmark found: printed, as CSV, and as a plot; and its goals, of which each was met or not."""

from __future__ import annotations

import csv
import io
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.side_by_side import Figures, Spread
from data_spec.whole_file import whole_file

COLUMNS = ("measure", "way", "unit", "median", "least", "most", "turns", "machine")
GOAL_COLUMNS = ("benchmark", "measure", "ratio", "goal", "met")
RATIO = "×"
"""The unit of a ratio."""


@dataclass(frozen=True)
class Row:
    """One way of doing what is measured."""

    measure: str
    way: str
    unit: str
    spread: Spread
    turns: int


@dataclass(frozen=True)
class Goal:
    """What is wanted, and what was found.

    Attributes:
        measure: of what, beside what.
        ratio: found, the median over the turns.
        bound: the least or the most that is wanted.
        at_least: whether it is the least.
    """

    measure: str
    ratio: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether what is wanted was found."""
        return self.ratio >= self.bound if self.at_least else self.ratio <= self.bound

    @property
    def wanted(self) -> str:
        """The goal in one word.

        >>> Goal("training beside stock Keras", ratio=2.5, bound=2.1, at_least=True).wanted
        '>= 2.1'
        """
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"


class Report:
    """The table of one benchmark, and its goals.

    Args:
        benchmark: its name: that of its file.
        title: what it measures, in one line.
    """

    def __init__(self, benchmark: str, title: str) -> None:
        self.benchmark, self.title = benchmark, title
        self.rows: list[Row] = []
        self.goals: list[Goal] = []
        self.notes: list[str] = []

    def add(self, measure: str, figures: Figures, unit: str) -> None:
        """Ways that were measured in turn.

        Args:
            measure: what all of them did.
            figures: of each way, turn by turn.
            unit: `s`, `ms`, `MB`, `requests/s` …
        """
        self.rows += [Row(measure, way, unit, Spread.of(found), len(found)) for way, found in figures.items()]

    def want(
        self, measure: str, ratios: Sequence[float], *, at_least: float | None = None, at_most: float | None = None
    ) -> None:
        """A goal, with what was found of it.

        Args:
            measure: of what, beside what.
            ratios: found, one for each turn. What has a limit and no peer is given as its share of the limit.
            at_least: what is wanted; or
            at_most: what is wanted.
        """
        bound = at_least if at_least is not None else at_most
        if bound is None or (at_least is not None and at_most is not None):
            raise ValueError(f"{measure}: expected one of at_least and at_most")
        spread = Spread.of(ratios)
        self.add(measure, {"ratio": ratios}, RATIO)
        self.goals.append(Goal(measure, spread.median, bound, at_least is not None))

    def __str__(self) -> str:
        """The table, for a terminal."""
        width = max((len(f"{row.measure} · {row.way}") for row in self.rows), default=0)
        lines = [self.title, machine(), ""]
        for row in self.rows:
            name, spread = f"{row.measure} · {row.way}", row.spread
            middle, least, most = (f"{figure:.4g}" for figure in (spread.median, spread.least, spread.most))
            lines.append(f"{name:{width}s}  {middle:>9s} {row.unit}  ({least} to {most}, {row.turns} turns)")
        lines += ["", *self.notes]
        lines += [
            f"{'met    ' if goal.met else 'NOT MET'}  {goal.measure}: {goal.ratio:.3g}, wanted {goal.wanted}"
            for goal in self.goals
        ]
        return "\n".join(lines)

    def write(self, folder: Path) -> None:
        """Write `<benchmark>.csv`, `<benchmark>.goals.csv` and, where there are figures, `<benchmark>.png`."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = [(row.measure, row.way, row.unit, *_rounded(row.spread), str(row.turns), machine()) for row in self.rows]
        write_table(folder / f"{self.benchmark}.csv", COLUMNS, rows)
        goals = [
            (self.benchmark, goal.measure, f"{goal.ratio:.4g}", goal.wanted, "yes" if goal.met else "no")
            for goal in self.goals
        ]
        write_table(folder / f"{self.benchmark}.goals.csv", GOAL_COLUMNS, goals)
        if self.rows:
            from benchmarks.plot import draw  # matplotlib, which no measurement should wait for

            with whole_file(folder / f"{self.benchmark}.png") as file:
                draw(self.title, self.rows, self.goals).savefig(file, format="png", dpi=120)


def machine() -> str:
    """What this was measured on."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{os.cpu_count()} × {model}, {platform.system()}, Python {platform.python_version()}"


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a CSV file whole."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    with whole_file(path) as file:
        file.write(text.getvalue().encode())


def _rounded(spread: Spread) -> tuple[str, str, str]:
    return f"{spread.median:.4g}", f"{spread.least:.4g}", f"{spread.most:.4g}"
