"""`python -m scorer backup`: everything of a server in one file, while it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.command_line import WrongUsage
from scorer.commands.open_data import data_argument


@click.command(
    epilog="""\b
Example:
  python -m scorer backup server-data backup-2017-11-01.tar

Exit codes: 0 done, 2 wrong usage, or the data folder is not whole.""",
)
@data_argument
@click.argument("out", metavar="OUT.tar", type=click.Path(path_type=Path))
def command(data: Path, out: Path) -> None:
    """Write everything of the server of DATA into OUT.tar, a new file. The server may run meanwhile.

    In it are the rows of the database, whichever it is, all of one moment, the uploads, the labels and the
    secrets: keep it as secret as DATA itself. Not in it are log-ins: after a restore everybody logs in again.
    """
    from sqlalchemy.exc import OperationalError

    from scorer.server.backup.making import make_backup
    from scorer.server.backup.manifest import BackupError
    from scorer.server.config import ConfigError, load_settings
    from scorer.server.data_folder import DataFolder, DataFolderError
    from scorer.server.storage import StorageAway
    from scorer.server.storage.creation import create_storage

    try:
        folder = DataFolder(data)
        folder.load_challenge()
        settings = load_settings(folder)
        manifest = make_backup(settings, create_storage(settings), out, _bar)
    except (BackupError, ConfigError, DataFolderError, StorageAway) as error:
        raise WrongUsage(str(error)) from error
    except OperationalError as error:
        raise WrongUsage(f"{data}: its database cannot be used: {error.orig}") from error
    click.echo(f"{out}: {len(manifest.members)} files. It is as secret as {data}: it holds labels, keys and addresses.")


def _bar(names: Sequence[str]) -> Iterable[str]:
    return tqdm(names, unit="file", desc="Backing up", file=sys.stderr, disable=not sys.stderr.isatty())
