"""Who sends something in a stage: a member of a team that takes part in it, while it is open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.refusals import Forbidden
from scorer.server.stages.admission import check_admitted
from scorer.server.stages.models import Stage
from scorer.server.stages.service import check_open, lock_stage


class NoTeam(Forbidden):
    """Only teams submit."""


def team_of(account: Account) -> Team:
    """The account's team. Raises NoTeam."""
    if account.team is None:
        raise NoTeam("Expected a member of a team. Create a team first.")
    return account.team


def check_entrant(session: Session, stage: Stage, account: Account, now: datetime) -> Team:
    """The account's team, which may send something in the stage at that moment.

    Raises:
        NoTeam: the account is in no team.
        Forbidden: the stage is closed, or not for this team.
    """
    check_open(stage, now)
    team = team_of(account)
    check_admitted(session, stage, team)
    return team


def lock_entrant(session: Session, stage: Stage, account: Account) -> tuple[Stage, Team]:
    """The stage and the account's team as they are now, and stay until the transaction ends.

    Raises what `check_entrant` raises; NoTeam also where the team was dissolved meanwhile.
    """
    stage = lock_stage(session, stage, read=True)
    locked = select(Team).where(Team.id == team_of(account).id).with_for_update()
    team = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if team is None:
        raise NoTeam("Expected a member of a team, found a team that was dissolved meanwhile.")
    check_open(stage, clock.utc_now())  # the moment after the locks were waited for
    check_admitted(session, stage, team)
    return stage, team
