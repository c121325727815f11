from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import FILE_NAME, Challenge, ChallengeError
from data_spec.corpus import Corpus, CorpusError, Recording, RecordingFolder, open_folder
from data_spec.csv_files import CsvError, write_labels, write_stream, write_template
from data_spec.stream import Labels, Stream


@pytest.fixture
def aviary(tmp_path: Path, bird_calls: Challenge) -> Corpus:
    """A corpus of a second challenge: two recordings to learn from, one of them without pictures, and one asked."""
    corpus = Corpus.create(tmp_path / "aviary", bird_calls)
    task = bird_calls.task
    times = 7 + np.arange(40) / task.rate
    for number, name in enumerate(["wren", "robin"]):
        for modality in bird_calls.modalities[: 2 - number]:
            stream = Stream(7 + np.arange(6) / modality.rate, np.full((6, modality.features), number, np.float32))
            write_stream(corpus.root / "given" / modality.folder / f"{name}.csv", stream, modality)
        labels = Labels(times, np.full(40, number, dtype=np.int8), np.full(40, 0.8))
        write_labels(corpus.root / "given" / "labels" / f"{name}.csv", labels, task)
    write_template(corpus.root / "asked" / "answers" / "owl.csv", times, task)
    return corpus


def test_a_corpus_of_any_challenge_lies_where_its_file_says(aviary: Corpus) -> None:
    corpus = Corpus.open(aviary.root)
    assert corpus.challenge == aviary.challenge
    assert [split.name for split in corpus.splits] == ["learn", "exam"]
    folder = corpus.folder("learn")
    assert folder.recordings == ("robin", "wren")
    assert {name: stream.values.shape for name, stream in folder.streams("microphone").items()} == {
        "robin": (6, 3),
        "wren": (6, 3),
    }
    assert [*folder.streams("camera")] == ["wren"]
    assert {name: set(labels.index.tolist()) for name, labels in folder.labels.items()} == {"wren": {0}, "robin": {1}}
    assert corpus.folder("exam").recordings == ("owl",)


def test_a_single_stream_is_read_from_its_own_file(aviary: Corpus) -> None:
    folder = aviary.folder("learn")
    stream = folder.stream("camera", "wren")
    assert stream is not None
    assert stream.values.shape == (6, 2)
    assert folder.stream("camera", "robin") is None
    assert not [*folder.path.rglob(".*")]


def test_a_challenge_without_that_modality_says_which_it_has(aviary: Corpus) -> None:
    with pytest.raises(KeyError, match=r"'audio'; expected one of \['microphone', 'camera'\]"):
        aviary.folder("learn").streams("audio")


def test_the_times_to_predict_come_from_the_templates_or_else_from_the_labels(aviary: Corpus) -> None:
    assert {name: len(times) for name, times in aviary.folder("exam").templates.items()} == {"owl": 40}
    assert {name: len(times) for name, times in aviary.folder("learn").templates.items()} == {"robin": 40, "wren": 40}


def test_a_whole_corpus_of_2017_is_found_as_it_was_written(tiny_corpus: Corpus) -> None:
    corpus = Corpus.open(tiny_corpus.root)
    assert [split.name for split in corpus.splits] == ["train", "public", "private"]
    listed = {one.name: one.split for one in corpus.read_recordings()}
    found = {name: split.name for split in corpus.splits for name in corpus.folder(split.name).recordings}
    assert found == listed
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for modality in corpus.challenge.modalities:
            streams = folder.streams(modality.name)
            assert set(streams) == set(folder.recordings)
            assert {s.values.shape for s in streams.values()} == {(2 * modality.rate, modality.features)}


def test_a_fault_in_a_file_is_named_with_its_line(aviary: Corpus) -> None:
    path = aviary.root / "given" / "labels" / "wren.csv"
    path.write_text(path.read_text().replace("7.25,1,0,0,0.8", "7.25,1,1,0,0.8"))
    with pytest.raises(CsvError, match=r"wren\.csv, line 7: expected one label with a 1, found 2 of them"):
        _ = aviary.folder("learn").labels


def test_what_a_desktop_leaves_in_folders_is_no_recording(aviary: Corpus) -> None:
    for folder in ("given/sound", "given/labels", "asked/answers"):
        (aviary.root / folder / "._wren.csv").write_bytes(b"\x00\x05\x16\x07")
        (aviary.root / folder / ".DS_Store").write_bytes(b"\x00")
    assert aviary.folder("learn").recordings == ("robin", "wren")
    assert set(aviary.folder("learn").labels) == set(aviary.folder("learn").streams("microphone")) == {"robin", "wren"}
    assert set(aviary.folder("exam").templates) == {"owl"}


# Opening and creating


@pytest.mark.parametrize("kind", ["nothing", "a file", "an empty folder"])
def test_a_folder_that_is_no_corpus_is_refused_by_its_name(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "corpus"
    if kind == "a file":
        root.touch()
    elif kind == "an empty folder":
        root.mkdir()
    with pytest.raises(CorpusError, match=re.escape(f"{root}: no {FILE_NAME} in it")):
        Corpus.open(root)


def test_a_corpus_is_created_in_an_empty_folder_only(tmp_path: Path, bird_calls: Challenge) -> None:
    (tmp_path / "empty").mkdir()
    assert Corpus.create(tmp_path / "empty", bird_calls).splits == ()
    (tmp_path / "file").touch()
    for taken in ("empty", "file"):
        with pytest.raises(CorpusError, match=re.escape(f"{tmp_path / taken}: expected a new or empty folder")):
            Corpus.create(tmp_path / taken, bird_calls)


def test_a_split_that_is_not_there_is_named_with_its_folder(tmp_path: Path, bird_calls: Challenge) -> None:
    corpus = Corpus.create(tmp_path / "aviary", bird_calls)
    with pytest.raises(CorpusError, match=re.escape(f"{corpus.root}: no folder 'asked', which holds the split 'exam'")):
        corpus.folder("exam")
    with pytest.raises(KeyError, match=r"no split 'public'; expected one of \['learn', 'exam'\]"):
        corpus.folder("public")


@pytest.mark.parametrize("place", ["asked", "asked/answers"])
@pytest.mark.parametrize("way", ["absolute", "relative", "from within"])
def test_a_folder_is_opened_by_its_own_name_or_by_the_one_inside(
    aviary: Corpus, monkeypatch: pytest.MonkeyPatch, place: str, way: str
) -> None:
    path = aviary.root / place
    if way == "relative":
        monkeypatch.chdir(path.parent)
        path = Path(path.name)
    elif way == "from within":
        monkeypatch.chdir(path)
        path = Path()
    folder = open_folder(path, "answers")
    assert isinstance(folder, RecordingFolder)
    assert folder.recordings == ("owl",)
    assert folder.challenge == aviary.challenge


def test_a_folder_that_lacks_what_is_asked_for_is_refused_with_what_it_has(aviary: Corpus) -> None:
    with pytest.raises(CorpusError, match=r"given: expected a folder 'answers' in it, found \['labels', 'pictures'"):
        open_folder(aviary.root / "given", "answers")
    with pytest.raises(CorpusError, match=r"nowhere: expected a folder, found nothing"):
        open_folder(aviary.root / "nowhere")
    with pytest.raises(CorpusError, match=r"challenge\.yaml: expected a folder, found a file"):
        open_folder(aviary.root / FILE_NAME)


def test_a_folder_of_no_challenge_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ChallengeError, match=re.escape(f"{tmp_path}: no {FILE_NAME}")):
        open_folder(tmp_path)


# The organiser's list


LIST = [
    Recording("robin", 7, "Anna, the elder", "learn"),
    Recording("wren", 8, 'Zoë "Z"', "learn"),
    Recording("owl", 8, "B", "exam"),
]


def test_the_list_is_read_as_it_was_written_and_sorted(aviary: Corpus) -> None:
    aviary.write_recordings(reversed(LIST))
    assert aviary.read_recordings() == tuple(sorted(LIST, key=lambda one: one.name))
    assert (aviary.root / "recordings.csv").read_text().startswith("recording,session,actor,split\nowl,8,B,exam\n")
    assert [path.name for path in aviary.root.glob(".*")] == []


def test_a_list_that_was_edited_in_a_spreadsheet_is_read(aviary: Corpus) -> None:
    (aviary.root / "recordings.csv").write_bytes(
        b'\xef\xbb\xbfrecording,session,actor,split\r\n"owl",8,B,exam\r\nwren,8,"Zo\xc3\xab",learn\r\n\r\n'
    )
    assert aviary.read_recordings() == (Recording("owl", 8, "B", "exam"), Recording("wren", 8, "Zoë", "learn"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "line 1: expected the header recording,session,actor,split, found an empty file"),
        (b"name,session,actor,split\n", "line 1: expected the header recording,session,actor,split, found 'name,"),
        (b"recording,session,actor,split\nowl,8,B\n", "line 2: expected a row of recording,session,actor,split, found"),
        (b"recording,session,actor,split\nowl,8,B,exam\nwren,8,,learn\n", "line 3: expected a row of"),
        (b"recording,session,actor,split\nowl,8,B,exam,x\n", "line 2: expected a row of"),
        (b"recording,session,actor,split\n\nowl,8,B,exam\n", "line 2: expected a row of"),
        (b"recording,session,actor,split\nowl,8,B,exam\nwren,8.0,B,exam\n",
         "line 3, column 'session': expected a whole number, found '8.0'"),
        (b"recording,session,actor,split\nowl,8,\xff,exam\n", "cannot be read"),
        (b"recording,session,actor,split\nowl,8,\"B,exam\n", "cannot be read"),
        (None, "cannot be read"),
    ],
)  # fmt: skip
def test_a_broken_list_is_refused_with_its_row(aviary: Corpus, text: bytes | None, words: str) -> None:
    path = aviary.root / "recordings.csv"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(CorpusError) as caught:
        aviary.read_recordings()
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
