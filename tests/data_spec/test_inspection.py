from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_spec.corpus import Corpus
from data_spec.inspection import inspect
from data_spec.publish import publish
from data_spec.summary import missing_by_modality, missing_in_all, summarise

Change = Callable[[list[str]], None]


def change(path: Path, how: Change) -> Path:
    lines = path.read_text().splitlines()
    how(lines)
    path.write_text("\n".join(lines) + "\n")
    return path


def set_field(line: int, column: int, text: str) -> Change:
    def how(lines: list[str]) -> None:
        fields = lines[line - 1].split(",")
        fields[column] = text
        lines[line - 1] = ",".join(fields)

    return how


def drop_lines(first: int, end: int) -> Change:
    def how(lines: list[str]) -> None:
        del lines[first - 1 : end - 1]

    return how


def file_of(corpus: Corpus, folder: str, split: str = "train") -> Path:
    return sorted((corpus.folder(split).path / folder).glob("*.csv"))[0]


def test_a_whole_corpus_and_all_that_is_published_of_it_have_no_fault(tiny_corpus: Corpus, tmp_path: Path) -> None:
    publish(tiny_corpus, tmp_path / "out")
    assert inspect(tiny_corpus).faults == []
    for name in ("participants", "stage2", "organisers"):
        assert inspect(Corpus.open(tmp_path / "out" / name)).faults == []


@pytest.mark.parametrize(
    ("folder", "how", "expected"),
    [
        ("audio", set_field(1, 0, "time"), r", line 1: expected a header that begins with 'Time', found 'time'"),
        ("audio", set_field(5, 3, "x"), r", line 5, column 'audio_2': expected a number, found 'x'"),
        ("eyes", set_field(5, 3, "nan"), r", line 5, column '3': expected a number, found"),
        ("face_nn", lambda lines: lines.insert(4, "1,2"), r", line 5: expected 101 columns, found 2"),
        ("kinect", set_field(6, 0, "0"), r", line 6, column 'Time': expected a time after"),
        ("kinect", drop_lines(6, 7), r", line 6, column 'Time': expected .*, one frame \(1/15 s\) after"),
        ("audio", drop_lines(100, 102), r", line 100, column 'Time': expected .*, one frame \(1/100 s\)"),
        ("labels", set_field(9, 7, "1.5"), r", line 9, column 'Agreement score': expected 0 to 1, found 1.5"),
        ("labels", drop_lines(50, 51), r", line 50, column 'Time': expected .*, one frame"),
        ("labels", drop_lines(120, 202), r"expected a time from .*, where the labels are"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_place(
    tiny_corpus: Corpus, folder: str, how: Change, expected: str
) -> None:
    path = change(file_of(tiny_corpus, folder), how)
    faults = list(map(str, inspect(tiny_corpus).faults))
    assert all(path.stem in fault for fault in faults)
    assert any(re.search(expected, fault) for fault in faults), faults


def test_it_goes_on_after_a_fault(tiny_corpus: Corpus) -> None:
    for folder in ("audio", "eyes", "labels"):
        change(file_of(tiny_corpus, folder), set_field(3, 1, "x"))
    faults = inspect(tiny_corpus).faults
    assert {fault.file.parent.name for fault in faults} == {"audio", "eyes", "labels"}
    assert len(inspect(tiny_corpus).measured) == 11


def test_a_recording_without_labels_is_a_fault(tiny_corpus: Corpus) -> None:
    path = file_of(tiny_corpus, "labels", "public")
    path.unlink()
    (fault,) = inspect(tiny_corpus).faults
    assert fault.file == path
    assert fault.expected == "a readable file"


def test_labels_and_lists_where_they_are_hidden_are_faults(tiny_corpus: Corpus, tmp_path: Path) -> None:
    publish(tiny_corpus, tmp_path / "out")
    participants = tmp_path / "out" / "participants"
    shutil.copytree(tmp_path / "out" / "organisers" / "test" / "labels", participants / "test" / "labels")
    (fault,) = inspect(Corpus.open(participants)).faults
    assert str(fault).endswith("test/labels: expected no labels: those of 'public' are hidden, found labels")
    shutil.rmtree(participants / "test" / "labels")
    shutil.copy(tmp_path / "out" / "organisers" / "recordings.csv", participants)
    assert inspect(Corpus.open(participants)).faults


def test_unknown_files_and_folders_are_faults_but_hidden_ones_are_not(tiny_corpus: Corpus) -> None:
    (tiny_corpus.root / "validation").mkdir()
    (tiny_corpus.root / "train" / "video").mkdir()
    (tiny_corpus.root / "train" / "audio" / "notes.txt").write_text("")
    (tiny_corpus.root / "train" / ".DS_Store").write_text("")
    tiny_corpus.folder("train").streams("audio")  # makes a cache
    assert [fault.file.name for fault in inspect(tiny_corpus).faults] == ["validation", "video", "notes.txt"]


def edit_list(corpus: Corpus, old: str, new: str) -> None:
    path = corpus.root / "recordings.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_list_that_differs_from_the_folders_is_a_fault(tiny_corpus: Corpus) -> None:
    name = tiny_corpus.folder("train").recordings[0]
    line = next(text for text in (tiny_corpus.root / "recordings.csv").read_text().splitlines() if name in text)
    edit_list(tiny_corpus, line, line.replace("train", "public"))
    faults = [str(fault) for fault in inspect(tiny_corpus).faults]
    assert any(f"expected files of {name} in test/, found none" in fault for fault in faults)
    assert any(f"expected {name}, whose files are in train/, found no such row" in fault for fault in faults)


def test_an_actor_of_an_excluded_session_may_not_be_in_train(tiny_corpus: Corpus) -> None:
    edit_list(tiny_corpus, "actor_01,train", "actor_06,train")
    (fault,) = inspect(tiny_corpus).faults
    assert fault.column == "split"
    assert fault.expected == "one of ['public', 'private']: actor_06 acts in session 6"
    assert fault.found == "'train'"


@pytest.mark.parametrize(("old", "new", "column"), [(",1,", ",9,", "session"), (",train", ",dev", "split")])
def test_a_row_of_the_list_with_unknown_values_is_a_fault(tiny_corpus: Corpus, old: str, new: str, column: str) -> None:
    edit_list(tiny_corpus, old, new)
    assert column in [fault.column for fault in inspect(tiny_corpus).faults]


def test_a_list_that_cannot_be_read_is_one_fault(tiny_corpus: Corpus) -> None:
    edit_list(tiny_corpus, ",1,", ",one,")
    (fault,) = inspect(tiny_corpus).faults
    assert fault.expected == "a readable list"


def test_the_missing_share_is_weighted_by_time_and_every_modality_weighs_the_same(tiny_corpus: Corpus) -> None:
    for split in tiny_corpus.splits:
        for path in (tiny_corpus.root / split.folder / "kinect").glob("*.csv"):
            path.unlink()
    change(file_of(tiny_corpus, "audio"), zero_from(102))
    measured = inspect(tiny_corpus).measured
    by_modality = missing_by_modality(measured)
    assert by_modality == pytest.approx({"audio": 0.5 / 12, "face": 0.0, "eyes": 0.0, "kinect": 1.0}, abs=1e-9)
    assert missing_in_all(measured) == pytest.approx((0.5 / 12 + 1) / 4)


def zero_from(line: int) -> Change:
    def how(lines: list[str]) -> None:
        for number in range(line - 1, len(lines)):
            fields = lines[number].split(",")
            lines[number] = ",".join([fields[0], *["0"] * (len(fields) - 1)])

    return how


def test_frames_at_the_threshold_are_not_counted_as_agreed(tiny_corpus: Corpus) -> None:
    measured = inspect(tiny_corpus).measured
    assert {one.agreed_frames for one in measured} == {100}
    assert np.sum([one.label_frames for one in measured]) == 12 * 200


def test_the_summary_says_what_was_asked_and_what_came_out(tiny_corpus: Corpus) -> None:
    lines = [*summarise(tiny_corpus.challenge, inspect(tiny_corpus).measured, tiny_corpus.read_recordings())]
    text = "\n".join(lines)
    assert "train: 6 recordings (asked 312 of 581), 0.00 h" in text
    assert (
        "session 6, by recording: asked train 0 / public 1 / private 2, came out train 0 / public 1 / private 1" in text
    )
    assert "frames in train with agreement over 0.6: 50.0%; without a label (ties): 0.0%" in text
    assert "missing in audio: 0.0% of the time; files absent: 0.0% (asked 7.0%)" in text
    assert "missing in all, modalities weighing the same: 0.0% (asked 24%)" in text
