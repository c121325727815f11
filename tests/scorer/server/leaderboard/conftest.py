"""Scored submissions without zips: each is a row with a report of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from scorer.score_report import RecordingScore, ScoreReport
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.leaderboard.service import write_standing
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Score, State, Submission

MOMENT = datetime(2017, 9, 1, tzinfo=UTC)
FRAMES = 1000
"""Of each recording."""


def write_score(
    session: Session, submission: Submission, stage: Stage, accuracy: float, recordings: Sequence[float]
) -> None:
    """The score of a submission by the versions that are live in the stage."""
    interval = (max(0.0, accuracy - 0.1), accuracy + 0.1)
    report = ScoreReport(
        metric="weighted_accuracy",
        score=accuracy,
        interval=interval,
        figures={"weighted_accuracy": accuracy},
        parts={"Anger": {"recall": accuracy}},
        labels=("Anger",),
        confusion=((len(recordings) * FRAMES,),),
        counted=len(recordings) * FRAMES,
        rows=len(recordings) * FRAMES,
        recordings=tuple(
            RecordingScore(f"id{number}", one, FRAMES, (one * FRAMES, FRAMES)) for number, one in enumerate(recordings)
        ),
    )
    session.add(
        Score(
            submission_id=submission.id,
            scorer_version=stage.scorer_version,
            data_version=stage.data_version,
            score=accuracy,
            interval_low=interval[0],
            interval_high=interval[1],
            report=report.to_dict(),
            scored_at=MOMENT,
        )
    )


@pytest.fixture
def scored(session: Session, new_account: Callable[[str], Account]) -> Callable[..., Submission]:
    """Writes a scored submission of a team, which is made where it is new; `recordings` are their accuracies."""
    accounts: dict[str, Account] = {}

    def write(
        team: str,
        accuracy: float | None = None,
        *,
        minute: int = 0,
        state: State = State.SCORED,
        stage: str = "public",
        recordings: Sequence[float] = (),
    ) -> Submission:
        if team not in accounts:
            accounts[team] = new_account(team.replace(" ", ""))
            teams.create_team(session, accounts[team], name=team)
        account, found = accounts[team], find_stage(session, stage)
        submission = Submission(
            team_id=account.team.id,
            account_id=account.id,
            stage_id=found.id,
            sha256="0" * 64,
            size=1,
            received_at=MOMENT + timedelta(minutes=minute),
            state=state,
        )
        session.add(submission)
        session.flush()
        if state is State.SCORED:
            recordings = recordings or [accuracy or 0.0] * 4
            share = sum(recordings) / len(recordings) if accuracy is None else accuracy
            write_score(session, submission, found, share, recordings)
            session.flush()
            write_standing(session, stage_id=submission.stage_id, team_id=submission.team_id)
        session.commit()
        return submission

    return write
