"""Conversations: raters follow what modalities show, each modality its own part of it."""

import numpy as np
import pytest

from data_spec.annotations.consensus import trace_consensus
from data_spec.challenge import load_challenge
from data_spec.synthetic.continuous import perform
from data_spec.synthetic.planning import plan
from data_spec.synthetic.settings import Durations


@pytest.fixture(scope="module")
def recola():
    """Conversations of half a minute in which all that is shown is the truth, and nobody's hand shakes."""
    challenge = load_challenge("recola")
    story = challenge.synthetic
    raters = story.raters.model_copy(update={"bias": 0.0, "gain": 0.0, "delay": (0.0, 0.0), "jitter": 0.0})
    all_ = {"arousal": 1.0, "valence": 1.0}
    modalities = {
        name: part if part.measured_on else part.model_copy(update={"shows": all_})
        for name, part in story.modalities.items()
    }
    seconds = Durations(least=29.0, mean=30.0, most=31.0)
    changed = {"raters": raters, "modalities": modalities, "seconds": seconds, "change_seconds": (4.0, 2.0)}
    return challenge.model_copy(update={"synthetic": story.model_copy(update=changed)})


@pytest.fixture(scope="module")
def performed(recola):
    return [perform(recola, recola.synthetic, 1, one) for one in plan(recola, recola.synthetic, 4, seed=1)]


def test_the_label_is_the_mean_of_six_raters(performed):
    for one in performed:
        assert len(one.annotations.raters) == 6
        np.testing.assert_array_equal(one.labels.values, trace_consensus(one.annotations).values)
        np.testing.assert_allclose(one.labels.values, one.annotations.values.mean(axis=2))


def test_arousal_is_heard_in_the_loudness(performed):
    for one in performed:
        sound = one.media["sound"].samples
        moments = sound[: len(sound) // 8000 * 8000].reshape(-1, 8000).std(axis=1)
        speaks = moments > np.percentile(moments, 40)
        arousal = np.interp(0.25 + 0.5 * np.arange(len(moments)), one.labels.times, one.labels.values[:, 0])
        assert np.corrcoef(np.log(moments[speaks]), arousal[speaks])[0, 1] > 0.5


def test_features_tell_both_attributes_of_one_person(performed):
    for one in performed:
        columns = one.streams["features"].values
        columns = np.column_stack([columns, np.ones(len(columns))])
        for truth in one.labels.values.T:
            fitted = columns @ np.linalg.lstsq(columns[::2], truth[::2], rcond=None)[0]
            assert np.corrcoef(fitted[1::2], truth[1::2])[0, 1] > 0.7


def test_features_show_what_the_face_does_and_not_what_the_voice_does(recola):
    story = recola.synthetic
    nothing = story.modalities["faces"].model_copy(update={"shows": {"arousal": 0.0, "valence": 0.0}})
    blank = story.model_copy(update={"modalities": story.modalities | {"faces": nothing}})
    [planned] = plan(recola, story, 1, seed=1)
    with_face, without = (perform(recola, told, 1, planned) for told in (story, blank))
    np.testing.assert_array_equal(with_face.media["sound"].samples, without.media["sound"].samples)
    np.testing.assert_array_equal(with_face.labels.values, without.labels.values)
    assert not np.allclose(with_face.streams["features"].values, without.streams["features"].values)
