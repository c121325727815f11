"""Training of the naive baseline is repeatable, learns, and says why it cannot."""

import numpy as np
import pytest

from baseline.prediction import predict, write_submission
from baseline.run_folder import RunFolder
from baseline.system import Part, Size, TrainingData
from baseline.systems.decision_fusion import Settings, load, settings, train
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import NO_LABEL, Labels, Stream
from scorer.scoring import score
from scorer.submission import read

QUICK = Settings(epochs=4, batch=8, learning_rate=3e-3)


def data_of(corpus, held_out=0):
    folder = corpus.folder("train")
    names = folder.recordings
    return TrainingData(Part(folder, names[: len(names) - held_out]), Part(folder, names[len(names) - held_out :]))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, merc2017):
    """Recordings whose body shows their one emotion plainly, by its level and by its tempo."""
    kinect = merc2017.modality("kinect")
    corpus = Corpus.create(tmp_path_factory.mktemp("plain") / "corpus", merc2017)
    for number in range(36):
        rng, label, frames = np.random.default_rng(number), number % 6, 1000
        folder = corpus.root / ("train" if number < 24 else "test")
        labels = Labels(5 + np.arange(frames) / 100, np.full(frames, label, dtype=np.int8), np.ones(frames))
        write_labels(folder / "labels" / f"id{number:02}.csv", labels, merc2017.task)
        times = np.arange(150) / 15
        wave = np.sin(2 * np.pi * (0.3 + 0.5 * label) * times)[:, None] + np.eye(27)[label] * 3
        values = (wave + rng.normal(0, 0.3, size=(150, 27))).astype(np.float32)
        write_stream(folder / "kinect" / f"id{number:02}.csv", Stream(5 + times, values), kinect)
    return corpus


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return RunFolder(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def trained(corpus, run):
    return train(data_of(corpus), "kinect", QUICK, 0, run)


@pytest.mark.slow
def test_what_is_plain_is_learned(corpus, trained):
    test = corpus.folder("public")
    assert score(predict(trained, test), test.labels, corpus.challenge.task).score > 0.9


@pytest.mark.slow
def test_two_runs_give_the_same_zip_and_the_checker_accepts_it(tmp_path, corpus, trained):
    test = corpus.folder("public")
    again = train(data_of(corpus), "kinect", QUICK, 0, RunFolder(tmp_path))
    for name, one in [("one.zip", trained), ("two.zip", again)]:
        write_submission(tmp_path / name, predict(one, test), test.templates, corpus.challenge)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert read(tmp_path / "one.zip", test.templates, corpus.challenge).accepted


@pytest.mark.slow
def test_a_saved_model_predicts_as_before(tmp_path, corpus, trained):
    trained.save(tmp_path)
    test = corpus.folder("public")
    before, after = predict(trained, test), predict(load(tmp_path), test)
    for recording in before:
        np.testing.assert_array_equal(before[recording], after[recording])


@pytest.mark.slow
def test_recordings_held_out_are_watched_and_not_trained_on(tmp_path, corpus, run, trained):
    assert (run.path / "training.csv").read_text().startswith("epoch,accuracy,loss\n")
    train(data_of(corpus, held_out=6), "kinect", settings(Size.TINY, "kinect"), 0, RunFolder(tmp_path))
    header = (tmp_path / "training.csv").read_text().splitlines()[0]
    assert header == "epoch,accuracy,loss,validation_accuracy,validation_loss"


def test_a_folder_without_labelled_windows_is_nothing_to_train_on(tmp_path, merc2017):
    corpus = Corpus.create(tmp_path / "corpus", merc2017)
    tied = Labels(np.arange(500) / 100, np.full(500, NO_LABEL, dtype=np.int8), np.full(500, 0.5))
    write_labels(corpus.root / "train" / "labels" / "id1.csv", tied, merc2017.task)
    with pytest.raises(ValueError, match="expected labelled recordings to train on, found 1 recordings with no"):
        train(data_of(corpus), "kinect", QUICK, 0, RunFolder(tmp_path))
