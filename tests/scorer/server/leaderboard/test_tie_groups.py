from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from scorer.bootstrap import CONFIDENCE, interval
from scorer.ranking import METRICS, OfSums
from scorer.server.leaderboard.tie_groups import group_alike, resample_scores

RECORDINGS = 40
FRAMES = np.full(RECORDINGS, 1000)
ACCURACY = METRICS["weighted_accuracy"].of


def hits_of(*accuracies: float, spread: float = 0.02) -> np.ndarray:
    """Teams that find the same recordings hard, each with a chance of its own in every recording."""
    rng = np.random.default_rng(5)
    hard = rng.normal(0, 0.2, RECORDINGS)
    own = rng.normal(0, spread, (len(accuracies), RECORDINGS))
    own -= own.mean(axis=1, keepdims=True)
    return np.clip((np.array(accuracies)[:, None] + hard + own) * FRAMES, 0, 1000).astype(np.int64)


def group_ties(statistics: np.ndarray, of: OfSums) -> list[int]:
    return group_alike(resample_scores(statistics, of))


def ties(hits: np.ndarray) -> list[int]:
    return group_ties(np.stack([hits, np.broadcast_to(FRAMES, hits.shape)], axis=2), ACCURACY)


def test_teams_with_the_same_hits_are_one_group() -> None:
    hits = np.tile(hits_of(0.5), (3, 1))
    assert ties(hits) == [0, 0, 0]


def test_a_team_that_is_worse_everywhere_begins_a_group() -> None:
    hits = hits_of(0.5)
    assert ties(np.concatenate([hits, hits - 10, hits - 20])) == [0, 1, 2]


def test_a_group_is_compared_with_its_first_and_not_with_its_last() -> None:
    """Else a chain of small steps would put the best and the worst team into one group."""
    steps = [0.5 - 0.004 * number for number in range(12)]
    firsts = ties(hits_of(*steps))
    assert firsts[:2] == [0, 0]
    assert len(set(firsts)) > 1
    assert firsts == sorted(firsts)


def test_teams_whose_intervals_overlap_may_be_told_apart_since_all_are_scored_on_the_same_recordings() -> None:
    hits = hits_of(0.55, 0.52, spread=0.01)
    (low, _), (_, high) = (interval(np.column_stack([own, FRAMES]), ACCURACY) for own in hits)
    assert low < high
    assert ties(hits) == [0, 1]


def test_the_same_seed_gives_the_same_groups() -> None:
    hits = hits_of(*np.linspace(0.6, 0.5, 30))
    assert ties(hits) == ties(hits)


def test_teams_are_compared_many_at_once_with_what_one_by_one_gives() -> None:
    """As the definition says it, one team after another."""
    scores = resample_scores(
        np.stack([hits := hits_of(*np.linspace(0.6, 0.4, 120)), np.broadcast_to(FRAMES, hits.shape)], axis=2), ACCURACY
    )
    firsts: list[int] = []
    first = 0
    for team, own in enumerate(scores):
        low, high = np.quantile(scores[first] - own, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        if not low <= 0 <= high:
            first = team
        firsts.append(first)
    assert 1 < len(set(firsts)) < len(firsts)
    assert group_alike(scores) == firsts


def test_an_interval_whose_edge_is_between_two_values_of_different_sign_is_computed() -> None:
    for shift in np.linspace(-0.002, 0.002, 41):
        differences = np.linspace(-0.05, 1.95, 1000) + shift
        low = np.quantile(differences, (1 - CONFIDENCE) / 2)
        assert group_alike(np.stack([differences, np.zeros(1000)])) == ([0, 0] if low <= 0 else [0, 1])


def test_who_has_no_score_on_a_draw_is_tied_with_nobody() -> None:
    scores = np.array([[0.6, 0.5], [0.5, np.nan], [0.5, 0.4]])
    assert group_alike(scores) == [0, 1, 2]


def test_one_recording_tells_every_difference() -> None:
    assert group_ties(np.array([[[6, 10]], [[5, 10]], [[5, 10]]]), ACCURACY) == [0, 1, 1]


def test_all_teams_take_less_time_than_one_after_another() -> None:
    scores = np.sort(np.random.default_rng(0).normal(0.5, 0.05, (300, 1000)), axis=0)[::-1]

    def seconds(compute: Callable[[], object]) -> float:
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            compute()
            times.append(time.perf_counter() - begin)
        return min(times)

    assert seconds(lambda: group_alike(scores)) < seconds(lambda: [np.quantile(one - scores[0], 0.5) for one in scores])
