"""What happens in synthetic recordings."""

import numpy as np
import pytest

from data_spec.synthetic.scenario import speaking, tell

FRAMES, RATE = 4000, 100


@pytest.fixture(scope="module")
def scenarios(merc2017):
    rng = np.random.default_rng(0)
    return [tell(FRAMES, RATE, merc2017.synthetic, np.ones(FRAMES, dtype=bool), rng) for _ in range(600)]


def test_emotions_are_as_frequent_as_observed(merc2017, scenarios):
    felt = np.concatenate([scenario.felt for scenario in scenarios])
    shares = np.array(list(merc2017.synthetic.label_shares.values()))
    np.testing.assert_allclose(np.bincount(felt) / len(felt), shares / shares.sum(), atol=0.05)


def test_an_emotion_lasts_for_seconds_not_frames(merc2017, scenarios):
    states = sum(scenario.state[-1] + 1 for scenario in scenarios)
    assert len(scenarios) * FRAMES / RATE / states == pytest.approx(merc2017.synthetic.state_seconds, rel=0.35)


def test_emotions_are_open_for_the_share_of_time_that_the_story_says(merc2017, scenarios):
    is_open = np.concatenate([scenario.is_open for scenario in scenarios])
    assert is_open.mean() == pytest.approx(merc2017.synthetic.open_share, abs=0.03)


def test_what_is_hidden_is_shown_by_no_modality_but_by_chance(merc2017, scenarios):
    shares = np.array(list(merc2017.synthetic.label_shares.values()))
    by_chance = ((shares / shares.sum()) ** 2).sum()
    for name, modality in merc2017.synthetic.modalities.items():
        right = np.concatenate([scenario.shown[name] == scenario.felt for scenario in scenarios])
        is_open = np.concatenate([scenario.is_open for scenario in scenarios])
        assert right[~is_open].mean() == pytest.approx(by_chance, abs=0.03)
        assert right[is_open].mean() == pytest.approx(modality.shows + (1 - modality.shows) * by_chance, abs=0.03)


def test_modalities_can_point_at_different_emotions(scenarios):
    assert any((scenario.shown["face"] != scenario.shown["kinect"])[scenario.is_open].any() for scenario in scenarios)


def test_two_actors_take_turns_and_talk_into_each_others(merc2017):
    story = merc2017.synthetic
    takes = np.concatenate([speaking(FRAMES, RATE, story, np.random.default_rng(seed)) for seed in range(100)], axis=1)
    assert takes.any(axis=0).all()
    assert takes.all(axis=0).mean() == pytest.approx(story.overlap_seconds / story.turn_seconds, abs=0.03)
    assert takes.mean() == pytest.approx((1 + story.overlap_seconds / story.turn_seconds) / 2, abs=0.02)


def test_without_overlap_exactly_one_actor_speaks(merc2017):
    polite = merc2017.synthetic.model_copy(update={"overlap_seconds": 0.0})
    first, second = speaking(FRAMES, RATE, polite, np.random.default_rng(1))
    assert (first ^ second).all()
