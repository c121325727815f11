"""The winner's recipe learns what is plain, trusts agreed frames alone, and chooses its smoothing on the validation."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest

from baseline.agreed_frames import agreed_frames
from baseline.prediction import predict
from baseline.run_folder import RunFolder
from baseline.smoothed_trees import SHAPE_FILE, TREES_FILE, Shape, SmoothedTrees, most_probable
from baseline.system import Part, Size, TrainingData
from baseline.systems.winners_recipe import SMOOTHING, SYSTEM, WINDOWS, Settings, smoothing_scores, train
from data_spec.challenge import Challenge
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import NO_LABEL, Labels, Stream
from scorer.scoring import score

QUICK = Settings(prediction_step=0.5, rounds=12, patience=4, leaves=6, frames_in_leaf=5, columns_tried=1.0)
SECONDS = 12
EVERYWHERE = {"train": range(18), "test": range(18, 24)}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, merc2017: Challenge) -> Corpus:
    """Recordings that show two of five emotions, 6 s each, in body and eyes; every second has no body.

    The annotators agree about all but the last second, where they tie or are wrong. Nobody is ever neutral.
    """
    corpus = Corpus.create(tmp_path_factory.mktemp("plain") / "corpus", merc2017)
    for folder, numbers in EVERYWHERE.items():
        for number in numbers:
            write_recording(corpus, folder, f"id{number:02}", number)
    return corpus


def write_recording(corpus: Corpus, folder: str, name: str, number: int) -> None:
    rng = np.random.default_rng(number)
    emotions = np.repeat([number % 5, (number + 1 + number // 5) % 5], SECONDS // 2)  # of each second
    index = np.repeat(emotions, 100).astype(np.int8)
    agreement = np.tile([1.0, 0.7], len(index) // 2)
    index[-100:], agreement[-100:] = NO_LABEL, 0.5
    index[-50:] = 3
    labels = Labels(5 + np.arange(len(index)) / 100, index, agreement)
    write_labels(corpus.root / folder / "labels" / f"{name}.csv", labels, corpus.challenge.task)
    for modality in map(corpus.challenge.modality, ("kinect", "eyes")):
        if modality.name == "eyes" or number % 2:
            shown = np.repeat(emotions, modality.rate)
            times = 5 + np.arange(len(shown)) / modality.rate
            values = np.eye(6)[shown][:, np.arange(modality.features) % 6] * 3
            noisy = (values + rng.normal(0, 0.5, size=values.shape)).astype(np.float32)
            write_stream(corpus.root / folder / modality.folder / f"{name}.csv", Stream(times, noisy), modality)


@pytest.fixture(scope="module")
def data(corpus: Corpus) -> TrainingData:
    folder = corpus.folder("train")
    return TrainingData(Part(folder, folder.recordings[:12]), Part(folder, folder.recordings[12:]))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return RunFolder(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def trained(data: TrainingData, run: RunFolder) -> SmoothedTrees:
    return train(data, "all", QUICK, 0, run)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_what_is_plain_is_learned_also_where_the_body_is_missing(corpus, trained):
    test = corpus.folder("public")
    report = score(predict(trained, test), test.labels, corpus.challenge.task)
    assert report.score > 0.85
    without_body = [one.score for one in report.recordings if int(one.recording[2:]) % 2 == 0]
    assert len(without_body) == 3
    assert min(without_body) > 0.7


def test_the_same_seed_trains_the_same_system_and_another_seed_another(tmp_path, corpus, data, trained):
    test = corpus.folder("public")
    asked = replace(QUICK, columns_tried=0.1, rounds=3)
    found = [
        train(data, "eyes", asked, seed, RunFolder(tmp_path)).unsmoothed(test, test.recordings) for seed in (3, 3, 4)
    ]
    for name in test.recordings:
        np.testing.assert_array_equal(found[0][name], found[1][name])
    assert any((found[0][name] != found[2][name]).any() for name in test.recordings)


def test_frames_that_nobody_agreed_on_are_not_trained_on_and_others_weigh_their_agreement(data):
    frames = agreed_frames(data.train, ["eyes"], WINDOWS, 0.25)
    seconds_agreed = len(data.train.recordings) * (SECONDS - 1)
    assert len(frames.columns) == len(frames.labels) == len(frames.weights) == seconds_agreed * 4
    assert set(frames.labels.tolist()) == {0, 1, 2, 3, 4}
    assert set(frames.weights.tolist()) == {1.0, 0.7}
    truth = data.train.folder.labels[data.train.recordings[0]]
    looked_at = np.arange(12, 1100, 25)
    np.testing.assert_array_equal(frames.labels[:44], truth.index[looked_at])
    np.testing.assert_array_equal(frames.weights[:44], truth.agreement[looked_at])


def test_probabilities_sum_to_one_and_what_was_never_shown_has_none(corpus, trained):
    test = corpus.folder("public")
    neutral = corpus.challenge.task.labels.index("Neutral")
    for name, found in trained.predict_probabilities(test, test.recordings).items():
        assert found.shape == (len(test.templates[name]), 6)
        np.testing.assert_allclose(found.sum(axis=1), 1.0)
        assert (found[:, neutral] == 0).all()


def test_the_prediction_is_the_most_probable_label_of_every_frame(corpus, trained):
    test = corpus.folder("public")
    labels = trained.predict(test, test.recordings[:2])
    assert list(labels) == list(test.recordings[:2])
    for name, found in trained.predict_probabilities(test, test.recordings[:2]).items():
        np.testing.assert_array_equal(labels[name], found.argmax(axis=1))


def test_the_smoothing_that_is_chosen_is_the_least_of_those_that_are_best_on_the_validation(data, run, trained):
    rows = rows_of(run.path / "smoothing.csv")
    scores = {float(row["seconds"]): float(row["validation_weighted_accuracy"]) for row in rows}
    assert tuple(scores) == SMOOTHING
    assert trained.shape.smoothing == min(seconds for seconds in scores if scores[seconds] == max(scores.values()))
    folder, names = data.validation.folder, data.validation.recordings
    truth = {name: folder.labels[name] for name in names}
    reached = score(trained.predict(folder, names), truth, folder.challenge.task).score
    assert reached == pytest.approx(max(scores.values()))


def test_smoothing_helps_where_single_frames_are_noisy(data):
    """A system that sees the truth, but at each third frame that it is asked about something else."""

    class Noisy(SmoothedTrees):
        def unsmoothed(self, folder, recordings):
            found = {}
            for name in recordings:
                seen = np.maximum(folder.labels[name].index, 0)[10::20].astype(int)
                seen[::3] = (seen[::3] + 1) % 6
                found[name] = np.eye(6)[seen]
            return found

    noisy = Noisy(None, Shape(("eyes",), WINDOWS, 6, 0.2, 0.0))
    scores = smoothing_scores(noisy, data.validation)
    assert scores[0.0] == pytest.approx(2 / 3, abs=0.02)
    assert scores[1.0] > 0.95
    assert scores[16.0] < scores[1.0]
    found = noisy.smoothed(noisy.unsmoothed(data.validation.folder, ["id12"]), data.validation.folder, 0.0)
    assert found["id12"].shape == (1200, 6)
    assert most_probable(found)["id12"].dtype == np.int8


def test_a_run_tells_how_the_loss_fell_and_what_was_chosen(run, trained):
    rows = rows_of(run.path / "training.csv")
    assert len(rows) == trained.trees["trees"].n_iter_ + 1
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert float(rows[-1]["validation_loss"]) < float(rows[0]["validation_loss"])
    assert (run.path / "training.png").is_file()
    assert f"averaged over {trained.shape.smoothing:g} s" in (run.path / "notes.md").read_text()


def test_what_is_saved_predicts_the_same_when_it_is_loaded(tmp_path, corpus, trained):
    trained.save(tmp_path)
    loaded = SYSTEM.load(tmp_path)
    test = corpus.folder("public")
    assert loaded.shape == trained.shape
    expected = trained.predict_probabilities(test, test.recordings)
    for name, found in loaded.predict_probabilities(test, test.recordings).items():
        np.testing.assert_array_equal(found, expected[name])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (SHAPE_FILE, None),
        (SHAPE_FILE, b"{}"),
        (SHAPE_FILE, b"\xff"),
        (TREES_FILE, None),
        (TREES_FILE, b""),
        (TREES_FILE, b"PK\x03\x04"),
        (TREES_FILE, b"\x80\x04\x95\x00"),
    ],
)
def test_what_is_no_training_is_refused_with_its_path(tmp_path, trained, file, content):
    trained.save(tmp_path)
    (tmp_path / file).unlink() if content is None else (tmp_path / file).write_bytes(content)
    with pytest.raises(ValueError, match=str(tmp_path)):
        SYSTEM.load(tmp_path)


def test_another_object_than_trees_is_refused(tmp_path, trained):
    trained.save(tmp_path)
    joblib.dump({"trees": 3}, tmp_path / TREES_FILE)
    with pytest.raises(ValueError, match="expected trees, found a dict"):
        SYSTEM.load(tmp_path)


def test_a_modality_alone_is_a_variant_and_others_are_named_by_their_sum(tmp_path, merc2017, data):
    assert SYSTEM.variants(merc2017) == ("all", "audio", "face", "eyes", "kinect")
    tiny = SYSTEM.settings(Size.TINY, "eyes+kinect")
    assert train(data, "eyes+kinect", tiny, 0, RunFolder(tmp_path)).shape.modalities == ("eyes", "kinect")
    with pytest.raises(ValueError, match="no modality of 'merc2017'"):
        train(data, "smell", tiny, 0, RunFolder(tmp_path))


def test_too_little_to_learn_from_is_said(tmp_path, corpus, data):
    nothing = Part(corpus.folder("train"), ())
    for short in (replace(data, train=nothing), replace(data, validation=nothing)):
        with pytest.raises(ValueError, match="expected recordings with labels"):
            train(short, "eyes", QUICK, 0, RunFolder(tmp_path))


def test_recordings_of_one_emotion_are_too_few(tmp_path, merc2017):
    corpus = Corpus.create(tmp_path / "corpus", merc2017)
    labels = Labels(np.arange(300) / 100, np.full(300, 2, dtype=np.int8), np.ones(300))
    for name in ("idone", "idtwo"):
        write_labels(corpus.root / "train" / "labels" / f"{name}.csv", labels, merc2017.task)
    folder = corpus.folder("train")
    short = TrainingData(Part(folder, ("idone",)), Part(folder, ("idtwo",)))
    with pytest.raises(ValueError, match="two labels or more to train on"):
        train(short, "eyes", QUICK, 0, RunFolder(tmp_path))


def test_every_size_has_settings_and_small_is_less_than_full():
    small, full = SYSTEM.settings(Size.SMALL, "all"), SYSTEM.settings(Size.FULL, "all")
    assert small.rounds < full.rounds
    assert SYSTEM.settings(Size.TINY, "all").rounds < small.rounds
