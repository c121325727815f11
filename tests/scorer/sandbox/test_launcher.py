"""What the launcher hands out is what the folder holds, and reading it gives that again."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scorer.sandbox import launcher
from scorer.sandbox.job import Ending, Limits
from scorer.sandbox.results import OddOutput, read_results

USED = {"exit_code": 0, "cpu_seconds": 0.0, "largest_process_bytes": 0}


def handed_out(folder: Path, monkeypatch: pytest.MonkeyPatch, *, files: int = 10, size: int = 1000) -> io.BytesIO:
    """What a launcher would write for a job that left this folder."""
    found, fault = launcher.find_files(str(folder), files, size)
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=content))
    launcher.write_results(str(folder), found, {**USED, **fault})
    content.seek(0)
    return content


def test_files_come_out_as_they_went_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"a.csv": b"1\n", "prediction/b.csv": b"", "prediction/deep/ü c.csv": b"\0" * 700, "x" * 200: b"long name"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "empty folder").mkdir()
    assert read_results(handed_out(tmp_path, monkeypatch), Limits()).files == files


def test_the_same_folder_is_handed_out_as_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "cab":
        (tmp_path / name).write_text(name)
    first = handed_out(tmp_path, monkeypatch).getvalue()
    os.utime(tmp_path / "a", (0, 0))
    assert handed_out(tmp_path, monkeypatch).getvalue() == first


def test_too_many_files_or_bytes_are_not_even_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        (tmp_path / str(number)).write_bytes(b"x" * 100)
    for limits in ({"files": 3}, {"size": 399}):
        content = handed_out(tmp_path, monkeypatch, **limits)
        assert len(content.getvalue()) < 11_000
        with pytest.raises(OddOutput) as refused:
            read_results(content, Limits())
        assert refused.value.ending is Ending.DISK
    assert len(read_results(handed_out(tmp_path, monkeypatch, files=4, size=400), Limits()).files) == 4


def test_folders_count_as_files(tmp_path: Path) -> None:
    for number in range(11):
        (tmp_path / str(number)).mkdir()
    assert launcher.find_files(str(tmp_path), 10, 1000) == ([], {"too_many_files": True})


def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("1")
    found, _ = launcher.find_files(str(tmp_path), 10, 1000)
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("/etc/passwd")
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=content))
    launcher.write_results(str(tmp_path), found, dict(USED))
    content.seek(0)
    with pytest.raises(OddOutput, match="'a' \\(Too many levels of symbolic links\\)"):
        read_results(content, Limits())


def test_it_needs_nothing_but_python() -> None:
    imported = [
        line.split()[1] for line in Path(launcher.__file__).read_text().splitlines() if line.startswith("from ")
    ]
    imported += [
        line.split()[1] for line in Path(launcher.__file__).read_text().splitlines() if line.startswith("import ")
    ]
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
