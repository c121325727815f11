"""Segments: intensities of several emotions at once, marked in thirds, shown by modalities that add to each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupKFold, cross_val_predict

from data_spec.challenge import load_challenge
from data_spec.synthetic.dynamics import draw_traits, render, signature
from data_spec.synthetic.planning import plan
from data_spec.synthetic.segments import cut, feel, mark, mixture, perform
from data_spec.synthetic.settings import Durations
from data_spec.synthetic.stories.segments import IntensityAnnotators

CAREFUL = IntensityAnnotators(spread=0.0, false_marks=0.0)


@pytest.fixture(scope="module")
def mosei():
    return load_challenge("mosei")


@pytest.fixture(scope="module")
def intensities(mosei):
    """Of many talks of ten segments, shape (segments, emotions)."""
    story, rng = mosei.synthetic, np.random.default_rng(0)
    return np.concatenate(
        [mark(feel(10, story, 3.0, rng), 3, story.annotators, 3.0, rng).mean(axis=0) for _ in range(600)]
    )


def test_in_about_23_of_100_segments_nothing_is_felt(intensities):
    assert (intensities == 0).all(axis=1).mean() == pytest.approx(0.23, abs=0.02)


def test_happy_is_the_most_frequent_emotion_and_then_sad(mosei, intensities):
    frequent = np.argsort(-(intensities > 0).mean(axis=0))
    assert [mosei.task.emotions[emotion] for emotion in frequent[:2]] == ["happy", "sad"]


def test_several_emotions_are_felt_at_once(intensities):
    assert 0.2 < ((intensities > 0).sum(axis=1) > 1).mean() < 0.6


def test_three_annotators_marks_give_thirds_up_to_three(intensities):
    np.testing.assert_allclose(intensities * 3, np.rint(intensities * 3), atol=1e-9)
    assert intensities.min() == 0
    assert intensities.max() == 3


def test_annotators_who_never_err_mark_what_is_felt():
    felt = np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    marks = mark(felt, 5, CAREFUL, 3.0, np.random.default_rng(0))
    np.testing.assert_array_equal(marks, np.broadcast_to(felt, (5, 2, 3)))


def test_nobody_marks_anything_where_nothing_is_felt():
    hasty = IntensityAnnotators(spread=1.0, false_marks=1.0)
    assert not mark(np.zeros((50, 6)), 3, hasty, 3.0, np.random.default_rng(0)).any()


@settings(max_examples=50, deadline=None)
@given(
    st.floats(1.0, 200.0),
    st.tuples(st.floats(1.0, 4.0), st.floats(0.1, 5.0), st.floats(0.1, 5.0)),
    st.integers(0, 2**32),
)
def test_segments_fill_the_recording_and_last_as_long_as_the_story_says(seconds, lengths, seed):
    least, to_mean, to_most = lengths
    durations = Durations(least=least, mean=least + to_mean, most=least + to_mean + to_most)
    ends = cut(seconds, durations, np.random.default_rng(seed))
    assert ends[-1] <= seconds + 0.01
    if len(ends) > 1 or seconds > durations.most:
        lasting = np.diff(ends, prepend=0.0)
        assert (lasting >= durations.least - 0.011).all()
        assert (lasting <= durations.most + 0.011).all()
        assert seconds - ends[-1] <= durations.most + 0.01
    else:
        assert len(ends) == 1


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, (4, 6), elements=st.floats(0.0, 3.0)))
def test_what_is_displayed_is_a_mixture(shown):
    weights = mixture(shown, 3.0)
    assert weights.shape == (4, 7)
    assert (weights >= -1e-12).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)


def test_what_is_felt_alone_and_fully_is_displayed_as_one_emotion_is(mosei):
    story = mosei.synthetic.modalities["video"]
    look = signature("video", 7, 35, story)
    shown = np.repeat([0, 3, 6], 50)
    one, mixed = (
        render(what, 30, look, draw_traits(35, np.random.default_rng(1)), story, np.random.default_rng(2))
        for what in (shown, np.eye(7)[shown])
    )
    np.testing.assert_allclose(one, mixed, atol=2e-4)


@pytest.mark.slow
def test_three_modalities_together_tell_more_than_each_of_them(mosei):
    story = mosei.synthetic
    features, truth, actors = {name: [] for name in story.modalities}, [], []
    for planned in plan(mosei, story, 60, seed=1):
        performed = perform(mosei, story, 1, planned)
        begins = performed.labels.times
        for name, stream in performed.streams.items():
            segment = np.searchsorted(begins, stream.times + 1e-9, side="right") - 1
            features[name] += [stream.values[segment == number].mean(axis=0) for number in range(len(begins))]
        truth += [*performed.labels.values]
        actors += [planned.recording.actor] * len(begins)
    truth = np.array(truth)

    def error(names):
        columns = np.concatenate([np.array(features[name]) for name in names], axis=1)
        model, folds = RidgeCV(np.logspace(1, 4, 7)), GroupKFold(5)
        return np.square(cross_val_predict(model, columns, truth, cv=folds, groups=actors) - truth).mean()

    alone = [error([name]) for name in features]
    assert error([*features]) < 0.9 * min(alone)
    assert max(alone) < truth.var(axis=0).mean()
