from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import audmetric
import numpy as np
import pytest

from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.raters import RaterAgreement, clip_raters, low_raters, trace_raters
from data_spec.annotations.traces import Traces
from data_spec.task import ClipRatings, ContinuousAttributes

Crowd = Callable[..., dict[str, ClipAnnotations]]


def test_who_guesses_is_listed_and_who_looks_is_not(rating: ClipRatings, crowd: Crowd) -> None:
    raters = clip_raters(crowd(rating, good=9, guessing=3, clips=75, references=25), rating)
    assert {one.rater for one in raters[:3]} == {"guess0", "guess1", "guess2"}
    assert {one.rater for one in low_raters(raters, threshold=0.2, least_items=10)} == {"guess0", "guess1", "guess2"}
    assert [one.agreement for one in raters] == sorted(one.agreement for one in raters)


def test_the_share_and_the_concordance_are_with_the_others_alone(rating: ClipRatings, crowd: Crowd) -> None:
    clips = crowd(rating, good=5, guessing=1, clips=30, references=10)
    found = {one.rater: one for one in clip_raters(clips, rating)}["good2"]
    same, own, others = [], [], []
    for clip in clips.values():
        if "good2" in clip.raters and len(clip.raters) > 1:
            place = clip.raters.index("good2")
            rest = [other for other in range(len(clip.raters)) if other != place]
            ranked = Counter(clip.primary[rest].tolist()).most_common()
            if len(ranked) == 1 or ranked[0][1] > ranked[1][1]:
                same.append(clip.primary[place] == ranked[0][0])
            own.append(clip.attributes[place])
            others.append(clip.attributes[rest].mean(axis=0))
    assert found.items == len(own)
    assert found.label_share == pytest.approx(np.mean(same))
    for place, name in enumerate(("loudness", "pitch")):
        expected = audmetric.concordance_cc(np.array(own)[:, place], np.array(others)[:, place])
        assert found.concordance[name] == pytest.approx(expected)


def test_a_clip_of_one_rater_tells_nothing_of_agreement(rating: ClipRatings) -> None:
    alone = ClipAnnotations(("a",), np.array([1]), np.zeros(1, np.int8), ((),), np.array([[1.0, 0.0]]))
    assert clip_raters({"clip": alone}, rating) == []


@pytest.mark.parametrize(
    ("halves", "items", "is_listed"),
    [
        ((0.05, 0.09), 10, True),
        ((0.05, 0.3), 10, False),
        ((0.3, 0.05), 10, False),
        ((0.05, 0.09), 9, False),
        ((0.1, 0.1), 10, False),
        ((float("nan"), 0.0), 10, False),
    ],
)
def test_low_is_who_is_below_the_threshold_in_both_halves_of_enough_items(
    halves: tuple[float, float], items: int, is_listed: bool
) -> None:
    one = RaterAgreement("w", items, 0.07, halves, 0.5, {})
    assert low_raters([one], threshold=0.1, least_items=10) == [one] * is_listed


def test_halves_are_those_of_the_work_in_its_order(rating: ClipRatings) -> None:
    clips = {}
    for number in range(20):
        others = [2.0, 2.0, 2.0]
        # The names of the clips run against the order of the work.
        own, order = (2.0, number + 1) if number < 10 else (9.0, number + 1)
        clips[f"{99 - number}"] = ClipAnnotations(
            ("tired", "b", "c", "d"),
            np.array([order, *[number + 1] * 3]),
            np.array([0 if number < 10 else 1, 0, 0, 0], np.int8),
            ((),) * 4,
            np.column_stack([[own, *others], [0.0] * 4]),
        )
    tired = {one.rater: one for one in clip_raters(clips, rating)}["tired"]
    assert tired.halves[0] == pytest.approx(1)
    assert tired.halves[1] < 0
    assert tired.label_share == 0.5


def test_the_agreement_of_a_trace_is_its_concordance_with_the_mean_of_the_others(
    following: ContinuousAttributes,
) -> None:
    rng = np.random.default_rng(0)
    recordings = {
        name: Traces(
            np.arange(50) / 10,
            ("a", "b", "c", "noise"),
            np.concatenate(
                [rng.uniform(0, 0.8, (50, 2, 1)) + rng.uniform(0, 0.1, (50, 2, 3)), rng.uniform(0, 1, (50, 2, 1))],
                axis=2,
            ),
        )
        for name in ("one", "two", "three")
    }
    recordings["alone"] = Traces(np.zeros(1), ("a",), np.zeros((1, 2, 1)))
    raters = trace_raters(recordings, following)
    assert raters[0].rater == "noise"
    assert {one.rater: one.items for one in raters} == {"a": 3, "b": 3, "c": 3, "noise": 3}
    assert [one.rater for one in low_raters(raters, 0.4, least_items=2)] == ["noise"]
    own = np.concatenate([recordings[name].values[:, :, 0] for name in ("one", "three", "two")])
    others = np.concatenate([recordings[name].values[:, :, 1:].mean(axis=2) for name in ("one", "three", "two")])
    found = {one.rater: one for one in raters}["a"]
    expected = [audmetric.concordance_cc(own[:, place], others[:, place]) for place in range(2)]
    assert list(found.concordance.values()) == pytest.approx(expected)
    assert found.agreement == pytest.approx(np.mean(expected))
    first = [audmetric.concordance_cc(own[:50, place], others[:50, place]) for place in range(2)]
    assert found.halves[0] == pytest.approx(np.mean(first))
