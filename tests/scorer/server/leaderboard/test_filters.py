from __future__ import annotations

import pytest

from scorer.ranking import METRICS
from scorer.server.leaderboard.filters import Filters, read_filters
from scorer.server.leaderboard.row import Row

ROWS = [
    Row(1, 11, "Analysts", 0.7, (0.6, 0.8), 1, None),
    Row(2, 12, "Ｈｕｔ 6", 0.6, (0.5, 0.7), 1, None),
    Row(None, None, "Naive baseline", 0.525, None, None, None),
    Row(3, 13, "Level", 0.525, (0.4, 0.6), 1, None),
    Row(4, 14, "Last", 0.1, (0.0, 0.2), 1, None),
]


def ranks(own_team_id: int | None = None, metric: str = "weighted_accuracy", **arguments: str) -> list[int | None]:
    return [row.rank for row in read_filters(arguments).apply(ROWS, own_team_id, METRICS[metric])]


def test_without_a_filter_all_rows_are_shown() -> None:
    assert ranks() == [1, 2, None, 3, 4]
    assert not read_filters({}).are_set


def test_a_part_of_a_name_is_found_in_any_case_and_form_and_the_rank_stays() -> None:
    assert ranks(team="ANALY") == [1]
    assert ranks(team=" hut  6 ") == [2]
    assert ranks(team="naive") == []


def test_over_the_baseline_is_what_is_better_than_it() -> None:
    assert ranks(over_baseline="1") == [1, 2, None]
    assert ranks(metric="mean_absolute_error", over_baseline="1") == [None, 4]


def test_over_the_baseline_of_a_stage_without_one_is_every_team() -> None:
    rows = [row for row in ROWS if not row.is_baseline]
    assert Filters(over_baseline=True).apply(rows, None, METRICS["weighted_accuracy"]) == rows


def test_my_team_is_my_team() -> None:
    assert ranks(own_team_id=14, mine="1") == [4]
    assert ranks(own_team_id=14, mine="1", over_baseline="1") == []
    assert ranks(mine="1") == []


def test_filters_go_back_into_an_address() -> None:
    filters = Filters("a&b", over_baseline=True)
    assert filters.arguments() == {"team": "a&b", "over_baseline": "1"}
    assert read_filters(filters.arguments()) == filters


@pytest.mark.parametrize("text", ["x" * 10_000, "\u0300" * 10_000, "\x00", "%"])
def test_any_text_may_be_asked_for(text: str) -> None:
    assert ranks(team=text) == []
    assert len(read_filters({"team": text}).team) <= 61
