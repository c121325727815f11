from __future__ import annotations

import pytest

from scorer.server.leaderboard.ladder import round_to, shown_scores


def test_the_first_score_is_shown_rounded_to_the_step() -> None:
    assert shown_scores([0.4567], step=0.01) == [0.46]
    assert shown_scores([], step=0.01) == []


def test_a_score_is_shown_when_it_is_better_than_the_one_shown_by_at_least_the_step() -> None:
    assert shown_scores([0.5, 0.5099, 0.51, 0.515, 0.52], step=0.01) == [0.5, None, 0.51, None, 0.52]


def test_a_worse_score_changes_nothing() -> None:
    assert shown_scores([0.5, 0.1, 0.505, 0.4999], step=0.01) == [0.5, None, None, None]


@pytest.mark.parametrize("step", [0.001, 0.005, 0.01, 0.02])
def test_exactly_one_step_is_enough_whatever_floats_make_of_it(step: float) -> None:
    for number in range(20, 40):
        scores = [round(number * step, 6), round((number + 1) * step, 6)]
        assert shown_scores(scores, step) == scores


def test_scores_below_the_next_step_cannot_be_told_apart() -> None:
    told = {tuple(shown_scores([0.5, probe], step=0.01)) for probe in (0.0, 0.3, 0.5, 0.503, 0.5087)}
    assert told == {(0.5, None)}


def test_rounding_leaves_no_further_decimals() -> None:
    assert [round_to(number / 1000, 0.01) for number in (104, 105.1, 299)] == [0.1, 0.11, 0.3]
