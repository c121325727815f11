"""What a leaderboard is made of: one row for each team and stage, written with the score."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.server.accounts.models import Account, Team
from scorer.server.db import Base, UtcDateTime
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Submission


class Standing(Base):
    """Where a team stands in a stage: the one submission of it that counts, chosen or else the best."""

    __tablename__ = "standings"
    __table_args__ = (Index("ix_standings_board", "stage_id", "score"),)

    stage_id: Mapped[int] = mapped_column(ForeignKey(Stage.id), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id))
    score: Mapped[float]
    """In the metric of its stage."""
    interval_low: Mapped[float]
    interval_high: Mapped[float]
    entries: Mapped[int]
    """How many submissions of the team were scored in the stage."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the one that counts was received."""


class Choice(Base):
    """The submission that a team wants to count in a stage, whatever its score."""

    __tablename__ = "choices"

    stage_id: Mapped[int] = mapped_column(ForeignKey(Stage.id), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission: Mapped[Submission] = relationship()
