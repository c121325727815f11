"""`python -m baseline predict`: predict a test folder with a trained model."""

from __future__ import annotations

from pathlib import Path

import click

from baseline.prediction import ModelError, load_model, predict, write_submission
from baseline.runtime import prepare
from data_spec.command_line import WrongUsage
from data_spec.corpus import RecordingFolder, open_folder


@click.command(
    "predict",
    epilog="""\b
Example:
  python -m baseline predict model.keras published/participants/test --out predictions.zip""",
)
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The zip to submit.")
def command(model: Path, folder: Path, out: Path) -> None:
    """Predict every frame that the templates in FOLDER ask for."""
    prepare(seed=0)
    try:
        trained = load_model(model)
    except ModelError as error:
        raise WrongUsage(str(error)) from error
    # The model knows what its streams are; the folder says which challenge it belongs to, and both must agree.
    recordings = RecordingFolder(open_folder(folder).path, trained.challenge)
    if open_folder(folder).challenge.modalities != trained.challenge.modalities:
        raise WrongUsage(f"{folder}: expected the modalities the model was trained on ({trained.challenge.name})")
    if not recordings.templates:
        raise WrongUsage(
            f"{folder}: expected templates in a folder {trained.challenge.submission.folder!r}, found none"
        )
    predictions = predict(trained, recordings)
    write_submission(out, predictions, recordings.templates, trained.challenge)
    frames = sum(map(len, predictions.values()))
    click.echo(f"{out}: {len(predictions)} recordings, {frames:,} frames")
