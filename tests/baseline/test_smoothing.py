"""A moving average keeps what is constant, keeps sums, shifts nothing, and is SciPy's where no neighbour is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import uniform_filter1d

from baseline.smoothing import moving_average, odd_width

odd = st.integers(0, 40).map(lambda half: 2 * half + 1)


@given(rows=st.integers(1, 60), width=odd, seed=st.integers(0, 99))
def test_probabilities_stay_probabilities(rows, width, seed):
    values = np.random.default_rng(seed).dirichlet(np.ones(4), size=rows)
    smoothed = moving_average(values, width)
    assert smoothed.shape == values.shape
    np.testing.assert_allclose(smoothed.sum(axis=1), 1.0)
    assert (smoothed >= values.min(axis=0) - 1e-12).all()
    assert (smoothed <= values.max(axis=0) + 1e-12).all()


@given(rows=st.integers(1, 60), width=odd, seed=st.integers(0, 99))
def test_inside_it_is_the_uniform_filter_of_scipy(rows, width, seed):
    values = np.random.default_rng(seed).normal(size=(rows, 2))
    inside = slice(width // 2, max(width // 2, rows - width // 2))
    expected = uniform_filter1d(values, width, axis=0)
    np.testing.assert_allclose(moving_average(values, width)[inside], expected[inside], atol=1e-9)


@given(rows=st.integers(1, 30), width=odd)
def test_reversed_in_time_it_is_the_same_reversed(rows, width):
    values = np.random.default_rng(rows).normal(size=(rows, 1))
    np.testing.assert_allclose(moving_average(values[::-1], width), moving_average(values, width)[::-1], atol=1e-12)


def test_a_window_longer_than_the_recording_gives_its_mean_everywhere():
    values = np.array([[0.0], [1.0], [5.0]])
    np.testing.assert_allclose(moving_average(values, 99), 2.0)


def test_no_smoothing_changes_nothing():
    values = np.random.default_rng(0).normal(size=(9, 3))
    np.testing.assert_allclose(moving_average(values, odd_width(0.0, 0.2)), values)


@pytest.mark.parametrize("width", [0, 2, -1])
def test_a_width_that_has_no_middle_is_refused(width):
    with pytest.raises(ValueError, match="expected an odd number of rows"):
        moving_average(np.zeros((3, 1)), width)
