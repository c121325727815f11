"""Training is repeatable, learns, and says why it cannot."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from baseline import training
from baseline.prediction import ModelError, load_model, predict, write_submission
from baseline.training import Settings, batches, save_model, train
from baseline.windows import Windows
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import NO_LABEL, Labels, Stream
from scorer.metrics import score
from scorer.submission import read

QUICK = Settings(epochs=4, batch=8, learning_rate=3e-3)


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
def model(corpus):
    return train(corpus.folder("train"), ["kinect"], QUICK, progress=False)


@pytest.mark.slow
def test_what_is_plain_is_learned(corpus, model):
    test = corpus.folder("public")
    report = score(predict(model, test), test.labels, corpus.challenge.task)
    assert report.weighted_accuracy > 0.9


@pytest.mark.slow
def test_two_runs_give_the_same_zip_and_the_checker_accepts_it(tmp_path, corpus, model):
    test = corpus.folder("public")
    again = train(corpus.folder("train"), ["kinect"], QUICK, progress=False)
    for name, trained in [("one.zip", model), ("two.zip", again)]:
        write_submission(tmp_path / name, predict(trained, test), test.templates, corpus.challenge)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert read(tmp_path / "one.zip", test.templates, corpus.challenge).accepted


@pytest.mark.slow
def test_a_saved_model_predicts_as_before_and_replaces_an_older_file_whole(tmp_path, corpus, model):
    (tmp_path / "model.keras").write_text("an older model")
    save_model(model, tmp_path / "model.keras")
    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]
    test = corpus.folder("public")
    before, after = predict(model, test), predict(load_model(tmp_path / "model.keras"), test)
    for recording in before:
        np.testing.assert_array_equal(before[recording], after[recording])


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path, content):
    path = tmp_path / "other.keras"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"other\.keras: expected a \.keras file that `baseline train` wrote"):
        load_model(path)


def test_a_folder_without_labelled_recordings_is_nothing_to_train_on(tmp_path, merc2017):
    corpus = Corpus.create(tmp_path / "corpus", merc2017)
    tied = Labels(np.arange(500) / 100, np.full(500, NO_LABEL, dtype=np.int8), np.full(500, 0.5))
    write_labels(corpus.root / "train" / "labels" / "id1.csv", tied, merc2017.task)
    with pytest.raises(
        ValueError, match="expected labelled recordings to train on, found 1 recordings with 0 labelled"
    ):
        train(corpus.folder("train"), ["kinect"], QUICK, progress=False)


@pytest.mark.slow
def test_recordings_held_out_are_not_trained_on(corpus, monkeypatch):
    trained_on = []
    monkeypatch.setattr(
        training, "batches", lambda *args, **options: trained_on.append(args[3]) or batches(*args, **options)
    )
    train(corpus.folder("train"), ["kinect"], replace(QUICK, epochs=1, validation_share=0.25), progress=False)
    fitted, watched = trained_on
    assert (len(fitted), len(watched)) == (54, 18)
    assert not set(fitted.tolist()) & set(watched.tolist())


def test_every_pass_over_shuffled_batches_is_in_a_new_order_that_repeats_from_run_to_run():
    windows = Windows({"eyes": np.arange(40, dtype=np.float32).reshape(20, 1, 2)}, np.array(["id"] * 20), np.arange(20))
    one_hot = np.eye(3, dtype=np.float32)[np.arange(20) % 3]

    def passes():
        dataset = batches(windows, 6, one_hot, shuffle_seed=1)
        return [[inputs["eyes"].numpy()[:, 0, 0].tolist() for inputs, _ in dataset] for _ in range(2)]

    first, second = passes()
    assert first != second
    assert sorted(chain(*first)) == sorted(chain(*second)) == windows.inputs["eyes"][:, 0, 0].tolist()
    assert passes() == [first, second]


def test_inputs_and_labels_of_the_chosen_windows_stay_together_in_batches():
    windows = Windows({"eyes": np.arange(20, dtype=np.float32).reshape(20, 1, 1)}, np.array(["id"] * 20), np.arange(20))
    labels = np.eye(6, dtype=np.float32)[np.arange(20) % 6]
    chosen = np.array([3, 5, 7, 8, 11, 13, 17, 19])
    seen = []
    for inputs, one_hot in batches(windows, 3, labels, chosen, shuffle_seed=3):
        np.testing.assert_array_equal(one_hot.numpy().argmax(axis=1), inputs["eyes"].numpy()[:, 0, 0] % 6)
        seen.extend(inputs["eyes"].numpy()[:, 0, 0].tolist())
    assert sorted(seen) == chosen.tolist()
