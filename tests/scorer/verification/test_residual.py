"""Residuals are exact: no team is disqualified for how floats round."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.challenge import Challenge
from data_spec.stream import Labels
from scorer import scoring
from scorer.verification.residual import as_decimal, exact_score, exact_tolerance, residual

shares = st.integers(1, 10_000_000).flatmap(lambda n: st.integers(0, n).map(lambda k: Fraction(k, n)))


@pytest.mark.parametrize(("one", "other"), [("0.525", "0.535"), ("0.535", "0.525"), ("0.29", "0.3"), ("0.01", "0")])
def test_exactly_the_tolerance_is_within_it(one: str, other: str):
    assert residual(Fraction(one), Fraction(other)) == exact_tolerance(0.01)


def test_floats_would_have_disqualified_such_a_team():
    assert abs(0.525 - 0.535) > 0.01
    assert residual(Fraction("0.525"), Fraction("0.535")) <= exact_tolerance(0.01)


def test_one_frame_of_a_million_more_than_the_tolerance_is_too_much():
    assert residual(Fraction(0), Fraction(10_001, 1_000_000)) > exact_tolerance(0.01)
    assert as_decimal(Fraction(10_001, 1_000_000)) == "0.010001"


@pytest.mark.parametrize("written", ["0.01", "0.05", "0.1", "1e-05", "0.3", "0.007"])
def test_the_tolerance_is_the_decimal_that_was_written(written: str):
    assert exact_tolerance(float(written)) == Fraction(Decimal(written))


@given(shares, shares)
def test_a_residual_is_the_same_both_ways_and_none_for_the_same_score(one: Fraction, other: Fraction):
    assert residual(one, other) == residual(other, one) >= 0
    assert (residual(one, other) == 0) == (one == other)


@given(shares)
def test_a_figure_in_a_verdict_is_the_share_to_twelve_decimals(share: Fraction):
    assert abs(Fraction(as_decimal(share)) - share) <= Fraction(1, 2 * 10**12)


def test_the_exact_score_is_the_weighted_accuracy(bird_calls: Challenge):
    generator = np.random.default_rng(0)
    times = np.arange(997) / 20
    index = generator.integers(0, 3, 997).astype(np.int8)
    labels = {"r": Labels(times=times, index=index, agreement=generator.choice([0.5, 0.75, 0.76, 1.0], 997))}
    predictions = {"r": generator.integers(0, 3, 997).astype(np.int8)}
    report = scoring.score(predictions, labels, bird_calls.task, resamples=1)
    assert float(exact_score(report)) == pytest.approx(report.score, abs=1e-15)
    counted = labels["r"].agreement > 0.75
    assert exact_score(report) == Fraction(int((predictions["r"] == index)[counted].sum()), int(counted.sum()))
