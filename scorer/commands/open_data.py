"""What commands on the server's own machine begin with: its data folder's database, opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data_spec.command_line import WrongUsage

data_argument = click.argument("data", metavar="DATA", type=click.Path(exists=True, file_okay=False, path_type=Path))


@contextmanager
def open_data(data: Path) -> Iterator[Session]:
    """A session on the database of a data folder.

    Raises:
        WrongUsage: it is no data folder, its settings cannot be used, or its database is not at the newest version.
    """
    from scorer.server import migrations
    from scorer.server.config import ConfigError, load_settings
    from scorer.server.data_folder import DataFolder, DataFolderError
    from scorer.server.db import open_engine

    try:
        folder = DataFolder(data)
        folder.load_challenge()
        settings = load_settings(folder)
    except (DataFolderError, ConfigError) as error:
        raise WrongUsage(str(error)) from error
    engine = open_engine(settings.database_url)
    try:
        if not migrations.is_newest(engine):
            raise WrongUsage(
                f"{data}: expected a database of the newest version, found another. "
                f"Bring it there: python -m scorer serve {data}"
            )
        with Session(engine, expire_on_commit=False) as session:
            yield session
    except OperationalError as error:
        raise WrongUsage(f"{data}: its database cannot be used: {error.orig}") from error
    finally:
        engine.dispose()
