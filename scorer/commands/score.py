"""`python -m scorer score`: say how good predictions are."""

from __future__ import annotations

import json
from pathlib import Path

import click

from data_spec.command_line import WrongUsage
from data_spec.corpus import LABELS_FOLDER, CorpusError, open_folder
from scorer import scoring, submission
from scorer.commands.report_text import report_text
from scorer.commands.verdict_text import tell_refusal


@click.command(
    epilog="""\b
Example:
  python -m scorer score predictions.zip --labels organisers/test
  python -m scorer score predictions.zip --labels organisers/test --json > report.json

Exit codes: 0 scored, 1 the submission is refused, 2 wrong usage.""",
)
@click.argument("zip_path", metavar="ZIP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--labels",
    required=True,
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The test folder with the labels of the same recordings.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report, or the refusal, as JSON.")
def command(zip_path: Path, labels: Path, as_json: bool) -> None:
    """Check a submission, and score it against the truth.

    What counts, and which figure ranks, follows from the challenge: of the frames that are labelled one by one, those
    count whose agreement score is over its threshold.
    """
    folder = open_folder(labels, inner=LABELS_FOLDER)
    if not folder.labels:
        raise CorpusError(f"{labels}: expected labels {LABELS_FOLDER}/*.csv, found none")
    times = {recording: truth.times for recording, truth in folder.labels.items()}
    verdict = submission.read(zip_path, times, folder.challenge)
    if not verdict.accepted:
        if as_json:
            faults = [fault.to_dict() for fault in verdict.faults]
            click.echo(json.dumps({"accepted": False, "faults": faults, "notes": list(verdict.notes)}, indent=2))
        else:
            tell_refusal(verdict, err=True)
        raise click.exceptions.Exit(1)
    try:
        report = scoring.score(verdict.predictions, folder.labels, folder.challenge.task)
    except ValueError as error:
        raise WrongUsage(f"{labels}: {error}") from error
    if as_json:
        click.echo(json.dumps(report.to_dict(), indent=2))
        return
    click.echo(report_text(report), nl=False)
    for note in verdict.notes:
        click.echo(note, err=True)
