"""`python -m data_spec import ravdess`: spoken clips of RAVDESS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from data_spec.commands.importing import EXIT_CODES, clip_options, run_import
from data_spec.importers.ravdess import CHALLENGE, find_clips


@click.command(
    "ravdess",
    epilog=f"""\b
Example:
  python -m data_spec import ravdess downloads/ravdess ravdess-corpus
  python -m data_spec import ravdess downloads/ravdess voices --modalities audio

{EXIT_CODES}""",
)
@clip_options
def ravdess(source: Path, out: Path, **options: Any) -> None:
    """Make the corpus OUT of the spoken clips of RAVDESS in the folder SOURCE.

    SOURCE holds, in folders or not, sounds (03-01-….wav), films (01-01-….mp4, 02-01-….mp4) or both, as they were
    downloaded. Sound and film of the same take become one recording.
    """
    run_import(lambda: find_clips(source), CHALLENGE, out, **options)
