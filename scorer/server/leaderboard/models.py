"""What a leaderboard is made of: one row for each team and stage, written with the score."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from scorer.server.accounts.models import Team
from scorer.server.db import Base, UtcDateTime
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Submission


class Best(Base):
    """The best scored submission of a team in a stage."""

    __tablename__ = "bests"
    __table_args__ = (Index("ix_bests_board", "stage_id", "weighted_accuracy"),)

    stage_id: Mapped[int] = mapped_column(ForeignKey(Stage.id), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id))
    weighted_accuracy: Mapped[float]
    interval_low: Mapped[float]
    interval_high: Mapped[float]
    entries: Mapped[int]
    """How many submissions of the team were scored in the stage."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the best one was received."""
