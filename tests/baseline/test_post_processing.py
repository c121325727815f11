"""The chain never harms the validation, finds what was done to a signal, and is applied as it was fitted."""

from __future__ import annotations

import json

import audmetric
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from baseline.post_processing import Centring, Chain, MedianFilter, Scaling, Series, TimeShift, concordance_cc

RATE = 25


def slow_signal(seed: int, frames: int = 500, seconds: float = 1) -> Series:
    """What an annotator's rating looks like: it takes seconds to change, shape (frames,), standard deviation 0.2."""
    signal = gaussian_filter1d(np.random.default_rng(seed).normal(size=frames), seconds * RATE)
    return 0.2 * (signal - signal.mean()) / signal.std()


def coefficient(truth: list[Series], predictions: list[Series]) -> float:
    return float(audmetric.concordance_cc(np.concatenate(truth), np.concatenate(predictions)))


@given(
    seed=st.integers(0, 500),
    noise=st.floats(0, 1),
    scale=st.floats(-2, 2),
    offset=st.floats(-1, 1),
    delay=st.integers(0, 60),
)
@settings(max_examples=15, deadline=None)
def test_it_is_never_worse_on_the_validation(seed: int, noise: float, scale: float, offset: float, delay: int) -> None:
    random = np.random.default_rng(seed)
    truth = [slow_signal(seed + one, 150) for one in range(2)]
    predictions = [np.roll(one, -delay) * scale + offset + noise * random.normal(size=len(one)) for one in truth]
    before = concordance_cc(np.concatenate(truth), np.concatenate(predictions))

    chain = Chain.fit(predictions, truth, RATE)

    after = concordance_cc(np.concatenate(truth), np.concatenate([chain(one) for one in predictions]))
    assert after >= before
    assert (after > before) == bool(chain.steps)


def test_a_perfect_prediction_is_left_as_it_is() -> None:
    truth = [slow_signal(0), slow_signal(1)]

    assert Chain.fit(truth, truth, RATE) == Chain()
    np.testing.assert_array_equal(Chain()(truth[0]), truth[0])


def test_a_prediction_that_is_ahead_of_the_ratings_is_shifted_to_later() -> None:
    """Annotators react late: what is seen at 0 s they rate 2 s later, so a prediction without delay must wait."""
    seen = slow_signal(3, 2000, seconds=5)
    rated = np.concatenate([np.full(50, seen[0]), seen])[:2000]

    chain = Chain.fit([seen], [rated], RATE)

    assert isinstance(chain.steps[-1], TimeShift)
    assert chain.steps[-1].frames == pytest.approx(50, abs=5)  # the median filter before it moves edges a little
    assert coefficient([rated], [chain(seen)]) > 0.99


def test_a_shift_moves_values_to_later_frames_and_holds_the_first_one() -> None:
    assert TimeShift(2)(np.array([1.0, 2, 3, 4])).tolist() == [1, 1, 1, 2]
    assert TimeShift(9)(np.array([1.0, 2])).tolist() == [1, 1]


def test_a_prediction_that_comes_too_late_is_not_shifted_further() -> None:
    rated = slow_signal(4, 800)
    late = np.concatenate([np.full(50, rated[0]), rated])[:800]

    assert not [step for step in Chain.fit([late], [rated], RATE).steps if isinstance(step, TimeShift)]


def test_bias_and_spread_are_found() -> None:
    truth = [slow_signal(5), slow_signal(6)]
    predictions = [0.1 + 0.5 * one for one in truth]

    chain = Chain.fit(predictions, truth, RATE)

    assert coefficient(truth, [chain(one) for one in predictions]) > 0.999
    scaling = next(step for step in chain.steps if isinstance(step, Scaling))
    assert scaling.factor == pytest.approx(2, rel=1e-2)
    assert next(step for step in chain.steps if isinstance(step, Centring)).offset == pytest.approx(-0.1, abs=1e-2)


def test_noise_is_filtered() -> None:
    truth = slow_signal(7, 2000)
    noisy = truth + np.random.default_rng(7).normal(0, 0.3, len(truth))

    chain = Chain.fit([noisy], [truth], RATE)

    assert isinstance(chain.steps[0], MedianFilter)
    assert 0.4 <= chain.steps[0].frames / RATE <= 21
    assert coefficient([truth], [chain(noisy)]) > coefficient([truth], [noisy]) + 0.2


def test_medians_and_shifts_that_are_tried_are_those_of_the_paper() -> None:
    medians = [step.frames for step in MedianFilter.candidates([], [], RATE)]
    shifts = [step.frames for step in TimeShift.candidates([], [], RATE)]

    assert (medians[0], medians[-1]) == (11, 501)
    assert all(frames % 2 for frames in medians)
    assert [shifts[0] / RATE, shifts[-1] / RATE] == [0.04, 10]


def test_parameters_are_applied_unchanged_to_other_recordings() -> None:
    truth = [slow_signal(8)]
    chain = Chain.fit([0.5 * truth[0] + 0.3], truth, RATE)
    other = slow_signal(9, 300) + 7.0  # of another mean: it is not centred to itself

    result = chain(other)

    by_hand = other
    for step in chain.steps:
        match step:
            case Centring(offset):
                by_hand = by_hand + offset
            case Scaling(factor, centre):
                by_hand = (by_hand - centre) * factor + centre
            case MedianFilter() | TimeShift():
                by_hand = step(by_hand)
    np.testing.assert_allclose(result, by_hand)
    assert abs(result.mean()) > 5


def test_values_beyond_the_range_of_an_attribute_stay() -> None:
    chain = Chain((Scaling(10.0, 0.0),))

    assert chain(np.array([0.5, -0.9])).tolist() == [5.0, -9.0]


@given(st.integers(0, 300))
@settings(max_examples=5, deadline=None)
def test_a_chain_is_the_same_after_json(seed: int) -> None:
    truth = [slow_signal(seed, 200)]
    chain = Chain.fit([0.3 * np.roll(truth[0], -9) + 0.1], truth, RATE)

    assert Chain.from_dict(json.loads(json.dumps(chain.to_dict()))) == chain


@pytest.mark.parametrize("written", [{"Median": {"frames": 3}}, {"MedianFilter": {"size": 3}}])
def test_what_is_no_chain_is_refused(written: dict[str, dict[str, int]]) -> None:
    with pytest.raises(ValueError, match="expected steps of MedianFilter, Centring, Scaling, TimeShift"):
        Chain.from_dict(written)


def test_other_frames_than_the_truths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Received: \[3\] frames for \[4\]"):
        Chain.fit([np.zeros(3)], [np.zeros(4)], RATE)


def test_a_constant_prediction_has_no_scale() -> None:
    assert Chain.fit([np.zeros(100)], [slow_signal(1, 100)], RATE).steps in ((), (MedianFilter(11),))


def test_the_coefficient_is_audmetrics() -> None:
    truth, prediction = slow_signal(10), slow_signal(11)

    assert concordance_cc(truth, prediction) == pytest.approx(audmetric.concordance_cc(truth, prediction), abs=1e-12)
