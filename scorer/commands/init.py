"""`python -m scorer init`: make the data folder of a server."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.command_line import WrongUsage


@click.command(
    epilog="""\b
Example:
  python -m data_spec publish corpus published
  python -m scorer init server-data --corpus published --admin organiser@example.org

Exit codes: 0 done, 2 wrong usage.""",
)
@click.argument("data", metavar="DATA", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--corpus",
    "published",
    required=True,
    metavar="OUT",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="What `data_spec publish` wrote.",
)
@click.option("--admin", metavar="EMAIL", help="Create an organiser's account, and print its password.")
def command(data: Path, published: Path, admin: str | None) -> None:
    """Make DATA, the one folder that holds the server's database, labels, downloads, uploads and secrets.

    DATA must be new or empty. Stages have the dates of the challenge; without any the first stage is open from
    now on, and the others are closed. KIT_DATABASE_URL may name another database, which must hold no server's.
    """
    from scorer.server.config import ConfigError
    from scorer.server.data_folder import DataFolderError
    from scorer.server.installation import install
    from scorer.server.refusals import Refusal

    try:
        administrator = install(data, published, admin_email=admin, progress=_bar)
    except (DataFolderError, ConfigError, Refusal) as error:
        raise WrongUsage(str(error)) from error
    if administrator is not None:
        click.echo(f"organiser {administrator.email}, password {administrator.password} (shown this once)")
    click.echo(f"{data} is ready: python -m scorer serve {data}")


def _bar(files: Sequence[Path]) -> Iterable[Path]:
    return tqdm(files, unit="file", desc="Packing downloads", file=sys.stderr, disable=not sys.stderr.isatty())
