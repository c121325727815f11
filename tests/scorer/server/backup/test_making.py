from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scorer.__main__ import main
from scorer.server import migrations
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account, LoginSession
from scorer.server.backup import making
from scorer.server.backup.making import make_backup
from scorer.server.backup.manifest import LEFT_OUT_TABLES, BackupError
from scorer.server.backup.restoring import restore
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.models import Base
from scorer.server.storage.creation import create_storage
from scorer.server.submissions.models import Submission
from scorer.server.verification.models import Bundle


def names_in(archive: Path) -> list[str]:
    with tarfile.open(archive) as tar:
        return tar.getnames()


def text_of(archive: Path, name: str) -> str:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(name)
        assert member is not None
        return member.read().decode()


def test_everything_is_in_it_but_what_is_worth_nothing_elsewhere(
    archive: Path, full: Settings, session: Session
) -> None:
    names = names_in(archive)
    assert {name for name in names if name.startswith("tables/")} == {
        f"tables/{name}.jsonl" for name in set(Base.metadata.tables) - {"login_sessions", "try_counts"}
    }
    hashes = [*session.scalars(select(Submission.sha256)), *session.scalars(select(Bundle.sha256))]
    assert len(set(hashes)) == 4
    assert {f"submissions/{sha256}" for sha256 in hashes} <= set(names)
    for file in ("secrets/session.key", "secrets/metrics.token", "corpus/challenge.yaml", "manifest.json"):
        assert file in names
    assert sum(name.startswith("corpus/") for name in names) == 1 + 2 * 4
    assert sum(name.startswith("downloads/") for name in names) == len(list(full.data.downloads.iterdir()))
    assert not any(name.startswith(("broker", "mails", "kit.db", "inputs", "environments", "runs")) for name in names)
    assert session.scalar(select(func.count()).select_from(LoginSession)) == 1, "there was one to leave out"


def test_every_table_of_the_server_that_is_backed_up_here_has_a_row(archive: Path) -> None:
    for table in set(Base.metadata.tables) - LEFT_OUT_TABLES:
        assert text_of(archive, f"tables/{table}.jsonl"), f"{table}: extend the fixture `full`"


def test_its_owner_alone_can_read_it(archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    with tarfile.open(archive) as tar:
        assert {member.mode for member in tar} == {0o600}


def test_rows_are_lines_of_plain_json(archive: Path) -> None:
    first = json.loads(text_of(archive, "tables/invitations.jsonl").splitlines()[0])
    assert first["secret_hash"] == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert first["created_at"].endswith("+00:00")


def test_a_backup_under_writes_is_of_one_moment(
    full: Settings,
    session: Session,
    new_account: Callable[[str], Account],
    submit: Callable[[Account, bytes], Submission],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = session.scalar(select(func.count()).select_from(Submission))
    session.rollback()
    numbers = count()

    def write(*_: object) -> None:
        """A new person with a new team and a submission: rows that refer to each other, in many tables."""
        number = next(numbers)
        account = new_account(f"Late{number}")
        teams.create_team(session, account, name=f"Late {number}")
        submit(account, f"upload {number}".encode())
        session.rollback()

    real = making.table_member

    def slow(table: str) -> str:
        write()  # between any two tables
        return real(table)

    def progress(names: list[str]) -> list[str]:
        write()  # between the rows and the files
        return names

    monkeypatch.setattr(making, "table_member", slow)
    make_backup(full, create_storage(full), tmp_path / "backup.tar", progress)
    assert next(numbers) > 10

    restore(tmp_path / "backup.tar", tmp_path / "restored", environment={})
    restored = DataFolder(tmp_path / "restored")
    engine = open_engine(f"sqlite:///{restored.database}")
    with Session(engine) as read:
        found = read.scalars(select(Submission)).all()
        # SQLite's moment is the first read, which comes before the first write here; so is PostgreSQL's.
        assert len(found) == before
        for submission in found:
            assert restored.storage.path(submission.sha256).stat().st_size == submission.size
    engine.dispose()


def test_an_upload_that_has_changed_is_said_and_no_backup_is_left(
    full: Settings, session: Session, tmp_path: Path
) -> None:
    sha256 = session.scalars(select(Submission.sha256)).first()
    assert sha256 is not None
    full.data.storage.path(sha256).write_bytes(b"changed")
    with pytest.raises(BackupError, match=f"upload {sha256}: expected bytes of this hash"):
        make_backup(full, create_storage(full), tmp_path / "out" / "backup.tar")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_stands_there_is_left_alone(full: Settings, archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(BackupError, match="expected a new file"):
        make_backup(full, create_storage(full), archive)
    assert archive.read_bytes() == before


def test_a_database_of_another_version_is_not_backed_up(settings: Settings, tmp_path: Path) -> None:
    engine = open_engine(settings.database_url)
    migrations.downgrade(engine, "0001")
    engine.dispose()
    with pytest.raises(BackupError, match="expected a database of the newest version"):
        make_backup(settings, create_storage(settings), tmp_path / "backup.tar")
    assert not (tmp_path / "backup.tar").exists()


def test_the_command_says_what_it_made(full: Settings, environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "backup.tar"
    result = CliRunner().invoke(main, ["backup", str(full.data.root), str(out)], env=environment)
    assert result.exit_code == 0, result.output
    assert f"{len(names_in(out)) - 1} files" in result.output
    assert "as secret as" in result.output
    again = CliRunner().invoke(main, ["backup", str(full.data.root), str(out)], env=environment)
    assert again.exit_code == 2
    assert "expected a new file" in again.output


@pytest.mark.parametrize("name", ["backup", "restore"])
def test_its_help_has_an_example_and_the_exit_codes(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"python -m scorer {name} " in result.output
    assert "Exit codes: 0" in result.output
