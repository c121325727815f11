"""The stages of the competition, as they stand in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.ranking import METRICS, Metric
from scorer.server.accounts.models import Team
from scorer.server.db import Base, UtcDateTime


class Stage(Base):
    """One stage: what it asks predictions for, when, how often, and since when its scores may be seen."""

    __tablename__ = "stages"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(unique=True)
    split: Mapped[str] = mapped_column(String(100))
    metric: Mapped[str] = mapped_column(String(100))
    """The figure that ranks, a name of `scorer.ranking.METRICS`."""
    submissions_per_day: Mapped[int]
    submissions_in_total: Mapped[int]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Null: not yet set, so closed."""
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The first moment that is too late. Null: open until the organiser closes it."""
    scores_released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Before it, and while it is null, no score of this stage leaves the server."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was decided who is admitted to the next stage, or the final scores were released: from then on its
    dates stay as they are."""
    data_version: Mapped[str] = mapped_column(String(64))
    """The hash of the labels whose scores are live: only these stand in the leaderboard."""
    scorer_version: Mapped[str] = mapped_column(String(64))
    """The version of the scorer whose scores are live."""
    admission_needed: Mapped[bool]
    """Whether only admitted teams take part: the stage before it admits."""
    ladder_step: Mapped[float | None]
    """By how much a team's score must be better before the leaderboard shows it; null: it shows every one."""
    board_version: Mapped[int] = mapped_column(default=0)
    """Raised in each transaction that changes the stage's leaderboard; what is cached knows when it is old."""

    @property
    def ranks_by(self) -> Metric:
        """The figure that ranks."""
        return METRICS[self.metric]

    def is_open(self, now: datetime) -> bool:
        """Whether predictions are accepted at that moment."""
        return self.opens_at is not None and self.opens_at <= now and (self.closes_at is None or now < self.closes_at)

    def has_closed(self, now: datetime) -> bool:
        """Whether its end has come at that moment."""
        return self.closes_at is not None and self.closes_at <= now

    def shows_scores(self, now: datetime) -> bool:
        """Whether scores may be seen at that moment. Queries use `stages.service.shows_scores`."""
        return self.scores_released_at is not None and self.scores_released_at <= now


class Admission(Base):
    """A team that takes part in a stage that not everybody is admitted to."""

    __tablename__ = "admissions"

    stage_id: Mapped[int] = mapped_column(ForeignKey(Stage.id), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), primary_key=True)
    rank: Mapped[int | None]
    """In the stage before; null: admitted by hand."""
    admitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    team: Mapped[Team] = relationship()
