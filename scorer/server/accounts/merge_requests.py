"""The rules for asking another team to take one's own in, and for saying no. Yes is in `merging.py`."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, MergeRequest, Team
from scorer.server.accounts.names import TEAM_NAME_LENGTH, comparison_key
from scorer.server.accounts.teams import lock_own_team
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.refusals import Conflict, Forbidden, NotFound, Refusal
from scorer.server.stages.admission import check_in_competition, is_in_competition
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages


def ask(session: Session, captain: Account, *, name: str) -> MergeRequest:
    """Ask the team of that name to take in the captain's team.

    Raises:
        NotFound: the account is nobody's captain.
        Refusal: no such team takes part.
        Conflict: another request waits for its answer.
        Forbidden: the time to merge is over, or the own team is in the competition no more.
    """
    with writing(session):
        check_still_possible(list_stages(session))
        team = lock_own_team(session, captain, as_captain=True)
        check_in_competition(team)
        other = _find_team(session, name)
        if other is None or not is_in_competition(other) or other.id == team.id:
            raise Refusal("Expected the exact name of another team that takes part.", field="name")
        if asked_by(session, team) is not None:
            raise Conflict("Expected one request at a time. Withdraw the one that waits for its answer.", field="name")
        request = MergeRequest(
            from_team_id=team.id, into_team_id=other.id, requested_by_id=captain.id, created_at=clock.utc_now()
        )
        session.add(request)
        session.flush()
        record(session, captain, "team.ask_to_merge", request)
    return request


def asked_by(session: Session, team: Team) -> MergeRequest | None:
    """The team's own request that waits for its answer."""
    query = select(MergeRequest).where(MergeRequest.from_team_id == team.id, MergeRequest.decided_at.is_(None))
    return session.scalars(query).one_or_none()


def asked_of(session: Session, team: Team) -> list[MergeRequest]:
    """The requests of others that wait for the team's answer, oldest first."""
    query = select(MergeRequest).where(MergeRequest.into_team_id == team.id, MergeRequest.decided_at.is_(None))
    return list(session.scalars(query.order_by(MergeRequest.id)))


def withdraw(session: Session, captain: Account, request_id: int) -> None:
    """Take back the own team's request. Raises NotFound for any other, and where it is decided."""
    with writing(session):
        team = lock_own_team(session, captain, as_captain=True)
        request = find_waiting(session, request_id)
        if request.from_team_id != team.id:
            raise no_request()
        decide(request, accepted=False)
        record(session, captain, "team.withdraw_merge", request)


def decline(session: Session, captain: Account, request_id: int) -> None:
    """Say no to another team's request. Raises NotFound for any other, and where it is decided."""
    with writing(session):
        team = lock_own_team(session, captain, as_captain=True)
        request = find_waiting(session, request_id)
        if request.into_team_id != team.id:
            raise no_request()
        decide(request, accepted=False)
        record(session, captain, "team.decline_merge", request)


def is_still_possible(stages: list[Stage]) -> bool:
    """Whether teams may still merge: until the first stage that admits teams to the next one has closed."""
    return _closed_by(stages) is None


def check_still_possible(stages: list[Stage]) -> None:
    """Raise Forbidden where teams merge no more."""
    if (stage := _closed_by(stages)) is not None:
        raise Forbidden(f"Teams merge no more: {stage.title} has closed, which decides who is admitted.")


def _closed_by(stages: list[Stage]) -> Stage | None:
    now = clock.utc_now()
    for stage, following in pairwise(stages):
        if following.admission_needed and (stage.has_closed(now) or stage.settled_at is not None):
            return stage
    return None


def find_waiting(session: Session, request_id: int) -> MergeRequest:
    """The request, as it is now. Raises NotFound where there is none that waits for its answer."""
    request = session.get(MergeRequest, request_id, populate_existing=True)
    if request is None or request.decided_at is not None:
        raise no_request()
    return request


def decide(request: MergeRequest, *, accepted: bool) -> None:
    """Answer a request."""
    request.decided_at, request.accepted = clock.utc_now(), accepted


def no_request() -> NotFound:
    """What is said of a request that is not there, or not the asker's to answer."""
    return NotFound("There is no such request.")


def record(session: Session, account: Account, action: str, request: MergeRequest) -> None:
    """Write the audit entry of what a captain did with a request."""
    audit.record(
        session,
        account=account,
        action=action,
        subject=f"team {request.from_team_id}",
        details={"into": request.into_team_id, "request": request.id},
    )


def _find_team(session: Session, name: str) -> Team | None:
    if len(name) > TEAM_NAME_LENGTH or not name.isprintable():
        return None  # no team has such a name, and a database cannot be asked for every character
    return session.scalars(select(Team).where(Team.name_key == comparison_key(name))).one_or_none()
