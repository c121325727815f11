"""Fixtures of the stages' tests: an organiser, and teams with standings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from data_spec.competition import Admission as Rule
from scorer.server import clock
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account, Role, Team
from scorer.server.accounts.passwords import Passwords
from scorer.server.leaderboard.models import Standing
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import State, Submission


@pytest.fixture
def boss(session: Session, passwords: Passwords) -> Account:
    """The organiser."""
    return accounts.register(
        session, passwords, email="boss@example.org", display_name="Boss", password="long enough", role=Role.ORGANISER
    )


@pytest.fixture
def public(session: Session) -> Stage:
    """The stage that admits."""
    return find_stage(session, "public")


@pytest.fixture
def private(session: Session) -> Stage:
    """The stage that teams are admitted to."""
    return find_stage(session, "private")


@pytest.fixture
def new_team(session: Session, new_account: Callable[[str], Account]) -> Callable[[str], Team]:
    """Makes a team of one by its name."""
    return lambda name: teams.create_team(session, new_account(name), name=name)


@pytest.fixture
def sends(session: Session) -> Callable[..., Submission]:
    """Writes a submission of a team."""

    def write(team: Team, stage: Stage, state: State = State.RECEIVED) -> Submission:
        submission = Submission(
            team_id=team.id,
            account_id=team.memberships[0].account_id,
            stage_id=stage.id,
            sha256="0" * 64,
            size=1,
            received_at=clock.utc_now(),
            state=state,
        )
        session.add(submission)
        session.commit()
        return submission

    return write


@pytest.fixture
def stands(session: Session, new_team: Callable[[str], Team], sends: Callable[..., Submission]) -> Callable[..., Team]:
    """Makes a team with a score in a stage."""

    def make(name: str, score: float, stage: Stage) -> Team:
        team = new_team(name)
        submission = sends(team, stage, State.SCORED)
        session.add(
            Standing(
                stage_id=stage.id,
                team_id=team.id,
                submission_id=submission.id,
                score=score,
                interval_low=score,
                interval_high=score,
                entries=1,
                received_at=submission.received_at,
            )
        )
        session.commit()
        return team

    return make


@pytest.fixture
def admitting(challenge: Challenge) -> Callable[..., Challenge]:
    """The challenge whose first stage admits by another rule."""

    def change(top: int, *, over_baseline: bool = False) -> Challenge:
        rule = Rule(top=top, over_baseline=over_baseline)
        first, *others = challenge.stages
        return challenge.model_copy(update={"stages": (first.model_copy(update={"admits": rule}), *others)})

    return change
