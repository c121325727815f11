"""Open a stage, and change its dates and limits."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.audit.service import record
from scorer.server.db import writing
from scorer.server.refusals import Refusal
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages, lock_stage

MOST_SUBMISSIONS = 100_000
"""The highest limit that can be set."""


def open_stage(session: Session, stage: Stage, *, account: Account) -> None:
    """Open a stage now.

    Raises:
        Refusal: it is open, has closed, or would open before the stage that admits to it ends.
    """
    with writing(session):
        stage = lock_stage(session, stage)
        now = clock.utc_now()
        if stage.is_open(now):
            raise Refusal(f"Expected a stage that is not open, found {stage.title}, which is.")
        if stage.has_closed(now):
            raise Refusal(
                f"Expected a stage that has not closed, found {stage.title}, which has. "
                "Change its dates to open it again."
            )
        old = stage.opens_at
        stage.opens_at = now
        _check_dates(session, stage)
        details = {"opens_at": {"old": _text(old), "new": _text(now)}}
        record(session, account=account, action="stage.open", subject=f"stage {stage.name}", details=details)


def change_stage(
    session: Session,
    stage: Stage,
    *,
    account: Account,
    opens_at: datetime | None,
    closes_at: datetime | None,
    submissions_per_day: int,
    submissions_in_total: int,
) -> None:
    """Change a stage's dates and limits; where nothing is new, nothing happens.

    Raises:
        Refusal: dates or limits that contradict each other or another stage, an end in the past, or new dates
            of a stage after it was decided whom it admits or its final scores were released.
    """
    _check_limits(submissions_per_day, submissions_in_total)
    new = {
        "opens_at": opens_at,
        "closes_at": closes_at,
        "submissions_per_day": submissions_per_day,
        "submissions_in_total": submissions_in_total,
    }
    with writing(session):
        stage = lock_stage(session, stage)
        old = {name: getattr(stage, name) for name in new}
        changed = [name for name in new if new[name] != old[name]]
        if not changed:
            return
        for name in changed:
            setattr(stage, name, new[name])
        if "opens_at" in changed or "closes_at" in changed:
            if stage.settled_at is not None:
                raise Refusal(
                    f"Expected the dates of {stage.title} as they are, found others: it was closed, and who is "
                    "admitted or the final scores rest on that.",
                    field="opens_at" if "opens_at" in changed else "closes_at",
                )
            _check_dates(session, stage)
        if "closes_at" in changed and closes_at is not None and closes_at < clock.utc_now():
            raise Refusal("Expected an end that is not past, found one that is.", field="closes_at")
        details = {name: {"old": _text(old[name]), "new": _text(new[name])} for name in changed}
        record(session, account=account, action="stage.change", subject=f"stage {stage.name}", details=details)


def _check_limits(per_day: int, in_total: int) -> None:
    for field, count in (("submissions_per_day", per_day), ("submissions_in_total", in_total)):
        if not 1 <= count <= MOST_SUBMISSIONS:
            raise Refusal(f"Expected a number from 1 to {MOST_SUBMISSIONS}, found {count}.", field=field)
    if per_day > in_total:
        raise Refusal(
            f"Expected at most as many a day as in all ({in_total}), found {per_day}.", field="submissions_per_day"
        )


def _check_dates(session: Session, stage: Stage) -> None:
    """The rules that `data_spec.competition` has for the dates in the challenge's file."""
    if stage.closes_at is not None:
        if stage.opens_at is None:
            raise Refusal("Expected a moment at which the stage opens, since it closes, found none.", field="opens_at")
        if stage.closes_at <= stage.opens_at:
            raise Refusal(
                f"Expected an end after {stage.opens_at:%Y-%m-%d %H:%M} UTC, when the stage opens, "
                f"found {stage.closes_at:%Y-%m-%d %H:%M} UTC.",
                field="closes_at",
            )
    for before, after in pairwise(list_stages(session)):
        by_end = after.admission_needed and before.closes_at is not None
        earliest = before.closes_at if by_end else before.opens_at
        if stage not in (before, after) or earliest is None or after.opens_at is None or earliest <= after.opens_at:
            continue
        raise Refusal(
            f"Expected {after.title} to open when {before.title} {'has closed' if by_end else 'has opened'} "
            f"({earliest:%Y-%m-%d %H:%M} UTC) or later, found {after.opens_at:%Y-%m-%d %H:%M} UTC.",
            field="opens_at" if stage is after or not by_end else "closes_at",
        )


def _text(value: datetime | int | None) -> str | int | None:
    return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}" if isinstance(value, datetime) else value
