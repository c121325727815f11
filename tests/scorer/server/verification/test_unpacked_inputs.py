"""Streams and templates of a test set, unpacked once from the published zip."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data_spec.challenge import Challenge
from scorer.server.data_folder import DataFolder, DataFolderError
from scorer.server.verification.keeper import Stopped
from scorer.server.verification.unpacked_inputs import UnpackedInputs, unpack_inputs

Unpack = Callable[..., UnpackedInputs]


def nothing() -> None:
    """No sign of life is asked for."""


@pytest.fixture
def unpack(data: DataFolder, challenge: Challenge, tmp_path: Path) -> Unpack:
    work = tmp_path / "data" / "runs" / "one"
    work.mkdir(parents=True)
    return lambda split, tick=nothing: unpack_inputs(data, challenge, split, work, tick)


def test_it_is_what_participants_were_given_without_labels(
    unpack: Unpack, data: DataFolder, challenge: Challenge
) -> None:
    archive = data.downloads / "participants.zip"
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("participants/test/audio/id00000001.csv", "Time;a\n")
        opened.writestr("participants/test/labels/id00000001.csv", "secret")
        opened.writestr("participants/train/audio/other.csv", "of another split")
    found = unpack("public")
    assert sorted(path.relative_to(found.folder.path).as_posix() for path in found.folder.path.rglob("*.csv")) == [
        "audio/id00000001.csv",
        "prediction/id00000001.csv",
        "prediction/id00000002.csv",
    ]
    assert found.folder.templates.keys() == data.recordings(challenge, "public").templates.keys()
    assert found.folder.labels == {}
    assert found.version == hashlib.sha256(archive.read_bytes()).hexdigest()


def test_what_only_admitted_teams_are_given_is_in_a_zip_of_its_own(unpack: Unpack, data: DataFolder) -> None:
    found = unpack("private")
    assert sorted(found.folder.templates) == ["id0000000a", "id0000000b"]
    assert found.folder.path.parent == data.inputs / "private"


def test_it_is_unpacked_once_and_anew_for_another_zip(unpack: Unpack, data: DataFolder) -> None:
    first = unpack("public")
    file = first.folder.path / "prediction" / "id00000001.csv"
    written_at = file.stat().st_mtime_ns
    again = unpack("public")
    assert again.folder.path == first.folder.path
    assert file.stat().st_mtime_ns == written_at
    with zipfile.ZipFile(data.downloads / "participants.zip", "a") as opened:
        opened.writestr("participants/test/audio/id00000001.csv", "Time;a\n")
    assert unpack("public").folder.path != first.folder.path


def test_what_is_broken_off_leaves_nothing_half_unpacked(unpack: Unpack, data: DataFolder) -> None:
    ticks = iter([None, None])

    def stop() -> None:
        if next(ticks, "stop") == "stop":
            raise Stopped

    with pytest.raises(Stopped):
        unpack("public", stop)
    assert not (data.inputs / "public").exists()


def test_where_somebody_else_was_faster_his_are_taken(
    unpack: Unpack, data: DataFolder, challenge: Challenge, tmp_path: Path
) -> None:
    others_work = tmp_path / "other"
    others_work.mkdir()
    done: list[UnpackedInputs] = []

    def meanwhile() -> None:
        if not done:
            done.append(unpack_inputs(data, challenge, "public", others_work, nothing))

    assert unpack("public", meanwhile).folder.path == done[0].folder.path


def test_a_zip_that_is_not_there_or_broken_or_empty_is_named(unpack: Unpack, data: DataFolder) -> None:
    archive = data.downloads / "participants.zip"
    content = archive.read_bytes()
    archive.write_bytes(content[:-30])
    with pytest.raises(DataFolderError, match=r"participants.zip: expected a zip that can be unpacked"):
        unpack("public")
    (data.runs / "one" / "inputs-public").rmdir()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("participants/train/audio/a.csv", "")
    with pytest.raises(DataFolderError, match="expected files participants/test/"):
        unpack("public")
    archive.unlink()
    with pytest.raises(DataFolderError, match="expected the zip with the test set 'public', found none"):
        unpack("public")
