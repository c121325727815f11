"""Let a submission be judged once more whose judging failed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.refusals import Conflict, NotFound
from scorer.server.submissions.models import State, Submission


def judge_again(session: Session, submission_id: int, *, account: Account) -> None:
    """Let a failed submission wait to be judged, as if it had just been received. The caller wakes a worker.

    Raises:
        NotFound: there is none of that number.
        Conflict: its judging did not fail.
    """
    with writing(session):
        failed = session.scalars(select(Submission).where(Submission.id == submission_id).with_for_update()).first()
        if failed is None:
            raise NotFound("There is no such submission.")
        if failed.state is not State.FAILED:
            raise Conflict(f"Expected a submission whose judging failed, found one that is {failed.state.value}.")
        failed.state = State.RECEIVED
        failed.tries = 0
        failed.lease_holder = failed.leased_until = failed.judged_at = failed.log = None
        audit.record(session, account=account, action="submission.judge-again", subject=f"submission {submission_id}")
