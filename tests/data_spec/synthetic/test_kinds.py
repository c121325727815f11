"""A corpus of every kind of task: whole, readable, the same for the same seed."""

import filecmp
import pickle
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from data_spec.__main__ import main
from data_spec.annotations.consensus import annotation_faults
from data_spec.annotations.references import read_references
from data_spec.challenge import dump_challenge, load_challenge, parse_challenge
from data_spec.corpus import ANNOTATIONS_FOLDER, LABELS_FOLDER
from data_spec.features.packages import MissingPackageError
from data_spec.media.container import read_facts
from data_spec.media.pictures import read_pictures
from data_spec.media.sound import read_sound
from data_spec.synthetic.corpus import PERFORM, synthesize
from data_spec.synthetic.planning import plan
from data_spec.task import KINDS

NEW_KINDS = ["mosei", "mspface", "recola"]
RECORDINGS = {"mosei": 6, "mspface": 14, "recola": 3}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory, short):
    root = tmp_path_factory.mktemp("kinds")
    return {name: synthesize(root / name, short(name), RECORDINGS[name], seed=3) for name in NEW_KINDS}


def files(corpus):
    return sorted(path.relative_to(corpus.root) for path in corpus.root.rglob("*") if path.is_file())


def test_every_kind_of_task_can_be_performed():
    assert set(PERFORM) == set(KINDS)


@pytest.mark.parametrize("name", ["merc2017", *NEW_KINDS])
def test_a_story_stays_the_same_when_it_is_written_and_read(name):
    challenge = load_challenge(name)
    assert challenge.synthetic.kind == challenge.task.kind
    assert parse_challenge(dump_challenge(challenge), "copy") == challenge


@pytest.mark.parametrize("name", NEW_KINDS)
def test_the_same_seed_gives_the_same_bytes_also_of_sound_and_pictures(name, tmp_path, short, corpora):
    again = synthesize(tmp_path / "again", short(name), RECORDINGS[name], seed=3, processes=1)
    assert files(again) == files(corpora[name])
    same, different, unreadable = filecmp.cmpfiles(corpora[name].root, again.root, files(again), shallow=False)
    assert (len(same), different, unreadable) == (len(files(again)), [], [])


@pytest.mark.parametrize("name", NEW_KINDS)
def test_another_seed_gives_other_recordings(name, short):
    one, other = (plan(short(name), short(name).synthetic, 20, seed) for seed in (1, 2))
    assert {p.recording.name for p in one}.isdisjoint(p.recording.name for p in other)


@pytest.mark.parametrize("name", NEW_KINDS)
def test_every_recording_has_labels_and_every_modality_and_all_of_it_is_read(name, corpora):
    corpus, count = corpora[name], 0
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for recording in folder.recordings:
            labels = folder.labels[recording]
            assert labels.values.shape == (len(labels.times), len(corpus.challenge.task.attributes))
            for modality in corpus.challenge.modalities:
                if modality.is_table:
                    stream = folder.streams(modality.name)[recording]
                    assert stream.times[0] == pytest.approx(labels.times[0])
                    assert stream.present.all()
                else:
                    assert read_facts(folder.media(modality.name, recording)).seconds > 0
            count += 1
    assert count == RECORDINGS[name]


@pytest.mark.parametrize("name", ["mspface", "recola"])
def test_labels_are_what_the_raters_said_together(name, corpora):
    corpus = corpora[name]
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for recording in folder.recordings:
            said, labels = (folder.path / part / f"{recording}.csv" for part in (ANNOTATIONS_FOLDER, LABELS_FOLDER))
            assert annotation_faults(said, labels, corpus.challenge.task) == []


def test_references_are_recordings_that_many_rated(corpora):
    corpus = corpora["mspface"]
    references = read_references(corpus.root)
    assert len(references) >= 3
    assert references < {one.name for one in corpus.read_recordings()}


def test_sound_pictures_and_features_end_with_the_last_label(corpora):
    corpus = corpora["recola"]
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for recording, labels in folder.labels.items():
            samples, rate = read_sound(folder.media("sound", recording))
            pictures = [*read_pictures(folder.media("faces", recording))]
            assert rate == corpus.challenge.modality("sound").rate
            assert len(samples) == len(labels.times) * rate // corpus.challenge.task.rate
            assert len(pictures) == len(labels.times) == len(folder.streams("features")[recording].times)
            assert pictures[0].pixels.shape == (110, 110, 3)
            np.testing.assert_allclose([one.seconds for one in pictures], labels.times, atol=1e-3)


@pytest.mark.parametrize("name", ["mosei", "mspface"])
def test_no_actor_is_in_two_splits(name):
    challenge = load_challenge(name)
    splits = {}
    for one in plan(challenge, challenge.synthetic, challenge.synthetic.recordings, seed=1):
        splits.setdefault(one.recording.actor, set()).add(one.recording.split)
    assert len(splits) == challenge.synthetic.actors
    assert all(len(of_actor) == 1 for of_actor in splits.values())


def test_the_conversations_are_divided_as_in_the_paper():
    challenge = load_challenge("recola")
    planned = plan(challenge, challenge.synthetic, challenge.synthetic.recordings, seed=1)
    assert [sum(one.recording.split == split for one in planned) for split in ("train", "validation", "test")] == [
        16,
        15,
        15,
    ]


def test_dialogues_need_neither_pyav_nor_opencv(tmp_path, merc2017, monkeypatch):
    for package in ("av", "cv2"):
        monkeypatch.setitem(sys.modules, package, None)
    assert len(synthesize(tmp_path / "corpus", merc2017, recordings=2, processes=1).read_recordings()) == 2


@pytest.mark.parametrize("package", ["av", "cv2"])
def test_where_a_package_for_sound_and_pictures_is_missing_the_command_says_so_in_a_line(
    package, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, package, None)
    arguments = [
        "synthesize",
        str(tmp_path / "out"),
        "--challenge",
        "recola",
        "--recordings",
        "1",
        "--seconds",
        "1",
        "1.5",
        "2",
    ]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "needs the package" in result.output
    assert "pip install" in result.output
    assert not (tmp_path / "out").exists()


def test_the_error_of_a_missing_package_survives_the_way_from_another_process():
    error = MissingPackageError.named("av", "writing sound and pictures")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_command_makes_recordings_of_the_length_that_is_asked(tmp_path):
    out = tmp_path / "out"
    arguments = ["synthesize", str(out), "--challenge", "mosei", "--recordings", "3", "--seconds", "5", "6", "7"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert load_challenge(out / "challenge.yaml").synthetic.seconds.most == 7.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (["5", "4", "7"], "expected LEAST < MEAN < MOST. Received: 5 4 7"),
        (["1", "2", "inf"], "expected LEAST < MEAN < MOST. Received: 1 2 inf"),
        (["0.01", "1", "2"], "synthetic.seconds.least: expected at least one frame (0.04 s). Received: 0.01"),
    ],
)
def test_durations_that_no_recording_can_have_are_refused(tmp_path, seconds, words):
    arguments = ["synthesize", str(tmp_path / "out"), "--challenge", "recola", "--seconds", *seconds]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert words in result.output
