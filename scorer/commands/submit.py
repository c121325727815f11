"""`python -m scorer submit`: upload a zip and tell what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scorer.commands.server_answers import asking, url_option


@click.command(
    epilog="""\b
Example:
  python -m scorer submit predictions.zip --url http://127.0.0.1:8000 --token TOKEN

Exit codes: 0 scored, 1 refused or not scored, 2 wrong usage.""",
)
@click.argument("zip_path", metavar="ZIP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@url_option
@click.option(
    "--token",
    required=True,
    envvar="KIT_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="An API token, made on the team page or by `register`.",
)
@click.option("--stage", default="public", show_default=True, metavar="NAME", help="The stage that is predicted for.")
def command(zip_path: Path, url: str, token: str, stage: str) -> None:
    """Upload predictions as a member of a team, and print the verdict."""
    with asking(url, token) as client:
        submission = client.submit(zip_path, stage)
    click.echo(f"submission {submission['id']}: {submission['state']}")
    for note in submission["notes"]:
        click.echo(f"  {note}")
    if submission["state"] != "scored":
        _tell_why(submission)
        raise click.exceptions.Exit(1)
    if submission["score"] is None:
        click.echo("The scores of this stage are sealed until the organisers release them.")
        return
    low, high = submission["interval"]
    click.echo(f"weighted accuracy {submission['score']:.4f} (95 % interval {low:.3f} to {high:.3f})")
    if submission["rank"] is not None:
        click.echo(f"your team's rank {submission['rank']}")


def _tell_why(submission: dict[str, Any]) -> None:
    for fault in submission["faults"]:
        click.echo(fault["text"], err=True)
    if submission["state"] == "failed":
        click.echo("Judging it failed on the server's side; it costs your team nothing.", err=True)
    if submission["state"] == "received":
        click.echo("It is kept there and not judged yet; look for its verdict under My submissions.", err=True)
