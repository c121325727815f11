from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scorer.server.refusals import Forbidden, TooMany
from scorer.server.submissions.quota import Quota, day_around


def quota(**changes: int) -> Quota:
    values = {"per_day": 3, "in_total": 5, "used_today": 0, "used_in_total": 0} | changes
    return Quota(**values, day_ends_at=datetime(2017, 9, 2, tzinfo=UTC), time_zone="UTC")


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    begins, ends = day_around(datetime(2017, 9, 1, 20, 30, tzinfo=UTC), "Asia/Vladivostok")
    assert begins == datetime(2017, 9, 1, 14, tzinfo=UTC)
    assert ends == datetime(2017, 9, 2, 14, tzinfo=UTC)


def test_the_first_moment_of_a_day_belongs_to_it() -> None:
    midnight = datetime(2017, 9, 1, tzinfo=UTC)
    assert day_around(midnight, "UTC")[0] == midnight


@pytest.mark.parametrize(("day", "hours"), [(26, 23), (27, 24)])
def test_a_day_in_which_the_clocks_change_is_shorter(day: int, hours: int) -> None:
    begins, ends = day_around(datetime(2017, 3, day, 12, tzinfo=UTC), "Europe/Berlin")
    assert (ends - begins).total_seconds() == hours * 3600


def test_what_is_left_today_is_never_more_than_what_is_left_in_all() -> None:
    assert quota(used_in_total=4).left_today == 1


def test_a_used_up_day_says_when_the_next_begins() -> None:
    with pytest.raises(TooMany, match=r"All 3 submissions of today .* \(UTC\) begins at 2017-09-02 00:00 UTC"):
        quota(used_today=3, used_in_total=3).check()


def test_a_used_up_stage_says_so() -> None:
    with pytest.raises(Forbidden, match="All 5 submissions of this stage are used"):
        quota(used_in_total=5).check()
