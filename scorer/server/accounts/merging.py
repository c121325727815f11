"""The rules for merging: one team takes another in, which asked for it.

It then has the members and the submissions of both, and must stay within every limit with them: two teams that
merge never get more tries than one.
"""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.merge_requests import check_still_possible, decide, find_waiting, no_request, record
from scorer.server.accounts.models import Account, Invitation, Membership, MergeRequest, Team
from scorer.server.accounts.teams import is_captain, lock_team
from scorer.server.db import writing
from scorer.server.leaderboard.models import Choice
from scorer.server.leaderboard.service import write_standing
from scorer.server.refusals import Conflict
from scorer.server.stages.admission import check_in_competition
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages, lock_stage
from scorer.server.submissions.models import Submission
from scorer.server.submissions.quota import count_quota
from scorer.server.verification.models import Bundle


def accept(session: Session, challenge: Challenge, captain: Account, request_id: int) -> None:
    """Take the other team in: its members, its submissions, and with them its place in the leaderboards; its bundles.

    Raises:
        NotFound: not a request of the captain's team, or it is decided.
        Conflict: together they are more, or have submitted more, than one team may.
        Forbidden: the time to merge is over, or one of them is in the competition no more.
    """
    with writing(session):
        request = find_waiting(session, request_id)
        membership = session.get(Membership, captain.id)
        if membership is None or membership.team_id != request.into_team_id:
            raise no_request()
        stages = [lock_stage(session, stage) for stage in list_stages(session)]
        teams = {team_id: lock_team(session, team_id) for team_id in sorted((request.from_team_id, membership.team_id))}
        request = find_waiting(session, request_id)  # as it is now that the teams are locked
        arriving, team = teams[request.from_team_id], teams[request.into_team_id]
        if not is_captain(captain, team):
            raise no_request()
        check_still_possible(stages)
        check_in_competition(team)
        check_in_competition(arriving)
        _check_members(arriving, team, challenge.team.max_members)
        for stage in stages:
            _check_quota(session, stage, arriving, team, challenge.team.time_zone)
        _move(session, arriving, team)
        for stage in stages:
            for team_id in teams:
                write_standing(session, stage_id=stage.id, team_id=team_id)
        _close_requests(session, arriving)
        decide(request, accepted=True)
        record(session, captain, "team.merge", request)


def _check_members(arriving: Team, team: Team, most: int) -> None:
    together = len(arriving.memberships) + len(team.memberships)
    if together > most:
        raise Conflict(f"Expected at most {most} members together, found {together}.")


def _check_quota(session: Session, stage: Stage, arriving: Team, team: Team, time_zone: str) -> None:
    now = clock.utc_now()
    if not stage.is_open(now):
        return
    quotas = [count_quota(session, one, stage, time_zone, now) for one in (arriving, team)]
    in_total, today = sum(one.used_in_total for one in quotas), sum(one.used_today for one in quotas)
    if in_total > stage.submissions_in_total:
        raise Conflict(
            f"Expected at most {stage.submissions_in_total} submissions together in {stage.title}, found {in_total}."
        )
    if today > stage.submissions_per_day:
        raise Conflict(
            f"Expected at most {stage.submissions_per_day} submissions together today in {stage.title}, "
            f"found {today}. The next day begins at {quotas[0].day_ends_at:%Y-%m-%d %H:%M} UTC."
        )


def _move(session: Session, arriving: Team, team: Team) -> None:
    for uploaded in (Submission, Bundle):
        session.execute(update(uploaded).where(uploaded.team_id == arriving.id).values(team_id=team.id))
    session.execute(delete(Choice).where(Choice.team_id == arriving.id))
    session.execute(update(Membership).where(Membership.team_id == arriving.id).values(team_id=team.id, captain=False))
    session.execute(
        update(Invitation)
        .where(Invitation.team_id == arriving.id, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=clock.utc_now())
    )
    arriving.merged_into_id = team.id
    session.flush()
    session.expire_all()  # the statements above changed rows that were read before


def _close_requests(session: Session, team: Team) -> None:
    concerned = or_(MergeRequest.from_team_id == team.id, MergeRequest.into_team_id == team.id)
    for request in session.scalars(select(MergeRequest).where(concerned, MergeRequest.decided_at.is_(None))):
        decide(request, accepted=False)
