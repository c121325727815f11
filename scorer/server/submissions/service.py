"""The rules for submissions: who may send one when, and who may see it.

receive → the bytes are durable → one transaction: stage open? quota left? row `received` → judging.judge
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.db import writing
from scorer.server.refusals import Forbidden, NotFound
from scorer.server.stages.models import Stage
from scorer.server.stages.service import check_open
from scorer.server.storage import Readable, Storage
from scorer.server.submissions.models import Score, State, Submission
from scorer.server.submissions.quota import Quota, count_quota


class NoTeam(Forbidden):
    """Only teams submit."""


def team_of(account: Account) -> Team:
    """The account's team. Raises NoTeam."""
    if account.team is None:
        raise NoTeam("Expected a member of a team. Create a team first.")
    return account.team


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

    Raises:
        NoTeam: the account is in no team.
        Forbidden, TooMany: the stage is closed, or the quota used up, said before a byte is read where
            it is known then.
        TooLarge, BrokenOff, Refusal: what `Storage.keep` raises.
    """
    quota_now(session, challenge, account=account, stage=stage).check()
    session.rollback()  # an upload may take minutes: no transaction is open meanwhile
    stored = storage.keep(source, most_bytes=challenge.submission.max_zip_bytes, announced_bytes=announced_bytes)
    with writing(session):
        team = session.scalars(select(Team).where(Team.id == team_of(account).id).with_for_update()).one()
        stage = session.scalars(select(Stage).where(Stage.id == stage.id).with_for_update(read=True)).one()
        now = clock.utc_now()
        check_open(stage, now)
        count_quota(session, team, stage, challenge.team.time_zone, now).check()
        submission = Submission(
            team_id=team.id,
            account_id=account.id,
            stage_id=stage.id,
            sha256=stored.sha256,
            size=stored.size,
            received_at=now,
            state=State.RECEIVED,
        )
        session.add(submission)
    return submission


def quota_now(session: Session, challenge: Challenge, *, account: Account, stage: Stage) -> Quota:
    """What the account's team has left. Raises NoTeam, or Forbidden where the stage is closed."""
    now = clock.utc_now()
    check_open(stage, now)
    return count_quota(session, team_of(account), stage, challenge.team.time_zone, now)


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


def visible_score(submission: Submission) -> Score | None:
    """The submission's newest score; None where it has none, or where its stage's scores are sealed."""
    if not submission.scores or not submission.stage.shows_scores(clock.utc_now()):
        return None
    return submission.scores[-1]
