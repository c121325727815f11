"""`python -m data_spec import ravdess-speech`: spoken clips of RAVDESS, one row of functionals each."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from data_spec.challenge import load_challenge
from data_spec.commands.extraction_options import stoppable
from data_spec.commands.importing import EXIT_CODES, say
from data_spec.extraction.progress import media_bar
from data_spec.extraction.workers import Workers
from data_spec.importers.ravdess import find_clips
from data_spec.importers.ravdess_speech import CHALLENGE, import_speech


@click.command(
    "ravdess-speech",
    epilog=f"""\b
Example:
  python -m data_spec import ravdess-speech downloads/ravdess ravdess-speech-corpus
  python -m baseline cross-validate ravdess-speech-corpus --system speech_face_audiovisual --out folds

{EXIT_CODES}""",
)
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--seed", default=0, show_default=True, help="Chance in dividing the actors over the splits.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; as many as there are cores by default.")
def ravdess_speech(source: Path, out: Path, seed: int, jobs: int | None) -> None:
    """Make the corpus OUT of the spoken clips of RAVDESS in the folder SOURCE, each described as a whole.

    SOURCE holds, in folders or not, sounds (03-01-….wav) or films with sound (01-01-….mp4), as they were downloaded.
    A clip becomes one row of 6373 functionals (ComParE_2016). OUT is written whole or not at all: an import that was
    interrupted begins anew.
    """
    challenge, found = load_challenge(CHALLENGE), find_clips(source)
    with stoppable(is_kept=False):
        report = import_speech(found, challenge, out, Workers(jobs), seed, media_bar)
    say(report)
    sys.exit(1 if report.broken else 0)
