"""All teams' submissions, as an organiser looks for them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scorer.server.refusals import NotFound
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import State, Submission


def list_submissions(
    session: Session,
    *,
    state: State | None = None,
    stage: Stage | None = None,
    team_id: int | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Submission]:
    """The submissions of that state, stage and team, where one is named; newest first, those older than `before`."""
    query = select(Submission).options(joinedload(Submission.team), joinedload(Submission.stage))
    if state is not None:
        query = query.where(Submission.state == state)
    if stage is not None:
        query = query.where(Submission.stage_id == stage.id)
    if team_id is not None:
        query = query.where(Submission.team_id == team_id)
    if before is not None:
        query = query.where(Submission.id < before)
    return list(session.scalars(query.order_by(Submission.id.desc()).limit(most)))


def find_any_submission(session: Session, submission_id: int) -> Submission:
    """The submission of that number, whosever it is. Raises NotFound."""
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NotFound("There is no such submission.")
    return submission
