"""Whose a verification is while it runs: claimed under a lease, renewed, given back, ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.verification import log
from scorer.server.verification.models import UNDER_WAY, Kind, Progress, Verification
from scorer.server.verification.service import lock_verification
from scorer.verification.verdict import Verdict

LEASE = timedelta(seconds=120)
"""How long a verification belongs to whoever runs it and does not say again that he does."""

MOST_TRIES = 3

NEXT_TRY = timedelta(seconds=10)
"""How long after a try that went wrong on our side the next one begins, times the number of tries."""


@dataclass(frozen=True)
class Claim:
    """What one try needs to know: the verification is ours until the lease ends."""

    verification_id: int
    holder: str
    kind: Kind
    tries: int
    """With this one."""
    bundle_id: int
    team_id: int
    sha256: str
    """Of the bundle."""


def claim(session: Session, verification_id: int) -> Claim | None:
    """Begin a try, unless the verification has ended or somebody else is at it; then None."""
    with writing(session):
        waiting = lock_verification(session, verification_id)
        now = clock.utc_now()
        if waiting is None or not _waits(waiting, now):
            return None
        if waiting.stop_asked:
            end(session, waiting, Progress.STOPPED)
            return None
        if waiting.tries >= MOST_TRIES:
            waiting.fault = waiting.fault or "Nobody who began to run it came back before the lease ended."
            log.add(session, waiting.id, "--- failed: nobody who began to run it came back\n")
            end(session, waiting, Progress.FAILED)
            return None
        waiting.tries += 1
        waiting.progress = Progress.RUNNING
        waiting.begun_at = now
        waiting.leased_until = now + LEASE
        waiting.lease_holder = secrets.token_hex(16)
        bundle = waiting.bundle
        return Claim(
            verification_id=waiting.id,
            holder=waiting.lease_holder,
            kind=waiting.kind,
            tries=waiting.tries,
            bundle_id=bundle.id,
            team_id=bundle.team_id,
            sha256=bundle.sha256,
        )


def lock_held(session: Session, held: Claim) -> Verification | None:
    """The verification, locked, while it is still ours; None where somebody else took it over, or ended it."""
    verification = lock_verification(session, held.verification_id)
    return verification if verification is not None and verification.lease_holder == held.holder else None


def renew(verification: Verification) -> None:
    """Let the lease end later."""
    verification.leased_until = clock.utc_now() + LEASE


def give_back(session: Session, verification: Verification, fault: str) -> None:
    """A try went wrong on our side: another one follows, or this was the last one.

    Called in the transaction that holds the verification.
    """
    verification.fault = fault
    if verification.tries >= MOST_TRIES:
        log.add(session, verification.id, "--- failed: something went wrong on our side, each time\n")
        end(session, verification, Progress.FAILED)
        return
    log.add(session, verification.id, "--- something went wrong on our side: it is tried again\n")
    verification.progress = Progress.QUEUED
    verification.lease_holder = None
    verification.leased_until = clock.utc_now() + NEXT_TRY * verification.tries


def end(session: Session, verification: Verification, progress: Progress, verdict: Verdict | None = None) -> None:
    """Write how a verification ended, and the entry of the audit log, in the transaction that holds it."""
    verification.progress = progress
    verification.ended_at = clock.utc_now()
    verification.lease_holder = verification.leased_until = None
    details: dict[str, object] = {
        "team": verification.bundle.team_id,
        "bundle": verification.bundle_id,
        "kind": verification.kind.value,
        "progress": progress.value,
    }
    if verdict is not None:
        verification.verdict = verdict.to_dict()
        details["flags"] = [flag.kind for flag in verdict.flags]
        details["hashes"] = verification.verdict["hashes"]
    audit.record(
        session, account=None, action="verification.end", subject=f"verification {verification.id}", details=details
    )


def list_waiting(session: Session, *, most: int = 100) -> list[int]:
    """The verifications that have not ended and that nobody runs: trials first, since teams wait for them."""
    now = clock.utc_now()
    query = select(Verification.id).where(
        Verification.progress.in_(UNDER_WAY),
        or_(Verification.leased_until.is_(None), Verification.leased_until <= now),
    )
    return list(session.scalars(query.order_by(Verification.kind.desc(), Verification.id).limit(most)))


def list_holders(session: Session) -> set[str]:
    """Everybody who holds a lease that has not ended."""
    now = clock.utc_now()
    query = select(Verification.lease_holder).where(
        Verification.lease_holder.is_not(None), Verification.leased_until > now
    )
    return {holder for holder in session.scalars(query) if holder is not None}


def _waits(waiting: Verification, now: datetime) -> bool:
    return not waiting.progress.ended and (waiting.leased_until is None or waiting.leased_until <= now)
