"""`python -m scorer leaderboard`: print the leaderboard of a server."""

from __future__ import annotations

import click

from scorer.commands.server_answers import asking, board_text, url_option


@click.command(
    epilog="""\b
Example:
  python -m scorer leaderboard --url http://127.0.0.1:8000

Exit codes: 0 done, 2 wrong usage.""",
)
@url_option
@click.option("--stage", metavar="NAME", help="Which stage's. [default: the first]")
def command(url: str, stage: str | None) -> None:
    """Print the leaderboard: each team's best submission, and the baseline."""
    with asking(url) as client:
        click.echo(board_text(client.leaderboard(stage)))
