from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data_spec.challenge import Challenge
from data_spec.csv_files import CsvError
from scorer.server.data_folder import DataFolder, DataFolderError, labels_version
from scorer.server.rescoring.labels import keep_labels

NewLabels = Callable[..., Path]


@pytest.mark.parametrize("inside", ["", "labels"])
def test_new_labels_are_kept_beside_the_old_ones_for_their_owner_alone(
    data: DataFolder, challenge: Challenge, new_labels: NewLabels, inside: str
) -> None:
    source = new_labels()
    version = keep_labels(data, challenge, "public", source / inside)
    kept = data.recordings(challenge, "public", version)
    assert kept.path == data.corpus / "test" / "versions" / version
    assert version == labels_version(source) == labels_version(kept.path)
    assert {path.stat().st_mode & 0o777 for path in (kept.path / "labels").glob("*.csv")} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (kept.path, kept.path / "labels", kept.path.parent)} == {0o700}
    before = data.recordings(challenge, "public")
    assert set(kept.templates) == set(before.templates)
    assert (kept.labels["id00000001"].index != before.labels["id00000001"].index).all()


def test_to_keep_them_twice_changes_nothing(data: DataFolder, challenge: Challenge, new_labels: NewLabels) -> None:
    versions = {keep_labels(data, challenge, "public", new_labels()) for _ in range(2)}
    assert [path.name for path in (data.corpus / "test" / "versions").iterdir()] == [*versions]


def test_the_first_labels_are_not_kept_a_second_time(data: DataFolder, challenge: Challenge) -> None:
    first = data.recordings(challenge, "public").path
    version = keep_labels(data, challenge, "public", first)
    assert data.recordings(challenge, "public", version).path == first
    assert not (first / "versions").exists()


def test_labels_of_other_recordings_or_times_are_refused(
    data: DataFolder, challenge: Challenge, new_labels: NewLabels, tmp_path: Path
) -> None:
    source = new_labels()
    (source / "labels" / "id00000001.csv").rename(source / "labels" / "other.csv")
    with pytest.raises(DataFolderError, match="found one of 'id00000001'"):
        keep_labels(data, challenge, "public", source)
    shutil.rmtree(source)
    with pytest.raises(DataFolderError, match="at the times of the template, found others of 'id00000001'"):
        keep_labels(data, challenge, "public", new_labels(later=0.01))
    with pytest.raises(DataFolderError, match=r"expected labels labels/\*.csv, found none"):
        keep_labels(data, challenge, "public", tmp_path)
    assert not (data.corpus / "test" / "versions").exists()


def test_labels_that_cannot_be_read_are_refused_with_their_line(
    data: DataFolder, challenge: Challenge, new_labels: NewLabels
) -> None:
    source = new_labels()
    file = source / "labels" / "id00000001.csv"
    file.write_text(file.read_text() + "x\n")
    with pytest.raises(CsvError, match=r"id00000001.csv, line"):
        keep_labels(data, challenge, "public", source)
