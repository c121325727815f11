"""How many submissions a team has left, in days of the challenge's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Team
from scorer.server.refusals import Forbidden, TooMany
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import COUNTED, Submission


class DayUsedUp(TooMany):
    """No submission left today."""


class StageUsedUp(Forbidden):
    """No submission left in the stage."""


@dataclass(frozen=True)
class Quota:
    """What a team has used of a stage's limits. Refused and failed submissions are free."""

    per_day: int
    in_total: int
    used_today: int
    used_in_total: int
    day_ends_at: datetime
    """In UTC; the next day's first moment."""
    time_zone: str

    @property
    def left_today(self) -> int:
        """How many may follow before the day ends."""
        return max(0, min(self.per_day - self.used_today, self.left_in_total))

    @property
    def left_in_total(self) -> int:
        """How many may follow in the stage."""
        return max(0, self.in_total - self.used_in_total)

    def check(self) -> None:
        """Raise Forbidden or TooMany where nothing is left, with the words for the team."""
        if self.left_in_total == 0:
            raise StageUsedUp(f"All {self.in_total} submissions of this stage are used.")
        if self.left_today == 0:
            raise DayUsedUp(
                f"All {self.per_day} submissions of today are used. "
                f"The next day ({self.time_zone}) begins at {self.day_ends_at:%Y-%m-%d %H:%M} UTC."
            )


def count_quota(session: Session, team: Team, stage: Stage, time_zone: str, now: datetime) -> Quota:
    """The team's quota at a moment. Inside `writing` it stays true until the transaction ends."""
    begins_at, ends_at = day_around(now, time_zone)
    query = select(func.count().filter(Submission.received_at >= begins_at), func.count()).where(
        Submission.team_id == team.id, Submission.stage_id == stage.id, Submission.state.in_(COUNTED)
    )
    used_today, used_in_total = session.execute(query).one()
    return Quota(
        per_day=stage.submissions_per_day,
        in_total=stage.submissions_in_total,
        used_today=used_today,
        used_in_total=used_in_total,
        day_ends_at=ends_at,
        time_zone=time_zone,
    )


def day_around(now: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """The first moment of the day in that zone, and of the next, both in UTC.

    A day in which the clocks are changed has 23 or 25 hours:

    >>> begins, ends = day_around(datetime(2017, 3, 26, 12, tzinfo=UTC), "Europe/Berlin")
    >>> begins.isoformat(), (ends - begins).total_seconds() / 3600
    ('2017-03-25T23:00:00+00:00', 23.0)
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    begins, ends = (
        datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
    )
    return begins, ends
