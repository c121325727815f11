"""What a leaderboard is made of: one row for each team and stage, written with the score."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, ForeignKey, Index, Text, event, inspect, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.server.accounts.models import Account, Team
from scorer.server.db import Base, UtcDateTime
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Submission

SHOWN_OF_TEAM = ("name", "disqualified_at", "merged_into_id")
"""What a leaderboard shows of a team beside its standing, or leaves it out for."""


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
    history: Mapped[str] = mapped_column(Text, default="[]")
    """The improvements of what the leaderboard shows, see `leaderboard.history.to_stored`."""


@event.listens_for(Team, "after_update")
def mark_leaderboards_as_changed(_mapper: object, connection: Connection, team: Team) -> None:
    """Called by SQLAlchemy when a team is written: what is kept of any leaderboard may tell of it as it was."""
    attributes = inspect(team).attrs
    if any(attributes[name].history.has_changes() for name in SHOWN_OF_TEAM):
        connection.execute(update(Stage).values(board_version=Stage.board_version + 1))


class Choice(Base):
    """The submission that a team wants to count in a stage, whatever its score."""

    __tablename__ = "choices"

    stage_id: Mapped[int] = mapped_column(ForeignKey(Stage.id), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission: Mapped[Submission] = relationship()
