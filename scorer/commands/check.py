"""`python -m scorer check`: say whether a zip would be accepted."""

from __future__ import annotations

from pathlib import Path

import click

from data_spec.challenge import find_challenge, load_challenge
from data_spec.corpus import CorpusError, RecordingFolder, open_folder
from scorer.commands.verdict_text import tell_refusal
from scorer.submission import read


@click.command(
    epilog="""\b
Example:
  python -m scorer check predictions.zip --templates participants/test

Exit codes: 0 accepted, 1 refused, 2 wrong usage.""",
)
@click.argument("zip_path", metavar="ZIP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--templates",
    required=True,
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The published test folder whose recordings are predicted.",
)
@click.option(
    "--challenge",
    metavar="NAME",
    help="The challenge, by name or YAML file. [default: the challenge.yaml of the folder]",
)
def command(zip_path: Path, templates: Path, challenge: str | None) -> None:
    """Check the form of a submission before you upload it.

    Every fault is named with its file, row, column, what was expected and what was found. Row 1 is the
    header. The server runs this very check.
    """
    folder = _open_templates(templates, challenge)
    verdict = read(zip_path, folder.templates, folder.challenge)
    if not verdict.accepted:
        tell_refusal(verdict)
        raise click.exceptions.Exit(1)
    rows = sum(map(len, verdict.predictions.values()))
    click.echo(f"accepted: {len(verdict.predictions):,} recordings, {rows:,} {folder.challenge.task.row}s")
    for note in verdict.notes:
        click.echo(f"  {note}")


def _open_templates(path: Path, challenge_name: str | None) -> RecordingFolder:
    """The folder with the templates. Raises CorpusError or ChallengeError."""
    if challenge_name is None:
        folder = open_folder(path, inner=find_challenge(path).submission.folder)
    else:
        challenge = load_challenge(challenge_name)
        is_inner = path.resolve().name == challenge.submission.folder
        folder = RecordingFolder(path.resolve().parent if is_inner else path, challenge)
    if not folder.templates:
        raise CorpusError(f"{path}: expected templates {folder.challenge.submission.folder}/*.csv, found none")
    return folder
