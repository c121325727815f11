"""`python -m baseline predict`: predict a test folder with a trained model."""

from __future__ import annotations

from pathlib import Path

import click

from baseline.commands.output import file_to_write
from baseline.prediction import ModelError, load_model, predict, write_submission
from baseline.runtime import prepare
from data_spec.command_line import WrongUsage
from data_spec.corpus import open_folder


@click.command(
    "predict",
    epilog="""\b
Example:
  python -m baseline predict model.keras published/participants/test --out predictions.zip""",
)
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    callback=file_to_write,
    help="The zip to submit.",
)
def command(model: Path, folder: Path, out: Path) -> None:
    """Predict every frame that the templates in FOLDER ask for."""
    prepare(seed=0)
    try:
        trained = load_model(model)
    except ModelError as error:
        raise WrongUsage(str(error)) from error
    recordings = open_folder(folder)
    asked, known = recordings.challenge, trained.challenge
    if (asked.modalities, asked.task) != (known.modalities, known.task):
        raise WrongUsage(f"{folder}: expected the streams and labels of {known.name!r}, found those of {asked.name!r}")
    if not recordings.templates:
        raise WrongUsage(f"{folder}: expected templates in a folder {known.submission.folder!r}, found none")
    predictions = predict(trained, recordings)
    write_submission(out, predictions, recordings.templates, trained.challenge)
    frames = sum(map(len, predictions.values()))
    click.echo(f"{out}: {len(predictions)} recordings, {frames:,} frames")
