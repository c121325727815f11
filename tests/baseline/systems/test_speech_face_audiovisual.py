"""Speech, face, audiovisual on small corpora of mspface's kind, and of classes and speech alone."""

from dataclasses import replace

import audmetric
import numpy as np
import pytest

from baseline import clip_training
from baseline.run_folder import RunFolder
from baseline.system import Part, Size, TrainingData
from baseline.systems.speech_face_audiovisual import SYSTEM
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import NO_LABEL, Labels, Stream
from scorer.scoring import score

TINY = SYSTEM.settings(Size.TINY, "audiovisual")


def make_corpus(root, challenge_name, clips):
    """Clips whose functionals tell label and attributes. The last one of a split has no label, and no stream."""
    challenge = load_challenge(challenge_name)
    corpus, task = Corpus.create(root, challenge), challenge.task
    random = np.random.default_rng(0)
    directions = random.normal(size=(len(task.labels) + len(task.attributes), 6373))
    for split, count in clips.items():
        folder = corpus.root / challenge.split(split).folder
        for number in range(count):
            name, last = f"{split}_{number}", number == count - 1
            label = number % len(task.labels)
            values = random.uniform(2, 6, (1, len(task.attributes)))
            index = np.array([NO_LABEL if last else label], dtype=np.int8)
            labels = Labels(np.zeros(1), index, np.array([0.4 if last else 0.8]), values)
            write_labels(folder / "labels" / f"{name}.csv", labels, task)
            if last:
                continue
            shown = np.concatenate([np.eye(len(task.labels))[label] * 2, values[0]])
            functionals = (shown @ directions + random.normal(size=6373) + 10).astype(np.float32)
            write_stream(
                folder / "speech" / f"{name}.csv", Stream(np.zeros(1), functionals[None]), challenge.modality("speech")
            )
            if "face" in {modality.name for modality in challenge.modalities}:
                frames = random.uniform(0, 1, (30 + 10 * (number % 3), 1024)).astype(np.float32)
                frames[5:20] = 0.0
                stream = Stream(np.arange(len(frames)) / 25, frames)
                write_stream(folder / "face" / f"{name}.csv", stream, challenge.modality("face"))
    return corpus


def data_of(corpus, train="train", validation="validation"):
    return TrainingData(*(Part(folder, folder.recordings) for folder in map(corpus.folder, (train, validation))))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_of(make_corpus(tmp_path_factory.mktemp("msp") / "corpus", "mspface", {"train": 19, "validation": 10}))


@pytest.fixture(scope="module")
def audiovisual(data, tmp_path_factory):
    """The audiovisual model of the attributes, and what its branches weighed when they were frozen."""
    frozen, run = {}, RunFolder(tmp_path_factory.mktemp("run"))
    vectors = clip_training._vectors

    def spy(branch, *rest):
        frozen.setdefault(branch.name, [weight.copy() for weight in branch.get_weights()])
        return vectors(branch, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clip_training, "_vectors", spy)
        return SYSTEM.train(data, "audiovisual:attributes", TINY, 0, run), frozen, run


def test_both_modalities_together_are_the_default(data):
    known = SYSTEM.variants(data.challenge)
    assert known[0] == "audiovisual"
    assert set(SYSTEM.tables[0].variants) < set(known)
    assert SYSTEM.variants(load_challenge("ravdess_speech")) == ("speech", "speech:6_classes")


def test_the_branches_are_as_they_were_when_they_were_frozen(audiovisual):
    predictor, frozen, _ = audiovisual
    model = predictor.models["attributes"]
    assert set(frozen) == {"speech_branch", "face_branch"}
    for name, weights in frozen.items():
        for one, other in zip(model.get_layer(name).get_weights(), weights, strict=True):
            np.testing.assert_array_equal(one, other)


def test_each_network_of_an_audiovisual_one_leaves_its_curves(audiovisual):
    _, _, run = audiovisual
    assert {path.name for path in run.path.glob("*.csv")} == {
        f"{modality}_attributes.csv" for modality in ("speech", "face", "audiovisual")
    }


def test_attributes_keep_within_their_range_and_labels_that_no_model_tells_have_the_score_0(audiovisual, data):
    predictor, _, _ = audiovisual
    predicted = predictor.predict(data.validation.folder, data.validation.recordings)
    assert list(predicted) == list(data.validation.recordings)
    rows = np.concatenate(list(predicted.values()))
    assert rows.shape == (10, 8 + 3)
    assert not rows[:, :8].any()
    assert rows[:, 8:].min() >= 1.0
    assert rows[:, 8:].max() <= 7.0
    assert (rows[:-1, 8:].std(axis=0) > 0).all()


def test_a_saved_one_predicts_the_same(audiovisual, data, tmp_path):
    predictor, _, _ = audiovisual
    predictor.save(tmp_path)
    part = data.validation
    again = SYSTEM.load(tmp_path).predict(part.folder, part.recordings)
    for name, row in predictor.predict(part.folder, part.recordings).items():
        np.testing.assert_array_equal(again[name], row)


def test_no_clips_are_no_predictions(audiovisual, data):
    assert audiovisual[0].predict(data.validation.folder, []) == {}


@pytest.fixture(scope="module")
def of_speech(data, tmp_path_factory):
    """The speech model of the attributes, trained long enough."""
    settings = replace(TINY, epochs=60, patience=60, batch=32)
    return SYSTEM.train(data, "speech:attributes", settings, 0, RunFolder(tmp_path_factory.mktemp("run")))


def test_speech_learns_the_attributes_that_it_tells(of_speech, data):
    folder, names = data.train.folder, data.train.recordings[:-1]
    predicted = np.concatenate(list(of_speech.predict(folder, names).values()))[:, 8:]
    truth = np.concatenate([folder.labels[name].values for name in names])
    for column in range(3):
        assert audmetric.concordance_cc(truth[:, column], predicted[:, column]) > 0.8


@pytest.mark.slow
def test_the_same_seed_trains_the_same_and_another_one_another(data, tmp_path):
    part = data.validation
    first, again, other = (
        SYSTEM.train(data, "speech:attributes", TINY, seed, RunFolder(tmp_path)).predict(part.folder, part.recordings)
        for seed in (0, 0, 1)
    )
    name = part.recordings[0]
    np.testing.assert_array_equal(first[name], again[name])
    assert (first[name] != other[name]).any()


def test_five_classes_score_these_labels_alone_and_tell_the_mean_of_each_attribute(data, tmp_path):
    predictor = SYSTEM.train(data, "speech:5_classes", TINY, 0, RunFolder(tmp_path))
    rows = np.concatenate(list(predictor.predict(data.validation.folder, data.validation.recordings).values()))
    task = data.challenge.task
    of_five = [task.scored_labels.index(label) for label in task.subsets["5_classes"]]
    np.testing.assert_allclose(rows[:, of_five].sum(axis=1), 1.0, rtol=1e-5)
    assert not np.delete(rows[:, :8], of_five, axis=1).any()
    truth = np.concatenate([data.train.folder.labels[name].values for name in data.train.recordings])
    np.testing.assert_allclose(rows[:, 8:], np.tile(truth.mean(axis=0), (10, 1)))


@pytest.mark.slow
def test_a_challenge_of_classes_and_speech_alone_is_learned(tmp_path):
    corpus = make_corpus(tmp_path / "corpus", "ravdess_speech", {"train": 25, "public": 13})
    data = data_of(corpus, validation="public")
    predictor = SYSTEM.train(data, "speech", replace(TINY, epochs=15, patience=15), 0, RunFolder(tmp_path))
    folder = data.validation.folder
    predicted = predictor.predict(folder, folder.recordings)
    assert {row.shape for row in predicted.values()} == {(1, 6)}
    assert score(predicted, folder.labels, corpus.challenge.task, resamples=2).score > 0.9


def test_a_variant_that_there_is_not_is_refused(data, tmp_path):
    with pytest.raises(ValueError, match=r"variant: expected one of audiovisual, speech, face, .*Received: 'scent'"):
        SYSTEM.train(data, "scent", TINY, 0, RunFolder(tmp_path))


def test_a_problem_without_clips_is_refused(data, tmp_path):
    tied = TrainingData(Part(data.train.folder, data.train.recordings[-1:]), data.validation)
    with pytest.raises(ValueError, match="expected two clips or more for 8_classes, found"):
        SYSTEM.train(tied, "speech:8_classes", TINY, 0, RunFolder(tmp_path))


@pytest.mark.parametrize("content", [None, "", "{}", '{"problems": ["9_classes"]}'])
def test_what_is_no_saved_model_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "input.json").write_text(content)
    with pytest.raises(ValueError, match=r"input.json: expected what speech_face_audiovisual writes"):
        SYSTEM.load(tmp_path)


def test_a_model_that_is_missing_is_told(audiovisual, tmp_path):
    audiovisual[0].save(tmp_path)
    (tmp_path / "attributes.keras").unlink()
    with pytest.raises(ValueError, match=r"attributes.keras: expected a .keras file"):
        SYSTEM.load(tmp_path)
