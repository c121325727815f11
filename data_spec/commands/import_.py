"""`python -m data_spec import`: bring a public corpus on the user's disk into the kit's layout."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.features.audio import AudioError
from data_spec.importers.ravdess import import_ravdess


@click.group("import")
def command() -> None:
    """Make a corpus of real recordings."""


@command.command(
    "ravdess",
    epilog="""\b
Example:
  pip install -r requirements-audio.txt
  python -m data_spec import ravdess downloads/ravdess ravdess-corpus

The features are computed by openSMILE, whose licence allows research and
education, not commercial use. Exit codes: 0 done, 1 done but for the files
named, which cannot be read, 2 wrong usage.""",
)
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True, help="Chance in dividing the actors over the splits.")
def ravdess(source: Path, out: Path, seed: int) -> None:
    """Make the corpus OUT of the spoken clips of RAVDESS in the folder SOURCE."""
    try:
        report = import_ravdess(source, out, seed, _bar)
    except AudioError as error:
        raise click.UsageError(str(error)) from error
    for path, why in report.broken.items():
        click.echo(f"left out: {path}: {why}", err=True)
    counts = ", ".join(f"{split} {number}" for split, number in report.recordings.items())
    click.echo(f"{sum(report.recordings.values())} recordings: {counts}")
    click.echo(f"{report.left_out} clips left out: their emotion is none of the challenge's labels")
    click.echo(f"{len(report.broken)} files could not be read")
    sys.exit(1 if report.broken else 0)


def _bar(jobs: Iterable[Future[None]], total: int) -> Iterable[Future[None]]:
    return tqdm(jobs, total=total, unit="clip", desc="Extracting", file=sys.stderr, disable=not sys.stderr.isatty())
