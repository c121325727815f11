"""The rules for invitations: a link that the captain sends, and that lets one person join."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Invitation, Membership, Team
from scorer.server.accounts.secret_values import new_secret, secret_hash
from scorer.server.accounts.teams import (
    check_uploaded_for_no_other,
    lock_own_team,
    lock_team,
    lock_without_team,
)
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.refusals import Conflict, NotFound
from scorer.server.stages.admission import check_in_competition, is_in_competition

INVITATION_LASTS = timedelta(days=7)


def invite(session: Session, captain: Account, *, most_members: int) -> str:
    """The secret of a new invitation; this is the only time it is seen.

    Raises:
        NotFound: the account is nobody's captain.
        Forbidden: the team is in the competition no more.
        Conflict: with the open invitations the team is as large as it may be.
    """
    secret, now = new_secret(), clock.utc_now()
    with writing(session):
        team = lock_own_team(session, captain, as_captain=True)
        check_in_competition(team)
        invited = session.scalars(select(func.count()).select_from(Invitation).where(_is_open(team))).one()
        if len(team.memberships) + invited >= most_members:
            raise Conflict(
                f"Expected at most {most_members} members and open invitations together, "
                f"found {len(team.memberships)} and {invited}."
            )
        invitation = Invitation(
            team_id=team.id,
            invited_by_id=captain.id,
            secret_hash=secret_hash(secret),
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
        session.add(invitation)
        session.flush()
        audit.record(
            session,
            account=captain,
            action="team.invite",
            subject=f"team {team.id}",
            details={"invitation": invitation.id},
        )
    return secret


def list_open(session: Session, team: Team) -> list[Invitation]:
    """The team's invitations that may still be accepted, oldest first."""
    return list(session.scalars(select(Invitation).where(_is_open(team)).order_by(Invitation.id)))


def revoke(session: Session, captain: Account, invitation_id: int) -> None:
    """Make an open invitation of the captain's team worth nothing. Raises NotFound for any other."""
    with writing(session):
        team = lock_own_team(session, captain, as_captain=True)
        query = select(Invitation).where(Invitation.id == invitation_id, _is_open(team))
        invitation = session.scalars(query).one_or_none()
        if invitation is None:
            raise NotFound("There is no such invitation.")
        invitation.revoked_at = clock.utc_now()
        audit.record(
            session,
            account=captain,
            action="team.revoke_invitation",
            subject=f"team {team.id}",
            details={"invitation": invitation.id},
        )


def find_invitation(session: Session, secret: str) -> Invitation:
    """The open invitation of a link. Raises NotFound where it was used, revoked, is too old, or never was."""
    query = select(Invitation).where(Invitation.secret_hash == secret_hash(secret))
    invitation = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if (
        invitation is None
        or invitation.accepted_at is not None
        or invitation.revoked_at is not None
        or invitation.expires_at <= clock.utc_now()
        or not is_in_competition(invitation.team)
    ):
        raise NotFound("This invitation is not valid, was used already, or is too old. Ask the captain for a new one.")
    return invitation


def join(session: Session, account: Account, secret: str, *, most_members: int) -> Team:
    """Join the team of an invitation, which is used up.

    Raises:
        NotFound: the invitation is worth nothing.
        Conflict: the account is in a team, or the team is as large as it may be.
        Forbidden: the account has uploaded for another team.
    """
    try:
        with writing(session):
            lock_without_team(session, account)
            team = lock_team(session, find_invitation(session, secret).team_id)
            invitation = find_invitation(session, secret)  # as it is now that the team is locked
            check_uploaded_for_no_other(session, account, team_id=team.id)
            if len(team.memberships) >= most_members:
                raise Conflict(f"Expected a team of less than {most_members} members, found {len(team.memberships)}.")
            now = clock.utc_now()
            invitation.accepted_at = now
            team.memberships.append(Membership(account=account, captain=False, joined_at=now))
            audit.record(
                session,
                account=account,
                action="team.join",
                subject=f"team {team.id}",
                details={"invitation": invitation.id},
            )
    except IntegrityError as error:
        raise Conflict("You are in a team already; a person is in one team.") from error
    return team


def _is_open(team: Team) -> ColumnElement[bool]:
    return and_(
        Invitation.team_id == team.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.utc_now(),
    )
