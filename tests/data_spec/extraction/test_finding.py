"""Which files are one recording, and of which split. No file is opened but labels: these are empty ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import CorpusError
from data_spec.csv_files import CsvError, write_labels
from data_spec.extraction.finding import find_recordings
from data_spec.extraction.source import Source
from data_spec.stream import Labels


@pytest.fixture(scope="module")
def merc() -> Challenge:
    return load_challenge("merc2017")


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def some_labels(path: Path, challenge: Challenge) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_labels(path, Labels(np.arange(10) / 100, np.zeros(10, dtype=np.int8), np.ones(10)), challenge.task)
    return path


def test_a_film_is_heard_and_watched(tmp_path: Path, merc: Challenge) -> None:
    film = files(tmp_path, "anna.MP4") / "anna.MP4"
    assert find_recordings(film, merc).sources == {"public": (Source("anna", film, film),)}


def test_a_sound_file_is_heard_alone(tmp_path: Path, merc: Challenge) -> None:
    sound = files(tmp_path, "anna.wav") / "anna.wav"
    assert find_recordings(sound, merc).sources == {"public": (Source("anna", sound),)}


def test_joints_are_given_beside_one_recording_and_lie_beside_those_of_a_folder(
    tmp_path: Path, merc: Challenge
) -> None:
    film, joints = (files(tmp_path, name) / name for name in ("anna.mp4", "body.csv"))
    assert find_recordings(film, merc, joints).all_sources == [Source("anna", film, film, joints)]
    with pytest.raises(CorpusError, match="those of its recordings lie beside them"):
        find_recordings(tmp_path, merc, joints)


@pytest.mark.parametrize("joints", ["anna.csv", "anna.kinect.csv"])
def test_files_of_one_name_are_one_recording(tmp_path: Path, merc: Challenge, joints: str) -> None:
    files(tmp_path, "anna.mp4", "anna.wav", joints, "._anna.mp4", "notes.txt")
    expected = Source("anna", tmp_path / "anna.wav", tmp_path / "anna.mp4", tmp_path / joints)
    found = find_recordings(tmp_path, merc)
    assert found.all_sources == [expected]
    assert found.ignored == []


def test_joints_without_media_are_a_recording_only_where_their_name_says_what_they_are(
    tmp_path: Path, merc: Challenge
) -> None:
    files(tmp_path, "anna.kinect.csv", "table.csv")
    found = find_recordings(tmp_path, merc)
    assert found.all_sources == [Source("anna", joints=tmp_path / "anna.kinect.csv")]
    assert found.ignored == [tmp_path / "table.csv"]


@pytest.mark.parametrize("two", [("a.mp4", "a.mov"), ("a.wav", "a.flac"), ("a.csv", "a.kinect.csv")])
def test_two_files_that_could_be_the_same_part_are_named(tmp_path: Path, merc: Challenge, two: tuple[str, str]) -> None:
    with pytest.raises(CorpusError) as error:
        find_recordings(files(tmp_path, *two), merc)
    assert all(name in str(error.value) for name in two)


@pytest.mark.parametrize("two", [("a:b.mp4", "a?b.wav"), ("Anna.mp4", "anna.mp4")])
def test_two_recordings_of_one_name_are_named(tmp_path: Path, merc: Challenge, two: tuple[str, str]) -> None:
    with pytest.raises(CorpusError) as error:
        find_recordings(files(tmp_path, *two), merc)
    assert all(name in str(error.value) for name in two)


def test_folders_of_the_splits_hold_their_recordings_and_labels(tmp_path: Path, merc: Challenge) -> None:
    files(tmp_path, "train/a.mp4", "train/b.mp4", "private_test/c.mp4", "loose.mp4")
    labels = some_labels(tmp_path / "train/labels/a.csv", merc)
    stranger = some_labels(tmp_path / "train/labels/z.csv", merc)
    found = find_recordings(tmp_path, merc)
    assert {split: [one.recording for one in sources] for split, sources in found.sources.items()} == {
        "train": ["a", "b"],
        "private": ["c"],
    }
    assert found.labels == {"a": labels}
    assert found.ignored == [stranger, tmp_path / "loose.mp4"]


def test_one_name_in_two_splits_is_refused(tmp_path: Path, merc: Challenge) -> None:
    with pytest.raises(CorpusError, match=r"train/a.mp4 and .*test/a.mp4, both 'a'"):
        find_recordings(files(tmp_path, "train/a.mp4", "test/a.mp4"), merc)


def test_broken_labels_are_said_before_anything_is_extracted(tmp_path: Path, merc: Challenge) -> None:
    files(tmp_path, "train/a.mp4", "train/labels/a.csv")
    with pytest.raises(CsvError, match=r"train/labels/a.csv, line 1: expected a header"):
        find_recordings(tmp_path, merc)


def test_the_organisers_list_is_read(tmp_path: Path, merc: Challenge) -> None:
    files(tmp_path, "train/a.mp4")
    (tmp_path / "recordings.csv").write_text("recording,session,actor,split\na,1,actor_01,train\n")
    (row,) = find_recordings(tmp_path, merc).listed
    assert (row.name, row.session, row.actor, row.split) == ("a", 1, "actor_01", "train")


@pytest.mark.parametrize(
    ("names", "place", "expected"),
    [
        ([], "nothing.mp4", "found nothing"),
        (["notes.txt"], "notes.txt", r"expected a recording: a name that ends in one of \.aac"),
        (["notes.txt", "inner/a.mp4"], ".", "recordings in it, not in folders inside it"),
        (["train/notes.txt", "a.mp4"], ".", "recordings in train: files whose names end in"),
    ],
)
def test_where_there_is_no_recording_it_is_said(
    tmp_path: Path, merc: Challenge, names: list[str], place: str, expected: str
) -> None:
    with pytest.raises(CorpusError, match=expected):
        find_recordings(files(tmp_path, *names) / place, merc)


def test_joints_that_are_not_there_are_said(tmp_path: Path, merc: Challenge) -> None:
    with pytest.raises(CorpusError, match=r"body.csv: expected a file of Kinect joints"):
        find_recordings(files(tmp_path, "a.mp4") / "a.mp4", merc, tmp_path / "body.csv")
