from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus, CorpusError
from data_spec.extraction.settings import Settings
from data_spec.extraction.workers import Workers
from data_spec.importers.importing import ImportReport, import_clips
from data_spec.importers.ravdess import CHALLENGE, find_clips
from data_spec.inspection import inspect

sounds_are_heard = pytest.mark.skipif(
    find_spec("opensmile") is None or find_spec("av") is None,
    reason="needs the optional packages of requirements-features.txt",
)


def import_sounds(source: Path, out: Path) -> ImportReport:
    return import_clips(find_clips(source), load_challenge(CHALLENGE), out, Settings(("audio",)), Workers(2), 0)


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module")
def imported(
    tmp_path_factory: pytest.TempPathFactory, write_sound: Callable[[Path], Path]
) -> tuple[Corpus, ImportReport, Path]:
    """12 actors with one clip each, one clip without a label of ours, a broken one and some other files."""
    root = tmp_path_factory.mktemp("ravdess")
    source = root / "source"
    for actor in range(1, 13):
        emotion = (1, 3, 4, 5, 6, 7)[actor % 6]
        write_sound(source / f"Actor_{actor:02d}" / f"03-01-{emotion:02d}-01-01-01-{actor:02d}.wav")
    write_sound(source / "03-01-08-01-01-01-01.wav")
    (source / "03-01-05-02-01-01-01.flac").write_bytes(b"fLaC and no more")
    (source / "03-02-05-01-01-01-01.wav").write_bytes(b"a song")
    (source / "README.txt").write_text("not a clip")
    report = import_sounds(source, root / "corpus")
    return Corpus.open(root / "corpus"), report, source


@sounds_are_heard
def test_the_corpus_has_no_fault(imported: tuple[Corpus, ImportReport, Path]) -> None:
    assert inspect(imported[0]).faults == []


@sounds_are_heard
def test_actors_are_divided_eight_two_two_with_men_and_women_everywhere(
    imported: tuple[Corpus, ImportReport, Path],
) -> None:
    corpus, report, _ = imported
    assert report.recordings == {"train": 8, "public": 2, "private": 2}
    for split, number in report.recordings.items():
        actors = {one.actor for one in corpus.read_recordings() if one.split == split}
        assert len(actors) == number
        assert sum(int(actor[-2:]) % 2 for actor in actors) == number / 2


@sounds_are_heard
def test_every_frame_of_a_clip_has_its_emotion_with_full_agreement(
    imported: tuple[Corpus, ImportReport, Path],
) -> None:
    corpus, _, source = imported
    clips = {clip.recording: clip for clip in find_clips(source).clips}
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for name, labels in folder.labels.items():
            stream = folder.stream("audio", name)
            assert stream is not None
            np.testing.assert_allclose(labels.times, stream.times, rtol=0, atol=1e-9)
            assert set(labels.index) == {clips[name].label}
            assert (labels.agreement == 1.0).all()


@sounds_are_heard
def test_recordings_reach_from_the_first_sound_to_the_last(imported: tuple[Corpus, ImportReport, Path]) -> None:
    corpus, _, _ = imported
    for split in corpus.splits:
        for stream in corpus.folder(split.name).streams("audio").values():
            assert stream.present[[0, -1]].all()
            # The voice is there from 0.5 to 1.0 s; windows of 60 ms hear it a little before and after.
            assert stream.times[0] == pytest.approx(0.5, abs=0.1)
            assert stream.times[-1] == pytest.approx(1.0, abs=0.1)


@sounds_are_heard
def test_clips_without_a_label_are_counted_and_broken_ones_named(imported: tuple[Corpus, ImportReport, Path]) -> None:
    _, report, source = imported
    assert report.left_out == {"their emotion is none of the challenge's labels": 1}
    assert list(report.broken) == ["03-01-05-02-01-01-01"]
    assert str(source / "03-01-05-02-01-01-01.flac") in report.broken["03-01-05-02-01-01-01"]


@sounds_are_heard
def test_a_recordings_name_says_nothing_and_stays_the_same(imported: tuple[Corpus, ImportReport, Path]) -> None:
    corpus, report, source = imported
    names = [one.name for one in corpus.read_recordings()]
    assert all(len(name) == 10 and name.startswith("id") and int(name[2:], 16) >= 0 for name in names)
    assert sorted(clip.recording for clip in find_clips(source).clips if clip.name not in report.broken) == names


@sounds_are_heard
def test_a_source_of_broken_files_alone_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "03-01-05-01-01-01-01.flac").write_bytes(b"fLaC and no more")
    with pytest.raises(CorpusError, match="none of 1 clips can be read"):
        import_sounds(tmp_path / "source", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_files_of_the_same_take_are_one_clip_of_the_best_sound_and_the_pictures_with_sound(tmp_path: Path) -> None:
    touch(tmp_path, "03-01-01-01-01-01-01.wav", "v/01-01-01-01-01-01-01.mp4", "v/02-01-01-01-01-01-01.mp4")
    (clip,) = find_clips(tmp_path).clips
    assert clip.sound == tmp_path / "03-01-01-01-01-01-01.wav"
    assert clip.pictures == tmp_path / "v" / "01-01-01-01-01-01-01.mp4"


@pytest.mark.parametrize(
    ("files", "sound", "pictures"),
    [
        (["03-01-01-01-01-01-01.flac"], "03-01-01-01-01-01-01.flac", None),
        (["01-01-01-01-01-01-01.mp4"], "01-01-01-01-01-01-01.mp4", "01-01-01-01-01-01-01.mp4"),
        (["02-01-01-01-01-01-01.mp4"], None, "02-01-01-01-01-01-01.mp4"),
        (
            ["02-01-01-01-01-01-01.mp4", "03-01-01-01-01-01-01.wav"],
            "03-01-01-01-01-01-01.wav",
            "02-01-01-01-01-01-01.mp4",
        ),
    ],
)
def test_a_take_is_made_of_what_there_is_and_is_always_called_the_same(
    files: list[str], sound: str | None, pictures: str | None, tmp_path: Path
) -> None:
    (clip,) = find_clips(touch(tmp_path, *files)).clips
    assert clip.sound == (tmp_path / sound if sound else None)
    assert clip.pictures == (tmp_path / pictures if pictures else None)
    assert clip.name == "03-01-01-01-01-01-01"


def test_songs_still_pictures_and_sounds_named_as_films_are_no_clips(tmp_path: Path) -> None:
    source = touch(
        tmp_path,
        "03-01-01-01-01-01-01.wav",
        "01-02-01-01-01-01-01.mp4",
        "01-01-01-01-01-01-02.jpg",
        "01-01-01-01-01-01-03.wav",
        "03-01-01-01-01-01-04.mp4",
    )
    assert [clip.actor for clip in find_clips(source).clips] == ["actor_01"]


def test_a_folder_without_clips_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    touch(tmp_path / "source", "03-01-02-01-01-01-01.wav")
    with pytest.raises(CorpusError, match=r"expected .flac or .wav files named 03-01-.*; found 1 of other emotions"):
        find_clips(tmp_path / "source")
    with pytest.raises(CorpusError, match="expected a folder of clips, found nothing"):
        find_clips(tmp_path / "nowhere")


def test_a_clip_that_stands_twice_is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a/03-01-01-01-01-01-01.wav", "b/03-01-01-01-01-01-01.flac")
    with pytest.raises(CorpusError, match="expected every clip once"):
        find_clips(tmp_path)


@pytest.mark.slow
@sounds_are_heard
def test_real_clips_become_a_corpus_without_fault(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for clip in sorted(shared_data("ravdess-speech").glob("*/03-01-0[35]-01-01-01-*.flac"))[:8]:
        shutil.copy(clip, source)
    report = import_sounds(source, tmp_path / "out")
    found = inspect(Corpus.open(tmp_path / "out"))
    assert sum(report.recordings.values()) == 8
    assert found.faults == []
    # Of clips of 3 to 5 s the sentence is left, with its pauses.
    assert all(1 < one.seconds < 3.5 and one.missing["audio"] < 0.4 for one in found.measured)
