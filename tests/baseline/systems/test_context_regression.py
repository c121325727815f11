"""Context regression on small corpora of recola's kind."""

import csv
from dataclasses import replace

import audmetric
import numpy as np
import pytest

from baseline.run_folder import RunFolder
from baseline.subjects import subjects_of
from baseline.system import Part, Size, TrainingData
from baseline.systems.context_regression import FULL, SYSTEM
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus, Recording
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import Labels, Stream

RATE = 25
DELAY = RATE
"""Frames: raters come one second late."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Six recordings of train, two of the validation, all features of which are mixtures of arousal and valence."""
    challenge = load_challenge("recola")
    corpus = Corpus.create(tmp_path_factory.mktemp("recola") / "corpus", challenge)
    random = np.random.default_rng(0)
    modality = challenge.modality("features")
    directions = random.normal(size=(2, modality.features))
    listed = []
    for number in range(8):
        split = "train" if number < 6 else "validation"
        name, frames = f"recording_{number}", 1000 + 50 * number
        moods = np.cumsum(random.normal(size=(frames + 100, 2)), axis=0)
        moods = np.stack([np.convolve(mood, np.ones(100) / 100, mode="same")[50 : 50 + frames] for mood in moods.T], 1)
        moods = 0.4 * np.tanh((moods - moods.mean(0)) / moods.std(0))
        features = moods @ directions + 0.1 * random.normal(size=(frames, modality.features)) + 3
        features[200:230] = 0.0  # nobody's face was found
        ratings = np.concatenate([np.repeat(moods[:1], DELAY, axis=0), moods[:-DELAY]])
        times = np.arange(frames) / RATE
        folder = corpus.root / split
        write_stream(folder / "features" / f"{name}.csv", Stream(times, features.astype(np.float32)), modality)
        write_labels(folder / "labels" / f"{name}.csv", Labels.of_attributes(times, ratings), challenge.task)
        listed.append(Recording(name, 1, f"actor_{number // 2}", split))
    corpus.write_recordings(listed)
    return corpus


@pytest.fixture(scope="module")
def data(corpus):
    return TrainingData(*(Part(folder, folder.recordings) for folder in map(corpus.folder, ("train", "validation"))))


@pytest.fixture(scope="module")
def settings():
    tiny = SYSTEM.settings(Size.TINY, "features")
    return replace(tiny, first_variance=(0.9,), hop=5, delay_seconds=(0.0, 1.0, 2.0), epochs=50, batch=128)


@pytest.fixture(scope="module")
def trained(data, settings, tmp_path_factory):
    run = RunFolder(tmp_path_factory.mktemp("run"))
    return SYSTEM.train(data, "features", settings, 0, run), run


def coefficients(predictor, part):
    predicted = predictor.predict(part.folder, part.recordings)
    truth = np.concatenate([part.folder.labels[name].values for name in part.recordings])
    values = np.concatenate([predicted[name] for name in part.recordings])
    return [audmetric.concordance_cc(truth[:, column], values[:, column]) for column in range(truth.shape[1])]


def test_it_follows_both_attributes_of_people_it_has_not_seen(trained, data):
    assert min(coefficients(trained[0], data.validation)) > 0.8


def test_predictions_have_a_row_for_each_frame_and_keep_within_the_range(trained, data):
    folder = data.validation.folder
    predicted = trained[0].predict(folder, data.validation.recordings)
    assert list(predicted) == list(data.validation.recordings)
    for name, values in predicted.items():
        assert values.shape == (len(folder.templates[name]), 2)
        assert values.dtype == np.float64
        assert np.abs(values).max() <= 1.0


def test_what_the_pipeline_says_beyond_the_range_is_cut_off(trained, data):
    predictor, _ = trained
    for pipeline in predictor.pipelines.values():
        pipeline.named_steps["regression"].regressor_.intercept_ += 1.0
    try:
        predicted = predictor.predict(data.validation.folder, data.validation.recordings)
    finally:
        for pipeline in predictor.pipelines.values():
            pipeline.named_steps["regression"].regressor_.intercept_ -= 1.0
    assert max(values.max() for values in predicted.values()) == 1.0


@pytest.mark.parametrize("attribute", ["arousal", "valence"])
def test_the_run_has_the_score_of_each_point_of_the_grid_and_the_raters_delay_is_found(trained, attribute):
    _, run = trained
    with (run.path / f"{attribute}_grid.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    assert float(rows[0]["delay_seconds"]) == DELAY / RATE
    for row in rows:
        assert float(row["mean"]) == pytest.approx((float(row["fold_1"]) + float(row["fold_2"])) / 2)
    assert (run.path / f"{attribute}.csv").is_file()
    assert f"{attribute}: the best of 3 points of the grid" in (run.path / "notes.md").read_text()


def test_a_saved_one_predicts_the_same(trained, data, tmp_path):
    predictor, _ = trained
    predictor.save(tmp_path)
    part = data.validation
    again = SYSTEM.load(tmp_path).predict(part.folder, part.recordings)
    for name, values in predictor.predict(part.folder, part.recordings).items():
        np.testing.assert_array_equal(again[name], values)


def test_the_same_seed_trains_the_same(trained, data, settings, tmp_path):
    again = SYSTEM.train(data, "features", settings, 0, RunFolder(tmp_path))
    assert coefficients(again, data.validation) == coefficients(trained[0], data.validation)


def test_the_chain_is_chosen_on_the_validation_where_it_is_asked_for(trained, data, settings, tmp_path):
    with_chain = SYSTEM.train(data, "features", replace(settings, post_processing=True), 0, RunFolder(tmp_path))
    assert not trained[0].chains
    better, before = coefficients(with_chain, data.validation), coefficients(trained[0], data.validation)
    assert all(one >= other for one, other in zip(better, before, strict=True))
    assert sum(better) > sum(before)
    assert "arousal: post-processing: " in (tmp_path / "notes.md").read_text()


def test_a_recording_without_the_features_is_predicted_too(trained, data, tmp_path, corpus):
    folder = corpus.folder("validation")
    lonely = Corpus.create(tmp_path / "lonely", corpus.challenge)
    times = np.arange(60) / RATE
    for name in ("absent", "there"):
        labels = Labels.of_attributes(times, np.zeros((60, 2)))
        write_labels(lonely.root / "test" / "labels" / f"{name}.csv", labels, corpus.challenge.task)
    stream = Stream(times, folder.stream("features", "recording_6").values[:60])
    write_stream(lonely.root / "test" / "features" / "there.csv", stream, corpus.challenge.modality("features"))
    predicted = trained[0].predict(lonely.folder("test"), ["absent", "there"])
    assert {name: values.shape for name, values in predicted.items()} == {"absent": (60, 2), "there": (60, 2)}
    assert np.isfinite(predicted["absent"]).all()


def test_the_subjects_are_the_actors_of_the_list_and_else_the_recordings(corpus, tmp_path):
    folder = corpus.folder("train")
    assert subjects_of(folder, ["recording_0", "recording_1", "recording_2"]) == (
        "actor actor_0",
        "actor actor_0",
        "actor actor_1",
    )
    without = Corpus.create(tmp_path / "participants", corpus.challenge)
    (without.root / "train").mkdir()
    assert len(set(subjects_of(without.folder("train"), ["one", "two"]))) == 2


def test_one_person_is_too_few_to_choose_by(data, settings, tmp_path):
    alone = TrainingData(Part(data.train.folder, data.train.recordings[:2]), data.validation)
    with pytest.raises(ValueError, match="expected features of two people or more, found 1"):
        SYSTEM.train(alone, "features", settings, 0, RunFolder(tmp_path))


def test_a_modality_that_is_no_table_is_refused(data, settings, tmp_path):
    assert SYSTEM.variants(data.challenge) == ("features",)
    with pytest.raises(ValueError, match=r"variant: expected one of features\. Received: 'sound'"):
        SYSTEM.train(data, "sound", settings, 0, RunFolder(tmp_path))


@pytest.mark.parametrize("content", [None, b"", b"no pickle", b"\x80\x04N."])
def test_what_is_no_saved_model_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "model.joblib").write_bytes(content)
    with pytest.raises(ValueError, match=r"model.joblib: expected a model"):
        SYSTEM.load(tmp_path)


def test_the_whole_grid_has_every_step_of_the_paper_in_and_the_optional_ones_out():
    assert SYSTEM.settings(Size.FULL, "features") == FULL
    assert 1.0 in FULL.first_variance  # "Principal Component Analysis (PCA) may be used"
    assert set(FULL.normalized) == {True, False}  # "we optionally normalize"
    assert {0.0} < set(FULL.weight_decay)


def test_the_published_figures_are_those_of_the_expression_networks_last_layer():
    (table,) = SYSTEM.tables
    assert {one.figure: one.value for one in table.figures} == {
        "arousal.concordance_cc": 0.585,
        "valence.concordance_cc": 0.498,
    }


def test_without_a_validation_the_post_processing_is_refused_before_anything_is_fitted(data, settings, tmp_path):
    alone = TrainingData(data.train, Part(data.train.folder, ()))
    with pytest.raises(ValueError, match="post_processing: expected recordings of a validation"):
        SYSTEM.train(alone, "features", replace(settings, post_processing=True), 0, RunFolder(tmp_path))
    assert not [*tmp_path.iterdir()]
