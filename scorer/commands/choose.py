"""`python -m scorer choose`: say which of the team's submissions counts."""

from __future__ import annotations

import click

from scorer.commands.server_answers import asking, token_option, url_option
from scorer.commands.status import ROW_ID


@click.command(
    epilog="""\b
Example:
  python -m scorer choose 7 --url http://127.0.0.1:8000 --token TOKEN

Exit codes: 0 done, 1 the server says no, 2 wrong usage.""",
)
@click.argument("submission_id", metavar="ID", type=ROW_ID)
@url_option
@token_option
@click.option("--undo", is_flag=True, help="Let the team's best submission count again, instead of this one.")
def command(submission_id: int, url: str, token: str, undo: bool) -> None:
    """Let a submission count in its stage, whatever its score. Without a choice the team's best one counts."""
    with asking(url, token) as client:
        submission = client.unchoose(submission_id) if undo else client.choose(submission_id)
    if submission.chosen:
        click.echo(f"submission {submission.id} counts")
    else:
        click.echo(f"submission {submission.id} is not chosen; your team's best one counts, or the one that is")
