from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec
import pytest
from click.testing import CliRunner
from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from data_spec.corpus import CorpusError
from scorer.__main__ import main
from scorer.server import migrations
from scorer.server.accounts import service as accounts
from scorer.server.accounts.models import Account
from scorer.server.accounts.passwords import Passwords
from scorer.server.app import create_app
from scorer.server.audit import service as audit
from scorer.server.audit.models import AuditEntry
from scorer.server.backup.making import make_backup
from scorer.server.backup.manifest import LEFT_OUT_TABLES
from scorer.server.backup.restoring import restore
from scorer.server.config import Settings, load_settings
from scorer.server.current import server_of
from scorer.server.data_folder import DataFolder, DataFolderError
from scorer.server.db import open_engine
from scorer.server.storage.creation import create_storage
from tests.scorer.server.backup.conftest import Rows, kept_files

ReadRows = Callable[[str], Rows]


def as_restored(rows: Rows) -> Rows:
    """What a restore makes of these rows: all but what is left out, before the entry that tells of it."""
    return {
        name: [] if name in LEFT_OUT_TABLES else found
        for name, found in rows.items()
        if name not in ("audit_entries", "audit_heads")
    }


def restored_settings(root: Path, environment: dict[str, str]) -> Settings:
    return load_settings(DataFolder(root), environment)


@contextmanager
def opened(url: str) -> Iterator[Session]:
    engine = open_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


def test_a_restored_server_is_the_one_that_was_backed_up(
    archive: Path, full: Settings, tmp_path: Path, read_rows: ReadRows
) -> None:
    restore(archive, tmp_path / "restored", environment={})
    settings = restored_settings(tmp_path / "restored", {})
    before, after = read_rows(full.database_url), read_rows(settings.database_url)
    assert as_restored(after) == as_restored(before)
    assert kept_files(settings.data) == kept_files(full.data)
    assert settings.secret_key == full.secret_key
    for path in (settings.data.root, *settings.data.root.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert {path.name for path in settings.data.root.iterdir()} == {
        *("kit.db", "secrets", "corpus", "downloads", "submissions", "broker", "mails")
    }


def test_from_sqlite_to_postgresql_and_back_nothing_changes(
    archive: Path, full: Settings, tmp_path: Path, read_rows: ReadRows, postgres: URL
) -> None:
    there = {"KIT_DATABASE_URL": postgres.render_as_string(hide_password=False)}
    restore(archive, tmp_path / "moved", environment=there)
    moved = restored_settings(tmp_path / "moved", there)
    assert not moved.data.database.exists()
    assert as_restored(read_rows(moved.database_url)) == as_restored(read_rows(full.database_url))

    make_backup(moved, create_storage(moved), tmp_path / "moved.tar")
    restore(tmp_path / "moved.tar", tmp_path / "back", environment={})
    back = restored_settings(tmp_path / "back", {})
    assert as_restored(read_rows(back.database_url)) == as_restored(read_rows(full.database_url))
    assert kept_files(back.data) == kept_files(full.data)


def test_after_a_restore_postgresql_goes_on_counting(
    archive: Path, tmp_path: Path, postgres: URL, passwords: Passwords
) -> None:
    there = {"KIT_DATABASE_URL": postgres.render_as_string(hide_password=False)}
    restore(archive, tmp_path / "moved", environment=there)
    with opened(there["KIT_DATABASE_URL"]) as session:
        highest = max(session.scalars(select(Account.id)))
        new = accounts.register(session, passwords, email="new@example.org", display_name="New", password="x" * 20)
        assert new.id == highest + 1


def test_the_audit_log_is_verified_and_tells_of_the_restore(archive: Path, full: Settings, tmp_path: Path) -> None:
    restore(archive, tmp_path / "restored", environment={})
    with opened(full.database_url) as session:
        before = [entry.hash for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    with opened(restored_settings(tmp_path / "restored", {}).database_url) as session:
        after = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
        assert [entry.hash for entry in after[:-1]] == before
        assert after[-1].action == "server.restore"
        assert audit.verify(session) is None


def test_a_restored_server_serves(archive: Path, tmp_path: Path, passwords: Passwords) -> None:
    restore(archive, tmp_path / "restored", environment={})
    app = create_app(restored_settings(tmp_path / "restored", {}))
    assert "Analysts" in app.test_client().get("/api/v1/leaderboard").text
    server_of(app).sessions.remove()
    server_of(app).engine.dispose()


def test_uploads_go_to_the_storage_that_the_environment_names_and_come_from_it(
    archive: Path, full: Settings, tmp_path: Path
) -> None:
    elsewhere = {"KIT_STORAGE_URL": f"memory://{tmp_path.name}/uploads"}
    restore(archive, tmp_path / "moved", environment=elsewhere)
    moved = restored_settings(tmp_path / "moved", elsewhere)
    assert [path for path in moved.data.storage.root.rglob("*") if path.is_file()] == []
    uploads = fsspec.filesystem("memory").find(f"/{tmp_path.name}/uploads")
    assert len(uploads) == 4

    make_backup(moved, create_storage(moved), tmp_path / "moved.tar")
    restore(tmp_path / "moved.tar", tmp_path / "back", environment={})
    assert kept_files(DataFolder(tmp_path / "back")) == kept_files(full.data)


def test_a_backup_of_an_older_version_is_brought_to_the_newest(
    settings: Settings, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passwords: Passwords
) -> None:
    """As the kit of that version would have made it: with the tables and columns that were there then."""
    from sqlalchemy import MetaData

    from scorer.server.backup import making

    engine = open_engine(settings.database_url)
    migrations.downgrade(engine, "0001")
    then = MetaData()
    then.reflect(engine)
    then.remove(then.tables["alembic_version"])
    monkeypatch.setattr(migrations, "is_newest", lambda _engine: True)
    monkeypatch.setattr(making.Base, "metadata", then)
    monkeypatch.setattr(making, "list_uploads", lambda _connection: [])
    make_backup(settings, create_storage(settings), tmp_path / "old.tar")
    monkeypatch.undo()
    engine.dispose()

    restore(tmp_path / "old.tar", tmp_path / "restored", environment={})
    url = restored_settings(tmp_path / "restored", {}).database_url
    engine = open_engine(url)
    assert migrations.is_newest(engine)
    engine.dispose()
    with opened(url) as session:
        account = session.scalars(select(Account)).one()
        assert (account.email, account.created_at) == (ada.email, ada.created_at)
        assert account.team is not None


def test_a_folder_with_files_in_it_is_left_alone(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.txt").write_text("mine")
    with pytest.raises(CorpusError, match="expected a new or empty folder"):
        restore(archive, tmp_path / "mine", environment={})
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["mine.txt"]


def test_a_database_that_is_in_use_is_left_alone(
    archive: Path, tmp_path: Path, read_rows: ReadRows, postgres: URL
) -> None:
    there = {"KIT_DATABASE_URL": postgres.render_as_string(hide_password=False)}
    restore(archive, tmp_path / "first", environment=there)
    before = read_rows(there["KIT_DATABASE_URL"])
    with pytest.raises(DataFolderError, match="expected a database that no server uses"):
        restore(archive, tmp_path / "second", environment=there)
    assert read_rows(there["KIT_DATABASE_URL"]) == before
    assert not (tmp_path / "second").exists()


def test_the_command_restores_what_the_command_backed_up(archive: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["restore", str(archive), str(tmp_path / "restored")], env={})
    assert result.exit_code == 0, result.output
    assert f"python -m scorer serve {tmp_path / 'restored'}" in result.output
    assert (tmp_path / "restored" / "kit.db").is_file()
    again = CliRunner().invoke(main, ["restore", str(archive), str(tmp_path / "restored")], env={})
    assert again.exit_code == 2
    assert "expected a new or empty folder" in again.output
