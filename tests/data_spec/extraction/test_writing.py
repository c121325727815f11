from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.csv_files import read_stream
from data_spec.extraction.writing import within, write_streams
from data_spec.stream import Labels, Stream


def stream(frames: int, rate: int, features: int) -> Stream:
    values = np.random.default_rng(0).normal(size=(frames, features)).astype(np.float32)
    return Stream(np.arange(frames) / rate, values)


def labels(first: float, last: float) -> Labels:
    times = first + np.arange(round((last - first) * 100) + 1) / 100
    return Labels(times, np.zeros(len(times), dtype=np.int8), np.ones(len(times)))


def test_each_stream_goes_to_the_folder_of_its_modality(tmp_path: Path) -> None:
    merc = load_challenge("merc2017")
    streams = {"eyes": stream(20, 50, 6), "face": stream(20, 50, 100)}
    write_streams(tmp_path, "a", streams, merc, from_pose=False)
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv")) == [
        Path("eyes/a.csv"),
        Path("face_nn/a.csv"),
    ]
    read = read_stream(tmp_path / "face_nn" / "a.csv", merc.modality("face"))
    np.testing.assert_array_equal(read.values, streams["face"].values)
    np.testing.assert_array_equal(read.times, streams["face"].times)


def test_columns_say_what_they_are_and_whether_a_film_s_pose_stands_in(tmp_path: Path) -> None:
    merc, streams = load_challenge("merc2017"), {"kinect": stream(20, 15, 27), "audio": stream(20, 100, 36)}
    for from_pose, first in ((False, "Time,distance_hands,"), (True, "Time,pose_distance_hands,")):
        write_streams(tmp_path, "a", streams, merc, from_pose)
        assert (tmp_path / "kinect/a.csv").read_text().startswith(first)
        assert (tmp_path / "audio/a.csv").read_text().startswith("Time,Loudness_sma3,")
        assert read_stream(tmp_path / "kinect/a.csv", merc.modality("kinect")).values.shape == (20, 27)


@pytest.mark.parametrize("frames", [9, 10, 11, 20, 25])
def test_a_long_stream_is_written_in_pieces_as_if_it_were_one(
    tmp_path: Path, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    merc, streams = load_challenge("merc2017"), {"kinect": stream(frames, 15, 27)}
    write_streams(tmp_path / "whole", "a", streams, merc, from_pose=False)
    monkeypatch.setattr("data_spec.extraction.writing.PIECE_FRAMES", 10)
    write_streams(tmp_path / "pieces", "a", streams, merc, from_pose=False)
    assert (tmp_path / "pieces/kinect/a.csv").read_bytes() == (tmp_path / "whole/kinect/a.csv").read_bytes()
    assert [path.name for path in (tmp_path / "pieces" / "kinect").iterdir()] == ["a.csv"]


def test_a_stream_of_other_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a.csv: expected values of shape \(20, 6\)"):
        write_streams(tmp_path, "a", {"eyes": stream(20, 50, 7)}, load_challenge("merc2017"), from_pose=False)


def test_streams_are_cut_to_the_time_of_the_labels() -> None:
    cut = within(labels(0.5, 1.5), {"audio": stream(300, 100, 36), "kinect": stream(45, 15, 27)})
    assert (cut["audio"].times[0], cut["audio"].times[-1]) == (0.5, 1.5)
    assert (cut["kinect"].times[0], cut["kinect"].times[-1]) == (8 / 15, 22 / 15)
    assert len(cut["audio"].values) == len(cut["audio"].times) == 101


def test_labels_of_another_time_are_refused() -> None:
    with pytest.raises(ValueError, match=r"labels at times of the recording, 0 to 2.99 s. Received: 10 to 11 s"):
        within(labels(10, 11), {"audio": stream(300, 100, 36)})
