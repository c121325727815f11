"""`python -m scorer audit`: verify and print the log of what organisers decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scorer.commands.open_data import data_argument, open_data

if TYPE_CHECKING:
    from scorer.server.audit.models import AuditEntry


@click.group(
    name="audit",
    epilog="""\b
Example:
  python -m scorer audit verify server-data
  python -m scorer audit show server-data --last 5

Exit codes: 0 done, 1 the log is not what was written, 2 wrong usage.""",
)
def command() -> None:
    """The audit log: what was decided by whom, each entry chained to the one before by a hash."""


@command.command(
    epilog="""\b
Example:
  python -m scorer audit verify server-data
  python -m scorer audit verify server-data --kept 0f3c…

Exit codes: 0 it is what was written, 1 it is not, 2 wrong usage.""",
)
@data_argument
@click.option("--kept", metavar="HASH", help="A last hash that was printed earlier: the log up to it is the same.")
def verify(data: Path, kept: str | None) -> None:
    """Read the whole log of DATA, and say whether an entry was changed, removed or put in between."""
    from scorer.server.audit import service

    with open_data(data) as session:
        broken = service.verify(session)
        if broken is not None:
            click.echo(f"broken at entry {broken.entry}: {broken.why}", err=True)
            raise click.exceptions.Exit(1)
        head = service.read_head(session)
        assert head is not None
        if kept is not None and service.find_hash(session, kept) is None:
            click.echo(f"broken: expected an entry of the hash {kept[:80]}, found none", err=True)
            raise click.exceptions.Exit(1)
        click.echo(f"entries: {head.entries}")
        click.echo(f"last hash: {head.hash}")
        click.echo(
            "Keep the last hash elsewhere: who can write to the database can also write a whole new log, "
            "but not one with this hash (--kept)."
        )


@command.command(
    epilog="""\b
Example:
  python -m scorer audit show server-data --last 5 --json

Exit codes: 0 done, 2 wrong usage.""",
)
@data_argument
@click.option("--last", type=click.IntRange(1), metavar="NUMBER", help="Only the newest entries. [default: all]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the hashes.")
def show(data: Path, last: int | None, as_json: bool) -> None:
    """Print the log of DATA, oldest entry first."""
    from scorer.server.audit import service

    with open_data(data) as session:
        entries = service.list_entries(session, most=last)[::-1]
        if as_json:
            click.echo(json.dumps([_to_dict(entry) for entry in entries], indent=2, ensure_ascii=False))
            return
        for entry in entries:
            click.echo(_to_text(entry))


def _to_dict(entry: AuditEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "at": f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "account": {"id": entry.account.id, "name": entry.account.display_name} if entry.account else None,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def _to_text(entry: AuditEntry) -> str:
    from scorer.server.audit.details_text import detail_lines

    who = entry.account.display_name if entry.account else "the server or its command line"
    lines = [f"{entry.id}  {entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.action}  {entry.subject}  ({who})"]
    for key, value in detail_lines(entry.details):
        lines.append(f"    {key}: {value}".replace("\n", "\n      "))
    return "\n".join(lines)
