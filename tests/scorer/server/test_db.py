from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.db import UtcDateTime, known_id, open_engine, writing


def test_a_moment_comes_back_in_utc() -> None:
    column, dialect = UtcDateTime(), sqlite.dialect()
    moment = datetime(2017, 9, 1, 12, tzinfo=timezone(timedelta(hours=3)))
    stored = column.process_bind_param(moment, dialect)
    assert stored == datetime(2017, 9, 1, 9, tzinfo=UTC)
    assert column.process_result_value(stored.replace(tzinfo=None), dialect) == moment


def test_a_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected a time with its zone"):
        UtcDateTime().process_bind_param(datetime(2017, 9, 1), sqlite.dialect())  # noqa: DTZ001


def test_on_sqlite_a_writing_transaction_holds_the_lock_from_its_start(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/kit.db")
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        with Session(engine) as own:
            inside.wait(10)
            with writing(own):
                order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with Session(engine) as session, writing(session):
        inside.set()
        thread.join(0.3)  # it waits, though nothing has been written here
        order.append("first")
    thread.join(10)
    engine.dispose()
    assert order == ["first", "second"]


def test_the_number_of_a_row_is_known_without_reading_it_again(session: Session, ada: Account) -> None:
    number, statements = ada.id, []
    with writing(session):
        event.listen(session.get_bind(), "before_cursor_execute", lambda *seen: statements.append(seen[2]))
        assert known_id(ada) == number
        assert statements == []


def test_on_sqlite_threads_that_write_take_turns_and_none_finds_the_file_locked(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/kit.db")
    # SQLite itself would not wait: whoever came before his turn would fail.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 0"))
    with Session(engine) as session, writing(session):
        session.execute(text("CREATE TABLE counted (number)"))
        session.execute(text("INSERT INTO counted VALUES (0)"))

    def count(_: int) -> None:
        with Session(engine) as own, writing(own):
            number = own.scalar(text("SELECT number FROM counted"))
            own.execute(text("UPDATE counted SET number = :number"), {"number": number + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(80)))
    with Session(engine) as session:
        assert session.scalar(text("SELECT number FROM counted")) == 80
    engine.dispose()


def test_who_waits_too_long_for_a_turn_is_told_that_the_file_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scorer.server.db.BUSY_SECONDS", 0.05)
    engine = open_engine(f"sqlite:///{tmp_path}/kit.db")
    with Session(engine) as session, writing(session), Session(engine) as other:
        with pytest.raises(OperationalError, match="locked"), writing(other):
            pass
        session.execute(text("CREATE TABLE made (number)"))
    with Session(engine) as session, writing(session):  # the turn was given back
        session.execute(text("INSERT INTO made VALUES (1)"))
    engine.dispose()


def test_what_fails_inside_leaves_nothing(session: Session) -> None:
    def change() -> None:
        with writing(session):
            session.execute(text("UPDATE stages SET title = 'changed'"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert session.scalar(text("SELECT count(*) FROM stages WHERE title = 'changed'")) == 0


def test_sqlite_is_durable_and_holds_foreign_keys(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/kit.db")
    with Session(engine) as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()
