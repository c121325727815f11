"""`python -m scorer organiser`: say who is an organiser."""

from __future__ import annotations

from pathlib import Path

import click

from data_spec.command_line import WrongUsage
from scorer.commands.open_data import data_argument, open_data


@click.group(
    name="organiser",
    epilog="""\b
Example:
  python -m scorer organiser add server-data grace@example.org

Exit codes: 0 done, 2 wrong usage.""",
)
def command() -> None:
    """Who is an organiser: decided here, on the server's machine, and on no page."""


@command.command(
    epilog="""\b
Example:
  python -m scorer organiser add server-data grace@example.org

Exit codes: 0 done, 2 wrong usage.""",
)
@data_argument
@click.argument("email", metavar="EMAIL")
def add(data: Path, email: str) -> None:
    """Make the account of EMAIL an organiser's; where there is none, create it and print its password."""
    from scorer.server.accounts.passwords import Passwords
    from scorer.server.organiser.appointment import appoint
    from scorer.server.refusals import Refusal

    with open_data(data) as session:
        try:
            appointed = appoint(session, Passwords(), email=email)
        except Refusal as refusal:
            raise WrongUsage(refusal.message) from refusal
        account = appointed.account
        if appointed.password is not None:
            click.echo(f"organiser {account.email}, password {appointed.password} (shown this once)")
            return
        # Whose account it is, only the password shows: somebody else may have registered the address.
        since = f"{account.created_at:%Y-%m-%d}"
        click.echo(f"The account “{account.display_name}” of {account.email}, since {since}, is an organiser’s now.")


@command.command(
    epilog="""\b
Example:
  python -m scorer organiser remove server-data grace@example.org

Exit codes: 0 done, 2 wrong usage.""",
)
@data_argument
@click.argument("email", metavar="EMAIL")
def remove(data: Path, email: str) -> None:
    """Take the role from the account of EMAIL; the account remains."""
    from scorer.server.organiser.appointment import dismiss
    from scorer.server.refusals import Refusal

    with open_data(data) as session:
        try:
            account = dismiss(session, email=email)
        except Refusal as refusal:
            raise WrongUsage(refusal.message) from refusal
        click.echo(f"{account.email} is no organiser any more.")
