"""`python -m data_spec extract`: raw recordings → a corpus."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click

from data_spec.challenge import FILE_NAME, Challenge, load_challenge
from data_spec.commands.extraction_options import check_weights, chosen_workers, extraction_options, stoppable
from data_spec.corpus import LABELS_FOLDER, RECORDINGS_FILE, Corpus
from data_spec.csv_files import csv_files_in
from data_spec.extraction.extracting import Outcome, extract_all
from data_spec.extraction.filling import Filled, fill
from data_spec.extraction.finding import Found, find_recordings
from data_spec.extraction.progress import media_bar
from data_spec.extraction.settings import Settings, modalities_for
from data_spec.extraction.target import WORK_FOLDER, adopt_components, open_target, require_room

NAMES_SHOWN = 3


@click.command(
    "extract",
    epilog=f"""\b
Example:
  python -m data_spec extract interview.mp4 --out corpus
  python -m data_spec extract recordings --out corpus --jobs 8
  python -m data_spec check corpus

One media file is one recording; a sound file and a film of the same name are
one. Kinect joints lie beside them as <name>.csv or <name>.kinect.csv; without
them the pose in the film stands in. Folders named as the challenge's splits
(train, test, private_test) hold the recordings of each, and their labels in
<split>/labels/; without such folders no labels are needed. The components of
faces are fitted on train; without one on all, and anew when a train comes.

Stopped by Ctrl-C or otherwise, the same command goes on where it was: what is
finished lies in CORPUS/{WORK_FOLDER}, which may be removed afterwards.

\b
A cluster (--scheduler) has the kit on its path, and its workers see the same
files under the same names: a shared file system. In the kit's folder there:
  PYTHONPATH=. dask scheduler
  PYTHONPATH=. dask worker ADDRESS --nworkers 8 --nthreads 1
A worker does one recording at a time, however many threads it has.

The audio features are computed by openSMILE, whose licence allows research and
education, not commercial use. Exit codes: 0 done, 1 done but for the recordings
named, 2 wrong usage.""",
)
@click.argument("recordings", metavar="RECORDING|FOLDER", type=click.Path(exists=True, path_type=Path))
@click.option("--out", metavar="CORPUS", type=click.Path(path_type=Path), required=True, help="New, or to be added to.")
@click.option("--kinect", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Joints of RECORDING.")
@click.option("--modalities", metavar="NAME,…", help="Such as audio,face; all that the challenge has by default.")
@click.option("--challenge", "name", help="A challenge's name, or its YAML file; merc2017 by default, or CORPUS's own.")
@click.option(
    "--components",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The face_components.npz of the corpus that a model was trained on; fitted on train by default.",
)
@extraction_options
def command(
    recordings: Path,
    out: Path,
    kinect: Path | None,
    jobs: int | None,
    scheduler: str | None,
    modalities: str | None,
    name: str | None,
    embedding: str,
    weights: Path | None,
    components: Path | None,
) -> None:
    """Extract the streams of RECORDING, or of all recordings in FOLDER, into a corpus."""
    check_weights(embedding, weights)
    workers = chosen_workers(jobs, scheduler)
    if out.resolve() == recordings.resolve():
        raise click.UsageError(f"--out: expected another folder than that of the recordings. Received: {out}")
    challenge = _challenge(name, out)
    asked = tuple(one.strip() for one in modalities.split(",")) if modalities is not None else None
    settings = Settings(modalities_for(challenge, asked), embedding, weights)
    found = find_recordings(recordings, challenge, kinect)
    corpus = open_target(out, challenge)
    require_room(corpus, found)
    if "face" in settings.modalities:
        adopt_components(corpus, found, components, embedding)
    with stoppable():
        with media_bar("Extracting") as progress:
            outcome = extract_all(found.all_sources, settings, out / WORK_FOLDER, workers, progress)
        with media_bar("Writing") as progress:
            filled = fill(corpus, found, outcome, progress)
    _tell(corpus, found, outcome, filled)
    sys.exit(1 if outcome.broken else 0)


def _challenge(name: str | None, out: Path) -> Challenge:
    if name is None and (out / FILE_NAME).is_file():
        return load_challenge(out / FILE_NAME)
    return load_challenge(name or "merc2017")


def _tell(corpus: Corpus, found: Found, outcome: Outcome, filled: Filled) -> None:
    for path in found.ignored:
        click.echo(f"not used: {path}: it belongs to no recording", err=True)
    for recording, why in outcome.broken.items():
        click.echo(f"left out: {recording}: {why}", err=True)
    splits = ", ".join(f"{name} {len(names)}" for name, names in filled.recordings.items())
    kept = f", {len(outcome.kept)} of them finished before" if outcome.kept else ""
    time = timedelta(seconds=round(sum(report.seconds for report in outcome.done.values())))
    click.echo(f"{corpus.root}: {len(outcome.done)} recordings ({splits or 'none'}), {time} of media{kept}")
    if filled.modalities:
        click.echo(f"streams: {', '.join(f'{name} {number}' for name, number in filled.modalities.items())}")
    for note, names in filled.notes.items():
        click.echo(f"{note} ({_some(names)})")
    if filled.is_fitted_anew:
        click.echo("face: the components were fitted anew, on train, which had no face before: other columns than then")
    if filled.components is not None and filled.components.fitted_on == "all":
        click.echo(
            "face: there was no face in train to fit the components on, so they were fitted on all: these columns "
            "compare only within this corpus. For a trained model, --components takes those of its corpus"
        )
    for name, names in filled.unlabelled.items():
        folder = corpus.root / corpus.challenge.split(name).folder / LABELS_FOLDER
        click.echo(f"{name} needs labels before `data_spec check` passes: {folder}/<recording>.csv ({_some(names)})")
    hidden = [
        split.name
        for split in corpus.splits
        if split.labels == "hidden" and csv_files_in(corpus.root / split.folder / LABELS_FOLDER)
    ]
    if hidden and not (corpus.root / RECORDINGS_FILE).is_file():
        click.echo(
            f"{' and '.join(hidden)} has labels, as the organisers' corpus: it needs its list before `data_spec check` "
            f"passes, {corpus.root / RECORDINGS_FILE} with the columns recording, session, actor, split"
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
