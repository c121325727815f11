"""A database that is elsewhere: empty before the server is made, and empty again where that goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, MetaData, Table, inspect
from sqlalchemy.exc import DBAPIError

from scorer.server import migrations
from scorer.server.data_folder import DataFolderError
from scorer.server.db import open_engine
from scorer.server.models import Base

VERSION_TABLE = "alembic_version"
"""Where the migrations keep how far they came."""


@contextmanager
def new_database(url: str) -> Iterator[None]:
    """Let the caller fill a database that holds nothing of ours; where the caller fails, remove what is there.

    Raises:
        DataFolderError: the database cannot be reached, or a server uses it.
    """
    engine = open_engine(url)
    try:
        _check_unused(engine)
        try:
            yield
        except BaseException:
            _remove_tables(engine)
            raise
    finally:
        engine.dispose()


def _check_unused(engine: Engine) -> None:
    try:
        found = set(inspect(engine).get_table_names())
    except DBAPIError as error:
        why = str(error.orig).partition("\n")[0]
        raise DataFolderError(f"KIT_DATABASE_URL: expected a database that can be opened, found none: {why}") from error
    if ours := sorted(found & {VERSION_TABLE, *Base.metadata.tables}):
        raise DataFolderError(
            f"KIT_DATABASE_URL: expected a database that no server uses, found the table {ours[0]!r} in it. "
            "Name another one, or remove its tables if nobody needs them."
        )


def _remove_tables(engine: Engine) -> None:
    migrations.downgrade(engine, "base")
    Table(VERSION_TABLE, MetaData()).drop(engine, checkfirst=True)
