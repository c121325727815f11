"""Fixtures of the organiser's pages: a team and its submissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import State, Submission


@pytest.fixture
def analysts(ada: Account) -> Team:
    """Ada's team."""
    assert ada.team is not None
    return ada.team


@pytest.fixture
def public(session: Session) -> Stage:
    """The stage whose scores everybody sees."""
    return find_stage(session, "public")


@pytest.fixture
def new_submission(session: Session, analysts: Team, public: Stage) -> Callable[..., Submission]:
    """Writes a submission of the Analysts, in the state and with the values that are asked for."""

    def write(state: State = State.RECEIVED, **values: Any) -> Submission:
        given = {"received_at": clock.utc_now(), "stage_id": public.id, "team_id": analysts.id, **values}
        if state is not State.RECEIVED:
            given.setdefault("judged_at", given["received_at"])
        submission = Submission(
            account_id=analysts.memberships[0].account_id, sha256="0" * 64, size=1, state=state, **given
        )
        session.add(submission)
        session.commit()
        return submission

    return write
