"""`python -m scorer submit`: upload a zip and tell what came of it."""

from __future__ import annotations

from pathlib import Path

import click

from scorer.client import Client
from scorer.client_answers import Submission
from scorer.commands.server_answers import asking, token_option, url_option
from scorer.commands.submission_text import how_to_ask, tell_submission
from scorer.commands.uploading import upload
from scorer.connection import ServerUnreachable

BROKE_OFF = "The upload broke off. Whether it was received, this tells: python -m scorer status"


@click.command(
    epilog="""\b
Example:
  python -m scorer submit predictions.zip --url http://127.0.0.1:8000 --token TOKEN

Exit codes: 0 scored (with --no-wait: received), 1 refused or not scored, 2 wrong usage.""",
)
@click.argument("zip_path", metavar="ZIP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@url_option
@token_option
@click.option("--stage", default="public", show_default=True, metavar="NAME", help="The stage that is predicted for.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait for the verdict.")
def command(zip_path: Path, url: str, token: str, stage: str, wait: bool) -> None:
    """Upload predictions as a member of a team, and print the verdict.

    From the moment on when the server says "received" it keeps the submission, whatever happens here.
    """
    with asking(url, token) as client:
        submission = upload(zip_path, lambda count: client.submit(zip_path, stage, count), broke_off=BROKE_OFF)
        if wait and submission.state == "received":
            submission = _wait(client, submission)
    tell_submission(submission)
    if submission.state != "scored" and (wait or submission.state != "received"):
        raise click.exceptions.Exit(1)


def _wait(client: Client, submission: Submission) -> Submission:
    click.echo(f"submission {submission.id}: received, waiting for its verdict", err=True)
    try:
        return client.wait_for_verdict(submission)
    except (ServerUnreachable, KeyboardInterrupt) as error:
        click.echo(f"\n{how_to_ask(submission.id)}", err=True)
        if isinstance(error, KeyboardInterrupt):
            raise click.exceptions.Exit(1) from None
        raise
