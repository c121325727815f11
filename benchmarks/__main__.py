"""All benchmarks, one after another, and what became of every goal: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from benchmarks.report import GOAL_COLUMNS, Report, write_table

NAMES = ("training", "prediction", "input_pipeline", "scoring", "leaderboard", "uploads", "corpus")
"""Each is a file beside this one, with a function `measure`."""

HERE = Path(__file__).parent
RESULTS = "results"


@click.command(help=__doc__)
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="Small, one turn: whether it works, not how fast.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=HERE,
    help="Where results.csv and the folder of the tables and plots are written.",
)
def main(names: Sequence[str], quick: bool, out: Path) -> None:
    """Measure."""
    if len(names) == 1:
        report: Report = import_module(f"benchmarks.{names[0]}").measure(quick)
        click.echo(str(report))
        if quick:
            click.echo("\nQuick: that it works, not how fast. What is met above, or not, says nothing.")
        report.write(out / RESULTS)
    else:
        for name in names or NAMES:
            # Each in a process of its own: what one has loaded would slow down the next.
            command = [sys.executable, "-m", "benchmarks", name, "--out", str(out), *(["--quick"] if quick else [])]
            subprocess.run(command, check=True)  # noqa: S603
            click.echo()
    gather(out)


def gather(out: Path) -> None:
    """Write every goal of every benchmark that was measured into `results.csv`."""
    goals = []
    for name in NAMES:
        path = out / RESULTS / f"{name}.goals.csv"
        if path.exists():
            _, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
            goals += rows
    write_table(out / "results.csv", GOAL_COLUMNS, goals)


if __name__ == "__main__":
    main()
