"""A sweep: every combination of some settings trained, and the best one chosen by the score on the validation.

The test has no part in it: it is neither predicted nor scored, so its score is not the best of many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter

from baseline.figures import as_text
from baseline.plots import BLUE, DARK_BLUE, RED
from baseline.prediction import predict
from baseline.run_folder import RunFolder
from baseline.settings_from_text import change_settings
from baseline.system import TrainingData
from baseline.tables import forget_models
from baseline.training import Training
from data_spec.whole_file import whole_file
from data_spec.whole_folder import whole_folder
from scorer.ranking import METRICS
from scorer.score_report import ScoreReport, figure_title
from scorer.scoring import score

POINTS_FOLDER = "points"

Grid = Mapping[str, Sequence[str]]
"""By the name of a setting, the values that it is given, as texts."""


@dataclass(frozen=True)
class Point:
    """One combination.

    Attributes:
        values: by the name of each swept setting.
        training: with them.
    """

    values: Mapping[str, str]
    training: Training

    @property
    def name(self) -> str:
        """Such as `maxlen=15,dropout=0.1`."""
        return ",".join(f"{name}={value}" for name, value in self.values.items())


@dataclass(frozen=True)
class Tried:
    """A combination and its score on the validation."""

    point: Point
    report: ScoreReport


def parse_grid(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What a user sweeps over, from `NAME=VALUE,VALUE` each.

    Raises:
        ValueError: another form, a setting or a value twice.

    >>> parse_grid(["maxlen=15,20", "dropout=0.1,0.2"])
    {'maxlen': ('15', '20'), 'dropout': ('0.1', '0.2')}
    """
    grid: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, _, listed = text.partition("=")
        values = tuple(value.strip() for value in listed.split(","))
        if not name or not all(values):
            raise ValueError(f"expected NAME=VALUE,VALUE. Received: {text!r}")
        if name in grid or len(set(values)) != len(values):
            raise ValueError(f"expected every setting, and every value of it, once. Received: {text!r}")
        grid[name] = values
    return grid


def points_of(training: Training, grid: Grid) -> tuple[Point, ...]:
    """Every combination of the grid's values; the last setting changes fastest.

    Args:
        training: all that the grid leaves as it is.
        grid: what to sweep over.

    Raises:
        ValueError: no such setting, or a value that it cannot have.
    """
    points = []
    for values in product(*grid.values()):
        chosen = dict(zip(grid, values, strict=True))
        settings = change_settings(training.settings, [f"{name}={value}" for name, value in chosen.items()])
        points.append(Point(chosen, replace(training, settings=settings)))
    return tuple(points)


def sweep(data: TrainingData, points: Iterable[Point], run: RunFolder) -> Iterator[Tried]:
    """Train one point after the other, and score each on the validation.

    Args:
        data: the same for all.
        points: what to train.
        run: a folder in it, `points/<name>`, has the curves and the validation's report of each; whole or not there.

    Raises:
        ValueError: a point cannot be trained on the data, or the validation cannot be scored.
        CsvError: a file is broken.
    """
    watched = data.validation
    truth = {name: watched.folder.labels[name] for name in watched.recordings}
    for point in points:
        training = point.training
        with whole_folder(run.path / POINTS_FOLDER / point.name) as aside:
            of_point = RunFolder(aside)
            predictor = training.system.train(data, training.variant, training.settings, training.seed, of_point)
            report = score(predict(predictor, watched.folder, watched.recordings), truth, data.challenge.task)
            of_point.write_report(report, "validation")
        forget_models()
        yield Tried(point, report)


def best_of(tried: Sequence[Tried]) -> Tried:
    """The one with the best score on the validation; of equal ones the first. No number is worse than any."""
    scored = [one for one in tried if not math.isnan(one.report.score)] or tried
    best = scored[0]
    for one in scored[1:]:
        if METRICS[one.report.metric].is_better(one.report.score, best.report.score):
            best = one
    return best


def write_sweep(run: RunFolder, tried: Sequence[Tried]) -> None:
    """Write `sweep.csv`, `sweep.md` and `sweep.png`."""
    run.write_table("sweep", [_row(one) for one in tried])
    with whole_file(run.path / "sweep.md") as file:
        file.write(as_markdown(tried).encode())
    run.write_figure("sweep", draw(tried))


def as_markdown(tried: Sequence[Tried]) -> str:
    """The table of a sweep in the order of the grid, the best row in bold, and how the best is trained and tested."""
    best, rows = best_of(tried), [_row(one) for one in tried]
    lines = [f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
    for one, row in zip(tried, rows, strict=True):
        cells = [f"**{value}**" if one is best else str(value) for value in row.values()]
        lines.append(f"| {' | '.join(cells)} |")
    command = f"python -m baseline train CORPUS --out RUN {best.point.training.command}"
    return "\n".join(
        [*lines, "", "The best on the validation; the test has not been looked at:", "", f"    {command}", ""]
    )


def draw(tried: Sequence[Tried]) -> Figure:
    """A panel for each setting: every point's score at its value, and a line through the best score of each value."""
    metric = METRICS[tried[0].report.metric]
    choose = max if metric.greater_is_better else min
    best = best_of(tried)
    names = list(best.point.values)
    figure = Figure(figsize=(1.2 + 2.8 * len(names), 3.4), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), sharey=True, squeeze=False).flat, names, strict=True):
        values = list(dict.fromkeys(one.point.values[name] for one in tried))
        places = [values.index(one.point.values[name]) for one in tried]
        scores = [one.report.score for one in tried]
        axes.scatter(places, scores, color=BLUE, s=18, label="a combination")
        of_value = [
            choose(s for s, p in zip(scores, places, strict=True) if p == place) for place in range(len(values))
        ]
        axes.plot(range(len(values)), of_value, color=DARK_BLUE, linewidth=1.4, label="best with this value")
        axes.scatter(
            values.index(best.point.values[name]), best.report.score, color=RED, marker="D", zorder=3, label="best"
        )
        axes.set_xticks(range(len(values)), values)
        axes.set_xlim(-0.5, len(values) - 0.5)
        axes.set_xlabel(name.replace("_", " "))
        axes.yaxis.set_major_formatter(FormatStrFormatter("%.3f"))
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel(f"{figure_title(metric.name)} on the validation")
    handles, texts = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, texts, loc="outside upper left", ncols=3, frameon=False, fontsize=8)
    return figure


def _row(one: Tried) -> dict[str, Any]:
    low, high = one.report.interval
    scores = {one.report.metric: one.report.score, "low": low, "high": high}
    return {**one.point.values, **{name: as_text(value) for name, value in scores.items()}}
