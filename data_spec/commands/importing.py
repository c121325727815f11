"""What the commands of `python -m data_spec import` share: their options, the run, and what they say of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from data_spec.challenge import load_challenge
from data_spec.commands.extraction_options import check_weights, chosen_workers, extraction_options, stoppable
from data_spec.extraction.progress import media_bar
from data_spec.extraction.settings import Settings
from data_spec.importers.clips import FoundClips
from data_spec.importers.importing import ImportReport, import_clips

EXIT_CODES = """The features of sound are computed by openSMILE, whose licence allows
research and education, not commercial use. Exit codes: 0 done, 1 done but
for the clips named, which cannot be read, 2 wrong usage."""

NOTES_SHOWN = 20

Function = TypeVar("Function", bound=Callable[..., object])


def clip_options(function: Function) -> Function:
    """The arguments and options of every import of clips."""
    for option in reversed(
        (
            click.argument("source", type=click.Path(path_type=Path)),
            click.argument("out", type=click.Path(path_type=Path)),
            click.option(
                "--modalities",
                metavar="NAME,...",
                help="Some of audio, face, eyes, kinect.  [default: all for which SOURCE has files]",
            ),
            click.option("--seed", default=0, show_default=True, help="Chance in dividing the actors over the splits."),
        )
    ):
        function = option(function)
    return extraction_options(function)


def run_import(
    find: Callable[[], FoundClips],
    challenge_name: str,
    out: Path,
    modalities: str | None,
    jobs: int | None,
    scheduler: str | None,
    embedding: str,
    weights: Path | None,
    seed: int,
) -> None:
    """Import clips, say what became of them, and end with the exit code.

    Args:
        find: gives the clips.
        challenge_name: the challenge that comes with the kit for them.
        out: the corpus.
        modalities: names and commas, or None for all for which there are files.
        jobs: clips extracted at once; None for as many as there are cores.
        scheduler: address of a Dask scheduler, or None for this machine.
        embedding: what describes a face.
        weights: the embedding's, where no package carries them.
        seed: chance in the splits.
    """
    check_weights(embedding, weights)
    workers = chosen_workers(jobs, scheduler)
    challenge, found = load_challenge(challenge_name), find()
    asked = tuple(name.strip() for name in modalities.split(",")) if modalities is not None else None
    settings = Settings(found.modalities(challenge, asked), embedding, weights)
    with stoppable():
        report = import_clips(found, challenge, out, settings, workers, seed, media_bar)
    say(report)
    sys.exit(1 if report.broken else 0)


def say(report: ImportReport) -> None:
    """Tell what became of the clips."""
    for name, why in report.broken.items():
        click.echo(f"left out: {name}: {why}", err=True)
    counts = ", ".join(f"{split} {number}" for split, number in report.recordings.items())
    click.echo(f"{sum(report.recordings.values())} recordings: {counts}")
    for note, number in sorted(report.notes.items(), key=lambda item: -item[1])[:NOTES_SHOWN]:
        click.echo(f"  {number} of them: {note}")
    for reason, number in report.left_out.items():
        click.echo(f"{number} clips left out: {reason}")
    click.echo(f"{len(report.broken)} clips could not be read")
