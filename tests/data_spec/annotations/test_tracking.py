from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.reliability import clip_reliability
from data_spec.annotations.tracking import THRESHOLD, RaterTracking, Stop, counted_clips, track
from data_spec.challenge import load_challenge
from data_spec.task import ClipRatings

Crowd = Callable[..., dict[str, ClipAnnotations]]


def rated(
    qualities: list[float], places: list[int] | None = None, threshold: float = 0.0
) -> tuple[RaterTracking, list[bool]]:
    """A rater of blocks of four, each with one reference at its place, answered so well."""
    tracking = RaterTracking(threshold)
    counts = []
    for block, quality in enumerate(qualities):
        reference = places[block] if places else 0
        counts += [tracking.add(4 * block + place + 1, quality if place == reference else None) for place in range(4)]
    return tracking, counts


def test_nobody_is_stopped_before_three_references() -> None:
    tracking, counts = rated([-1.0, -1.0])
    assert (tracking.stop, all(counts)) == (None, True)


def test_who_is_bad_from_the_first_is_stopped_after_twelve_items() -> None:
    tracking, counts = rated([-1.0, 0.5, -1.0, 1.0, 1.0])
    assert tracking.stop == Stop(12, -0.5)
    assert counts == [True] * 12 + [False] * 8
    assert (tracking.references, tracking.not_counted) == (3, 8)


def test_the_last_three_references_decide() -> None:
    tracking, counts = rated([1.0, 1.0, 1.0, 1.0, -0.9, -0.9, -0.9, 1.0])
    # Means of the windows: 1, 1, .37, −.27 …: the sixth block is the first below 0.
    assert tracking.stop is not None
    assert tracking.stop.order == 24
    assert tracking.stop.quality == pytest.approx((1.0 - 0.9 - 0.9) / 3)
    assert counts.count(False) == 8


def test_the_threshold_itself_is_good_enough() -> None:
    assert rated([0.25, 0.25, 0.25], threshold=0.25)[0].stop is None
    assert rated([0.25, 0.25, 0.125], threshold=0.25)[0].stop is not None


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=12).flatmap(
        lambda qualities: st.tuples(
            st.just(qualities),
            st.lists(st.integers(0, 3), min_size=len(qualities), max_size=len(qualities)),
            st.floats(-0.5, 0.5),
        )
    )
)
def test_where_the_reference_stands_in_its_block_makes_no_difference(
    case: tuple[list[float], list[int], float],
) -> None:
    qualities, places, threshold = case
    _, counts = rated(qualities, places, threshold)
    below = [block + 3 for block in range(len(qualities) - 2) if np.mean(qualities[block : block + 3]) < threshold]
    expected = 4 * min(below[0] if below else len(qualities), len(qualities))
    assert counts.count(True) == expected
    assert counts == sorted(counts, reverse=True)


def test_a_block_whose_last_item_is_lacking_ends_where_the_next_begins() -> None:
    tracking = RaterTracking(threshold=0.0)
    for order, quality in ((1, -1.0), (5, -1.0), (9, -1.0), (11, None)):
        assert tracking.add(order, quality)
    assert not tracking.add(14)
    assert tracking.stop == Stop(11, -1.0)


def test_items_come_in_their_order_and_qualities_are_numbers() -> None:
    tracking = RaterTracking()
    tracking.add(3)
    with pytest.raises(ValueError, match=r"order: expected more than 3\. Received: 3"):
        tracking.add(3)
    with pytest.raises(ValueError, match="quality"):
        tracking.add(4, float("nan"))
    with pytest.raises(ValueError, match="window, block"):
        RaterTracking(window=0)


def test_of_a_corpus_those_are_stopped_who_guess(rating: ClipRatings, crowd: Crowd) -> None:
    clips = crowd(rating, good=9, guessing=4, clips=75, references=25)
    references = [name for name in clips if name.startswith("known")]
    tracked = track(clips, references, rating)
    assert {"guess0", "guess1", "guess2", "guess3"} <= set(tracked.stopped)
    assert not any(rater.startswith("good") for rater in tracked.stopped)
    for rater, tracking in tracked.raters.items():
        orders = {
            (int(clip.order[place]), bool(tracked.counted[name][place]))
            for name, clip in clips.items()
            for place, one in enumerate(clip.raters)
            if one == rater
        }
        last = tracking.stop.order if tracking.stop else 100
        assert all(counts == (order <= last) for order, counts in orders)
        assert len(orders) == 100
    left = counted_clips(clips, tracked)
    assert sum(len(clip.raters) for clip in left.values()) == sum(counted.sum() for counted in tracked.counted.values())


@pytest.mark.parametrize(
    ("threshold", "least_guessing", "most_looking"), [(THRESHOLD, 0.9, 0.1), (0.0, 0.99, 0.85)], ids=["default", "0"]
)
def test_the_threshold_parts_who_guesses_from_who_does_not(
    threshold: float, least_guessing: float, most_looking: float
) -> None:
    task = load_challenge("mspface").task
    assert isinstance(task, ClipRatings)
    rng = np.random.default_rng(0)
    met: Counter[str] = Counter()
    clips = {}
    for number in range(100):
        truth, middle = rng.integers(9), rng.uniform(2, 6, 3)
        raters = [f"looks{one}" for one in rng.choice(400, 100, replace=False)]
        raters += [f"guesses{one}" for one in rng.choice(100, 25, replace=False)]
        met.update(raters)
        guesses = np.array([rater.startswith("guesses") for rater in raters])
        sees = (rng.random(125) < 0.3) & ~guesses
        seen = np.clip(np.rint(middle + rng.normal(0, 1.8, (125, 3))), 1, 7)
        clips[str(number)] = ClipAnnotations(
            tuple(raters),
            np.array([4 * met[rater] for rater in raters]),
            np.where(sees, truth, rng.integers(0, 9, 125)).astype(np.int8),
            ((),) * 125,
            np.where(guesses[:, None], rng.integers(1, 8, (125, 3)), seen).astype(np.float64),
        )
    agreement = clip_reliability(clips, task)
    assert 0.05 < agreement.kappa < 0.1
    assert all(0.15 < alpha < 0.25 for alpha in agreement.alphas.values())
    tracked = track(clips, clips, task, threshold).raters
    stopped = {
        kind: np.mean([one.stop is not None for name, one in tracked.items() if name.startswith(kind)])
        for kind in ("looks", "guesses")
    }
    assert stopped["guesses"] > least_guessing
    assert stopped["looks"] < most_looking


def test_without_references_nobody_is_stopped(rating: ClipRatings, crowd: Crowd) -> None:
    clips = crowd(rating, good=2, guessing=2, clips=12, references=4)
    tracked = track(clips, ["unknown"], rating)
    assert tracked.stopped == {}
    assert all(counted.all() for counted in tracked.counted.values())


def test_two_items_of_a_rater_at_one_order_are_refused(rating: ClipRatings) -> None:
    one = ClipAnnotations(("w1",), np.array([4]), np.zeros(1, np.int8), ((),), np.array([[1.0, 0.0]]))
    with pytest.raises(ValueError, match="a, b: expected every item of w1 at another order, both are 4"):
        track({"a": one, "b": one}, [], rating)


@pytest.mark.parametrize("seed", range(5))
def test_a_rater_who_tires_is_stopped_soon_after(rating: ClipRatings, crowd: Crowd, seed: int) -> None:
    clips = crowd(rating, good=9, guessing=0, clips=75, references=25, seed=seed)
    rng = np.random.default_rng(seed)
    for clip in clips.values():
        if "good0" in clip.raters and clip.order[place := clip.raters.index("good0")] > 40:
            clip.primary[place] = rng.integers(3)
            clip.attributes[place] = rng.uniform([0, -2], [10, 2])
    stop = track(clips, [name for name in clips if name.startswith("known")], rating, 0.0).stopped["good0"]
    assert 40 < stop.order <= 80
