"""A modality shows an emotion by how it moves, more than by where it is."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from data_spec.synthetic.dynamics import draw_traits, render, signature

WINDOWS_PER_LABEL = 60


def windows(merc2017, name):
    """Windows of 4 s, each showing one emotion, acted by people who all differ; and which one each shows."""
    modality, story = merc2017.modality(name), merc2017.synthetic.modalities[name]
    story = story.model_copy(update={"unvoiced": None})
    look = signature(name, 6, modality.features, story)
    rng = np.random.default_rng(0)
    shown = np.repeat(np.arange(6), WINDOWS_PER_LABEL)
    rendered = [
        render(np.full(4 * modality.rate, label), modality.rate, look, draw_traits(modality.features, rng), story, rng)
        for label in shown
    ]
    return np.stack(rendered).astype(np.float64), shown


def accuracy(features, shown):
    even = np.arange(len(shown)) % 2 == 0
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(features[even], shown[even])
    return model.score(features[~even], shown[~even])


@pytest.mark.parametrize("name", ["audio", "face", "eyes", "kinect"])
def test_movement_tells_more_about_the_emotion_than_the_mean_does(merc2017, name):
    values, shown = windows(merc2017, name)
    mean = values.mean(axis=1)
    movement = np.concatenate([values.std(axis=1), np.abs(np.diff(values, axis=1)).mean(axis=1)], axis=1)
    assert accuracy(movement, shown) > accuracy(mean, shown)
    assert accuracy(movement, shown) > 0.3


def test_the_signature_depends_on_nothing_but_the_modality(merc2017):
    story = merc2017.synthetic.modalities["face"]
    one, other = signature("face", 6, 100, story), signature("face", 6, 100, story)
    np.testing.assert_array_equal(one.tempo, other.tempo)
    assert not np.array_equal(one.tempo, signature("eyes", 6, 100, story).tempo)


def test_tempi_stay_within_the_story(merc2017):
    for name, story in merc2017.synthetic.modalities.items():
        tempo = signature(name, 6, 10, story).tempo
        assert (tempo >= story.tempo[0] - 1e-9).all()
        assert (tempo <= story.tempo[1] + 1e-9).all()


def test_actors_have_ranges_of_their_own(merc2017):
    modality, story = merc2017.modality("face"), merc2017.synthetic.modalities["face"]
    look, rng = signature("face", 6, modality.features, story), np.random.default_rng(0)
    means = [
        render(np.zeros(2000, dtype=np.int64), 50, look, draw_traits(modality.features, rng), story, rng).mean(axis=0)
        for _ in range(2)
    ]
    assert np.abs(means[0] - means[1]).mean() > 0.1
