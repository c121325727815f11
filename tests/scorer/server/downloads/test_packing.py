from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from data_spec.challenge import Challenge
from data_spec.publish import publish
from data_spec.synthetic.corpus import synthesize
from scorer.server.downloads.packing import pack_downloads


def names_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_a_zip_holds_the_streams_and_templates_of_its_audience(
    published: Path, challenge: Challenge, tiny: ModuleType, tmp_path: Path
) -> None:
    pack_downloads(published, challenge, tmp_path)
    assert names_in(tmp_path / "stage2.zip") == {
        "stage2/challenge.yaml",
        *(f"stage2/private_test/prediction/{name}.csv" for name in tiny.RECORDINGS["private"]),
    }
    assert names_in(tmp_path / "participants.zip") == {
        "participants/challenge.yaml",
        *(f"participants/test/prediction/{name}.csv" for name in tiny.RECORDINGS["public"]),
    }
    with zipfile.ZipFile(tmp_path / "stage2.zip") as archive:
        for name in archive.namelist():
            assert archive.read(name) == (published / name).read_bytes()


def test_organisers_files_are_in_no_zip(published: Path, challenge: Challenge, tmp_path: Path) -> None:
    pack_downloads(published, challenge, tmp_path)
    assert {path.name for path in tmp_path.glob("*.zip")} == {"participants.zip", "stage2.zip"}


@pytest.mark.parametrize(
    "stray",
    [
        "recordings.csv",
        "test/recordings.csv",
        "test/labels/id00000001.csv",
        "private_test/labels/id0000000a.csv",
        "private_test/prediction/id0000000a.csv",
        "private_test/audio/id0000000a.csv",
        "test/.cache/audio",
        "test/audio/._id00000001.csv",
    ],
)
def test_what_participants_must_not_have_is_not_packed_even_where_it_was_left(
    published: Path, challenge: Challenge, tmp_path: Path, stray: str
) -> None:
    copy = shutil.copytree(published, tmp_path / "published")
    planted = copy / "participants" / stray
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text("planted")
    pack_downloads(copy, challenge, tmp_path / "downloads")
    assert f"participants/{stray}" not in names_in(tmp_path / "downloads" / "participants.zip")


def test_a_published_corpus_is_packed_whole(merc2017: Challenge, tmp_path: Path) -> None:
    publish(synthesize(tmp_path / "corpus", merc2017, recordings=12, processes=1), tmp_path / "published")
    pack_downloads(tmp_path / "published", merc2017, tmp_path / "downloads")
    for audience in ("participants", "stage2"):
        files = {path for path in (tmp_path / "published" / audience).rglob("*") if path.is_file()}
        expected = {path.relative_to(tmp_path / "published").as_posix() for path in files}
        assert names_in(tmp_path / "downloads" / f"{audience}.zip") == expected
    packed = names_in(tmp_path / "downloads" / "participants.zip")
    assert any(name.startswith("participants/train/labels/") for name in packed)
    assert not any("/test/labels/" in name for name in packed)


def test_the_hash_beside_a_zip_is_that_of_its_bytes(published: Path, challenge: Challenge, tmp_path: Path) -> None:
    pack_downloads(published, challenge, tmp_path)
    digest = hashlib.sha256((tmp_path / "stage2.zip").read_bytes()).hexdigest()
    assert (tmp_path / "stage2.zip.sha256").read_text() == f"{digest}  stage2.zip\n"


def test_the_same_files_make_the_same_zip_whenever_it_is_made(
    published: Path, challenge: Challenge, tmp_path: Path
) -> None:
    copy = shutil.copytree(published, tmp_path / "published")
    for file in copy.rglob("*.csv"):
        os.utime(file, (1_500_000_000, 1_500_000_000))
    pack_downloads(published, challenge, tmp_path / "a")
    pack_downloads(copy, challenge, tmp_path / "b")
    assert (tmp_path / "a/participants.zip").read_bytes() == (tmp_path / "b/participants.zip").read_bytes()


def test_zips_are_their_owners_alone(published: Path, challenge: Challenge, tmp_path: Path) -> None:
    pack_downloads(published, challenge, tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 4


def test_progress_is_told_of_every_file(published: Path, challenge: Challenge, tmp_path: Path) -> None:
    told: list[Path] = []
    pack_downloads(published, challenge, tmp_path, lambda files: (told.append(file) or file for file in files))
    assert len(told) == 6
