"""`python -m baseline predict`: predict a test folder with a trained system."""

from __future__ import annotations

from pathlib import Path

import click

from baseline.commands.output import file_to_write
from baseline.prediction import predict, write_submission
from baseline.trained_run import check_same_challenge, load_run
from data_spec.command_line import WrongUsage
from data_spec.corpus import open_folder


@click.command(
    "predict",
    epilog="""\b
Example:
  python -m baseline predict run published/participants/test --out predictions.zip""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    callback=file_to_write,
    help="The zip to submit.",
)
def command(run: Path, folder: Path, out: Path) -> None:
    """Predict every row that the templates in FOLDER ask for, with what `baseline train` wrote into RUN."""
    try:
        trained = load_run(run)
        recordings = open_folder(folder)
        check_same_challenge(trained.challenge, recordings)
        predictions = predict(trained.predictor, recordings)
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    write_submission(out, predictions, recordings.templates, trained.challenge)
    rows = sum(map(len, predictions.values()))
    click.echo(f"{out}: {len(predictions)} recordings, {rows:,} {trained.challenge.task.row}s")
