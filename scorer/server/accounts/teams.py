"""The rules for teams. Invitations are not here yet: a team has one member, its captain."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Membership, Team
from scorer.server.accounts.names import TEAM_NAME_LENGTH, check_name, comparison_key
from scorer.server.db import writing
from scorer.server.refusals import Conflict


def create_team(session: Session, account: Account, *, name: str) -> Team:
    """Create a team with this account as its captain.

    Raises:
        Refusal: the name is not accepted.
        Conflict: another team has the name, or the account is in a team.
    """
    name = check_name(name, "a team name", TEAM_NAME_LENGTH, field="name")
    now = clock.utc_now()
    try:
        with writing(session):
            session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
            if (membership := session.get(Membership, account.id)) is not None:
                raise Conflict(f"You are in the team “{membership.team.name}” already; a person is in one team.")
            team = Team(name=name, name_key=comparison_key(name), created_at=now)
            session.add(team)
            team.memberships.append(Membership(account_id=account.id, captain=True, joined_at=now))
    except IntegrityError as error:
        raise Conflict("Another team has this name. Choose a different one.", field="name") from error
    return team
