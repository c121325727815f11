"""Annotators who err: from what they mark follow the labels and their agreement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_spec.synthetic.scenario import Scenario
from data_spec.synthetic.stories.framewise import Annotators


def annotate(
    scenario: Scenario,
    labels: int,
    rate: int,
    annotators: Annotators,
    skills: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """How many annotators marked each label in each frame, shape (frames, labels).

    Args:
        scenario: what happens.
        labels: how many labels there are.
        rate: label frames per second.
        annotators: how they see.
        skills: of those who annotate this recording, shape (annotators,).
        rng: chance.

    An annotator perceives each emotional state once, the better the more of it is open, and sets its
    beginning a little early or late. Who errs names any other label.
    """
    frames = len(scenario.state)
    states = scenario.state[-1] + 1
    length = np.bincount(scenario.state)
    open_share = np.bincount(scenario.state, weights=scenario.is_open) / np.maximum(length, 1)
    first = np.searchsorted(scenario.state, np.arange(states))
    felt = scenario.felt[first]
    votes = np.zeros((frames, labels), dtype=np.int64)
    rows = np.arange(frames)
    for skill in skills:
        sees = skill * (annotators.hidden + (1 - annotators.hidden) * open_share)
        wrong = (felt + rng.integers(1, labels, size=states)) % labels
        perceived = np.where(rng.random(states) < sees, felt, wrong)
        beginnings = first + rng.normal(0.0, annotators.lag_seconds * rate, size=states)
        beginnings[0] = 0
        at = np.clip(np.searchsorted(np.maximum.accumulate(beginnings), rows, side="right") - 1, 0, None)
        votes[rows, perceived[at]] += 1
        other = (perceived + rng.integers(1, labels, size=states)) % labels
        marks_two = (rng.random(states) < annotators.second_label)[at]
        votes[rows[marks_two], other[at][marks_two]] += 1
    return votes
