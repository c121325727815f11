"""The rules for submissions: who may send one when, and who may see it.

receive → the bytes are durable → one transaction: stage open? quota left? row `received` → judging.judge
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.db import known_id, writing
from scorer.server.leaderboard.entries import as_shown, read_entries
from scorer.server.refusals import NotFound
from scorer.server.stages.entrants import check_entrant, lock_entrant, team_of
from scorer.server.stages.models import Stage
from scorer.server.storage import Readable, Storage
from scorer.server.submissions.models import State, Submission
from scorer.server.submissions.quota import Quota, count_quota


@dataclass(frozen=True)
class VisibleScore:
    """A score as its team may see it."""

    score: float
    interval_low: float
    interval_high: float
    report: Mapping[str, Any] | None
    """`ScoreReport.to_dict()`; None where the stage tells no more than the score."""


def receive(
    session: Session,
    storage: Storage,
    challenge: Challenge,
    *,
    account: Account,
    stage: Stage,
    source: Readable,
    announced_bytes: int | None = None,
) -> Submission:
    """Take a zip in: from the moment this returns the submission is kept, whatever happens to the server.

    The same bytes once more, while the team's first ones wait for their verdict, are the same submission: a
    button was pressed twice, or a program tried again because it had heard no answer.

    Raises:
        NoTeam: the account is in no team.
        Forbidden, TooMany: the stage is closed, not for this team, or the quota used up, said before a byte
            is read where it is known then.
        TooLarge, BrokenOff, Refusal: what `Storage.keep` raises.
    """
    quota_now(session, challenge, account=account, stage=stage).check()
    session.rollback()  # an upload may take minutes: no transaction is open meanwhile
    stored = storage.keep(source, most_bytes=challenge.submission.max_zip_bytes, announced_bytes=announced_bytes)
    with writing(session):
        stage, team = lock_entrant(session, stage, account)
        now = clock.utc_now()
        if (twin := _waiting_twin(session, team, stage, stored.sha256)) is not None:
            return twin
        count_quota(session, team, stage, challenge.team.time_zone, now).check()
        submission = Submission(
            team_id=team.id,
            account_id=known_id(account),
            stage_id=stage.id,
            sha256=stored.sha256,
            size=stored.size,
            received_at=now,
            state=State.RECEIVED,
        )
        session.add(submission)
    return submission


def _waiting_twin(session: Session, team: Team, stage: Stage, sha256: str) -> Submission | None:
    query = select(Submission).where(
        Submission.team_id == team.id,
        Submission.stage_id == stage.id,
        Submission.sha256 == sha256,
        Submission.state == State.RECEIVED,
    )
    return session.scalars(query.limit(1)).one_or_none()


def quota_now(session: Session, challenge: Challenge, *, account: Account, stage: Stage) -> Quota:
    """What the account's team has left.

    Raises:
        NoTeam: the account is in no team.
        Forbidden: the stage is closed, or not for this team.
    """
    now = clock.utc_now()
    team = check_entrant(session, stage, account, now)
    return count_quota(session, team, stage, challenge.team.time_zone, now)


def list_submissions(
    session: Session, account: Account, *, before: int | None = None, most: int = 50
) -> list[Submission]:
    """The submissions of the account's team, newest first; those older than the id `before`."""
    query = select(Submission).where(Submission.team_id == team_of(account).id)
    if before is not None:
        query = query.where(Submission.id < before)
    return list(session.scalars(query.order_by(Submission.id.desc()).limit(most)))


def find_submission(session: Session, account: Account, submission_id: int) -> Submission:
    """A submission of the account's own team. Raises NotFound for any other, as for one that never was."""
    submission = session.get(Submission, submission_id)
    if submission is None or account.team is None or submission.team_id != account.team.id:
        raise NotFound("There is no such submission.")
    return submission


def visible_score(submission: Submission) -> VisibleScore | None:
    """What its team may know of a submission's live score: None where it has none, or where it is sealed.

    On the ladder that is what the leaderboard shows: a rounded figure of the submissions that climbed, for
    every further figure would tell more of the hidden labels.
    """
    stage = submission.stage
    if not stage.shows_scores(clock.utc_now()) or submission.state is not State.SCORED:
        return None
    if stage.ladder_step is not None:
        session = object_session(submission)
        assert session is not None
        entries = read_entries(session, stage, team_id=submission.team_id)
        shown = as_shown(entries.get(submission.team_id, []), stage)
        entry = next((entry for entry in shown if entry.submission_id == submission.id), None)
        return VisibleScore(entry.score, *entry.interval, report=None) if entry is not None else None
    live = (stage.scorer_version, stage.data_version)
    score = next((one for one in submission.scores if (one.scorer_version, one.data_version) == live), None)
    if score is None:
        return None
    return VisibleScore(score.score, score.interval_low, score.interval_high, score.report)
