"""`python -m scorer bundle check`: say whether a bundle would be taken."""

from __future__ import annotations

from pathlib import Path

import click

from data_spec.challenge import load_challenge
from scorer.commands.bundle_source import packed, read_accepted, source_argument


@click.command(
    epilog="""\b
Example:
  python -m scorer bundle check ours
  python -m scorer bundle check bundle.zip

Exit codes: 0 accepted, 1 refused, 2 wrong usage.""",
)
@source_argument
@click.option("--challenge", default="merc2017", show_default=True, help="A challenge's name, or its YAML file.")
def command(source: Path, challenge: str) -> None:
    """Check that nothing is missing in a bundle, before you upload it.

    Every fault is named with its file, what was expected and what was found. Nothing of the bundle is run: `bundle
    try` does that. The server makes this very check.
    """
    rules = load_challenge(challenge).verification
    with packed(source) as zip_path:
        bundle, notes = read_accepted(zip_path, rules)
        click.echo(f"accepted: {len(bundle.files):,} files, {sum(bundle.files.values()):,} bytes unpacked")
    for note in notes:
        click.echo(f"  {note}")
