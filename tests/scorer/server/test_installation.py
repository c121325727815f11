from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from data_spec.corpus import CorpusError
from scorer.__main__ import main
from scorer.server.accounts.models import Account, Role
from scorer.server.audit.models import AuditEntry
from scorer.server.audit.service import verify
from scorer.server.config import ConfigError, Settings, load_settings
from scorer.server.data_folder import DataFolder, DataFolderError
from scorer.server.db import open_engine
from scorer.server.installation import install
from scorer.server.refusals import Refusal
from scorer.server.stages.service import list_stages
from tests.scorer.server import services


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_data_folder_is_its_owners_alone(data: DataFolder) -> None:
    assert mode(data.root) == mode(data.secrets) == mode(data.corpus) == mode(data.storage.root) == 0o700
    assert {mode(file) for file in (data.session_key, data.database) if file.exists()} == {0o600}
    labels = list(data.corpus.glob("*/labels/*.csv"))
    assert len(labels) == 4
    assert {mode(file) for file in labels} == {0o600}


def test_there_is_a_place_for_messages_mails_and_downloads(data: DataFolder) -> None:
    assert {mode(folder) for folder in (data.broker, data.mails, data.downloads)} == {0o700}
    assert {file.name for file in data.downloads.glob("*.zip")} == {"participants.zip", "stage2.zip"}


def test_the_metrics_have_a_token_of_their_own(data: DataFolder) -> None:
    token = data.metrics_token.read_text()
    assert re.fullmatch("[0-9a-f]{64}", token)
    assert token != data.session_key.read_text()
    assert mode(data.metrics_token) == 0o600


def test_the_audit_log_begins_with_the_servers_making(session: Session, challenge: Challenge) -> None:
    entry = session.get_one(AuditEntry, 1)
    assert (entry.account_id, entry.action, entry.details["challenge"]) == (None, "server.init", challenge.name)
    assert verify(session) is None


def test_the_organisers_address_is_believed(published: Path, tmp_path: Path) -> None:
    install(tmp_path / "data", published, admin_email="boss@example.org", environment={})
    with opened(f"sqlite:///{tmp_path}/data/kit.db") as session:
        boss = session.scalars(select(Account)).one()
        assert boss.role is Role.ORGANISER
        assert boss.email_confirmed_at is not None
        assert session.get_one(AuditEntry, 2).action == "organiser.add"


def test_the_server_needs_nothing_of_what_was_published(
    data: DataFolder, published: Path, challenge: Challenge
) -> None:
    for split, folder in (("public", "participants/test"), ("private", "stage2/private_test")):
        recordings = data.recordings(data.load_challenge(), split)
        names = {path.stem for path in (published / folder / "prediction").glob("*.csv")}
        assert set(recordings.templates) == set(recordings.labels) == names


def test_two_servers_have_two_secrets(published: Path, tmp_path: Path) -> None:
    install(tmp_path / "a", published)
    install(tmp_path / "b", published)
    keys = {load_settings(DataFolder(tmp_path / name)).secret_key for name in "ab"}
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


def test_a_folder_with_files_in_it_is_left_alone(published: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CorpusError, match="expected a new or empty folder"):
        install(tmp_path, published)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("organisers/challenge.yaml", "Publish a corpus first"),
        ("organisers/test/labels", "expected a folder with CSV files"),
        ("stage2/private_test/prediction", "expected a folder with CSV files"),
        ("participants/test/prediction/id00000001.csv", "found one of 'id00000001'"),
    ],
)
def test_what_is_not_published_whole_makes_no_data_folder(
    published: Path, tmp_path: Path, missing: str, words: str
) -> None:
    copy = shutil.copytree(published, tmp_path / "published")
    path = copy / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(DataFolderError, match=words):
        install(tmp_path / "data", copy)
    assert [one.name for one in tmp_path.iterdir()] == ["published"]


def test_init_makes_an_organiser_with_a_password_of_its_own(published: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["init", str(tmp_path / "data"), "--corpus", str(published), "--admin", "boss@example.org"]
    )
    assert result.exit_code == 0, result.output
    assert "organiser boss@example.org, password " in result.output
    password = result.output.partition("password ")[2].split()[0]
    assert len(password) == 24


@pytest.mark.parametrize("arguments", [["--admin", "nobody"], []])
def test_init_on_wrong_input_is_wrong_usage(published: Path, tmp_path: Path, arguments: list[str]) -> None:
    corpus = published if arguments else tmp_path
    result = CliRunner().invoke(main, ["init", str(tmp_path / "data"), "--corpus", str(corpus), *arguments])
    assert result.exit_code == 2
    assert "xpected" in result.output
    assert not (tmp_path / "data").exists()


def test_without_a_secret_the_server_does_not_start(data: DataFolder) -> None:
    data.session_key.unlink()
    with pytest.raises(ConfigError, match="expected the secret key that `scorer init` makes"):
        load_settings(data)
    result = CliRunner().invoke(main, ["serve", str(data.root), "--port", "0"])
    assert result.exit_code == 2
    assert "secret key" in result.output


def test_a_secret_that_others_may_read_is_refused(data: DataFolder) -> None:
    data.session_key.chmod(0o644)
    with pytest.raises(ConfigError, match="found mode 0644"):
        load_settings(data)


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_short_secret_is_refused(data: DataFolder, secret: str) -> None:
    with pytest.raises(ConfigError, match="at least 32 characters"):
        Settings(data, "sqlite://", secret)


def test_serve_refuses_what_is_no_data_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["serve", str(tmp_path), "--port", "0"])
    assert result.exit_code == 2
    assert "python -m scorer init" in result.output


@pytest.mark.parametrize("name", ["init", "serve", "register", "submit", "leaderboard"])
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"python -m scorer {name} " in result.output
    assert "Exit codes: 0" in result.output


@contextmanager
def opened(url: str) -> Iterator[Session]:
    engine = open_engine(url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def tables(url: str) -> list[str]:
    with opened(url) as session:
        return inspect(session.connection()).get_table_names()


@pytest.fixture(params=services.kinds())
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database that is not in the data folder."""
    if request.param == services.EMBEDDED:
        yield f"sqlite:///{tmp_path}/elsewhere.db"
        return
    with services.postgres_database() as url:
        yield url.render_as_string(hide_password=False)


def test_the_database_may_be_elsewhere(published: Path, tmp_path: Path, elsewhere: str) -> None:
    install(tmp_path / "data", published, admin_email="boss@example.org", environment={"KIT_DATABASE_URL": elsewhere})
    assert not DataFolder(tmp_path / "data").database.exists()
    with opened(elsewhere) as session:
        assert [stage.name for stage in list_stages(session)] == ["public", "private"]
        assert session.scalars(select(Account.email)).one() == "boss@example.org"


def test_a_database_that_a_server_uses_is_left_alone(published: Path, tmp_path: Path, elsewhere: str) -> None:
    environment = {"KIT_DATABASE_URL": elsewhere}
    install(tmp_path / "data", published, environment=environment)
    with pytest.raises(DataFolderError, match="KIT_DATABASE_URL: expected a database that no server uses, found the"):
        install(tmp_path / "other", published, environment=environment)
    assert not (tmp_path / "other").exists()
    with opened(elsewhere) as session:
        assert len(list_stages(session)) == 2


@pytest.mark.parametrize("fails", ["the corpus", "the address", "the folder"])
def test_what_fails_leaves_neither_a_folder_nor_a_table(
    published: Path, tmp_path: Path, elsewhere: str, fails: str
) -> None:
    corpus = shutil.copytree(published, tmp_path / "published")
    email = "boss@example.org"
    if fails == "the corpus":
        shutil.rmtree(corpus / "organisers" / "test")
    elif fails == "the address":
        email = "nobody"
    else:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "mine.txt").touch()
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises((DataFolderError, Refusal, CorpusError)):
        install(tmp_path / "data", corpus, admin_email=email, environment={"KIT_DATABASE_URL": elsewhere})
    assert tables(elsewhere) == []
    assert {path.name for path in tmp_path.iterdir()} - {*before} <= {"elsewhere.db"}
    install(tmp_path / "second", published, environment={"KIT_DATABASE_URL": elsewhere})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://kit:secret@127.0.0.1:1/kit", "expected a database that can be opened, found none"),
        ("sqlite:////nowhere/at/all.db", "expected a database that can be opened, found none"),
        ("mysql://kit:secret@127.0.0.1/kit", "expected one of"),
        ("nonsense", "found no URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_wrong_usage(published: Path, tmp_path: Path, url: str, words: str) -> None:
    result = CliRunner().invoke(
        main, ["init", str(tmp_path / "data"), "--corpus", str(published)], env={"KIT_DATABASE_URL": url}
    )
    assert result.exit_code == 2, result.output
    assert "KIT_DATABASE_URL: expected" in result.output
    assert words in result.output
    assert "secret" not in result.output
    assert not (tmp_path / "data").exists()
