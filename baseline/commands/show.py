"""`python -m baseline show`: what a model makes of a film, as a page to look at."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from baseline.commands.output import file_to_write
from baseline.keras_files import MODEL_FILE, ModelError, load_model
from baseline.report.extraction import RawRecording
from baseline.report.making import make_report
from baseline.report.page import render
from baseline.run_folder import MODEL_FOLDER
from baseline.runtime import prepare
from baseline.systems.decision_fusion import DecisionFusion
from data_spec.command_line import WrongUsage
from data_spec.csv_files import read_labels
from data_spec.extraction.components import load_components
from data_spec.features.packages import MissingPackageError
from data_spec.media.container import MediaError
from data_spec.whole_file import whole_file


@click.command(
    "show",
    epilog="""\b
Example:
  python -m baseline show run film.mp4 --out report.html
  python -m baseline show run film.mp4 --out report.html --components corpus/face_components.npz

MODEL is a run of the system decision_fusion, or the model.keras in it.

The page holds all that it shows: it needs no network, no other file and no
JavaScript. It has pictures of the film in it: mind whom you send it to.""",
)
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("recording", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, callback=file_to_write, help="The page, one HTML file."
)
@click.option("--kinect", type=click.Path(path_type=Path), help="Joints from a Kinect; else the film's pose stands in.")
@click.option(
    "--components",
    type=click.Path(path_type=Path),
    help="The face_components.npz of the corpus that the model was trained on; without them the face is a gap.",
)
@click.option(
    "--weights", type=click.Path(path_type=Path), help="Of the network that describes faces, where it is VGG16."
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help="The true labels of these frames, to compare the predictions with.",
)
def command(
    model: Path,
    recording: Path,
    out: Path,
    kinect: Path | None,
    components: Path | None,
    weights: Path | None,
    labels: Path | None,
) -> None:
    """Show the streams and gaps of RECORDING, a film or a sound, and the emotion that MODEL gives every frame of it."""
    prepare(seed=0)
    try:
        trained = load_model(_model_file(model), DecisionFusion)
        truth = read_labels(labels, trained.challenge.task) if labels is not None else None
        projection = load_components(components, _face_columns(trained)) if components is not None else None
        raw = RawRecording(recording, kinect, projection, weights)
        if sys.stderr.isatty():
            click.echo(f"extracting the streams of {recording.name} …", err=True)
        with TemporaryDirectory() as scratch:
            report = make_report(trained, model.name, raw, truth, Path(scratch))
    except (ModelError, MediaError, MissingPackageError) as error:
        raise WrongUsage(str(error)) from error
    with whole_file(out) as file:
        # A file's name may be of bytes that are no text.
        file.write(render(report).encode(errors="replace"))
    shown = sum(stream.share > 0 for stream in report.streams)
    click.echo(
        f"{click.format_filename(out)}: {len(report.times):,} frames of {click.format_filename(recording.name)}, "
        f"data in {shown} of {len(report.streams)} streams"
    )


def _model_file(path: Path) -> Path:
    """The model, of which a user named the file or the run that it is in."""
    inside = path / MODEL_FOLDER / MODEL_FILE
    return inside if inside.is_file() else path


def _face_columns(model: DecisionFusion) -> int:
    """How many columns the face of the model's challenge has. Raises click.BadParameter where it has none."""
    for modality in model.challenge.modalities:
        if modality.name == "face":
            return modality.features
    raise click.BadParameter(f"{model.challenge.name!r} has no modality 'face'", param_hint="--components")
