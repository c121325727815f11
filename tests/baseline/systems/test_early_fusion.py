"""Early fusion: the network as published, and a training that learns what a stream shows."""

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error

from baseline.run_folder import RunFolder
from baseline.system import Part, Size, TrainingData
from baseline.systems.early_fusion import ARCHITECTURES, SYSTEM, Settings, network
from data_spec.corpus import Corpus, RecordingFolder

TINY = SYSTEM.settings(Size.TINY, "blstm:audio+text+video")
FEATURES = 50 + 74 + 35


def expected_parameters(architecture, chosen):
    """From the layers' definitions: 4 gates of an LSTM, kernels of 3, 2 trained and 2 followed in a normalisation."""
    count, width, frames, units = 4 * FEATURES, FEATURES, chosen.maxlen, chosen.units
    for _ in range(chosen.layers):
        if architecture == "cnn":
            count, width, frames = count + (3 * width + 1) * units, units, -(-frames // 2)
        else:
            sides = 2 if architecture == "blstm" else 1
            count, width = count + sides * 4 * (width + units + 1) * units, sides * units
    width = frames * width if architecture == "cnn" else width
    for _ in range(chosen.dense_layers):
        count, width = count + (width + 1) * chosen.dense_units, chosen.dense_units
    return count + (width + 1) * 6


def test_full_settings_are_the_papers():
    full = SYSTEM.settings(Size.FULL, "blstm:audio+text+video")
    assert (full.units, full.dense_units, full.batch, full.patience) == (64, 100, 64, 10)
    assert full.maxlen in {15, 20, 25, 30}
    assert full.dropout in {0.1, 0.2}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("depth", "maxlen"), [(1, 20), (2, 15), (3, 30)])
def test_the_published_networks_have_six_outputs_and_the_parameters_of_their_layers(architecture, depth, maxlen):
    chosen = Settings(maxlen=maxlen, layers=depth, dense_layers=depth)
    model = network(architecture, FEATURES, 6, chosen)
    assert model.input_shape == (None, maxlen, FEATURES)
    assert model.output_shape == (None, 6)
    assert model.count_params() == expected_parameters(architecture, chosen)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_intensities_are_bounded_whatever_comes_in(architecture):
    model = network(architecture, 5, 6, dataclasses.replace(TINY, layers=2))
    wild = np.random.default_rng(0).normal(0, 1e3, (20, TINY.maxlen, 5)).astype(np.float32)
    outputs = np.asarray(model(wild))
    assert outputs.min() >= 0
    assert outputs.max() <= 3


@pytest.mark.parametrize(
    "wrong", [{"maxlen": 0}, {"layers": 0}, {"dropout": 1.0}, {"dropout": -0.1}, {"patience": 0}, {"batch": 0}]
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: expected .* Received"):
        Settings(**wrong)


@pytest.mark.parametrize("variant", ["blstm:audio+text+video", "lstm:audio", "cnn:text+video"])
def test_a_trained_model_predicts_the_same_after_it_was_saved(segments_corpus, segments_data, tmp_path, variant):
    predictor = SYSTEM.train(segments_data, variant, dataclasses.replace(TINY, layers=2), 0, RunFolder(tmp_path))
    predictor.save(tmp_path)
    test = segments_corpus.folder("test")
    predictions = predictor.predict(test, test.recordings)
    again = SYSTEM.load(tmp_path).predict(test, test.recordings)
    assert set(again) == set(test.recordings)
    for name, values in predictions.items():
        assert values.shape == (3, 6)
        assert values.dtype == np.float64
        assert ((values >= 0) & (values <= 3)).all()
        np.testing.assert_array_equal(again[name], values)
    assert (tmp_path / "training.csv").is_file()
    assert "aligned to the frames of 'text'" in (tmp_path / "notes.md").read_text()


def test_what_is_predicted_of_a_recording_does_not_depend_on_the_others(segments_corpus, segments_data, tmp_path):
    predictor = SYSTEM.train(segments_data, "lstm:audio", TINY, 0, RunFolder(tmp_path))
    test = segments_corpus.folder("test")
    every = predictor.predict(test, test.recordings)
    [(name, alone)] = predictor.predict(test, test.recordings[1:2]).items()
    np.testing.assert_allclose(alone, every[name], atol=1e-6)
    assert predictor.predict(test, []) == {}


def test_the_same_seed_trains_the_same_model_and_another_another(segments_corpus, segments_data, tmp_path):
    validation = segments_corpus.folder("validation")

    def predicted(seed):
        trained = SYSTEM.train(segments_data, "cnn:audio", TINY, seed, RunFolder(tmp_path))
        return trained.predict(validation, validation.recordings[:1])[validation.recordings[0]]

    np.testing.assert_array_equal(predicted(1), predicted(1))
    assert (predicted(1) != predicted(2)).any()


def test_it_learns_the_emotion_that_a_stream_shows(segments_corpus, segments_data, tmp_path):
    """The audio's first column is the happiness: it is heard, while the other emotions can only be guessed."""
    chosen = Settings(maxlen=6, units=16, epochs=80, batch=8, patience=40)
    predictor = SYSTEM.train(segments_data, "lstm:audio", chosen, 0, RunFolder(tmp_path))
    test = segments_corpus.folder("test")
    predictions = np.concatenate(list(predictor.predict(test, test.recordings).values()))
    truth = np.concatenate([test.labels[name].values for name in test.recordings])
    constant = np.median(
        np.concatenate([one.values for one in segments_corpus.folder("train").labels.values()]), axis=0
    )
    by_guessing = mean_absolute_error(truth[:, 3], np.full(len(truth), constant[3]))
    assert mean_absolute_error(truth[:, 3], predictions[:, 3]) < 0.5 * by_guessing


def test_recordings_without_labels_are_refused(segments_corpus, segments_data, tmp_path):
    empty = Part(RecordingFolder(tmp_path, segments_corpus.challenge), ())
    with pytest.raises(ValueError, match="expected recordings with labelled segments, found none"):
        SYSTEM.train(TrainingData(segments_data.train, empty), "lstm:audio", TINY, 0, RunFolder(tmp_path))


def test_an_unknown_variant_is_refused(segments_data, tmp_path):
    with pytest.raises(ValueError, match="Received: 'gru:audio'"):
        SYSTEM.train(segments_data, "gru:audio", TINY, 0, RunFolder(tmp_path))


def test_a_folder_of_something_else_is_refused(segments_data, tmp_path):
    with pytest.raises(ValueError, match=r"model\.keras: expected"):
        SYSTEM.load(tmp_path)
    SYSTEM.train(segments_data, "cnn:text", TINY, 0, RunFolder(tmp_path)).save(tmp_path)
    (tmp_path / "input.json").write_text("[]")
    with pytest.raises(ValueError, match=r"input\.json: expected the modalities"):
        SYSTEM.load(tmp_path)


def test_every_published_variant_is_one_that_can_be_trained(segments_corpus: Corpus):
    known = set(SYSTEM.variants(segments_corpus.challenge))
    published = {figure.variant for table in SYSTEM.tables for figure in table.figures}
    assert published == known
