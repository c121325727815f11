"""`python -m data_spec import crema-d`: the clips of CREMA-D."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from data_spec.commands.importing import EXIT_CODES, clip_options, run_import
from data_spec.importers.crema_d import CHALLENGE, find_clips
from data_spec.importers.crema_d_tables import Shown


@click.command(
    "crema-d",
    epilog=f"""\b
Example:
  git clone https://github.com/CheyneyComputerScience/CREMA-D downloads/CREMA-D
  git -C downloads/CREMA-D lfs pull
  python -m data_spec import crema-d downloads/CREMA-D crema-d-corpus

{EXIT_CODES}""",
)
@clip_options
@click.option(
    "--votes",
    type=click.Choice(["audio", "video", "both"]),
    default="both",
    show_default=True,
    help="Whose votes make the labels: of those who heard the clips, saw them, or both.",
)
def crema_d(source: Path, out: Path, votes: Shown, **options: Any) -> None:
    """Make the corpus OUT of the clips of CREMA-D in the folder SOURCE.

    SOURCE is a copy of the corpus's repository, or the parts of it that are used:
    processedResults/tabulatedVotes.csv, VideoDemographics.csv, AudioWAV or VideoFlash or both. A clip's label is the
    emotion that most annotators chose; where two were chosen as often it has none.
    """
    run_import(lambda: find_clips(source, votes), CHALLENGE, out, **options)
