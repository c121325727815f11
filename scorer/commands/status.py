"""`python -m scorer status`: the team's submissions, or the verdict of one."""

from __future__ import annotations

import click

from scorer.commands.server_answers import asking, echo_json, json_option, token_option, url_option
from scorer.commands.submission_text import submissions_text, tell_submission

ROW_ID = click.IntRange(1, 999_999_999)


@click.command(
    epilog="""\b
Example:
  python -m scorer status --url http://127.0.0.1:8000 --token TOKEN
  python -m scorer status 7 --url http://127.0.0.1:8000 --token TOKEN

Exit codes: 0 done, 1 the submission was refused or failed, 2 wrong usage.""",
)
@click.argument("submission_id", metavar="[ID]", required=False, type=ROW_ID)
@url_option
@token_option
@click.option("--before", type=ROW_ID, metavar="ID", help="List only older ones than this.")
@json_option
def command(submission_id: int | None, url: str, token: str, before: int | None, as_json: bool) -> None:
    """List the team's submissions, newest first, or print one with its verdict."""
    if submission_id is not None:
        with asking(url, token) as client:
            submission = client.submission(submission_id)
        if as_json:
            echo_json(submission)
        else:
            tell_submission(submission)
        if submission.state in ("refused", "failed"):
            raise click.exceptions.Exit(1)
        return
    with asking(url, token) as client:
        found = client.submissions(before)
    if as_json:
        echo_json(found)
        return
    click.echo(submissions_text(found.submissions))
    if found.next_before is not None:
        click.echo(f"older ones: python -m scorer status --before {found.next_before}", err=True)
