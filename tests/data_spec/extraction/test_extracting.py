"""What is done stays done, what changed is done again, and one broken file is nobody else's."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_spec.extraction.extracting import extract_all, is_finished
from data_spec.extraction.results import (
    UNFINISHED_FOLDER,
    begin_result,
    finish_result,
    read_report,
    read_result,
    write_array,
)
from data_spec.extraction.settings import FileState, Settings
from data_spec.extraction.source import Source
from data_spec.extraction.workers import Finished
from data_spec.features.packages import MissingPackageError
from tests.data_spec.extraction.raw import InThisProcess, body_source, touch_later

BODY = Settings(("kinect",))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def test_the_result_is_a_stream_from_0_to_the_end_and_a_report(tmp_path: Path, work: Path) -> None:
    source = body_source(tmp_path, "a", 2.0)
    outcome = extract_all([source], BODY, work, InThisProcess())
    report = outcome.done["a"]
    assert (report.recording, report.modalities, report.notes) == ("a", ("kinect",), ())
    assert report.seconds == pytest.approx(2.0)
    assert [file.name for file in report.files] == ["a.kinect.csv"]
    stream = read_result(work, "a")["kinect"]
    assert stream.values.shape == (30, 27)
    assert stream.times == pytest.approx(np.arange(30) / 15)
    assert stream.present.all()
    assert isinstance(stream.values, np.memmap)
    assert not (work / UNFINISHED_FOLDER).exists()


def test_a_finished_recording_is_not_done_again_and_the_rest_is(tmp_path: Path, work: Path) -> None:
    first, second = body_source(tmp_path, "a"), body_source(tmp_path, "b")
    extract_all([first], BODY, work, InThisProcess())
    workers = InThisProcess()
    outcome = extract_all([first, second], BODY, work, workers)
    assert workers.did == ["b"]
    assert list(outcome.done) == ["a", "b"]
    assert outcome.kept == {"a"}


def test_another_time_of_change_another_name_or_other_settings_mean_another_extraction(
    tmp_path: Path, work: Path
) -> None:
    source = body_source(tmp_path, "a")
    assert source.joints is not None
    extract_all([source], BODY, work, InThisProcess())
    assert is_finished(source, BODY, work)
    assert not is_finished(source, Settings(("kinect", "audio")), work)
    renamed = replace(source, joints=source.joints.with_name("other.csv"))
    assert renamed.joints is not None
    source.joints.rename(renamed.joints)
    assert not is_finished(renamed, BODY, work)
    renamed.joints.rename(source.joints)
    assert is_finished(source, BODY, work)
    touch_later(source.joints)
    assert not is_finished(source, BODY, work)
    workers = InThisProcess()
    extract_all([source], BODY, work, workers)
    assert workers.did == ["a"]
    assert is_finished(source, BODY, work)


def test_what_was_left_half_written_is_not_taken_for_done(tmp_path: Path, work: Path) -> None:
    source = body_source(tmp_path, "a")
    extract_all([source], BODY, work, InThisProcess())
    half = work / UNFINISHED_FOLDER / "b" / "0f"
    half.mkdir(parents=True)
    (half / "kinect.npy").write_bytes((work / "a" / "kinect.npy").read_bytes()[:500])
    (half / "report.json").write_bytes((work / "a" / "report.json").read_bytes())
    other = body_source(tmp_path, "b")
    assert not is_finished(other, BODY, work)
    extract_all([other], BODY, work, InThisProcess())
    assert len(read_result(work, "b")["kinect"].times) == 15


def test_a_job_that_another_one_took_the_place_of_puts_nothing_there(tmp_path: Path, work: Path) -> None:
    report = extract_all([body_source(tmp_path, "a")], BODY, work, InThisProcess()).done["a"]
    shutil.rmtree(work / "a")
    first = begin_result(work, "a")
    second = begin_result(work, "a")
    with pytest.raises(FileNotFoundError):
        finish_result(work, first, report)
    assert read_report(work, "a") is None
    assert list(second.iterdir()) == []


def test_a_file_whose_name_is_no_text_is_a_recording_too(tmp_path: Path, work: Path) -> None:
    report = extract_all([body_source(tmp_path, "a")], BODY, work, InThisProcess()).done["a"]
    named = replace(report, modalities=(), files=(FileState("caf\udce9.wav", 1, 2),))
    finish_result(work, begin_result(work, "a"), named)
    assert read_report(work, "a") == named


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full, /dev/full")
def test_a_disk_that_is_full_is_an_error_and_not_the_end_of_the_process(tmp_path: Path) -> None:
    pieces = [np.ones((100_000, 4), dtype=np.float32)]
    with pytest.raises(OSError, match="No space left"):
        write_array(Path("/dev/full"), np.float32, (100_000, 4), pieces)


def test_workers_may_run_in_another_folder(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    class Elsewhere(InThisProcess):
        def run(self, *given: Any) -> Generator[Finished[Any], None, None]:
            with chdir(elsewhere):
                yield from super().run(*given)

    source = body_source(tmp_path, "a")
    assert source.joints is not None
    monkeypatch.chdir(tmp_path)
    relative = Source("a", joints=Path(source.joints.name))
    outcome = extract_all([relative], BODY, Path("work"), Elsewhere())
    assert outcome.broken == {}
    assert read_report(work, "a") == outcome.done["a"]


@pytest.mark.parametrize("file", ["kinect.npy", "report.json"])
@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_result_that_lost_its_end_is_made_again(tmp_path: Path, work: Path, file: str, kept: int) -> None:
    source = body_source(tmp_path, "a")
    extract_all([source], BODY, work, InThisProcess())
    content = (work / "a" / file).read_bytes().rstrip()
    (work / "a" / file).write_bytes(content[:kept])
    assert not is_finished(source, BODY, work)


def test_a_broken_file_is_named_with_the_reason_and_the_others_go_on(tmp_path: Path, work: Path) -> None:
    (tmp_path / "b.kinect.csv").write_text("Time,Head_x\n0,0\n")
    sources = [
        body_source(tmp_path, "a"),
        Source("b", joints=tmp_path / "b.kinect.csv"),
        Source("gone", joints=tmp_path / "gone.kinect.csv"),
        body_source(tmp_path, "c"),
    ]
    outcome = extract_all(sources, BODY, work, InThisProcess())
    assert list(outcome.done) == ["a", "c"]
    assert set(outcome.broken) == {"b", "gone"}
    assert str(tmp_path / "b.kinect.csv") in outcome.broken["b"]
    assert "gone.kinect.csv" in outcome.broken["gone"]
    assert read_report(work, "b") is None


def test_a_fault_of_the_kit_itself_is_one_recordings_too(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_spec.features.body.movement.body_stream", lambda skeleton, seconds: [][0])
    outcome = extract_all([body_source(tmp_path, "a")], BODY, work, InThisProcess())
    assert outcome.broken["a"].startswith("IndexError in test_extracting.py, line ")


def test_a_package_that_is_not_there_ends_all(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    film = tmp_path / "a.mp4"
    film.touch()
    with pytest.raises(MissingPackageError, match="needs the package av: pip install"):
        extract_all([Source("a", film, film)], Settings(("audio",)), work, InThisProcess())


def test_joints_of_another_time_than_the_recording_are_refused(tmp_path: Path, work: Path) -> None:
    source = body_source(tmp_path, "a")
    assert source.joints is not None
    lines = source.joints.read_text().splitlines()
    moved = [lines[0], *(f"{float(line.partition(',')[0]) - 100},{line.partition(',')[2]}" for line in lines[1:])]
    source.joints.write_text("\n".join(moved))
    outcome = extract_all([source], BODY, work, InThisProcess())
    assert "expected times from 0 on" in outcome.broken["a"]


def test_progress_goes_from_0_to_all(tmp_path: Path, work: Path) -> None:
    told: list[tuple[float, float]] = []
    sources = [body_source(tmp_path, "a"), body_source(tmp_path, "b")]
    extract_all(sources, BODY, work, InThisProcess(), lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == told[0][1] > 0
