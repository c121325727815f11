"""The rules for verifications: who is verified, once at a time, and what a mismatch proposes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.accounts.teams import lock_team
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.refusals import Conflict, NotFound, Refusal
from scorer.server.stages.admission import is_in_competition
from scorer.server.verification.bundles import current_bundle
from scorer.server.verification.candidates import Candidate, find_candidate, list_candidates
from scorer.server.verification.models import Bundle, Kind, Progress, Verification

__all__ = [
    "Candidate",
    "ask",
    "ask_all",
    "find_verification",
    "is_verified",
    "list_candidates",
    "lock_verification",
    "newest_verification",
    "proposes_disqualification",
    "stop",
]

JUDGED = (Progress.MATCHED, Progress.MISMATCHED, Progress.FAILED)
"""How a verification ends that says something about a bundle; one that was stopped says nothing."""


def ask(session: Session, team: Team, *, account: Account | None) -> Verification:
    """Queue a full verification of a team's newest accepted bundle. The caller wakes a worker.

    Args:
        session: outside any transaction of its own.
        team: whose code is run.
        account: who asks; None: somebody at the server's command line.

    Raises:
        NotFound: the team was dissolved.
        Conflict: one is under way, there is no accepted bundle, or no scored submission to compare with.
    """
    with writing(session):
        candidate = find_candidate(session, lock_team(session, team.id))
        if candidate.why_not is not None:
            raise Conflict(candidate.why_not)
        assert candidate.bundle is not None
        verification = Verification(
            bundle_id=candidate.bundle.id,
            kind=Kind.FULL,
            asked_by_id=account.id if account is not None else None,
            asked_at=clock.utc_now(),
            progress=Progress.QUEUED,
        )
        session.add(verification)
        session.flush()
        _record(session, account, "verification.ask", verification, candidate.bundle)
    return verification


def ask_all(session: Session, *, account: Account | None, again: bool = False) -> list[Verification]:
    """Queue a full verification of every team in the competition that can be verified. The caller wakes workers.

    Left out are teams whose newest accepted bundle has been verified already, unless it is to be `again`.
    """
    asked = []
    for team in _teams_with_bundles(session):
        if not is_in_competition(team):
            continue
        if not again and is_verified(session, team):
            continue
        try:
            asked.append(ask(session, team, account=account))
        except Refusal:  # not now, as its line in the list of candidates says
            continue
    return asked


def is_verified(session: Session, team: Team) -> bool:
    """Whether a full verification of the team's newest accepted bundle has come to a verdict."""
    newest = newest_verification(session, team, Kind.FULL)
    bundle = current_bundle(session, team)
    return newest is not None and bundle is not None and newest.bundle_id == bundle.id and newest.progress in JUDGED


def stop(session: Session, verification: Verification, *, account: Account | None) -> None:
    """End a verification: at once where nobody runs it, else as soon as who runs it looks, within seconds.

    Raises:
        Conflict: it has ended.
    """
    with writing(session):
        locked = lock_verification(session, verification.id)
        now = clock.utc_now()
        if locked is None or locked.progress.ended:
            raise Conflict("Expected a verification that is under way, found one that has ended.")
        locked.stop_asked = True
        # Who holds a lease that has ended is gone.
        if locked.lease_holder is None or locked.leased_until is None or locked.leased_until <= now:
            locked.progress, locked.ended_at = Progress.STOPPED, now
            locked.lease_holder = locked.leased_until = None
        _record(session, account, "verification.stop", locked, locked.bundle)


def find_verification(session: Session, verification_id: int) -> Verification:
    """The verification of that number, whosever bundle it is of. Raises NotFound."""
    verification = session.get(Verification, verification_id)
    if verification is None:
        raise NotFound("There is no such verification.")
    return verification


def proposes_disqualification(verification: Verification) -> bool:
    """Whether a person should decide about the team: its newest verdict is a mismatch, and it still takes part."""
    if verification.kind is not Kind.FULL or verification.progress is not Progress.MISMATCHED:
        return False
    team = verification.bundle.team
    if not is_in_competition(team):
        return False
    session = object_session(verification)
    assert session is not None
    newest = newest_verification(session, team, Kind.FULL, progresses=JUDGED)
    return newest is not None and newest.id == verification.id


def newest_verification(
    session: Session, team: Team, kind: Kind, *, progresses: tuple[Progress, ...] = tuple(Progress)
) -> Verification | None:
    """The newest verification of a kind, of any of the team's bundles, that is so far."""
    query = (
        select(Verification)
        .join(Bundle)
        .where(Bundle.team_id == team.id, Verification.kind == kind, Verification.progress.in_(progresses))
    )
    return session.scalars(query.order_by(Verification.id.desc()).limit(1)).one_or_none()


def lock_verification(session: Session, verification_id: int) -> Verification | None:
    """The verification as it is now, and stays until the transaction ends."""
    query = select(Verification).where(Verification.id == verification_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _teams_with_bundles(session: Session) -> list[Team]:
    query = select(Team).where(Team.id.in_(select(Bundle.team_id)))
    return list(session.scalars(query.order_by(Team.id)))


def _record(session: Session, account: Account | None, action: str, verification: Verification, bundle: Bundle) -> None:
    audit.record(
        session,
        account=account,
        action=action,
        subject=f"verification {verification.id}",
        details={"team": bundle.team_id, "bundle": bundle.id},
    )
