"""Bins are as full as each other, keep the order of the values, and leave the unknown unknown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.preprocessing import KBinsDiscretizer

from baseline.quantile_bins import QuantileBins


@given(samples=st.integers(1, 80), bins=st.integers(1, 20), unknown=st.floats(0, 1), seed=st.integers(0, 99))
def test_greater_values_are_in_no_lower_bin_and_nan_stays_nan(samples, bins, unknown, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(samples, 2)).astype(np.float32)
    values[rng.random(values.shape) < unknown] = np.nan
    found = QuantileBins(bins).fit_transform(values)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(values) & ~np.isnan(values).all(axis=0))
    for column, in_bin in zip(values.T, found.T, strict=True):
        known = ~np.isnan(column)
        assert (np.diff(in_bin[known][np.argsort(column[known])]) >= 0).all()
        assert set(in_bin[known]) <= set(range(bins))


def test_where_nothing_is_unknown_they_are_those_of_scikit_learn():
    values = np.random.default_rng(0).normal(size=(200, 3))
    peer = KBinsDiscretizer(8, encode="ordinal", strategy="quantile", quantile_method="linear")
    np.testing.assert_array_equal(QuantileBins(8).fit_transform(values), peer.fit_transform(values))


def test_values_that_were_not_seen_fall_in_the_bins_that_were_made():
    bins = QuantileBins(4).fit(np.arange(8.0)[:, None])
    assert bins.transform(np.array([[-9.0], [0.0], [7.0], [99.0]])).ravel().tolist() == [0.0, 0.0, 3.0, 3.0]


def test_a_column_of_which_nothing_was_known_says_nothing_later_either():
    bins = QuantileBins(4).fit(np.array([[np.nan, 1.0], [np.nan, 2.0]]))
    assert bins.transform(np.array([[np.nan, 1.0], [5.0, 1.0], [-5.0, 1.0]]))[:, 0].tolist() == [0.0, 0.0, 0.0]


def test_another_number_of_columns_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        QuantileBins(4).fit(np.zeros((3, 2))).transform(np.zeros((3, 3)))


def test_its_setting_is_cloned():
    assert clone(QuantileBins(7)).bins == 7
