"""How far the recordings are, while they are being extracted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_spec.extraction import watching
from data_spec.extraction.results import UNFINISHED_FOLDER
from data_spec.extraction.watching import NOTE_FILE, Note, noted_seconds


@pytest.fixture
def unfinished(tmp_path: Path) -> Path:
    """The folder of a recording that is being extracted."""
    folder = tmp_path / UNFINISHED_FOLDER / "id01" / "0f"
    folder.mkdir(parents=True)
    return folder


def test_a_job_notes_how_far_it_is_now_and_then_and_whoever_waits_is_told(
    tmp_path: Path, unfinished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "NOTE_SECONDS", 0.01)
    told: list[dict[str, float]] = []
    note = Note(unfinished)
    with watching.watching(tmp_path, told.append):
        until = time.monotonic() + 20
        while {"id01": 2.5} not in told and time.monotonic() < until:
            time.sleep(0.02)
            note(2.5)
    assert {"id01": 2.5} in told
    told.clear()
    time.sleep(0.05)
    assert told == []


def test_notes_are_seldom_and_leave_nothing_behind(unfinished: Path) -> None:
    note = Note(unfinished)
    note(1.0)
    assert not (unfinished / NOTE_FILE).exists()  # a second has not passed yet
    (unfinished / NOTE_FILE).write_text("1.0")
    note.end()
    assert not (unfinished / NOTE_FILE).exists()


def test_a_job_that_ends_while_the_notes_are_looked_for_stops_nobody(
    tmp_path: Path, unfinished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def glob(folder: Path, pattern: str) -> Iterator[Path]:
        yield unfinished / NOTE_FILE
        raise FileNotFoundError(folder)

    (unfinished / NOTE_FILE).write_text("1.5")
    monkeypatch.setattr(Path, "glob", glob)
    assert noted_seconds(tmp_path) == {"id01": 1.5}


def test_a_note_that_is_half_written_counts_for_nothing(tmp_path: Path, unfinished: Path) -> None:
    (unfinished / NOTE_FILE).write_text("")
    assert noted_seconds(tmp_path) == {}
    assert noted_seconds(tmp_path / "nowhere") == {}
