"""`python -m scorer leaderboard`: print the leaderboard of a server."""

from __future__ import annotations

import click

from scorer.commands.board_text import board_text
from scorer.commands.server_answers import asking, echo_json, json_option, url_option


@click.command(
    epilog="""\b
Example:
  python -m scorer leaderboard --url http://127.0.0.1:8000

Exit codes: 0 done, 2 wrong usage.""",
)
@url_option
@click.option("--stage", metavar="NAME", help="Which stage's. [default: the first]")
@json_option
def command(url: str, stage: str | None, as_json: bool) -> None:
    """Print the leaderboard: of each team the submission that counts, and the baseline."""
    with asking(url) as client:
        board = client.leaderboard(stage)
    if as_json:
        echo_json(board)
    else:
        click.echo(board_text(board))
