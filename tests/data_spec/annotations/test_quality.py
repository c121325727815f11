from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.quality import Known, known_from, known_from_others, qualities
from data_spec.stream import NO_LABEL
from data_spec.task import Attribute, ClipRatings

LABELS_ALONE = ClipRatings(
    kind="clip_ratings", labels=("calm", "alarm", "song"), agreement_column="Certainty", metric="macro_f1"
)
ATTRIBUTE_ALONE = ClipRatings(
    kind="clip_ratings", attributes=(Attribute(name="loudness", least=1.0, most=7.0),), metric="concordance_cc"
)
votes = st.lists(st.integers(0, 9), min_size=3, max_size=3)


def of_label(label: int, counts: list[int]) -> float:
    known = Known(np.array([counts]), np.empty((1, 0)))
    return float(qualities(np.array([label], np.int8), np.empty((1, 0)), known, LABELS_ALONE)[0])


def of_attribute(value: float, mean: float) -> float:
    known = Known(np.empty((1, 0), np.int64), np.array([[mean]]))
    return float(qualities(np.array([NO_LABEL], np.int8), np.array([[value]]), known, ATTRIBUTE_ALONE)[0])


@given(votes.filter(lambda counts: len(set(counts)) > 1))
def test_the_label_of_most_gets_1_and_guessing_gets_0_on_average(counts: list[int]) -> None:
    found = [of_label(label, counts) for label in range(3)]
    assert max(found) == pytest.approx(1)
    assert found[int(np.argmax(counts))] == pytest.approx(1)
    assert np.mean(found) == pytest.approx(0, abs=1e-12)


@given(st.integers(0, 9))
def test_where_all_labels_have_as_many_votes_no_choice_is_judged(count: int) -> None:
    assert np.isnan(of_label(0, [count] * 3))


@given(st.floats(1, 7))
def test_the_mean_itself_gets_1_and_guessing_gets_0_on_average(mean: float) -> None:
    assert of_attribute(mean, mean) == 1
    average = quad(lambda value: of_attribute(value, mean), 1, 7, points=[mean])[0] / 6
    assert average == pytest.approx(0, abs=1e-6)


def test_labels_and_attributes_weigh_the_same(rating: ClipRatings) -> None:
    known = Known(np.array([[4, 1, 0]]), np.array([[5.0, 0.0]]))
    # The label of most, and both attributes as far off as guessing is on average (2.5 and 1).
    found = qualities(np.array([0], np.int8), np.array([[7.5, 1.0]]), known, rating)
    assert found.tolist() == [0.5]


def test_what_is_known_of_a_clip_is_all_votes_and_the_means(rating: ClipRatings) -> None:
    clip = ClipAnnotations(
        ("a", "b", "c"),
        np.arange(1, 4),
        np.array([0, 0, 2], np.int8),
        ((),) * 3,
        np.array([[1.0, 0], [2, 0], [6, 1.5]]),
    )
    known = known_from(clip, rating)
    assert (known.votes.tolist(), known.means.tolist()) == ([[2, 0, 1]], [[3.0, 0.5]])


def test_nobody_is_judged_by_the_own_answer(rating: ClipRatings) -> None:
    clip = ClipAnnotations(
        ("a", "b", "c"),
        np.arange(1, 4),
        np.array([0, 0, 2], np.int8),
        ((),) * 3,
        np.array([[1.0, 0], [2, 0], [6, 1.5]]),
    )
    known = known_from_others(clip, rating)
    assert known.votes.tolist() == [[1, 0, 1], [1, 0, 1], [2, 0, 0]]
    assert known.means.tolist() == [[4.0, 0.75], [3.5, 0.75], [1.5, 0.0]]


def test_who_is_alone_with_a_clip_is_not_judged(rating: ClipRatings) -> None:
    clip = ClipAnnotations(("a",), np.array([1]), np.array([0], np.int8), ((),), np.array([[1.0, 0.0]]))
    assert np.isnan(qualities(clip.primary, clip.attributes, known_from_others(clip, rating), rating)).all()
