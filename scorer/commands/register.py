"""`python -m scorer register`: an account, a team and a token without a browser."""

from __future__ import annotations

import click

from scorer.client import Client
from scorer.commands.server_answers import ServerSaysNo, asking, url_option
from scorer.connection import Problem


@click.command(
    epilog="""\b
Example:
  python -m scorer register --url http://127.0.0.1:8000 --team "Team A" --email ada@example.org

Exit codes: 0 done, 1 the server says no, 2 wrong usage.""",
)
@url_option
@click.option("--team", "team_name", required=True, metavar="NAME", help="The team to create.")
@click.option("--email", required=True, metavar="EMAIL", help="Your e-mail address.")
@click.option("--name", "display_name", metavar="NAME", help="Your name. [default: the address up to its @]")
@click.option(
    "--password",
    envvar="KIT_PASSWORD",
    show_envvar=True,
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Better given by the environment variable, or typed when asked.",
)
@click.option("--token-name", default="command line", show_default=True, metavar="NAME", help="What to call the token.")
def command(url: str, team_name: str, email: str, display_name: str | None, password: str, token_name: str) -> None:
    """Create an account and its team, and print a new API token.

    Where you have the account, or are in the team, only what is missing is created. Where addresses must be
    confirmed, follow the link in the mail, and give the same command again. The token is the only line on
    standard output: TOKEN=$(python -m scorer register ...)
    """
    with asking(url) as client:
        try:
            token = client.create_token(email, password, token_name)
            click.echo(f"{email} has an account; using it", err=True)
        except Problem as unknown:
            if unknown.status != 401:
                raise
            _create_account(client, email, display_name or email.partition("@")[0], password, unknown)
            token = client.create_token(email, password, token_name)
    with asking(url, token) as client:
        _enter_team(client, team_name)
    click.echo(token)


def _create_account(client: Client, email: str, display_name: str, password: str, unknown: Problem) -> None:
    try:
        ready = client.register(email, display_name, password)
    except Problem as problem:
        if problem.status == 409:  # it has an account, and another password
            raise unknown from problem
        raise
    if not ready:
        raise ServerSaysNo(f"A mail was sent to {email}. Follow the link in it, and give the same command again.")


def _enter_team(client: Client, name: str) -> None:
    current = client.team()
    if current is None:
        client.create_team(name)
    elif current != name:
        raise ServerSaysNo(f"expected an account without a team or in {name!r}, found one in {current!r}")
