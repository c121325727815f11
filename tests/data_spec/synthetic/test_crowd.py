"""The crowd: enough raters for each clip, a reference in every block, and answers that are as bad as people's."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_spec.agreement import fleiss_kappa
from data_spec.challenge import load_challenge
from data_spec.synthetic.crowd import Raters, rate, rota_of

ANNOTATORS, PER_CLIP = 120, (5, 8)


@pytest.fixture(scope="module")
def mspface():
    return load_challenge("mspface")


def rota(challenge, clips, seed=0):
    return rota_of(seed, clips, ANNOTATORS, PER_CLIP, challenge.synthetic.crowd)


def items_of(rota):
    """What each rater rates, in order."""
    items = {}
    for clip, seats in enumerate(rota.seats):
        for rater, place in seats:
            items.setdefault(rater, {})[place] = clip
    return {rater: [of_rater[place] for place in sorted(of_rater)] for rater, of_rater in items.items()}


@settings(max_examples=25, deadline=None)
@given(clips=st.integers(1, 120), seed=st.integers(0, 1000))
@example(clips=12, seed=3)  # a reference that four raters come upon
def test_every_clip_gets_five_to_eight_different_raters_and_references_get_more(clips, seed):
    planned = rota(load_challenge("mspface"), clips, seed)
    assert len(planned.seats) == clips
    for clip, seats in enumerate(planned.seats):
        raters = [rater for rater, _ in seats]
        assert len(set(raters)) == len(raters) >= PER_CLIP[0]
        if clip not in planned.references:
            assert len(raters) <= PER_CLIP[1]


@settings(max_examples=25, deadline=None)
@given(clips=st.integers(1, 120), seed=st.integers(0, 1000))
def test_the_items_of_a_rater_are_counted_without_a_gap(clips, seed):
    planned, places = rota(load_challenge("mspface"), clips, seed), {}
    for seats in planned.seats:
        assert list(seats) == sorted(seats, key=lambda seat: (seat[1], seat[0]))
        for rater, place in seats:
            places.setdefault(rater, []).append(place)
    assert all(sorted(of_rater) == list(range(1, len(of_rater) + 1)) for of_rater in places.values())


def test_of_each_block_of_four_one_is_a_reference_at_any_place(mspface):
    planned, found = rota(mspface, 300), set()
    for items in items_of(planned).values():
        blocks = [items[first : first + 4] for first in range(0, len(items) - 3, 4)]
        is_reference = [[clip in planned.references for clip in block] for block in blocks]
        with_one = [sum(block) for block in is_reference]
        # What was left over comes last, without references.
        assert with_one == sorted(with_one, reverse=True)
        assert set(with_one) <= {0, 1}
        found |= {block.index(True) for block in is_reference if any(block)}
    assert found == {0, 1, 2, 3}


@pytest.fixture(scope="module")
def rated(mspface):
    """Clips, what is shown in them, and what was said of them."""
    story, task = mspface.synthetic, mspface.task
    planned, rng = rota(mspface, 400), np.random.default_rng(1)
    raters = Raters.draw(ANNOTATORS, 3, story.crowd, np.random.default_rng(2))
    shares = np.array(list(story.label_shares.values()))
    middles = np.array([kinship.attributes for kinship in story.kinships.values()])
    labels = rng.choice(len(shares), p=shares / shares.sum(), size=400)
    shown = middles[labels] + rng.normal(0, story.variety, size=(400, 3))
    said = [rate(int(labels[clip]), shown[clip], planned.seats[clip], raters, story, task, rng) for clip in range(400)]
    return labels, shown, said, raters


def test_raters_agree_as_little_as_people_do(rated):
    counts = np.stack([np.bincount(one.primary[:5], minlength=9) for one in rated[2]])
    # "MSP-Face", section 4.1: .091, over the first five of each clip.
    assert 0.05 < fleiss_kappa(counts) < 0.3


def test_ratings_are_whole_points_of_the_scale_that_follow_what_is_shown(rated):
    _, shown, said, _ = rated
    ratings = np.concatenate([one.attributes for one in said])
    assert np.isin(ratings, range(1, 8)).all()
    means = np.stack([one.attributes.mean(axis=0) for one in said])
    assert all(np.corrcoef(means[:, one], shown[:, one])[0, 1] > 0.6 for one in range(3))


def test_raters_choose_about_one_secondary_label_and_never_the_primary_one(mspface, rated):
    chosen = [
        (mspface.task.labels[primary], secondary)
        for one in rated[2]
        for primary, secondary in zip(one.primary, one.secondary, strict=True)
    ]
    assert np.mean([len(secondary) for _, secondary in chosen]) == pytest.approx(1.12, abs=0.1)
    assert all(primary not in secondary for primary, secondary in chosen)


def test_anger_goes_with_frustration(rated):
    among_angry = [
        secondary
        for one in rated[2]
        for primary, secondary in zip(one.primary, one.secondary, strict=True)
        if primary == 0
    ]
    names = [name for secondary in among_angry for name in secondary]
    assert {"frustrated", "annoyed"} == set(sorted(set(names), key=names.count)[-2:])


def test_who_is_careless_is_farther_from_what_is_shown_from_some_item_on(rated):
    labels, _, said, raters = rated
    careful, careless = [], []
    for label, one in zip(labels, said, strict=True):
        for rater, place, primary in zip(one.raters, one.order, one.primary, strict=True):
            looks = place < raters.careless_from[int(rater[1:]) - 1]
            (careful if looks else careless).append(primary == label)
    assert len(careless) > 30
    assert np.mean(careless) < 0.5 * np.mean(careful)
