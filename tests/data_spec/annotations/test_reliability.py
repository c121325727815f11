from __future__ import annotations

import krippendorff
import numpy as np
import pytest

from data_spec.agreement import fleiss_kappa
from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.reliability import clip_reliability, first_annotations, trace_reliability
from data_spec.annotations.traces import Traces
from data_spec.task import ClipRatings, ContinuousAttributes


def clips_of(rng: np.random.Generator, raters: list[int]) -> dict[str, ClipAnnotations]:
    """Clips with so many raters each, of one truth and much noise."""
    found = {}
    for number, count in enumerate(raters):
        primary = np.where(rng.random(count) < 0.6, number % 3, rng.integers(0, 3, count)).astype(np.int8)
        attributes = np.column_stack([rng.normal(number % 7 + 1, 1, count).clip(0, 10), rng.uniform(-2, 2, count)])
        names = tuple(f"w{place}" for place in range(count))
        found[f"clip{number}"] = ClipAnnotations(names, np.arange(1, count + 1), primary, ((),) * count, attributes)
    return found


def test_kappa_and_alphas_are_those_of_the_votes_and_of_the_krippendorff_package(rating: ClipRatings) -> None:
    clips = clips_of(np.random.default_rng(0), [5, 8, 5, 6, 1, 5, 7, 5])
    found = clip_reliability(clips, rating)
    votes = np.array([np.bincount(clip.primary, minlength=3) for clip in clips.values()])
    assert (found.recordings, found.annotations) == (8, 42)
    assert found.kappa == fleiss_kappa(votes)
    nominal = np.full((8, 8), np.nan)
    for place, clip in enumerate(clips.values()):
        nominal[: len(clip.raters), place] = clip.primary
    assert found.alpha == pytest.approx(krippendorff.alpha(nominal, level_of_measurement="nominal"))
    for attribute, name in enumerate(("loudness", "pitch")):
        numbers = np.full((8, 8), np.nan)
        for place, clip in enumerate(clips.values()):
            numbers[: len(clip.raters), place] = clip.attributes[:, attribute]
        assert found.alphas[name] == pytest.approx(krippendorff.alpha(numbers, level_of_measurement="interval"))


def test_of_each_clip_the_first_five_count_and_clips_with_fewer_do_not() -> None:
    clips = clips_of(np.random.default_rng(1), [5, 8, 4])
    found = first_annotations(clips)
    assert {name: clip.raters for name, clip in found.items()} == {
        "clip0": ("w0", "w1", "w2", "w3", "w4"),
        "clip1": ("w0", "w1", "w2", "w3", "w4"),
    }
    np.testing.assert_array_equal(found["clip1"].attributes, clips["clip1"].attributes[:5])


def test_alpha_of_traces_is_over_the_frames_of_all_recordings(following: ContinuousAttributes) -> None:
    rng = np.random.default_rng(2)
    recordings = {
        name: Traces(np.arange(30) / 10, raters, rng.uniform(0, 1, (30, 2, 1)) * 0.5 + rng.uniform(0, 0.5, (30, 2, n)))
        for name, raters, n in (("one", ("a", "b", "c"), 3), ("two", ("b", "d"), 2))
    }
    found = trace_reliability(recordings, following)
    assert (found.recordings, found.annotations) == (2, 5)
    for attribute, name in enumerate(("pitch", "pitch_range")):
        table = np.full((3, 60), np.nan)
        table[:, :30] = recordings["one"].values[:, attribute].T
        table[:2, 30:] = recordings["two"].values[:, attribute].T
        assert found.alphas[name] == pytest.approx(krippendorff.alpha(table, level_of_measurement="interval"))
    assert np.isnan([found.kappa, found.alpha]).all()


def test_nothing_gives_no_figure(rating: ClipRatings, following: ContinuousAttributes) -> None:
    for found in (clip_reliability({}, rating), trace_reliability({}, following)):
        assert found.recordings == found.annotations == 0
        assert np.isnan([found.kappa, found.alpha, *found.alphas.values()]).all()
