"""Disqualify a team, and take it back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.plain_text import check_text
from scorer.server.refusals import Conflict
from scorer.server.stages.models import Stage

MOST_REASON = 1000
"""Characters of a reason."""


def disqualify(session: Session, team: Team, *, account: Account, because: str) -> None:
    """Take a team out of every leaderboard. It keeps its pages, and sees the reason there.

    Raises:
        Refusal: no reason, or a very long one.
        Conflict: it is disqualified, or merged into another team.
    """
    because, team_id = _check_reason(because), team.id
    with writing(session):
        team = _lock(session, team_id)
        if team.merged_into_id is not None:
            raise Conflict("Expected a team that takes part, found one that was merged into another.")
        if team.disqualified_at is not None:
            raise Conflict("Expected a team that takes part, found one that is disqualified.")
        team.disqualified_at, team.disqualified_because = clock.utc_now(), because
        audit.record(
            session, account=account, action="team.disqualify", subject=f"team {team_id}", details={"because": because}
        )


def reinstate(session: Session, team: Team, *, account: Account, because: str) -> None:
    """Take a disqualification back: the team stands where it stood.

    Raises:
        Refusal: no reason, or a very long one.
        Conflict: it is not disqualified.
    """
    because, team_id = _check_reason(because), team.id
    with writing(session):
        team = _lock(session, team_id)
        if team.disqualified_at is None:
            raise Conflict("Expected a team that is disqualified, found one that takes part.")
        team.disqualified_at = team.disqualified_because = None
        audit.record(
            session, account=account, action="team.reinstate", subject=f"team {team_id}", details={"because": because}
        )


def _lock(session: Session, team_id: int) -> Team:
    """The team as it is now. Every stage's leaderboard is marked as changed."""
    for stage in session.scalars(select(Stage).order_by(Stage.position).with_for_update()):
        stage.board_version += 1
    return session.scalars(select(Team).where(Team.id == team_id).with_for_update()).one()


def _check_reason(because: str) -> str:
    return check_text(because, "a reason", MOST_REASON, field="because")
