"""Make a backup while the server runs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, select

from data_spec.whole_file import whole_file
from scorer.server import migrations
from scorer.server.backup.manifest import (
    FOLDERS,
    LEFT_OUT_TABLES,
    BackupError,
    Manifest,
    Progress,
    submission_member,
    table_member,
)
from scorer.server.backup.packing import PackedBackup
from scorer.server.backup.rows import encode_row
from scorer.server.backup.uploads import list_uploads
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.models import Base
from scorer.server.storage import Storage

ROWS_AT_ONCE = 1000


def make_backup(settings: Settings, storage: Storage, out: Path, progress: Progress = iter) -> Manifest:
    """Write a backup to `out`, which appears when it is whole.

    All rows are read in one transaction, so they are of one moment. Uploads never change and are read
    afterwards: each that a row names was durable before the row was.

    Args:
        settings: of the server.
        storage: its uploads.
        out: a new file; its owner alone can read it, because it holds secrets, labels and addresses.
        progress: wraps the names of the files that are added.

    Raises:
        BackupError: something is at `out`, the database is of another version, or an upload is not what
            its hash says.
        OSError: a file cannot be read or written.
    """
    if out.exists():
        raise BackupError(f"{out}: expected a new file, found one there")
    engine = open_engine(settings.database_url)
    try:
        with whole_file(out) as file:
            os.fchmod(file.fileno(), 0o600)
            manifest = _write(engine, settings.data, storage, PackedBackup(file), progress)
            file.flush()
            os.fsync(file.fileno())
    finally:
        engine.dispose()
    return manifest


def _write(engine: Engine, data: DataFolder, storage: Storage, archive: PackedBackup, progress: Progress) -> Manifest:
    if not migrations.is_newest(engine):
        raise BackupError(
            f"{data.root}: expected a database of the newest version, found another. "
            f"Bring it there: python -m scorer serve {data.root}"
        )
    with _one_moment(engine) as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        assert revision is not None
        _add_tables(connection, archive)
        hashes = list_uploads(connection)
    files = {path.relative_to(data.root).as_posix(): path for name in FOLDERS for path in _files_in(data.root / name)}
    uploads = {submission_member(sha256): sha256 for sha256 in hashes}
    for name in progress([*files, *uploads]):
        if name in files:
            with files[name].open("rb") as source:
                archive.add(name, source)
        else:
            _add_upload(archive, storage, name, uploads[name])
    return archive.finish(revision)


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees what was committed before it began, and nothing later."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's are always so
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _add_tables(connection: Connection, archive: PackedBackup) -> None:
    for table in Base.metadata.sorted_tables:
        if table.name in LEFT_OUT_TABLES:
            continue
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
        with tempfile.TemporaryFile() as file:
            for row in connection.execute(query).mappings():
                file.write(encode_row({column.name: row[column] for column in table.columns}))
            archive.add(table_member(table.name), file)


def _add_upload(archive: PackedBackup, storage: Storage, name: str, sha256: str) -> None:
    with storage.local_copy(sha256) as path, path.open("rb") as source:
        if (found := archive.add(name, source).sha256) != sha256:
            raise BackupError(f"upload {sha256}: expected bytes of this hash, found some of {found}")


def _files_in(folder: Path) -> list[Path]:
    """All files below a folder but those that are being written aside, whose names begin with a dot."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
