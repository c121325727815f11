"""`python -m scorer bundle new`: begin with a bundle that runs."""

from __future__ import annotations

from pathlib import Path

import click

from data_spec.challenge import load_challenge
from scorer.bundles.report import REPORT
from scorer.bundles.skeleton import FILES, write_skeleton


@click.command(
    epilog="""\b
Example:
  python -m scorer bundle new ours
  python -m scorer bundle check ours

Exit codes: 0 done, 2 wrong usage.""",
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--challenge", default="merc2017", show_default=True, help="A challenge's name, or its YAML file.")
def command(folder: Path, challenge: str) -> None:
    """Write a small bundle into the new FOLDER.

    Its program runs, and predicts the same for every row: put your system in its place. Its report has the
    headings that the rules ask for; write what stands under them.
    """
    write_skeleton(folder, load_challenge(challenge))
    click.echo(f"{folder}: {', '.join(FILES)}")
    click.echo(f"Now put your system into predict.py, and tell of it in {REPORT}.")
