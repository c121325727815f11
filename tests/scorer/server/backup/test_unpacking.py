"""A backup in the hands of somebody else, before it is restored: refused, by the name of what is wrong."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import URL, inspect

from scorer.__main__ import main
from scorer.server.backup.manifest import BackupError
from scorer.server.backup.restoring import restore
from scorer.server.config import ConfigError
from scorer.server.db import open_engine

Members = list[tuple[tarfile.TarInfo, bytes]]


def read(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        return [(info, tar.extractfile(info).read()) for info in tar]  # type: ignore[union-attr]


def write(archive: Path, members: Members) -> None:
    with tarfile.open(archive, "w") as tar:
        for info, content in members:
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content))


def listed_anew(members: Members) -> Members:
    """The same files with a list that says they are right, as somebody makes it who knows the format."""
    files = {info.name: content for info, content in members}
    manifest = json.loads(files["manifest.json"])
    manifest["members"] = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
        if name != "manifest.json"
    }
    content = json.dumps(manifest).encode()
    return [(info, content if info.name == "manifest.json" else old) for info, old in members]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the backups are of which each test has a copy, one for each kind of services."""
    return tmp_path_factory.mktemp("made_once")


@pytest.fixture
def backup(made_once: Path, tmp_path: Path, kind_of_services: str, request: pytest.FixtureRequest) -> Path:
    """A backup to change. To make it takes longer than to refuse it, so it is made once."""
    made = made_once / f"{kind_of_services}.tar"
    if not made.exists():
        shutil.move(request.getfixturevalue("archive"), made)
    folder = tmp_path / "backup"
    folder.mkdir()
    return Path(shutil.copy(made, folder / "backup.tar"))


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[Path, str], None]:
    """Checks that a backup is refused with these words, and that nothing is left behind."""

    def check(archive: Path, words: str) -> None:
        before = sorted(tmp_path.iterdir())
        with pytest.raises((BackupError, ConfigError), match=words):
            restore(archive, tmp_path / "restored", environment={})
        assert sorted(tmp_path.iterdir()) == before

    return check


@pytest.mark.parametrize("name", ["secrets/session.key", "tables/accounts.jsonl", "corpus/challenge.yaml"])
def test_one_other_byte_is_refused_by_the_name_of_its_file(
    backup: Path, refused: Callable[[Path, str], None], name: str
) -> None:
    members = read(backup)
    write(backup, [(info, b"#" + old[1:] if info.name == name else old) for info, old in members])
    refused(backup, f"'{name}': expected the bytes that were backed up, found others")


def test_an_upload_of_another_hash_is_refused_also_where_the_list_agrees(
    backup: Path, refused: Callable[[Path, str], None]
) -> None:
    members = read(backup)
    name = next(info.name for info, _ in members if info.name.startswith("submissions/"))
    write(backup, listed_anew([(info, b"other" if info.name == name else old) for info, old in members]))
    refused(backup, f"'{name}': expected bytes of this hash")


def test_an_upload_that_a_row_names_must_be_there(backup: Path, refused: Callable[[Path, str], None]) -> None:
    members = read(backup)
    name = next(info.name for info, _ in members if info.name.startswith("submissions/"))
    write(backup, listed_anew([member for member in members if member[0].name != name]))
    refused(backup, f"'{name}': expected this upload, which a row names, found none")


def test_a_missing_file_is_refused_by_name(backup: Path, refused: Callable[[Path, str], None]) -> None:
    write(backup, [member for member in read(backup) if member[0].name != "secrets/metrics.token"])
    refused(backup, "'secrets/metrics.token': expected this file, found none")


def test_a_file_more_is_refused_by_name(backup: Path, refused: Callable[[Path, str], None]) -> None:
    write(backup, [(tarfile.TarInfo("secrets/another.key"), b"mine"), *read(backup)])
    refused(backup, "'secrets/another.key': expected only files of manifest.json")


def test_an_audit_log_that_was_changed_is_refused_also_where_the_list_agrees(
    backup: Path, refused: Callable[[Path, str], None]
) -> None:
    name = "tables/audit_entries.jsonl"
    members = read(backup)
    changed = [
        (info, old.replace(b"stage.close", b"stage.open") if info.name == name else old) for info, old in members
    ]
    write(backup, listed_anew(changed))
    refused(backup, "audit log, entry 2: expected a content of the hash")


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "corpus/../../outside",
        "corpus/./here",
        "/tmp/outside",
        "corpus//outside",
        "corpus/a\\b",
        "corpus/a\nb",
        "kit.db",
        "broker/message.msg",
        "submissions/short",
        "tables/../secrets.jsonl",
        "corpus",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    backup: Path, tmp_path: Path, refused: Callable[[Path, str], None], name: str
) -> None:
    write(backup, [*read(backup)[:-1], (tarfile.TarInfo(name), b"mine"), read(backup)[-1]])
    refused(backup, "expected a name that a backup has, found another")
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_what_is_no_plain_file_is_refused(backup: Path, refused: Callable[[Path, str], None], kind: bytes) -> None:
    odd = tarfile.TarInfo("corpus/odd")
    odd.type, odd.linkname = kind, "/etc/passwd"
    write(backup, [(odd, b""), *read(backup)])
    refused(backup, "'corpus/odd': expected a plain file")


def test_a_file_that_is_there_twice_is_refused(backup: Path, refused: Callable[[Path, str], None]) -> None:
    members = read(backup)
    write(backup, [members[0], *members])
    refused(backup, "expected every file once, found one twice")


def test_a_file_in_the_place_of_a_folder_is_refused(backup: Path, refused: Callable[[Path, str], None]) -> None:
    odd = [(tarfile.TarInfo("corpus/a"), b"file"), (tarfile.TarInfo("corpus/a/b"), b"below")]
    write(backup, [*odd, *read(backup)])
    refused(backup, "'corpus/a/b': expected a name for a new file")


@pytest.mark.parametrize("share", [0.5, 0.999])
def test_half_a_backup_is_refused(backup: Path, refused: Callable[[Path, str], None], share: float) -> None:
    content = backup.read_bytes()
    end = content.rstrip(b"\0")
    backup.write_bytes(end[: int(len(end) * share)])
    refused(backup, "expected")


def test_a_backup_without_its_list_is_refused(backup: Path, refused: Callable[[Path, str], None]) -> None:
    write(backup, read(backup)[:-1])
    refused(backup, r"expected manifest.json in it, found none")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 2}', b"\xff", b'{"format": 1, "members": {}}'])
def test_a_list_that_is_none_is_refused(backup: Path, refused: Callable[[Path, str], None], content: bytes) -> None:
    members = read(backup)
    write(backup, [*members[:-1], (members[-1][0], content)])
    refused(backup, "manifest.json: expected the list of all files")


def test_a_version_that_nobody_knows_is_refused(backup: Path, refused: Callable[[Path, str], None]) -> None:
    members = read(backup)
    manifest = json.loads(members[-1][1])
    manifest["revision"] = "9999"
    write(backup, [*members[:-1], (members[-1][0], json.dumps(manifest).encode())])
    refused(backup, "expected a database of a version that this kit knows, found '9999'")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{}\n", "table 'announcements', row 1: expected the columns"),
        (b"nonsense\n", "table 'announcements', row 1"),
        (
            b'{"id": 1, "title": "t", "text": "t", "published_at": "soon", "withdrawn_at": null, "account_id": 1}\n',
            "table 'announcements', row 1",
        ),
        (
            b'{"id": 1, "title": "t", "text": "t", "published_at": "2017-11-01T00:00:00+00:00",'
            b' "withdrawn_at": null, "account_id": 999}\n',
            "table 'announcements': expected rows that the database accepts",
        ),
    ],
)
def test_rows_that_are_none_are_refused_by_table_and_number(
    backup: Path, refused: Callable[[Path, str], None], line: bytes, words: str
) -> None:
    members = read(backup)
    changed = [(info, line if info.name == "tables/announcements.jsonl" else old) for info, old in members]
    write(backup, listed_anew(changed))
    refused(backup, words)


def test_without_the_servers_secret_there_is_nothing_to_restore(
    backup: Path, refused: Callable[[Path, str], None]
) -> None:
    write(backup, listed_anew([member for member in read(backup) if member[0].name != "secrets/session.key"]))
    refused(backup, "expected the secret key")


def test_a_file_that_is_no_tar_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("not a tar\n" * 100)
    result = CliRunner().invoke(main, ["restore", str(tmp_path / "text.tar"), str(tmp_path / "restored")], env={})
    assert result.exit_code == 2
    assert "expected a backup, found a file that cannot be read as one" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["text.tar"]


def test_a_database_elsewhere_is_left_empty_after_a_refusal(backup: Path, tmp_path: Path, postgres: URL) -> None:
    members = read(backup)
    changed = [(info, b"{}\n" if info.name == "tables/submissions.jsonl" else old) for info, old in members]
    write(backup, listed_anew(changed))
    there = {"KIT_DATABASE_URL": postgres.render_as_string(hide_password=False)}
    with pytest.raises(BackupError, match="table 'submissions', row 1"):
        restore(backup, tmp_path / "restored", environment=there)
    engine = open_engine(there["KIT_DATABASE_URL"])
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    assert not (tmp_path / "restored").exists()
