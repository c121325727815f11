"""Who sends something in a stage: a member of a team that takes part in it, while it is open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Membership, Team
from scorer.server.db import known_id
from scorer.server.refusals import Forbidden
from scorer.server.stages.admission import check_admitted
from scorer.server.stages.models import Stage
from scorer.server.stages.service import check_open, lock_stage


class NoTeam(Forbidden):
    """Only teams submit."""


def team_of(account: Account) -> Team:
    """The account's team. Raises NoTeam."""
    return _expect_team(account.team)


def check_entrant(session: Session, stage: Stage, account: Account, now: datetime) -> Team:
    """The account's team, which may send something in the stage at that moment.

    Raises:
        NoTeam: the account is in no team.
        Forbidden: the stage is closed, or not for this team.
    """
    check_open(stage, now)
    team = _expect_team(session.scalars(_its_team(account)).one_or_none())
    check_admitted(session, stage, team)
    return team


def lock_entrant(session: Session, stage: Stage, account: Account) -> tuple[Stage, Team]:
    """The stage and the account's team as they are now, and stay until the transaction ends.

    Raises what `check_entrant` raises, of what is true once the locks are held.
    """
    stage = lock_stage(session, stage, read=True)
    locked = _its_team(account).with_for_update(of=Team).execution_options(populate_existing=True)
    team = _expect_team(session.scalars(locked).one_or_none())
    check_open(stage, clock.utc_now())  # the moment after the locks were waited for
    check_admitted(session, stage, team)
    return stage, team


def _its_team(account: Account) -> Select[Team]:
    """One query where the account, its membership and the team would be read one after another."""
    its_membership = Membership.account_id == known_id(account)
    return select(Team).join(Membership, Membership.team_id == Team.id).where(its_membership)


def _expect_team(team: Team | None) -> Team:
    if team is None:
        raise NoTeam("Expected a member of a team. Create a team first.")
    return team
