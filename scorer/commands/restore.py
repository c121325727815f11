"""`python -m scorer restore`: a server from its backup."""

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
  python -m scorer restore backup-2017-11-01.tar server-data
  KIT_DATABASE_URL=postgresql+psycopg://kit@localhost/kit python -m scorer restore backup.tar server-data

Exit codes: 0 done, 2 wrong usage, or the backup is not the one that was made.""",
)
@click.argument("archive", metavar="IN.tar", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("data", metavar="DATA", type=click.Path(file_okay=False, path_type=Path))
def command(archive: Path, data: Path) -> None:
    """Make DATA, a new folder, from IN.tar, which `backup` made.

    Its database is the one that the environment names, which must be empty: so a server moves from SQLite to
    PostgreSQL, or back. Every file is compared with its hash first. All is restored, or nothing.
    """
    from scorer.server.backup.manifest import BackupError
    from scorer.server.backup.restoring import restore
    from scorer.server.config import ConfigError
    from scorer.server.data_folder import DataFolderError
    from scorer.server.storage import StorageAway

    try:
        manifest = restore(archive, data, progress=_bar)
    except (BackupError, ConfigError, DataFolderError, StorageAway) as error:
        raise WrongUsage(str(error)) from error
    click.echo(
        f"{data} is as it was on {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC: python -m scorer serve {data}\n"
        "Everybody logs in again."
    )


def _bar(names: Sequence[str]) -> Iterable[str]:
    return tqdm(names, unit="file", desc="Restoring", file=sys.stderr, disable=not sys.stderr.isatty())
