from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scorer.server.leaderboard.history_plot import history_scale_of
from scorer.server.leaderboard.row import Point

DAY = datetime(2017, 9, 1, tzinfo=UTC)


def points(*scores: float, first_day: int = 0) -> tuple[Point, ...]:
    return tuple(Point(DAY + timedelta(days=first_day + number), score) for number, score in enumerate(scores))


def test_steps_of_all_teams_have_the_same_scale_whatever_they_began_with() -> None:
    low, high, late = points(0.1, 0.2), points(0.5, 0.6, 0.7), points(0.9, first_day=2)
    scale = history_scale_of([low, (), high, late])
    assert scale is not None
    assert scale.path(low) == "M2,12H30V7H58"
    assert scale.path(high) == "M2,12H30V7H58V2H58"
    assert scale.path(late) == "M58,12H58"
    assert [scale.end(history) for history in (low, high, late)] == ["7", "2", "12"]


def test_one_point_is_a_flat_line() -> None:
    scale = history_scale_of([points(0.5)])
    assert scale is not None
    assert scale.path(points(0.5)) == "M2,12H58"


def test_without_a_point_there_is_no_plot() -> None:
    assert history_scale_of([(), ()]) is None


def test_however_often_a_best_rose_its_line_has_no_more_steps_than_there_is_room_for() -> None:
    often = tuple(Point(DAY + timedelta(minutes=number), number / 10_000) for number in range(5_000))
    scale = history_scale_of([often])
    assert scale is not None
    path = scale.path(often)
    assert path.count("V") <= 57
    assert path.endswith("V2H58")


def test_the_scale_is_the_same_for_every_new_best_of_an_hour() -> None:
    def scale(minute: int) -> object:
        return history_scale_of([(Point(DAY, 0.1), Point(DAY + timedelta(hours=3, minutes=minute), 0.2))])

    assert scale(1) == scale(59) == scale(60) != scale(61)
