"""What the commands that ask a server share: options, and its answers told on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from data_spec.command_line import WrongUsage
from scorer.client import Client, Problem, ServerUnreachable

url_option = click.option(
    "--url",
    required=True,
    envvar="KIT_URL",
    show_envvar=True,
    metavar="URL",
    help="Where the server is, such as http://127.0.0.1:8000.",
)

NOT_NOW = {403, 409, 413, 415, 422, 429}
"""Answers that are a no to this request; any other problem is a wrong token, address or name."""


class ServerSaysNo(click.ClickException):
    """The server understood, and does not take it."""

    exit_code = 1


@contextmanager
def asking(url: str, token: str | None = None) -> Iterator[Client]:
    """A client, whose problems become exit codes: 1 where the answer is no, 2 where the question was wrong."""
    with Client(url, token) as client:
        try:
            yield client
        except ServerUnreachable as error:
            raise WrongUsage(str(error)) from error
        except Problem as problem:
            kind = ServerSaysNo if problem.status in NOT_NOW else WrongUsage
            raise kind(problem.detail) from problem


def board_text(board: Mapping[str, Any]) -> str:
    """A leaderboard as a table for the terminal.

    >>> row = {"rank": 1, "team": "A", "baseline": False, "score": 0.5, "interval": [0.4, 0.6], "entries": 2}
    >>> print(board_text({"title": "Stage 1", "rows": [row | {"received_at": "2017-09-01T12:30:00Z"}]}))
    Stage 1
    Rank  Team  Score   95 % interval  Entries  Received (UTC)
       1  A     0.5000  0.400-0.600          2  2017-09-01 12:30
    """
    rows = [
        (
            "-" if row["rank"] is None else str(row["rank"]),
            row["team"],
            f"{row['score']:.4f}",
            f"{row['interval'][0]:.3f}-{row['interval'][1]:.3f}" if row["interval"] else "published",
            "-" if row["entries"] is None else str(row["entries"]),
            row["received_at"][:16].replace("T", " ") if row["received_at"] else "-",
        )
        for row in board["rows"]
    ]
    width = max(4, *(len(row[1]) for row in rows)) if rows else 4
    line = "{:>4}  {:<" + str(width) + "}  {:<6}  {:<13}  {:>7}  {}"
    header = line.format("Rank", "Team", "Score", "95 % interval", "Entries", "Received (UTC)")
    return "\n".join([board["title"], header, *(line.format(*row).rstrip() for row in rows)])
