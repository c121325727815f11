"""A folder is packed whole, the same way each time, without what tools leave in it."""

from __future__ import annotations

import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from scorer.bundles.packing import PackingError, pack
from tests.scorer.bundles.made_bundles import GOOD, accepted, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(GOOD, tmp_path / "ours")


def test_what_is_packed_is_a_bundle(folder: Path, tmp_path: Path):
    assert pack(folder, tmp_path / "new" / "bundle.zip") == sorted(GOOD)
    bundle = accepted((tmp_path / "new" / "bundle.zip").read_bytes())
    assert {name: bundle.read(name) for name in bundle.files} == GOOD


def test_the_same_files_make_the_same_zip(folder: Path, tmp_path: Path):
    pack(folder, tmp_path / "one.zip")
    for path in folder.rglob("*"):
        os.utime(path, (10**9, 10**9))
        path.chmod(0o700)
    again = written(dict(reversed(GOOD.items())), tmp_path / "again")
    for other in (folder, again):
        pack(other, tmp_path / "other.zip")
        assert (tmp_path / "other.zip").read_bytes() == (tmp_path / "one.zip").read_bytes()


def test_files_are_plain_files_whatever_they_were(folder: Path, tmp_path: Path):
    (folder / "predict.py").chmod(0o4755)
    pack(folder, tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert {info.external_attr >> 16 for info in archive.infolist()} == {stat.S_IFREG | 0o644}
        assert archive.testzip() is None


def test_what_tools_leave_is_left_out(folder: Path, tmp_path: Path):
    left = ["__pycache__/predict.cpython-311.pyc", ".git/config", "code/.DS_Store", "code/._x", ".venv/bin/python"]
    left += ["x.pyc", "predict.py~", ".predict.py.swp", "__MACOSX/x", "a/.ipynb_checkpoints/x", ".pytest_cache/x"]
    written(dict.fromkeys(left, b""), folder)
    assert pack(folder, tmp_path / "bundle.zip") == sorted(GOOD)
    with pytest.raises(PackingError, match=r"x\.pyc: expected files, found none that are packed"):
        pack(folder, tmp_path / "bundle.zip", add=[folder / "x.pyc"])


def test_a_zip_inside_the_folder_does_not_hold_itself(folder: Path):
    assert pack(folder, folder / "bundle.zip") == pack(folder, folder / "bundle.zip") == sorted(GOOD)


def test_further_files_and_folders_go_to_the_top(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    written({"runs/best/model.h5": b"1", "runs/best/log/x": b"2", "real": b"3", "inner/x": b"4"}, tmp_path)
    (tmp_path / "weights.h5").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path / "inner")
    add = [tmp_path / "runs" / "best", tmp_path / "weights.h5", Path("x"), Path(".")]
    names = pack(folder, tmp_path / "bundle.zip", add=add)
    assert sorted({*names} - {*GOOD}) == ["best/log/x", "best/model.h5", "inner/x", "weights.h5", "x"]
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert archive.read("weights.h5") == b"3"


def test_two_files_of_one_name_are_refused(folder: Path, tmp_path: Path):
    other = written({"predict.py": b""}, tmp_path / "other") / "predict.py"
    with pytest.raises(PackingError, match=r"expected one file predict\.py in the bundle, found .*ours/predict\.py as"):
        pack(folder, tmp_path / "bundle.zip", add=[other])


def test_what_is_no_file_is_refused_and_nothing_is_written(folder: Path, tmp_path: Path):
    (folder / "weights" / "link").symlink_to(folder)
    with pytest.raises(PackingError, match=r"weights/link: expected a file or a folder, found a link to .*ours"):
        pack(folder, tmp_path / "bundle.zip")
    (folder / "weights" / "link").unlink()
    os.mkfifo(folder / "pipe")
    with pytest.raises(PackingError, match="pipe: expected a file or a folder, found neither"):
        pack(folder, tmp_path / "bundle.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]


def test_an_empty_folder_and_none_at_all_are_refused(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PackingError, match="expected files, found none"):
        pack(tmp_path / "empty", tmp_path / "bundle.zip")
    with pytest.raises(PackingError, match="expected a folder, found nothing"):
        pack(tmp_path / "none", tmp_path / "bundle.zip")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere such a name cannot be given")
def test_a_name_that_is_no_text_is_refused(folder: Path, tmp_path: Path):
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff"))).write_bytes(b"")
    with pytest.raises(PackingError, match="expected a name in UTF-8, found another"):
        pack(folder, tmp_path / "bundle.zip")


def test_an_old_zip_stays_until_the_new_one_is_whole(folder: Path, tmp_path: Path):
    (tmp_path / "bundle.zip").write_bytes(b"old")
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(PackingError, match="a link to"):
        pack(folder, tmp_path / "bundle.zip")
    assert (tmp_path / "bundle.zip").read_bytes() == b"old"
