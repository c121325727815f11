"""The rules for bundles: who may send code when, and who may see it.

receive → the bytes are durable → one transaction: stage open? admitted? row `received`, and its trial, queued
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.refusals import NotFound, TooMany
from scorer.server.stages.entrants import check_entrant, lock_entrant, team_of
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.storage import Readable, Storage
from scorer.server.submissions.quota import day_around
from scorer.server.verification.models import Bundle, BundleState, Kind, Progress, Verification

BUNDLES_PER_DAY = 10
"""Of a team, refused ones too: each is checked, and tried on this machine."""


def receive(
    session: Session,
    storage: Storage,
    challenge: Challenge,
    *,
    account: Account,
    source: Readable,
    announced_bytes: int | None = None,
) -> Bundle:
    """Take a zip of code in: from the moment this returns it is kept, and its trial is queued.

    The same bytes once more, while the team's first ones wait to be checked, are the same bundle.

    Raises:
        NoTeam: the account is in no team.
        Forbidden, TooMany: the stage is closed, not for this team, or enough came today; said before a byte is read
            where it is known then.
        TooLarge, BrokenOff, Refusal: what `Storage.keep` raises.
    """
    stage = may_send(session, challenge, account)
    session.rollback()  # an upload may take minutes: no transaction is open meanwhile
    most_bytes = challenge.verification.bundle.max_zip_bytes
    stored = storage.keep(source, most_bytes=most_bytes, announced_bytes=announced_bytes)
    with writing(session):
        stage, team = lock_entrant(session, stage, account)
        now = clock.utc_now()
        if (twin := _waiting_twin(session, team, stored.sha256)) is not None:
            return twin
        _check_day(session, team, challenge.team.time_zone, now)
        bundle = Bundle(
            team_id=team.id,
            account_id=account.id,
            sha256=stored.sha256,
            size=stored.size,
            received_at=now,
            state=BundleState.RECEIVED,
        )
        bundle.verifications.append(Verification(kind=Kind.TRIAL, asked_at=now, progress=Progress.QUEUED))
        session.add(bundle)
        session.flush()
        audit.record(
            session,
            account=account,
            action="bundle.receive",
            subject=f"bundle {bundle.id}",
            details={"team": team.id, "sha256": stored.sha256, "size": stored.size},
        )
    return bundle


def may_send(session: Session, challenge: Challenge, account: Account) -> Stage:
    """The stage in which the account's team may send code now.

    Raises:
        NoTeam: the account is in no team.
        Forbidden: the stage is closed, or not for this team.
        TooMany: enough came today.
    """
    stage = find_stage(session, challenge.bundle_stage.name)
    now = clock.utc_now()
    team = check_entrant(session, stage, account, now)
    _check_day(session, team, challenge.team.time_zone, now)
    return stage


def list_bundles(session: Session, account: Account) -> list[Bundle]:
    """The bundles of the account's team, newest first. Raises NoTeam."""
    query = select(Bundle).where(Bundle.team_id == team_of(account).id)
    return list(session.scalars(query.order_by(Bundle.id.desc())))


def find_bundle(session: Session, account: Account, bundle_id: int) -> Bundle:
    """A bundle of the account's own team. Raises NotFound for any other, as for one that never was."""
    bundle = session.get(Bundle, bundle_id)
    if bundle is None or account.team is None or bundle.team_id != account.team.id:
        raise NotFound("There is no such bundle.")
    return bundle


def current_bundle(session: Session, team: Team) -> Bundle | None:
    """The bundle that is verified: the newest that was accepted."""
    query = select(Bundle).where(Bundle.team_id == team.id, Bundle.state == BundleState.ACCEPTED)
    return session.scalars(query.order_by(Bundle.id.desc()).limit(1)).one_or_none()


def _waiting_twin(session: Session, team: Team, sha256: str) -> Bundle | None:
    query = select(Bundle).where(
        Bundle.team_id == team.id, Bundle.sha256 == sha256, Bundle.state == BundleState.RECEIVED
    )
    return session.scalars(query.limit(1)).one_or_none()


def _check_day(session: Session, team: Team, time_zone: str, now: datetime) -> None:
    begins_at, ends_at = day_around(now, time_zone)
    query = select(func.count()).where(Bundle.team_id == team.id, Bundle.received_at >= begins_at)
    if session.scalars(query).one() >= BUNDLES_PER_DAY:
        raise TooMany(
            f"All {BUNDLES_PER_DAY} bundles of today are used. "
            f"The next day ({time_zone}) begins at {ends_at:%Y-%m-%d %H:%M} UTC."
        )
