"""Clips: one row of functionals and a row for each picture, which show the label, the attributes and the person."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier

from data_spec.challenge import load_challenge
from data_spec.synthetic.clips import embedded
from data_spec.synthetic.mixture import in_units, mix


@pytest.fixture(scope="module")
def mspface():
    return load_challenge("mspface")


def columns(challenge, name, label, rows=1, actor=None, seed=0, **changed):
    story = challenge.synthetic.modalities[name].model_copy(update=changed)
    emotion = np.concatenate([np.eye(9)[label], np.zeros(3)])
    actor = np.zeros(8) if actor is None else actor
    rng = np.random.default_rng(seed)
    return embedded(emotion, 9, actor, rows, challenge.modality(name), story, rng)


def test_a_clip_has_one_row_of_speech_and_one_of_the_face_for_each_picture(mspface):
    assert columns(mspface, "speech", 0).shape == (1, 6373)
    assert columns(mspface, "face", 0, rows=75).shape == (75, 1024)


def test_a_rectified_layer_is_nowhere_under_zero_and_often_at_it(mspface):
    values = columns(mspface, "face", 3, rows=50)
    assert (values >= 0).all()
    assert 0.2 < (values == 0).mean() < 0.8
    assert values.any(axis=1).all()


def test_functionals_have_units_of_their_own(mspface):
    clips = np.concatenate([columns(mspface, "speech", 0, seed=seed) for seed in range(20)])
    spread = clips.std(axis=0)
    assert spread.max() > 1e4 * spread.min() > 0


def test_the_mixture_depends_on_nothing_but_its_name():
    factors = np.random.default_rng(0).normal(size=(4, 5))
    np.testing.assert_array_equal(mix("a", factors, 7), mix("a", factors, 7))
    assert not np.allclose(mix("a", factors, 7), mix("b", factors, 7))
    np.testing.assert_array_equal(in_units("a", factors, 3), in_units("a", factors, 3))


def test_a_mixture_of_independent_factors_keeps_their_variance():
    factors = np.random.default_rng(0).normal(size=(2000, 20))
    assert mix("speech", factors, 500).var() == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("name", ["speech", "face"])
def test_labels_are_told_apart_better_than_by_chance_and_far_from_always(mspface, name):
    labels = np.tile(np.arange(4), 60)
    rows = 1 if name == "speech" else 25
    values = np.stack(
        [columns(mspface, name, label, rows, seed=seed).mean(axis=0) for seed, label in enumerate(labels)]
    )
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    model = RidgeClassifier(1e4).fit(values[:160], labels[:160])
    assert 0.3 < model.score(values[160:], labels[160:]) < 0.9


@pytest.mark.parametrize("name", ["speech", "face"])
def test_people_differ_more_than_two_clips_of_one_person(mspface, name):
    people = [np.random.default_rng(who).normal(size=8) for who in range(8)]
    clips = np.array(
        [
            [columns(mspface, name, 0, 20, actor, 10 * who + clip).mean(axis=0) for clip in range(2)]
            for who, actor in enumerate(people)
        ]
    )
    clips = (clips - clips.mean(axis=(0, 1))) / (clips.std(axis=(0, 1)) + 1e-9)
    of_one = np.abs(clips[:, 0] - clips[:, 1]).mean()
    of_two = np.abs(clips[1:, 0] - clips[:-1, 1]).mean()
    assert of_two > 1.1 * of_one


def test_who_shows_nothing_shows_the_same_whatever_is_felt(mspface):
    calm, angry = (columns(mspface, "face", label, 30, shows=0.0) for label in (7, 0))
    np.testing.assert_array_equal(calm, angry)
