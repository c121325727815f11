"""`python -m baseline gates`: which cells of an end-to-end network follow which prosodic features."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from baseline.commands.output import folder_to_write
from baseline.gate_analysis import best_cells, draw_cells, recording_activations
from baseline.media_sequences import Sequences, modality_of_form
from baseline.prosody import Prosody
from baseline.run_folder import RunFolder
from baseline.runtime import prepare
from baseline.sequence_predictor import SequencePredictor
from baseline.trained_run import check_same_challenge, load_run
from data_spec.command_line import WrongUsage
from data_spec.corpus import RecordingFolder, open_folder
from data_spec.features.packages import MissingPackageError
from data_spec.media.sound import read_sound
from data_spec.whole_folder import whole_folder


@click.command(
    "gates",
    epilog="""\b
Example:
  python -m baseline gates run published/participants/test id0a1b2c3d --out gates

It writes gates.csv, the cells that correlate most with each feature, and
gates.png, the best of them beside the feature (Fig. 2 of the end-to-end paper).
Give a recording that the run was not trained on.""",
)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("recording")
@click.option("--out", type=click.Path(path_type=Path), required=True, callback=folder_to_write, help="A new folder.")
@click.option(
    "--window",
    default=6.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds over which features and activations are described.",
)
@click.option("--cells", default=10, show_default=True, type=click.IntRange(min=1), help="Rows for each feature.")
def command(run: Path, folder: Path, recording: str, out: Path, window: float, cells: int) -> None:
    """Compare the cells of the end-to-end system in RUN with the prosody of one RECORDING of FOLDER."""
    prepare(seed=0)
    try:
        trained = load_run(run)
        system, recordings = trained.predictor, open_folder(folder)
        if not isinstance(system, SequencePredictor) or "sound" not in system.forms:
            raise WrongUsage(f"{run}: expected a run of end_to_end that hears sound, found another one")
        check_same_challenge(trained.challenge, recordings)
        samples, rate = read_sound(_sound(recordings, recording))
        prosody = Prosody.of(samples, rate)
        with TemporaryDirectory() as scratch:
            sequences = Sequences(recordings, [recording], system.forms, system.form, Path(scratch) / "media")
            activations = recording_activations(system, sequences, recording)
    except (ValueError, MissingPackageError) as error:
        raise WrongUsage(str(error)) from error
    times, frames = recordings.templates[recording], round(window * system.form.rate)
    features = prosody.around(times, window)
    found = best_cells(activations, features, frames, most=cells)
    with whole_folder(out) as aside:
        results = RunFolder(aside)
        results.write_table("gates", [asdict(cell) for cell in found])
        results.write_figure("gates", draw_cells(found, activations, features, times, frames))
    searched = sum(values.shape[1] for values in activations.values())
    click.echo(f"{out}: {searched} activations of cells searched")
    for name in features:
        best = next(cell for cell in found if cell.feature == name)
        click.echo(f"  {name}: r = {best.pearson_cc:.2f}, best by chance {best.chance:.2f}")


def _sound(folder: RecordingFolder, recording: str) -> Path:
    """The sound of a recording. Raises click.BadParameter where there is none."""
    if recording not in folder.templates:
        raise click.BadParameter(
            f"expected one of the {len(folder.templates)} recordings of {folder.path}, received {recording!r}",
            param_hint="RECORDING",
        )
    modality = modality_of_form(folder.challenge, "sound")
    path = None if modality is None else folder.media(modality, recording)
    if path is None:
        raise click.BadParameter(f"{recording!r} has no sound in {folder.path}", param_hint="RECORDING")
    return path
