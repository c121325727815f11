"""`python -m scorer download`: fetch the files of the challenge."""

from __future__ import annotations

from pathlib import Path

import click

from data_spec.command_line import WrongUsage
from scorer.client import Client
from scorer.client_answers import Download
from scorer.commands.byte_bar import byte_bar
from scorer.commands.server_answers import ServerSaysNo, asking, token_option, url_option
from scorer.commands.terminal_text import visible
from scorer.download import OtherBytes, fetch


@click.command(
    epilog="""\b
Example:
  python -m scorer download --url http://127.0.0.1:8000 --token TOKEN
  python -m scorer download participants --out participants.zip --url http://127.0.0.1:8000 --token TOKEN

Exit codes: 0 done, 1 not now or not for your team, 2 wrong usage.""",
)
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the file.")
@url_option
@token_option
def command(name: str | None, out: Path | None, url: str, token: str) -> None:
    """List what there is to download, or fetch NAME to FILE.

    FILE appears when all of it has arrived and its SHA-256 is right. Where a download broke off, the same
    command goes on with what is in FILE.part.
    """
    if (name is None) != (out is None):
        raise WrongUsage("Expected a NAME and --out FILE, or neither of them to see what there is.")
    with asking(url, token) as client:
        files = client.downloads()
        if name is None or out is None:
            for file in files:
                click.echo(f"{visible(file.name)}  {file.size} bytes  {visible(file.why_not or 'available')}")
            return
        _fetch(client, _find(files, name), out)
    click.echo(str(out))


def _find(files: list[Download], name: str) -> Download:
    for file in files:
        if file.name == name:
            if file.why_not is not None:
                raise ServerSaysNo(visible(f"{name}: {file.why_not}"))
            return file
    raise WrongUsage(visible(f"Expected one of {[file.name for file in files]}, found {name!r}."))


def _fetch(client: Client, download: Download, out: Path) -> None:
    with byte_bar(download.size, "Downloading") as bar:
        try:
            fetch(client, download, out, bar.update)
        except OtherBytes as error:
            raise ServerSaysNo(visible(str(error))) from error
