"""The database's versions, by Alembic: `versions/` holds one file for each change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

_LOCK = 2017_11
"""A number of ours, among PostgreSQL's advisory locks."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to a revision; doing it twice changes nothing."""
    with _transaction(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision; what only later ones hold is lost."""
    with _transaction(engine) as connection:
        command.downgrade(_config(connection), revision)


def is_newest(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
        newest = ScriptDirectory.from_config(_config(connection)).get_heads()
    return set(current) == set(newest)


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction, in which SQLite does not act on foreign keys.

    SQLite cannot alter a table: Alembic copies it and drops the old one, and to drop a table takes the rows
    along that refer to it. The setting cannot be changed within a transaction, so it is before it begins.
    """
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        driver = connection.connection.dbapi_connection
        if is_sqlite and driver is not None:
            driver.cursor().execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                if not is_sqlite:  # two servers that start at once: the second waits, and finds nothing to do
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection
                if is_sqlite and (orphan := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"the migration left a row of {orphan[0]!r} that refers to nothing")
        finally:
            if is_sqlite and driver is not None:
                driver.cursor().execute("PRAGMA foreign_keys = ON")


def _config(connection: Connection) -> Config:
    config = Config()
    config.attributes["connection"] = connection
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
