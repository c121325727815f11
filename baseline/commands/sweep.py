"""`python -m baseline sweep`: train a system with every combination of some settings, and choose by the validation."""

from __future__ import annotations

from pathlib import Path

import click

from baseline.commands.output import folder_to_write
from baseline.commands.training_options import chosen_training, size_and_settings
from baseline.registry import SYSTEMS
from baseline.run_folder import RunFolder
from baseline.sweep import POINTS_FOLDER, Tried, as_markdown, best_of, parse_grid, points_of, sweep, write_sweep
from baseline.system import Size
from baseline.training_data import training_data
from data_spec.command_line import WrongUsage
from data_spec.corpus import Corpus, CorpusError


@click.command(
    "sweep",
    epilog="""\b
Example:
  python -m baseline sweep early_fusion mosei --out sweep \\
    --over maxlen=15,20,25,30 --over dropout=0.1,0.2 --over layers=1,2,3

FOLDER has sweep.csv, sweep.md and sweep.png, written again after every
combination, and the learning curves of each. The test has no part in it:
train the best setting, with the command that is printed, to score it there.""",
)
@click.argument("system", type=click.Choice(list(SYSTEMS)))
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    required=True,
    callback=folder_to_write,
    help="A new or empty folder.",
)
@click.option(
    "--over",
    multiple=True,
    required=True,
    metavar="NAME=VALUE,VALUE",
    help="A setting and its values; may be given several times.",
)
@click.option("--variant", help="Of the system; its first one by default.")
@size_and_settings
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1), help="Of every training.")
def command(
    system: str,
    corpus: Path,
    out: Path,
    over: tuple[str, ...],
    variant: str | None,
    size: Size,
    changes: tuple[str, ...],
    seed: int,
) -> None:
    """Train SYSTEM on CORPUS with every combination of the settings' values, and choose by the validation alone."""
    opened = Corpus.open(corpus)
    training = chosen_training(opened.challenge, system, variant, size, changes, seed, hold_out=True)
    try:
        points = points_of(training, parse_grid(over))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--over") from error
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(f"{out}: expected a new or empty folder, found {'files in it' if out.is_dir() else 'a file'}")
    run, tried = RunFolder(out), list[Tried]()
    try:
        # Not whole or not at all: what hours have given is kept when a later combination fails or is stopped.
        for one in sweep(training_data(opened, seed), points, run):
            tried.append(one)
            write_sweep(run, tried)
            click.echo(
                f"{len(tried)}/{len(points)} {one.point.name}: {one.report.metric} {one.report.score:.4f}", err=True
            )
    except ValueError as error:
        if not tried and (out / POINTS_FOLDER).is_dir():
            (out / POINTS_FOLDER).rmdir()  # so that the same command, put right, finds an empty folder
        raise WrongUsage(str(error)) from error
    click.echo(as_markdown(tried), nl=False)
    click.echo(f"best on the validation: {best_of(tried).point.name}", err=True)
