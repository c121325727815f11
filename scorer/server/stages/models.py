"""The stages of the competition, as they stand in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from scorer.server.db import Base, UtcDateTime


class Stage(Base):
    """One stage: what it asks predictions for, when, how often, and since when its scores may be seen."""

    __tablename__ = "stages"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(unique=True)
    split: Mapped[str] = mapped_column(String(100))
    submissions_per_day: Mapped[int]
    submissions_in_total: Mapped[int]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Null: not yet set, so closed."""
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The first moment that is too late. Null: open until the organiser closes it."""
    scores_released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Before it, and while it is null, no score of this stage leaves the server."""
    data_version: Mapped[str] = mapped_column(String(64))
    """The hash of the labels that the stage is scored with."""

    def is_open(self, now: datetime) -> bool:
        """Whether predictions are accepted at that moment."""
        return self.opens_at is not None and self.opens_at <= now and (self.closes_at is None or now < self.closes_at)

    def shows_scores(self, now: datetime) -> bool:
        """Whether scores may be seen at that moment. Queries use `stages.service.shows_scores`."""
        return self.scores_released_at is not None and self.scores_released_at <= now
