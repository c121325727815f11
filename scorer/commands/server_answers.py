"""What the commands that ask a server share: options, and how its answers become exit codes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

from data_spec.command_line import WrongUsage
from scorer.client import Client
from scorer.client_answers import Answer
from scorer.commands.terminal_text import visible
from scorer.connection import Problem, ServerUnreachable

url_option = click.option(
    "--url",
    required=True,
    envvar="KIT_URL",
    show_envvar=True,
    metavar="URL",
    help="Where the server is, such as http://127.0.0.1:8000.",
)

token_option = click.option(
    "--token",
    required=True,
    envvar="KIT_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="An API token, made on the team page or by `register`.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print the server's answer as JSON.")

NOT_NOW = {403, 409, 413, 415, 422, 429}
"""Answers that are a no to this request; any other problem is a wrong token, address or name."""


class ServerSaysNo(click.ClickException):
    """The server understood, and does not take it."""

    exit_code = 1


@contextmanager
def asking(url: str, token: str | None = None) -> Iterator[Client]:
    """A client, whose problems become exit codes."""
    with problems_as_exit_codes(), Client(url, token) as client:
        yield client


@contextmanager
def problems_as_exit_codes() -> Iterator[None]:
    """What a client raises becomes an exit code: 1 where the answer is no, 2 where the question was wrong."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # that it tries again is nothing to worry about
    try:
        yield
    except ServerUnreachable as error:
        raise WrongUsage(visible(str(error))) from error
    except Problem as problem:
        kind = ServerSaysNo if problem.status in NOT_NOW else WrongUsage
        raise kind(visible(problem.detail)) from problem


def echo_json(answer: Answer) -> None:
    """Print what the server told, whole."""
    click.echo(json.dumps(answer.model_dump(mode="json"), indent=2))
