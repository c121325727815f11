from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from data_spec.challenge import Challenge
from data_spec.corpus import CorpusError
from scorer.__main__ import main
from scorer.server.config import ConfigError, Settings, load_settings
from scorer.server.data_folder import DataFolder, DataFolderError
from scorer.server.installation import install


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_data_folder_is_its_owners_alone(data: DataFolder) -> None:
    assert mode(data.root) == mode(data.secrets) == mode(data.corpus) == mode(data.storage.root) == 0o700
    assert mode(data.session_key) == mode(data.database) == 0o600
    labels = list(data.corpus.glob("*/labels/*.csv"))
    assert len(labels) == 4
    assert {mode(file) for file in labels} == {0o600}


def test_the_server_needs_nothing_of_what_was_published(
    data: DataFolder, published: Path, challenge: Challenge
) -> None:
    for split, folder in (("public", "participants/test"), ("private", "stage2/private_test")):
        recordings = data.recordings(data.load_challenge(), split)
        names = {path.stem for path in (published / folder / "prediction").iterdir()}
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
