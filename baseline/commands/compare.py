"""`python -m baseline compare`: say whether one system is better than another."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from baseline.paired_comparison import Comparison, compare
from baseline.scored_predictions import RefusedZipError, find_score
from data_spec.command_line import WrongUsage
from data_spec.corpus import LABELS_FOLDER, open_folder
from scorer.commands.verdict_text import tell_refusal
from scorer.score_report import figure_title


@click.command(
    "compare",
    epilog="""\b
Example:
  python -m baseline compare runs/winners runs/fusion
  python -m baseline compare ours.zip theirs.zip --labels published/organisers/test

Exit codes: 0 compared, 1 a zip is refused, 2 wrong usage.""",
)
@click.argument("one", type=click.Path(exists=True, path_type=Path))
@click.argument("other", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--labels",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The test folder with labels, where zips of predictions are compared.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def command(one: Path, other: Path, labels: Path | None, as_json: bool) -> None:
    """Say by how much the score of ONE is greater than that of OTHER, and how sure that is.

    Each is the folder of a training, a report of `scorer score --json`, or a zip of predictions. The interval is a
    paired bootstrap: recordings are drawn for both at once.
    """
    labelled = None if labels is None else open_folder(labels, inner=LABELS_FOLDER)
    try:
        comparison = compare(find_score(one, labelled), find_score(other, labelled))
    except RefusedZipError as error:
        tell_refusal(error.verdict, err=True)
        raise click.exceptions.Exit(1) from error
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    click.echo(as_json_text(comparison) if as_json else as_text(comparison, str(one), str(other)))


def as_text(comparison: Comparison, one: str, other: str) -> str:
    """The comparison in a few lines."""
    width = max(len(one), len(other), len("difference"))
    paired = comparison.paired
    better = {True: f"{one} is better", False: f"{other} is better", None: "they cannot be told apart"}
    interval = f"95 % interval {paired.low:+.4f} to {paired.high:+.4f}"
    holds = "holds" if comparison.one_is_better is None else "does not hold"
    return "\n".join(
        [
            f"{figure_title(comparison.metric.name)} over {comparison.recordings} recordings",
            f"  {one:{width}}  {comparison.one:7.4f}",
            f"  {other:{width}}  {comparison.other:7.4f}",
            f"  {'difference':{width}}  {paired.difference:+7.4f}, {interval}",
            f"{better[comparison.one_is_better]}: the interval {holds} 0",
        ]
    )


def as_json_text(comparison: Comparison) -> str:
    """The comparison as JSON."""
    return json.dumps(
        {
            "metric": comparison.metric.name,
            "one": comparison.one,
            "other": comparison.other,
            **asdict(comparison.paired),
            "recordings": comparison.recordings,
            "one_is_better": comparison.one_is_better,
        },
        indent=2,
    )
