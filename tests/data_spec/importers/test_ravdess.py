from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from data_spec.corpus import Corpus, CorpusError
from data_spec.importers.ravdess import ImportReport, find_clips, import_ravdess
from data_spec.inspection import inspect

if find_spec("opensmile") is None or find_spec("soundfile") is None:
    pytest.skip("needs the optional packages of requirements-audio.txt", allow_module_level=True)
import soundfile

RATE = 16_000


def quietly(jobs: Iterable[Future[None]], total: int) -> Iterable[Future[None]]:
    return jobs


def write_clip(folder: Path, emotion: str, actor: int, suffix: str = ".wav") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"03-01-{emotion}-01-01-01-{actor:02d}{suffix}"
    time = np.arange(RATE // 2) / RATE
    silence = np.zeros(RATE // 2)
    voice = np.sign(np.sin(2 * np.pi * 150 * time)) * 0.1
    soundfile.write(path, np.concatenate([silence, voice, silence]), RATE)
    return path


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Corpus, ImportReport, Path]:
    """12 actors with one clip each, one clip without a label of ours, a broken one and some other files."""
    root = tmp_path_factory.mktemp("ravdess")
    source = root / "source"
    for actor in range(1, 13):
        write_clip(source / f"Actor_{actor:02d}", f"{(1, 3, 4, 5, 6, 7)[actor % 6]:02d}", actor)
    write_clip(source, "08", 1)
    (source / "03-01-05-02-01-01-01.flac").write_bytes(b"fLaC and no more")
    (source / "03-02-05-01-01-01-01.wav").write_bytes(b"a song")
    (source / "README.txt").write_text("not a clip")
    report = import_ravdess(source, root / "corpus", 0, quietly)
    return Corpus.open(root / "corpus"), report, source


def test_the_corpus_has_no_fault(imported: tuple[Corpus, ImportReport, Path]) -> None:
    assert inspect(imported[0]).faults == []


def test_actors_are_divided_eight_two_two_with_men_and_women_everywhere(
    imported: tuple[Corpus, ImportReport, Path],
) -> None:
    corpus, report, _ = imported
    assert report.recordings == {"train": 8, "public": 2, "private": 2}
    for split, number in report.recordings.items():
        actors = {one.actor for one in corpus.read_recordings() if one.split == split}
        assert len(actors) == number
        assert sum(int(actor[-2:]) % 2 for actor in actors) == number / 2


def test_every_frame_of_a_clip_has_its_emotion_with_full_agreement(
    imported: tuple[Corpus, ImportReport, Path],
) -> None:
    corpus, _, source = imported
    clips = {clip.recording: clip for clip in find_clips(source)}
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for name, labels in folder.labels.items():
            stream = folder.stream("audio", name)
            assert stream is not None
            np.testing.assert_allclose(labels.times, stream.times, rtol=0, atol=1e-9)
            assert {corpus.challenge.task.labels[index] for index in labels.index} == {clips[name].label}
            assert (labels.agreement == 1.0).all()


def test_recordings_reach_from_the_first_sound_to_the_last(imported: tuple[Corpus, ImportReport, Path]) -> None:
    corpus, _, _ = imported
    for split in corpus.splits:
        for stream in corpus.folder(split.name).streams("audio").values():
            assert stream.present[[0, -1]].all()
            # The voice is there from 0.5 to 1.0 s; windows of 60 ms hear it a little before and after.
            assert stream.times[0] == pytest.approx(0.5, abs=0.1)
            assert stream.times[-1] == pytest.approx(1.0, abs=0.1)


def test_clips_without_a_label_are_counted_and_broken_ones_named(imported: tuple[Corpus, ImportReport, Path]) -> None:
    _, report, source = imported
    assert report.left_out == 1
    assert list(report.broken) == [source / "03-01-05-02-01-01-01.flac"]


def test_a_recordings_name_says_nothing_and_stays_the_same(imported: tuple[Corpus, ImportReport, Path]) -> None:
    names = [one.name for one in imported[0].read_recordings()]
    assert all(len(name) == 10 and name.startswith("id") and int(name[2:], 16) >= 0 for name in names)
    assert (
        sorted(clip.recording for clip in find_clips(imported[2]) if clip.label and clip.path.suffix == ".wav") == names
    )


def test_a_folder_without_clips_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    write_clip(tmp_path / "source", "02", 1)
    with pytest.raises(CorpusError, match=r"expected .flac or .wav files named 03-01-.*; found 1 of other emotions"):
        find_clips(tmp_path / "source")
    with pytest.raises(CorpusError, match="expected a folder of clips, found nothing"):
        find_clips(tmp_path / "nowhere")


def test_a_clip_that_stands_twice_is_refused(tmp_path: Path) -> None:
    write_clip(tmp_path / "a", "01", 1)
    write_clip(tmp_path / "b", "01", 1, ".flac")
    with pytest.raises(CorpusError, match="expected every clip once"):
        find_clips(tmp_path)


def test_a_source_of_broken_files_alone_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "03-01-05-02-01-01-01.flac").write_bytes(b"fLaC and no more")
    with pytest.raises(CorpusError, match="none of 1 clips can be read"):
        import_ravdess(tmp_path / "source", tmp_path / "out", 0, quietly)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_real_clips_become_a_corpus_without_fault(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for clip in sorted(shared_data("ravdess-speech").glob("*/03-01-0[35]-01-01-01-*.flac"))[:8]:
        shutil.copy(clip, source)
    report = import_ravdess(source, tmp_path / "out", 0, quietly)
    found = inspect(Corpus.open(tmp_path / "out"))
    assert sum(report.recordings.values()) == 8
    assert found.faults == []
    # Of clips of 3 to 5 s the sentence is left, with its pauses.
    assert all(1 < one.seconds < 3.5 and one.missing["audio"] < 0.4 for one in found.measured)
