from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from data_spec.__main__ import main
from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import COMPONENTS_FILE, Corpus, CorpusError
from data_spec.extraction.extracting import Progress
from data_spec.extraction.settings import Settings
from data_spec.extraction.source import Source
from data_spec.extraction.workers import Workers
from data_spec.features.face.components import FaceComponents
from data_spec.importers.clips import Clip, FoundClips
from data_spec.importers.importing import ImportReport, import_clips
from data_spec.importers.ravdess import find_clips
from data_spec.inspection import inspect
from data_spec.stream import NO_LABEL, Stream

ALL = ("audio", "face", "eyes", "kinect")
Finish = Callable[[Path, Source, Settings, Mapping[str, Stream], float], None]


class NobodyWorks(Workers):
    """Fails the test where a clip is extracted although it was finished."""

    def run(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        raise AssertionError("expected no extraction")


@pytest.fixture(scope="module")
def challenge() -> Challenge:
    return load_challenge("ravdess")


@pytest.fixture
def found(tmp_path: Path) -> FoundClips:
    """One clip with sound and film of each of 12 actors; that of actor 3 is a tie."""
    clips = []
    for number in range(1, 13):
        sound, film = tmp_path / "source" / f"{number}.wav", tmp_path / "source" / f"{number}.mp4"
        sound.parent.mkdir(exist_ok=True)
        sound.write_bytes(b"made up")
        film.write_bytes(b"made up")
        label, agreement = (NO_LABEL, 0.5) if number == 3 else (number % 6, 0.75)
        session = 1 if number % 2 else 2
        clips.append(Clip(f"clip-{number}", f"actor_{number:02d}", session, label, agreement, sound, film))
    return FoundClips(tuple(clips), {"for a test": 2})


def streams(seed: int, seconds: float = 1.0) -> dict[str, Stream]:
    """What an extraction gives: the sound is heard from 0.3 to 0.7 s, faces have 8 values."""
    rng = np.random.default_rng(seed)
    made = {}
    for name, rate, features in (("audio", 100, 36), ("face", 50, 8), ("eyes", 50, 6), ("kinect", 15, 27)):
        frames = int(seconds * rate)
        values = rng.uniform(0.5, 1.5, (frames, features)).astype(np.float32)
        made[name] = Stream(np.arange(frames) / rate, values)
    made["audio"].values[:30] = 0
    made["audio"].values[70:] = 0
    return made


def finish_all(found: FoundClips, out: Path, settings: Settings, finish: Finish) -> None:
    for number, clip in enumerate(found.clips):
        source = clip.source(settings.modalities)
        assert source is not None
        made = {name: stream for name, stream in streams(number).items() if name in settings.modalities}
        finish(out / ".extraction", source, settings, made, 1.0)


def run(found: FoundClips, out: Path, challenge: Challenge, settings: Settings, seed: int = 0) -> ImportReport:
    return import_clips(found, challenge, out, settings, NobodyWorks(1), seed)


def test_what_an_interrupted_import_finished_is_not_extracted_again(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    finish_all(found, tmp_path / "out", Settings(ALL), finish)
    report = run(found, tmp_path / "out", challenge, Settings(ALL))
    assert report.recordings == {"train": 8, "public": 2, "private": 2}
    assert report.left_out == {"for a test": 2}
    corpus = Corpus.open(tmp_path / "out")
    assert inspect(corpus).faults == []
    # What was only there to go on with is gone.
    assert not (tmp_path / "out" / ".extraction").exists()


def test_a_bar_shows_the_extraction_and_then_the_writing_to_its_end(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    told: dict[str, list[tuple[float, float]]] = {}

    @contextmanager
    def bar(title: str) -> Iterator[Progress]:
        told[title] = []
        yield lambda done, total: told[title].append((done, total))

    finish_all(found, tmp_path / "out", Settings(("audio",)), finish)
    import_clips(found, challenge, tmp_path / "out", Settings(("audio",)), NobodyWorks(1), 0, bar)
    assert [*told] == ["Extracting", "Writing"]
    # 12 clips of 0.4 s each.
    assert told["Writing"][0] == pytest.approx((0, 4.8))
    assert told["Writing"][-1] == pytest.approx((4.8, 4.8))


def test_all_streams_and_the_labels_of_a_recording_are_of_the_time_in_which_there_is_sound(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    finish_all(found, tmp_path / "out", Settings(ALL), finish)
    run(found, tmp_path / "out", challenge, Settings(ALL))
    corpus = Corpus.open(tmp_path / "out")
    clips = {clip.recording: clip for clip in found.clips}
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for name, labels in folder.labels.items():
            assert labels.times[[0, -1]] == pytest.approx([0.3, 0.69])
            assert set(labels.index) == {clips[name].label}
            assert set(labels.agreement) == {clips[name].agreement}
            for modality, span in (("audio", [0.3, 0.69]), ("eyes", [0.3, 0.68]), ("kinect", [5 / 15, 10 / 15])):
                stream = folder.stream(modality, name)
                assert stream is not None
                assert stream.times[[0, -1]] == pytest.approx(span)


def test_faces_are_projected_with_components_fitted_on_the_training_split_alone(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    finish_all(found, tmp_path / "out", Settings(ALL), finish)
    run(found, tmp_path / "out", challenge, Settings(ALL))
    corpus = Corpus.open(tmp_path / "out")
    split_of = {one.name: one.split for one in corpus.read_recordings()}
    # Results keep faces as 16-bit floats.
    faces = [streams(number)["face"].values.astype(np.float16).astype(np.float32) for number in range(12)]
    train = [face for face, clip in zip(faces, found.clips, strict=True) if split_of[clip.recording] == "train"]
    expected = FaceComponents.fit(train, columns=100)
    saved = FaceComponents.load(tmp_path / "out" / COMPONENTS_FILE)
    np.testing.assert_allclose(saved.mean, expected.mean)
    number, clip = next((n, clip) for n, clip in enumerate(found.clips) if split_of[clip.recording] == "private")
    stream = corpus.folder("private").stream("face", clip.recording)
    assert stream is not None
    np.testing.assert_allclose(stream.values, expected.project(faces[number][15:35]), atol=1e-4)


def test_modalities_that_were_not_asked_for_have_no_files(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    finish_all(found, tmp_path / "out", Settings(("eyes",)), finish)
    run(found, tmp_path / "out", challenge, Settings(("eyes",)))
    corpus = Corpus.open(tmp_path / "out")
    assert inspect(corpus).faults == []
    assert sorted(path.name for path in (tmp_path / "out" / "train").iterdir()) == ["eyes", "labels"]
    # Nothing was listened to, so nobody knows when the sound begins.
    assert all(len(labels.times) == 100 for labels in corpus.folder("train").labels.values())


def test_an_import_that_was_stopped_while_it_wrote_leaves_nothing_of_that_in_the_next(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    finish_all(found, out, Settings(("audio",)), finish)
    (out / "train" / "eyes").mkdir(parents=True)
    (out / "train" / "eyes" / "id00000000.csv").write_text("of another seed")
    (out / COMPONENTS_FILE).write_text("of another seed")
    with pytest.raises(CorpusError, match=r"no challenge.yaml in it"):
        Corpus.open(out)
    run(found, out, challenge, Settings(("audio",)))
    assert inspect(Corpus.open(out)).faults == []
    assert not (out / "train" / "eyes").exists()
    assert not (out / COMPONENTS_FILE).exists()


def test_a_silent_clip_is_left_out_and_named_and_the_others_go_on(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    settings = Settings(("audio",))
    finish_all(found, tmp_path / "out", settings, finish)
    source = found.clips[4].source(("audio",))
    assert source is not None
    silence = Stream(np.arange(100) / 100, np.zeros((100, 36), dtype=np.float32))
    finish(tmp_path / "out" / ".extraction", source, settings, {"audio": silence}, 1.0)
    report = run(found, tmp_path / "out", challenge, settings)
    assert sum(report.recordings.values()) == 11
    assert report.broken == {"clip-5": f"{tmp_path}/source/5.wav: expected a voice, found 1 s of silence"}
    assert inspect(Corpus.open(tmp_path / "out")).faults == []


def test_a_clip_of_a_sound_that_is_shorter_than_a_picture_has_no_pictures(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    settings = Settings(("audio", "kinect"))
    finish_all(found, tmp_path / "out", settings, finish)
    clip = found.clips[4]
    source = clip.source(settings.modalities)
    assert source is not None
    made = {name: stream for name, stream in streams(4).items() if name in settings.modalities}
    made["audio"].values[:] = 0
    made["audio"].values[42] = 1
    finish(tmp_path / "out" / ".extraction", source, settings, made, 1.0)
    run(found, tmp_path / "out", challenge, settings)
    corpus = Corpus.open(tmp_path / "out")
    assert inspect(corpus).faults == []
    split = next(one.split for one in corpus.read_recordings() if one.name == clip.recording)
    assert corpus.folder(split).stream("kinect", clip.recording) is None


def test_a_clip_without_files_for_what_is_asked_is_left_out_and_counted(
    found: FoundClips, challenge: Challenge, finish: Finish, tmp_path: Path
) -> None:
    silent = Clip("clip-13", "actor_01", 1, 0, 1.0, None, found.clips[0].pictures)
    finish_all(found, tmp_path / "out", Settings(("audio",)), finish)
    report = run(FoundClips((*found.clips, silent), {}), tmp_path / "out", challenge, Settings(("audio",)))
    assert report.left_out == {"they have no files for these modalities": 1}


def test_films_of_none_who_is_trained_on_are_refused_before_they_are_extracted(
    found: FoundClips, challenge: Challenge, tmp_path: Path
) -> None:
    # With this seed actor 2 is in the public test.
    clips = [clip if clip.actor == "actor_02" else _without_film(clip) for clip in found.clips]
    with pytest.raises(CorpusError, match=r"expected films of actors of \['train'\].*films of \['actor_02'\]"):
        run(FoundClips(tuple(clips), {}), tmp_path / "out", challenge, Settings(ALL))
    assert not (tmp_path / "out").exists()


def _without_film(clip: Clip) -> Clip:
    return Clip(clip.name, clip.actor, clip.session, clip.label, clip.agreement, clip.sound, None)


@pytest.mark.parametrize("entry", ["notes.txt", "challenge.yaml"])
def test_a_folder_with_other_files_in_it_is_left_alone(
    entry: str, found: FoundClips, challenge: Challenge, tmp_path: Path
) -> None:
    (tmp_path / "out" / ".extraction").mkdir(parents=True)
    (tmp_path / "out" / entry).write_text("mine")
    with pytest.raises(CorpusError, match="expected a new or empty folder, or that of an interrupted import"):
        run(found, tmp_path / "out", challenge, Settings(("audio",)))
    assert (tmp_path / "out" / entry).read_text() == "mine"


def test_a_folder_named_as_a_split_is_not_taken_for_that_of_an_interrupted_import(
    found: FoundClips, challenge: Challenge, tmp_path: Path
) -> None:
    (tmp_path / "out" / "train").mkdir(parents=True)
    with pytest.raises(CorpusError, match="expected a new or empty folder"):
        run(found, tmp_path / "out", challenge, Settings(("audio",)))


def test_by_default_the_modalities_are_those_that_there_are_files_for(found: FoundClips, challenge: Challenge) -> None:
    sounds = FoundClips(tuple(_without_film(clip) for clip in found.clips), {})
    assert found.modalities(challenge, None) == ALL
    assert sounds.modalities(challenge, None) == ("audio",)
    assert found.modalities(challenge, ("eyes", "audio")) == ("audio", "eyes")
    with pytest.raises(CorpusError, match=r"some of \['audio'\], for which the clips have files. Received: \['eyes'\]"):
        sounds.modalities(challenge, ("eyes",))
    with pytest.raises(CorpusError, match=r"Received: \['smell'\]"):
        found.modalities(challenge, ("smell",))


def test_the_command_says_what_became_of_the_clips_and_exits_1_where_one_could_not_be_read(
    finish: Finish, tmp_path: Path
) -> None:
    (tmp_path / "source").mkdir()
    for name in ("03-01-01-01-01-01-01.wav", "03-01-03-01-01-01-01.wav", "03-01-08-01-01-01-01.wav"):
        (tmp_path / "source" / name).write_bytes(b"made up")
    silence = Stream(np.arange(100) / 100, np.zeros((100, 36), dtype=np.float32))
    for clip, made in zip(find_clips(tmp_path / "source").clips, (streams(0)["audio"], silence), strict=True):
        source = clip.source(("audio",))
        assert source is not None
        finish(tmp_path / "out" / ".extraction", source, Settings(("audio",)), {"audio": made}, 1.0)
    result = CliRunner().invoke(main, ["import", "ravdess", str(tmp_path / "source"), str(tmp_path / "out")])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"left out: 03-01-03-01-01-01-01: {tmp_path}/source/03-01-03-01-01-01-01.wav: "
        "expected a voice, found 1 s of silence",
        "1 recordings: train 1, public 0, private 0",
        "1 clips left out: their emotion is none of the challenge's labels",
        "1 clips could not be read",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--embedding", "vgg16"], "--embedding vgg16 and --weights FILE go together"),
        (["--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"], "--jobs is for this machine"),
        (["--modalities", "smell"], "Received: ['smell']"),
        (["--jobs", "0"], "0 is not in the range x>=1"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(options: list[str], expected: str, tmp_path: Path) -> None:
    (tmp_path / "03-01-01-01-01-01-01.wav").touch()
    result = CliRunner().invoke(main, ["import", "ravdess", str(tmp_path), str(tmp_path / "out"), *options])
    assert result.exit_code == 2
    assert expected in result.output
    assert not (tmp_path / "out").exists()
