"""What an organiser sees first: whether anything is stuck, fails, or piles up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session, joinedload

from scorer.server.mails.models import Mail
from scorer.server.submissions.models import State, Submission
from scorer.server.verification.models import UNDER_WAY, Progress, Verification
from scorer.server.verification.service import proposes_disqualification

PLOTTED_HOURS = 48

RECENT = timedelta(days=7)
"""How far back failures and refusals are told."""

MOST_FAILURES = 20


@dataclass(frozen=True)
class Hour:
    """How many submissions were received in an hour."""

    begins_at: datetime
    count: int


@dataclass(frozen=True)
class Queue:
    """The submissions that are received and not judged."""

    waiting: int
    """All of them, those under lease included."""
    oldest_seconds: int | None
    under_lease: int
    tried_before: int
    """Those that were begun before and not finished."""


@dataclass(frozen=True)
class Verdicts:
    """What came of the submissions of the last days."""

    judged: int
    refused: int

    @property
    def refused_share(self) -> float | None:
        """0 to 1; None where nothing was judged.

        >>> Verdicts(judged=4, refused=1).refused_share, Verdicts(0, 0).refused_share
        (0.25, None)
        """
        return self.refused / self.judged if self.judged else None


@dataclass(frozen=True)
class Mails:
    """How many mails wait to be sent, and how many were given up."""

    waiting: int
    failed: int


@dataclass(frozen=True)
class Verifications:
    """How many verifications wait or run, and how many propose that a person decides about a team."""

    under_way: int
    proposals: int


def count_hours(session: Session, now: datetime) -> list[Hour]:
    """The submissions of each of the last `PLOTTED_HOURS` hours, oldest first; the last hour is not over yet."""
    last = now.replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=back) for back in reversed(range(PLOTTED_HOURS))]
    received = session.scalars(select(Submission.received_at).where(Submission.received_at >= hours[0]))
    counts = Counter(moment.replace(minute=0, second=0, microsecond=0) for moment in received)
    return [Hour(begins_at, counts[begins_at]) for begins_at in hours]


def count_queue(session: Session, now: datetime) -> Queue:
    """What waits to be judged."""
    waiting = Submission.state == State.RECEIVED
    under_lease = and_(
        Submission.lease_holder.is_not(None), Submission.leased_until.is_not(None), Submission.leased_until > now
    )
    oldest = session.scalar(select(func.min(Submission.received_at)).where(waiting))
    return Queue(
        waiting=_count(session, waiting),
        oldest_seconds=max(0, round((now - oldest).total_seconds())) if oldest is not None else None,
        under_lease=_count(session, waiting, under_lease),
        tried_before=_count(session, waiting, not_(under_lease), Submission.tries > 0),
    )


def list_failures(session: Session, now: datetime) -> list[Submission]:
    """The submissions of the last days that could not be judged, newest first."""
    recent = (Submission.state == State.FAILED, Submission.judged_at >= now - RECENT)
    query = select(Submission).where(*recent).options(joinedload(Submission.team))
    return list(session.scalars(query.order_by(Submission.id.desc()).limit(MOST_FAILURES)))


def count_verdicts(session: Session, now: datetime) -> Verdicts:
    """How many submissions of the last days were judged, and how many of them refused."""
    recent = Submission.judged_at >= now - RECENT
    return Verdicts(
        judged=_count(session, recent, Submission.state.in_((State.SCORED, State.REFUSED))),
        refused=_count(session, recent, Submission.state == State.REFUSED),
    )


def count_mails(session: Session) -> Mails:
    """The mails that are not sent."""
    unsent = select(func.count()).select_from(Mail).where(Mail.sent_at.is_(None))
    return Mails(
        waiting=session.scalars(unsent.where(Mail.next_try_at.is_not(None))).one(),
        failed=session.scalars(unsent.where(Mail.next_try_at.is_(None))).one(),
    )


def count_verifications(session: Session) -> Verifications:
    """What goes on among the teams' code."""
    under_way = select(func.count()).select_from(Verification).where(Verification.progress.in_(UNDER_WAY))
    mismatched = session.scalars(select(Verification).where(Verification.progress == Progress.MISMATCHED))
    return Verifications(
        under_way=session.scalars(under_way).one(),
        proposals=sum(proposes_disqualification(verification) for verification in mismatched),
    )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).select_from(Submission).where(*conditions)).one()
