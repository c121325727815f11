from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.audit import service
from scorer.server.audit.models import AuditEntry, AuditHead
from scorer.server.config import Settings
from scorer.server.db import open_engine, writing

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # PostgreSQL keeps no zero character, and UTF-8 no half of a surrogate pair.
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aé\u05d0 _", max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def reader(settings: Settings) -> Iterator[Session]:
    """Another connection: what it reads comes from the database."""
    engine = open_engine(settings.database_url)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def write(session: Session, count: int = 3) -> None:
    """Entries after that of `scorer init`."""
    for number in range(count):
        with writing(session):
            service.record(session, account=None, action="stage.open", subject=f"stage {number}", details={"n": number})


@pytest.fixture
def unguarded(session: Session) -> Session:
    """A log of four entries, in the hands of somebody who may do all in the database."""
    write(session)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER audit_entries_update"))
        session.execute(text("DROP TRIGGER audit_entries_delete"))
    else:
        session.execute(text("DROP TRIGGER audit_entries_append_only ON audit_entries"))
    session.commit()
    return session


def test_each_entry_is_chained_to_the_one_before(session: Session, ada: Account) -> None:
    write(session, 1)
    with writing(session):
        service.record(session, account=ada, action="team.disqualify", subject="team 1", details={"because": "×"})
    entries = service.list_entries(session)[::-1]
    assert [(entry.id, entry.action) for entry in entries] == [
        (1, "server.init"),
        (2, "stage.open"),
        (3, "team.disqualify"),
    ]
    assert [entry.previous_hash for entry in entries] == [service.FIRST_HASH, entries[0].hash, entries[1].hash]
    assert (entries[1].account, entries[2].account) == (None, ada)
    head = service.read_head(session)
    assert head is not None
    assert (head.entries, head.hash) == (3, entries[2].hash)
    assert service.verify(session) is None


def test_an_entry_goes_with_the_transaction_that_it_tells_of(session: Session) -> None:
    def change() -> None:
        with writing(session):
            service.record(session, account=None, action="stage.open", subject="stage public")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert [entry.id for entry in service.list_entries(session)] == [1]
    write(session, 1)
    assert [entry.id for entry in service.list_entries(session)] == [2, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"details": {"n": 7}},
        {"action": "stage.close"},
        {"subject": "stage 7"},
        {"account_id": 1},
        {"at": text("'2017-09-01 12:00:00+00'")},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(unguarded: Session, reader: Session, ada: Account, change: dict[str, Any]) -> None:
    unguarded.execute(update(AuditEntry).where(AuditEntry.id == 2).values(**change))
    unguarded.commit()
    broken = service.verify(reader)
    assert broken is not None
    assert broken.entry == 2


def test_a_changed_entry_with_a_hash_that_fits_is_found_at_the_next_one(unguarded: Session, reader: Session) -> None:
    entry = unguarded.get_one(AuditEntry, 2)
    entry.details = {"n": 7}
    entry.hash = service.entry_hash(entry)
    unguarded.commit()
    broken = service.verify(reader)
    assert broken is not None
    assert broken.entry == 3
    assert "of the entry before" in broken.why


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_entry_is_found(unguarded: Session, reader: Session, number: int) -> None:
    unguarded.execute(delete(AuditEntry).where(AuditEntry.id == number))
    unguarded.commit()
    assert service.verify(reader) == service.Broken(number, f"expected entry {number}, found entry {number + 1}")


@pytest.mark.parametrize("removed", [1, 4])
def test_entries_that_were_cut_off_are_found(unguarded: Session, reader: Session, removed: int) -> None:
    unguarded.execute(delete(AuditEntry).where(AuditEntry.id > 4 - removed))
    unguarded.commit()
    assert service.verify(reader) == service.Broken(5 - removed, f"expected 4 entries, found {4 - removed}")


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (update(AuditHead).values(entries=3), "expected 3 entries, found 4"),
        (update(AuditHead).values(hash="0" * 64), f"expected the last hash {'0' * 64}"),
        (delete(AuditHead), "expected the number of entries and the last hash, found neither"),
    ],
    ids=["entries", "hash", "removed"],
)
def test_a_changed_head_is_found(unguarded: Session, reader: Session, deed: Any, why: str) -> None:
    unguarded.execute(deed)
    unguarded.commit()
    broken = service.verify(reader)
    assert broken is not None
    assert broken.why.startswith(why)


def test_an_entry_that_was_put_in_between_is_found(unguarded: Session, reader: Session) -> None:
    for number in (4, 3):  # make room, from the end
        unguarded.execute(update(AuditEntry).where(AuditEntry.id == number).values(id=number + 1))
    before = unguarded.get_one(AuditEntry, 2)
    forged = AuditEntry(
        id=3, at=before.at, action="stage.open", subject="stage x", details={}, previous_hash=before.hash
    )
    forged.hash = service.entry_hash(forged)
    unguarded.add(forged)
    unguarded.execute(update(AuditHead).values(entries=5))
    unguarded.commit()
    broken = service.verify(reader)
    assert broken is not None
    assert broken.entry == 4


def test_an_entry_that_was_added_at_the_end_past_the_head_is_found(session: Session, reader: Session) -> None:
    write(session)
    last = session.get_one(AuditEntry, 4)
    values = {"id": 5, "at": last.at, "action": "a", "subject": "s", "details": {}, "previous_hash": last.hash}
    session.execute(insert(AuditEntry).values(**values, hash=service.entry_hash(AuditEntry(**values))))
    session.commit()
    assert service.verify(reader) == service.Broken(5, "expected 4 entries, found 5")


def test_a_whole_new_log_does_not_have_the_hash_that_was_kept_elsewhere(unguarded: Session, reader: Session) -> None:
    head = service.read_head(unguarded)
    assert head is not None
    kept = head.hash
    unguarded.execute(delete(AuditEntry))
    unguarded.execute(update(AuditHead).values(entries=0, hash=service.FIRST_HASH))
    unguarded.commit()
    assert service.verify(reader) is None
    reader.rollback()
    write(unguarded)
    assert service.verify(reader) is None
    assert service.find_hash(reader, kept) is None


def change_by_orm(session: Session) -> None:
    session.get_one(AuditEntry, 2).subject = "stage x"
    session.commit()


def delete_by_orm(session: Session) -> None:
    session.delete(session.get_one(AuditEntry, 2))
    session.commit()


@pytest.mark.parametrize(
    "deed",
    [
        change_by_orm,
        delete_by_orm,
        lambda session: session.execute(update(AuditEntry).values(subject="stage x")),
        lambda session: session.execute(delete(AuditEntry)),
    ],
    ids=["change", "remove", "change all", "remove all"],
)
def test_the_database_lets_nobody_change_or_remove_an_entry(session: Session, deed: Callable[[Session], Any]) -> None:
    write(session, 2)
    with pytest.raises(DatabaseError, match="the audit log is append-only"):
        deed(session)
    session.rollback()
    assert session.scalars(select(AuditEntry.subject).order_by(AuditEntry.id)).all() == ["server", "stage 0", "stage 1"]


def test_many_who_write_at_once_keep_one_chain(settings: Settings, reader: Session) -> None:
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def decide() -> None:
        engine = open_engine(settings.database_url)
        try:
            with Session(engine) as own:
                together.wait(10)
                write(own, 10)
        except BaseException as error:
            failures.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=decide) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert service.verify(reader) is None
    head = service.read_head(reader)
    assert head is not None
    assert head.entries == 41


@given(details=st.dictionaries(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8), JSON))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_an_entry_says_verifies_when_it_is_read_again(
    session: Session, reader: Session, details: dict[str, Any]
) -> None:
    with writing(session):
        number = service.record(session, account=None, action="x", subject="×", details=details).id
    reader.rollback()
    reader.expire_all()
    assert reader.get_one(AuditEntry, number).details == details
    assert service.verify(reader) is None
