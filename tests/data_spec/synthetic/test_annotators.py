"""Annotators err, and from what they mark follow label and agreement."""

import numpy as np

from data_spec.agreement import consensus
from data_spec.synthetic.annotators import annotate
from data_spec.synthetic.scenario import Scenario
from data_spec.synthetic.stories.framewise import Annotators

CAREFUL = Annotators(skill=(1.0, 1.0), hidden=1.0, second_label=0.0, lag_seconds=0.0)


def scenario(is_open=True):
    state = np.repeat(np.arange(4), 500)
    felt = np.array([0, 3, 5, 3])[state]
    return Scenario(state, felt, np.full(2000, is_open), {}, np.full(2000, True))


def votes(annotators, skills, is_open=True, seed=0):
    return annotate(scenario(is_open), 6, 100, annotators, np.array(skills), np.random.default_rng(seed))


def test_annotators_who_never_err_agree_on_what_is_felt():
    agreed = consensus(votes(CAREFUL, [1.0] * 5))
    np.testing.assert_array_equal(agreed.index, scenario().felt)
    assert (agreed.agreement == 1.0).all()


def test_each_annotator_marks_at_least_one_label_in_every_frame():
    erring = CAREFUL.model_copy(update={"second_label": 0.5, "lag_seconds": 1.0})
    counts = votes(erring, [0.5] * 7).sum(axis=1)
    assert (counts >= 7).all()
    assert (counts <= 14).all()


def test_the_less_skilled_agree_less():
    def agreement(skill):
        return np.mean([consensus(votes(CAREFUL, [skill] * 7, seed=seed)).agreement.mean() for seed in range(20)])

    assert agreement(0.95) > agreement(0.7) > agreement(0.3)


def test_what_is_hidden_is_agreed_on_less():
    hiding = CAREFUL.model_copy(update={"hidden": 0.5})
    open_, hidden = (
        np.mean([consensus(votes(hiding, [0.9] * 7, is_open, seed)).agreement.mean() for seed in range(20)])
        for is_open in (True, False)
    )
    assert open_ > hidden


def test_annotators_set_the_beginning_of_a_state_at_different_moments():
    lagging = CAREFUL.model_copy(update={"lag_seconds": 0.5})
    split = [frame for frame, row in enumerate(votes(lagging, [1.0] * 9)) if (row > 0).sum() > 1]
    assert split
    assert all(min(abs(frame - edge) for edge in (500, 1000, 1500)) < 300 for frame in split)
