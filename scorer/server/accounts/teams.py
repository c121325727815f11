"""The rules for teams: who creates, leaves and leads one. Joining is in `invitations.py`, merging in `merging.py`.

Whoever changes a team or its members holds the lock on the team's row; where both are locked, the account is
locked first.
"""

from __future__ import annotations

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Membership, MergeRequest, Team
from scorer.server.accounts.names import check_team_name, comparison_key
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.refusals import Conflict, Forbidden, NotFound
from scorer.server.stages.admission import check_in_competition
from scorer.server.submissions.models import Submission
from scorer.server.verification.models import Bundle


def create_team(session: Session, account: Account, *, name: str) -> Team:
    """Create a team with this account as its captain.

    Raises:
        Refusal: the name is not accepted.
        Conflict: another team has the name, or the account is in a team.
        Forbidden: the account has uploaded for another team.
    """
    name = check_team_name(name)
    now = clock.utc_now()
    try:
        with writing(session):
            lock_without_team(session, account)
            check_uploaded_for_no_other(session, account, team_id=None)
            team = Team(name=name, name_key=comparison_key(name), created_at=now)
            session.add(team)
            team.memberships.append(Membership(account=account, captain=True, joined_at=now))
    except IntegrityError as error:
        raise Conflict("Another team has this name. Choose a different one.", field="name") from error
    return team


def leave(session: Session, account: Account) -> None:
    """Leave the team. Who is alone in one that has no history dissolves it, and its name is free again.

    Raises:
        NotFound: the account is in no team.
        Forbidden: it is the captain of others, or the last of a team that has a history, or the team is
            disqualified.
    """
    with writing(session):
        team = lock_own_team(session, account)
        check_in_competition(team)
        alone = len(team.memberships) == 1
        if alone and _has_history(session, team):
            raise Forbidden("A team that has submitted, or has taken another one in, keeps its last member.")
        if not alone and is_captain(account, team):
            raise Forbidden("Expected a member. You are the captain: hand over first.")
        team_id = team.id
        session.execute(delete(Membership).where(Membership.account_id == account.id))
        if alone:
            _dissolve(session, team_id)
        audit.record(session, account=account, action="team.leave", subject=f"team {team_id}")
    session.expire(account, ["membership"])


def remove_member(session: Session, captain: Account, account_id: int) -> None:
    """Take a member out of the captain's team.

    Raises:
        NotFound: no such member; or the account is nobody's captain.
        Forbidden: the team is disqualified, or it is the captain's own account.
    """
    with writing(session):
        team = lock_own_team(session, captain, as_captain=True)
        check_in_competition(team)
        membership = _member(team, account_id)
        if membership.captain:
            raise Forbidden("Expected another member than yourself. Hand over first, then leave.")
        session.delete(membership)
        audit.record(
            session, account=captain, action="team.remove", subject=f"team {team.id}", details={"account": account_id}
        )
    session.expire(team, ["memberships"])


def hand_over(session: Session, captain: Account, account_id: int) -> None:
    """Make another member the captain. Raises NotFound: no such member; or the account is nobody's captain."""
    with writing(session):
        team = lock_own_team(session, captain, as_captain=True)
        _member(team, captain.id).captain = False
        _member(team, account_id).captain = True
        audit.record(
            session, account=captain, action="team.captain", subject=f"team {team.id}", details={"account": account_id}
        )


def is_captain(account: Account, team: Team) -> bool:
    """Whether the account leads the team."""
    return any(one.captain and one.account_id == account.id for one in team.memberships)


def lock_team(session: Session, team_id: int) -> Team:
    """The team and its members as they are now, and stay until the transaction ends. Raises NotFound."""
    # Not the whole row's lock: what only refers to the team, such as a new standing, need not wait.
    locked = session.scalar(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True))
    if locked is None:
        raise NotFound("There is no such team.")
    session.expire_all()  # what was read before the lock was waited for may be old
    return session.get_one(Team, team_id)


def lock_own_team(session: Session, account: Account, *, as_captain: bool = False) -> Team:
    """The account's team, locked. Raises NotFound: it has none, or is not its captain."""
    missing = "There is no team of which you are the captain." if as_captain else "You are in no team."
    membership = session.get(Membership, account.id)
    if membership is None:
        raise NotFound(missing)
    team = lock_team(session, membership.team_id)
    member = any(one.account_id == account.id for one in team.memberships)
    if not member or (as_captain and not is_captain(account, team)):
        raise NotFound(missing)
    return team


def lock_without_team(session: Session, account: Account) -> None:
    """Lock the account of a person who is about to be in a team. Raises Conflict where they are in one."""
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update(key_share=True))
    if (membership := session.get(Membership, account.id)) is not None:
        raise Conflict(f"You are in the team “{membership.team.name}” already; a person is in one team.")


def check_uploaded_for_no_other(session: Session, account: Account, *, team_id: int | None) -> None:
    """Raise Forbidden where the account uploaded for another team than this: a change would be a second quota."""
    others = exists().where(Submission.account_id == account.id)
    if team_id is not None:
        others = others.where(Submission.team_id != team_id)
    if session.scalar(select(others)):
        raise Forbidden("You have uploaded predictions for another team. Whoever has done so changes to no other.")


def _member(team: Team, account_id: int) -> Membership:
    for membership in team.memberships:
        if membership.account_id == account_id:
            return membership
    raise NotFound("There is no such member.")


def _has_history(session: Session, team: Team) -> bool:
    submitted = exists().where(Submission.team_id == team.id)
    sent_code = exists().where(Bundle.team_id == team.id)
    merged = exists().where(Team.merged_into_id == team.id)
    return bool(session.scalar(select(or_(submitted, sent_code, merged))))


def _dissolve(session: Session, team_id: int) -> None:
    concerned = or_(MergeRequest.from_team_id == team_id, MergeRequest.into_team_id == team_id)
    session.execute(delete(MergeRequest).where(concerned))
    session.execute(delete(Team).where(Team.id == team_id))
