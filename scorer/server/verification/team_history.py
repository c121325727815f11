"""The other verifications of a team's code."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.verification.models import Bundle, Verification

MOST = 20


def list_others(session: Session, verification: Verification) -> list[Verification]:
    """The other verifications of the same team, trials included, newest first."""
    query = (
        select(Verification)
        .join(Bundle, Bundle.id == Verification.bundle_id)
        .where(Bundle.team_id == verification.bundle.team_id, Verification.id != verification.id)
    )
    return list(session.scalars(query.order_by(Verification.id.desc()).limit(MOST)))
