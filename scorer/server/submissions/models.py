"""Submissions and their scores."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.server.accounts.models import Account, Team
from scorer.server.db import Base, UtcDateTime
from scorer.server.stages.models import Stage


class State(enum.StrEnum):
    """Where a submission is on its way."""

    RECEIVED = "received"  # its bytes are safe, nobody has judged it yet
    REFUSED = "refused"  # the zip is not what the challenge asks for: its faults say why
    SCORED = "scored"
    FAILED = "failed"  # judging it went wrong, which is our fault


COUNTED = (State.RECEIVED, State.SCORED)
"""The states that use up a team's submissions: neither a refused format nor our own fault costs one."""


class Submission(Base):
    """One uploaded zip of one team."""

    __tablename__ = "submissions"
    __table_args__ = (Index("ix_submissions_quota", "team_id", "stage_id", "state", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    stage_id: Mapped[int] = mapped_column(ForeignKey(Stage.id), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    """Bytes of the zip."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=20, values_callable=lambda s: [*s]), index=True
    )
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    """How often somebody began to judge it."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until then nobody else begins to judge it: it is being judged, or waits for its next try."""
    lease_holder: Mapped[str | None] = mapped_column(String(32))
    """Who is judging it: a random number, so that one who comes back too late is known."""
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What was ignored in the zip."""
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Why it was refused: file, row, column, expected, found, and `text`, the words of `scorer check`."""
    log: Mapped[str | None] = mapped_column(Text)
    """What went wrong on our side; for the organiser, never for a page of the team."""
    team: Mapped[Team] = relationship()
    account: Mapped[Account] = relationship()
    stage: Mapped[Stage] = relationship()
    scores: Mapped[list[Score]] = relationship(back_populates="submission", order_by="Score.scored_at")
    """Not to be shown as they are: `submissions.service.visible_score` knows which are sealed."""


class Score(Base):
    """The score of one submission by one version of the scorer against one version of the labels."""

    __tablename__ = "scores"

    submission_id: Mapped[int] = mapped_column(ForeignKey(Submission.id), primary_key=True)
    scorer_version: Mapped[str] = mapped_column(String(64), primary_key=True)
    data_version: Mapped[str] = mapped_column(String(64), primary_key=True)
    score: Mapped[float]
    """In the metric of its stage."""
    interval_low: Mapped[float]
    interval_high: Mapped[float]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`ScoreReport.to_dict()`."""
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission: Mapped[Submission] = relationship(back_populates="scores")
