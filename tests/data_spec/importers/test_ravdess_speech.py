from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from data_spec.__main__ import main
from data_spec.challenge import load_challenge
from data_spec.commands import import_ravdess_speech
from data_spec.corpus import Corpus, CorpusError
from data_spec.extraction.extracting import Progress
from data_spec.extraction.workers import Workers
from data_spec.importers import ravdess_speech
from data_spec.importers.clips import Clip, FoundClips
from data_spec.importers.importing import ImportReport
from data_spec.importers.ravdess import find_clips
from data_spec.importers.ravdess_speech import CHALLENGE, SPEECH, import_speech
from data_spec.inspection import inspect

sounds_are_described = pytest.mark.skipif(
    find_spec("opensmile") is None or find_spec("av") is None,
    reason="needs the optional packages of requirements-features.txt",
)
Imported = tuple[Corpus, ImportReport, FoundClips, list[tuple[float, float]]]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, write_sound: Callable[[Path], Path]) -> Imported:
    """12 actors with one clip each, one clip without a label of ours, two broken ones and a film without sound."""
    root = tmp_path_factory.mktemp("ravdess_speech")
    source = root / "source"
    for actor in range(1, 13):
        emotion = (1, 3, 4, 5, 6, 7)[actor % 6]
        write_sound(source / f"Actor_{actor:02d}" / f"03-01-{emotion:02d}-01-01-01-{actor:02d}.wav")
    write_sound(source / "03-01-08-01-01-01-01.wav")
    (source / "03-01-05-02-01-01-01.flac").write_bytes(b"fLaC and no more")
    short = write_sound(source / "03-01-05-02-01-01-02.wav")
    short.write_bytes(short.read_bytes()[:200])
    (source / "02-01-05-02-02-01-01.mp4").write_bytes(b"pictures alone")
    told: list[tuple[float, float]] = []

    @contextmanager
    def bar(title: str) -> Iterator[Progress]:
        yield lambda done, total: told.append((done, total))

    found = find_clips(source)
    report = import_speech(found, load_challenge(CHALLENGE), root / "corpus", Workers(2), seed=0, bar=bar)
    return Corpus.open(root / "corpus"), report, found, told


@sounds_are_described
def test_the_corpus_has_no_fault_and_the_checker_sums_it_up(imported: Imported) -> None:
    assert inspect(imported[0]).faults == []
    result = CliRunner().invoke(main, ["check", str(imported[0].root)])
    assert result.exit_code == 0, result.output
    assert "missing" in result.output


@sounds_are_described
def test_every_clip_has_one_row_of_named_functionals_and_its_emotion_with_full_agreement(imported: Imported) -> None:
    corpus, _, found, _ = imported
    clips = {clip.recording: clip for clip in found.clips}
    seen = set()
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        streams = folder.streams(SPEECH)
        for name, labels in folder.labels.items():
            assert streams[name].values.shape == (1, 6373)
            assert streams[name].times.tolist() == labels.times.tolist() == [0.0]
            assert labels.index.tolist() == [clips[name].label]
            assert labels.agreement.tolist() == [1.0]
            seen.add(name)
        with (folder.path / SPEECH / f"{name}.csv").open() as file:
            header = file.readline().rstrip().split(",")
        assert header[0] == "Time"
        assert "F0final_sma_quartile2" in header
    assert len(seen) == 12


@sounds_are_described
def test_whole_actors_are_divided_as_in_the_framewise_challenge_of_the_same_clips(imported: Imported) -> None:
    corpus, report, *_ = imported
    assert report.recordings == {"train": 8, "public": 2, "private": 2}
    for split in report.recordings:
        actors = {one.actor for one in corpus.read_recordings() if one.split == split}
        assert sum(int(actor[-2:]) % 2 for actor in actors) * 2 == len(actors)


@sounds_are_described
def test_what_cannot_be_read_is_named_with_the_reason_and_stops_no_other(imported: Imported) -> None:
    _, report, *_ = imported
    assert [*report.broken] == ["03-01-05-02-01-01-01", "03-01-05-02-01-01-02"]
    assert "expected a file of sound or pictures" in report.broken["03-01-05-02-01-01-01"]
    assert "03-01-05-02-01-01-02.wav: " in report.broken["03-01-05-02-01-01-02"]
    assert "expected at least 0.1 s" in report.broken["03-01-05-02-01-01-02"]
    assert report.left_out == {"their emotion is none of the challenge's labels": 1, "they have no sound": 1}


@sounds_are_described
def test_a_bar_is_told_the_seconds_from_none_to_all(imported: Imported) -> None:
    told = imported[3]
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == pytest.approx(12 * 1.5, abs=0.1)


def test_the_labels_are_those_by_which_the_clips_are_found() -> None:
    speech, framewise = load_challenge(CHALLENGE), load_challenge("ravdess")
    assert speech.task.labels == framewise.task.labels
    assert speech.splits == framewise.splits


def clip_of(sound: Path, actor: int) -> Clip:
    return Clip(sound.stem, f"actor_{actor:02d}", 1 if actor % 2 else 2, 0, 1.0, sound, None)


@pytest.fixture
def broken(tmp_path: Path) -> FoundClips:
    """Clips of 12 actors, none of which can be read."""
    clips = []
    for actor in range(1, 13):
        (tmp_path / f"{actor}.wav").write_bytes(b"no sound")
        clips.append(clip_of(tmp_path / f"{actor}.wav", actor))
    return FoundClips(tuple(clips), {})


@sounds_are_described
def test_where_none_can_be_read_there_is_no_corpus(broken: FoundClips, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none of 12 clips can be read; the first: .*wav"):
        import_speech(broken, load_challenge(CHALLENGE), tmp_path / "out", Workers(1), seed=0)
    assert not list(tmp_path.glob("*out*"))


@sounds_are_described
def test_an_import_that_ends_before_its_end_leaves_nothing(
    tmp_path: Path, write_sound: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ravdess_speech, "write_labels", interrupt)
    clips = FoundClips((clip_of(write_sound(tmp_path / "1.wav"), 1),), {})
    with pytest.raises(KeyboardInterrupt):
        import_speech(clips, load_challenge(CHALLENGE), tmp_path / "out", Workers(1), seed=0)
    assert [path.name for path in tmp_path.iterdir()] == ["1.wav"]


def test_a_folder_with_files_in_it_is_left_alone(broken: FoundClips, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(CorpusError, match="expected a new or empty folder"):
        import_speech(broken, load_challenge(CHALLENGE), tmp_path / "out", Workers(1), seed=0)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


@sounds_are_described
def test_the_command_says_what_became_of_the_clips_in_a_process_that_may_hold_tensorflow(
    tmp_path: Path, write_sound: Callable[[Path], Path]
) -> None:
    for actor in (1, 2):
        write_sound(tmp_path / "source" / f"03-01-03-01-01-01-{actor:02d}.wav")
    (tmp_path / "source" / "03-01-05-01-01-01-01.wav").write_bytes(b"no sound")
    before = "opensmile" in sys.modules
    arguments = ["import", "ravdess-speech", str(tmp_path / "source"), str(tmp_path / "out"), "--jobs", "1"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    assert "left out: 03-01-05-01-01-01-01: " in result.output
    assert "2 recordings: train" in result.output
    assert "1 clips could not be read" in result.output
    # openSMILE, which TensorFlow makes crash, stayed in the processes of its own.
    assert ("opensmile" in sys.modules) == before


def test_ctrl_c_is_answered_with_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_ravdess_speech, "import_speech", interrupt)
    (tmp_path / "03-01-05-01-01-01-01.wav").touch()
    result = CliRunner().invoke(main, ["import", "ravdess-speech", str(tmp_path), str(tmp_path / "out")])
    assert result.exit_code == 130
    assert "stopped; nothing is kept" in result.output


@pytest.mark.slow
@sounds_are_described
def test_real_clips_become_a_corpus_without_fault_in_which_voices_differ(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "source").mkdir()
    for clip in sorted(shared_data("ravdess-speech").glob("*/03-01-05-02-01-01-*.flac"))[:4]:
        shutil.copy(clip, tmp_path / "source")
    import_speech(find_clips(tmp_path / "source"), load_challenge(CHALLENGE), tmp_path / "out", Workers(2), seed=0)
    corpus = Corpus.open(tmp_path / "out")
    assert inspect(corpus).faults == []
    header = next((tmp_path / "out").glob(f"*/{SPEECH}/*.csv")).read_text().splitlines()[0].split(",")
    column = header.index("F0final_sma_quartile2") - 1
    pitches = {"men": [], "women": []}
    for one in corpus.read_recordings():
        stream = corpus.folder(one.split).stream(SPEECH, one.name)
        assert stream is not None
        pitches["men" if one.session == 1 else "women"].append(float(stream.values[0, column]))
    assert np.mean(pitches["men"]) < np.mean(pitches["women"])
