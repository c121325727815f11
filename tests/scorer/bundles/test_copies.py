"""Predictions that lie in the bundle are found, wherever they are, and told in a sentence."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from data_spec.competition import ZipLimits
from scorer.bundles.copies import find_copies
from tests.scorer.bundles.made_bundles import GOOD, accepted, zipped

LIMITS = ZipLimits(max_zip_bytes=1_000_000, max_unpacked_bytes=2_000_000, max_entries=100)
PREDICTIONS = {"prediction/a.csv": b"Time,Sad\n0.5,1\n", "prediction/b.csv": b"Time,Sad\n0.5,0\n"}


@pytest.fixture
def submissions(tmp_path: Path) -> list[tuple[str, Path]]:
    """Two, of which the second differs from the first in one file."""
    found = []
    for number, files in ((4, PREDICTIONS), (7, {**PREDICTIONS, "prediction/b.csv": b"Time,Sad\n0.5,0.0\n"})):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(zipped({**files, "prediction/.DS_Store": b"left"}))
        found.append((f"submission {number}", path))
    return found


def copies(files: dict[str, bytes], submissions: list[tuple[str, Path]]) -> list[str]:
    return find_copies(accepted({**GOOD, **files}), submissions, LIMITS)


def test_an_honest_bundle_has_none(submissions: list[tuple[str, Path]]):
    assert copies({"prediction/a.csv": b"Time,Sad\n0.5,1.0\n", "left": b"left", "empty.csv": b""}, submissions) == []


def test_a_submission_in_the_bundle_is_found_as_it_is_and_by_its_files(submissions: list[tuple[str, Path]]):
    assert copies({"weights/model.bin": submissions[0][1].read_bytes()}, submissions) == [
        "weights/model.bin is submission 4, byte for byte",
        "prediction/a.csv in weights/model.bin and 1 more are prediction files of submission 4, byte for byte",
        "prediction/a.csv in weights/model.bin is a prediction file of submission 7, byte for byte",
    ]


def test_a_prediction_file_is_found_under_any_name(submissions: list[tuple[str, Path]]):
    assert copies({"weights/1": PREDICTIONS["prediction/b.csv"]}, submissions) == [
        "weights/1 is a prediction file of submission 4, byte for byte"
    ]


def test_zips_in_zips_are_opened(submissions: list[tuple[str, Path]]):
    inner = zipped({"x": zipped({"y\x1b": PREDICTIONS["prediction/b.csv"]})})
    assert copies({"cache.npz": inner}, submissions) == [
        "'y\\x1b' in x in cache.npz is a prediction file of submission 4, byte for byte"
    ]


def test_a_zip_that_cannot_be_opened_is_a_file(submissions: list[tuple[str, Path]]):
    broken = bytearray(zipped({"x": bytes(range(256)) * 9}))
    broken[60:70] = bytes(10)
    assert copies({"a": b"PK\x03\x04", "b": bytes(broken), "c": b"PK"}, submissions) == []


def test_submissions_that_are_no_zips_are_passed_over(tmp_path: Path):
    (tmp_path / "x").write_bytes(b"no zip")
    assert copies({"a": b"no zip"}, [("submission 1", tmp_path / "x")]) == ["a is submission 1, byte for byte"]
    with pytest.raises(FileNotFoundError):
        copies({}, [("submission 2", tmp_path / "none")])


def test_bombs_in_the_bundle_are_told_and_cost_little(submissions: list[tuple[str, Path]]):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(1_900_000))
    begin = time.perf_counter()
    assert copies({f"{number}.zip": bomb.getvalue() for number in range(200)}, submissions) == [
        "the zips in the bundle hold too much: not all of it was looked through"
    ]
    assert time.perf_counter() - begin < 10
