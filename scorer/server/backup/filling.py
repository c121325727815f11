"""Fill an empty database with the rows of a backup, whatever database they come from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import InvalidRequestError, SQLAlchemyError
from sqlalchemy.orm import Session

from scorer.server import migrations
from scorer.server.audit import service as audit
from scorer.server.backup.manifest import (
    LEFT_OUT_TABLES,
    BackupError,
    Manifest,
    submission_member,
    table_member,
)
from scorer.server.backup.rows import decode_row
from scorer.server.backup.uploads import list_uploads
from scorer.server.db import open_engine, writing
from scorer.server.models import Base

ROWS_AT_ONCE = 1000


def fill_database(url: str, folder: Path, manifest: Manifest) -> None:
    """Write the rows of an unpacked backup into an empty database, and bring it to the newest version.

    The rows go into tables of the version that they were read from; what later versions change, the
    migrations change.

    Args:
        url: of the database.
        folder: where the backup was unpacked.
        manifest: its list.

    Raises:
        BackupError: the rows are not what a server's database holds.
    """
    engine = open_engine(url)
    try:
        try:
            migrations.upgrade(engine, manifest.revision)
        except CommandError as error:
            raise BackupError(
                f"expected a database of a version that this kit knows, found {manifest.revision!r}: "
                "restore it with the kit that made it, or a later one"
            ) from error
        with engine.begin() as connection:
            for table in _tables_at(connection, manifest):
                _insert_rows(connection, table, folder / table_member(table.name))
        migrations.upgrade(engine)
        with Session(engine) as session:
            _check(session, manifest)
            with writing(session):
                if engine.dialect.name == "postgresql":
                    _continue_numbers(session.connection())
                details = {"backup_made_at": manifest.made_at.isoformat(), "revision": manifest.revision}
                audit.record(session, account=None, action="server.restore", subject="server", details=details)
    finally:
        engine.dispose()


def _tables_at(connection: Connection, manifest: Manifest) -> list[Table]:
    """The tables of the backup as the database has them now, each after those that it refers to."""
    files = [name for name in manifest.members if name == table_member(Path(name).stem)]
    metadata = MetaData()
    try:
        metadata.reflect(connection, only=[Path(name).stem for name in files])
    except InvalidRequestError as error:
        raise BackupError(f"expected tables of version {manifest.revision}, found others: {error}") from error
    return [table for table in metadata.sorted_tables if table_member(table.name) in manifest.members]


def _insert_rows(connection: Connection, table: Table, file: Path) -> None:
    """Insert a table's rows; references to rows of the same table follow when all of them are there."""
    to_itself = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    referring: list[dict[str, Any]] = []
    rows = _read_rows(file, table)
    try:
        if connection.execute(select(table).limit(1)).first() is not None:
            connection.execute(delete(table))  # a row that the migrations themselves made
        while some := list(islice(rows, ROWS_AT_ONCE)):
            referring += [row for row in some if any(row[name] is not None for name in to_itself)]
            connection.execute(insert(table), [{**row, **dict.fromkeys(to_itself)} for row in some])
        for row in referring:
            same = [column == row[column.name] for column in table.primary_key.columns]
            connection.execute(update(table).where(*same).values({name: row[name] for name in to_itself}))
    except SQLAlchemyError as error:
        raise BackupError(
            f"table {table.name!r}: expected rows that the database accepts, found others ({type(error).__name__})"
        ) from error


def _read_rows(file: Path, table: Table) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield decode_row(line, table)
            except ValueError as error:
                raise BackupError(f"table {table.name!r}, row {number}: {error}") from error


def _check(session: Session, manifest: Manifest) -> None:
    for sha256 in list_uploads(session):
        if submission_member(sha256) not in manifest.members:
            raise BackupError(f"{submission_member(sha256)!r}: expected this upload, which a row names, found none")
    if (broken := audit.verify(session)) is not None:
        raise BackupError(f"audit log, entry {broken.entry}: {broken.why}")


def _continue_numbers(connection: Connection) -> None:
    """Rows that were inserted with their numbers took none from PostgreSQL's sequences: set those behind the last."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or table.name in LEFT_OUT_TABLES:
            continue
        last = connection.scalar(select(func.max(column)))
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :next, false)"),
            {"table": table.name, "column": column.name, "next": (last or 0) + 1},
        )
