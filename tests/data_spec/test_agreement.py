from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import audmetric
import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_kappa_of_equal_numbers

from data_spec.agreement import (
    concordance_cc,
    consensus,
    fleiss_kappa,
    is_agreed,
    krippendorff_alpha,
    krippendorff_alpha_of_numbers,
)
from data_spec.stream import NO_LABEL

tables = arrays(np.int64, st.tuples(st.integers(1, 20), st.integers(2, 6)), elements=st.integers(0, 9))


def test_three_of_five_is_not_over_three_fifths_however_it_was_computed() -> None:
    assert not is_agreed(np.array([3 / 5, 3 * 0.2, 0.1 * 6, float("0.60000000000000009")]), 0.6).any()


@given(
    votes=st.integers(1, 1000), top=st.integers(0, 1000), threshold=st.sampled_from([(3, 5), (1, 2), (2, 3), (4, 5)])
)
def test_a_score_counts_exactly_when_its_fraction_is_over_the_threshold(
    votes: int, top: int, threshold: tuple[int, int]
) -> None:
    top = min(top, votes)
    agreed = is_agreed(np.array([top / votes, top * (1 / votes)]), threshold[0] / threshold[1])
    assert agreed.tolist() == [Fraction(top, votes) > Fraction(*threshold)] * 2


def test_the_example_of_the_overview_is_five_eighths() -> None:
    assert consensus(np.array([[5, 1, 1, 1, 0, 0]])).agreement.tolist() == [0.625]


@given(tables)
def test_a_tie_has_no_label_and_is_never_over_a_half(counts: np.ndarray) -> None:
    found = consensus(counts)
    ties = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1
    assert_array_equal(found.index == NO_LABEL, ties)
    assert (found.agreement[ties] <= 0.5).all()
    assert_array_equal(found.index[~ties], counts[~ties].argmax(axis=1))


def test_an_item_without_votes_has_no_label_and_no_agreement() -> None:
    found = consensus(np.zeros((2, 6), dtype=np.int64))
    assert found.index.tolist() == [NO_LABEL, NO_LABEL]
    assert found.agreement.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("counts", [np.ones((2, 3)), np.ones(3, dtype=int), -np.ones((2, 3), dtype=int)])
def test_what_is_no_table_of_counts_is_refused(counts: np.ndarray) -> None:
    for function in (consensus, fleiss_kappa, krippendorff_alpha):
        with pytest.raises(ValueError, match="expected integers of shape"):
            function(counts)


@given(
    st.integers(2, 8).flatmap(
        lambda raters: st.lists(st.lists(st.integers(0, 3), min_size=raters, max_size=raters), min_size=2)
    )
)
def test_kappa_is_that_of_statsmodels_where_every_item_has_as_many_votes(chosen: list[list[int]]) -> None:
    counts = np.array([np.bincount(one, minlength=4) for one in chosen])
    if np.count_nonzero(counts.sum(axis=0)) > 1:
        assert fleiss_kappa(counts) == pytest.approx(fleiss_kappa_of_equal_numbers(counts), abs=1e-9)


def test_items_with_fewer_than_two_votes_do_not_change_kappa_and_alpha() -> None:
    counts = np.array([[3, 1, 0], [0, 2, 1], [2, 2, 2]])
    more = np.vstack([counts, [[1, 0, 0], [0, 0, 0]]])
    assert fleiss_kappa(more) == fleiss_kappa(counts)
    assert krippendorff_alpha(more) == krippendorff_alpha(counts)


@pytest.mark.parametrize("counts", [[[1, 0], [0, 1]], [[3, 0], [2, 0]]])
def test_kappa_and_alpha_are_undefined_without_pairs_or_with_one_label(counts: list[list[int]]) -> None:
    assert np.isnan(fleiss_kappa(np.array(counts)))
    assert np.isnan(krippendorff_alpha(np.array(counts)))


def test_alpha_is_that_of_the_example_of_krippendorff() -> None:
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: nominal, 12 units, .743.
    units = ["111", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "555", "11", "3"]
    counts = np.array([[unit.count(value) for value in "12345"] for unit in units])
    assert krippendorff_alpha(counts) == pytest.approx(0.743, abs=5e-4)


def test_all_published_labels_and_agreements_of_crema_d_follow_from_its_votes(
    shared_data: Callable[[str], Path],
) -> None:
    with (shared_data("crema-d") / "tabulatedVotes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    emotions = "ADFHNS"
    counts = np.array([[int(row[emotion]) for emotion in emotions] for row in rows])
    found = consensus(counts)
    assert len(rows) == 22_326
    np.testing.assert_allclose(found.agreement, [float(row["agreement"]) for row in rows], rtol=0, atol=1e-12)
    # A tie is written as all its emotions: "A:D".
    published = [row["emoVote"] for row in rows]
    assert [emotions[label] if label != NO_LABEL else "tie" for label in found.index] == [
        vote if ":" not in vote else "tie" for vote in published
    ]
    assert (found.index == NO_LABEL).sum() == 1534


def test_kappa_and_alpha_of_crema_d(shared_data: Callable[[str], Path]) -> None:
    with (shared_data("crema-d") / "tabulatedVotes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    # The row's number begins with what was shown: 1 the voice, 2 the face, 3 both.
    shown = np.array([int(row[""]) // 100_000 for row in rows])
    counts = np.array([[int(row[emotion]) for emotion in "ADFHNS"] for row in rows])
    for part, kappa in ((1, 0.278), (2, 0.456), (3, 0.494)):
        assert fleiss_kappa(counts[shown == part]) == pytest.approx(kappa, abs=0.002)
        assert krippendorff_alpha(counts[shown == part]) == pytest.approx(kappa, abs=0.004)


numbers = arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.integers(2, 6)),
    elements=st.one_of(st.integers(1, 7).map(float), st.just(np.nan)),
)


@given(numbers)
def test_alpha_of_numbers_is_that_of_the_krippendorff_package(ratings: np.ndarray) -> None:
    paired = ratings[np.isfinite(ratings).sum(axis=1) > 1]
    if len(np.unique(paired[np.isfinite(paired)])) > 1:
        expected = krippendorff.alpha(paired.T, level_of_measurement="interval")
        assert krippendorff_alpha_of_numbers(ratings) == pytest.approx(expected, abs=1e-9)
    else:
        assert np.isnan(krippendorff_alpha_of_numbers(ratings))


def test_alpha_of_numbers_is_that_of_the_example_of_krippendorff() -> None:
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections C and E: 12 units, interval, .849.
    units = ["111.", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3."]
    ratings = np.array([[np.nan if value == "." else float(value) for value in unit] for unit in units])
    assert krippendorff_alpha_of_numbers(ratings) == pytest.approx(0.849, abs=5e-4)


def test_alpha_of_numbers_wants_a_table() -> None:
    with pytest.raises(ValueError, match="expected shape"):
        krippendorff_alpha_of_numbers(np.zeros(3))


@given(arrays(np.float64, st.tuples(st.just(2), st.integers(2, 30)), elements=st.floats(-3, 3, width=16)))
def test_concordance_is_that_of_audmetric(pair: np.ndarray) -> None:
    if np.ptp(pair[0]) > 0 or np.ptp(pair[1]) > 0:
        assert concordance_cc(*pair) == pytest.approx(audmetric.concordance_cc(*pair), abs=1e-9)


def test_concordance_is_undefined_without_items_and_where_both_say_one_number() -> None:
    assert np.isnan(concordance_cc(np.empty(0), np.empty(0)))
    assert np.isnan(concordance_cc(np.full(3, 2.0), np.full(3, 2.0)))
    assert np.isnan(concordance_cc(np.full(1000, 0.1), np.full(1000, 0.1)))  # whose mean is not quite 0.1
    assert concordance_cc(np.full(3, 2.0), np.array([1.0, 2.0, 3.0])) == 0.0
