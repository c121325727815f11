from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.audit import service as audit
from scorer.server.organiser.judging_again import judge_again
from scorer.server.refusals import Conflict, NotFound
from scorer.server.submissions.judging import MOST_TRIES, list_waiting
from scorer.server.submissions.models import State, Submission


def test_a_failed_submission_waits_as_if_it_had_just_come(
    session: Session, new_submission: Callable[..., Submission], grace: Account
) -> None:
    failed = new_submission(State.FAILED, tries=MOST_TRIES, log="Traceback")
    judge_again(session, failed.id, account=grace)
    assert (failed.state, failed.tries, failed.judged_at, failed.log) == (State.RECEIVED, 0, None, None)
    assert list_waiting(session) == [failed.id]
    entry = audit.list_entries(session)[0]
    assert (entry.action, entry.subject) == ("submission.judge-again", f"submission {failed.id}")
    assert entry.account_id == grace.id


@pytest.mark.parametrize("state", [State.RECEIVED, State.REFUSED, State.SCORED])
def test_only_a_failed_one_is_judged_again(
    session: Session, new_submission: Callable[..., Submission], grace: Account, state: State
) -> None:
    other = new_submission(state)
    with pytest.raises(Conflict, match=f"found one that is {state.value}"):
        judge_again(session, other.id, account=grace)
    with pytest.raises(NotFound):
        judge_again(session, other.id + 1, account=grace)
