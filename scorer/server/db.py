"""The database: engine, sessions, and transactions that hold the lock from their first statement."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session, sessionmaker
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 15
"""How long a writer waits for another one's transaction before it gives up."""

_LOCKED = "kit_locked"

_TURN = "kit_turn"
"""An engine's option: on SQLite, the lock for which the threads of a process queue before they write."""


class Base(DeclarativeBase):
    """What every model derives from. Constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, in UTC in the store and aware of it in Python; a time without a zone is an error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the store."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a time with its zone. Received: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the store: SQLite forgets the zone, which is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_engine(url: str) -> Engine:
    """An engine for the database at `url`; nothing is connected yet."""
    # An error that is logged must not repeat addresses and hashes.
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        engine.update_execution_options(**{_TURN: threading.Lock()})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def open_sessions(engine: Engine) -> scoped_session[Session]:
    """One session for each thread that asks; whoever asked calls `remove()` when the request is done."""
    return scoped_session(sessionmaker(engine, expire_on_commit=False))


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """One transaction for what is decided and written together.

    On SQLite it holds the database's write lock from its start, so what is read in it cannot change
    before it commits. Elsewhere the rows that a decision rests on are locked with `with_for_update()`,
    which SQLite ignores. What the session had read before is read again.
    """
    session.rollback()
    session.expire_all()
    with _turn_to_write(session):
        session.connection(execution_options={_LOCKED: True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def known_id(row: Base) -> int:
    """The number of a row that came from the database, for which nothing is read again, as it is for `row.id`.

    Args:
        row: its primary key is one number.
    """
    identity = inspect(row, raiseerr=True).identity
    assert identity is not None, "the row was not written yet"
    number: int = identity[0]
    return number


@contextmanager
def _turn_to_write(session: Session) -> Iterator[None]:
    """Wait until no other thread of this process writes to SQLite.

    Whoever finds its file locked sleeps, longer each time, and looks again: of many threads some would sleep for
    seconds while the lock is free. Whom the others keep waiting for too long goes there all the same, and is told.
    """
    turn: threading.Lock | None = session.get_bind().get_execution_options().get(_TURN)
    if turn is None:
        yield
        return
    is_ours = turn.acquire(timeout=BUSY_SECONDS)
    try:
        yield
    finally:
        if is_ours:
            turn.release()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what a team was told is received survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_LOCKED) else "BEGIN")
