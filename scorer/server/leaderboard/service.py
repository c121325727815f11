"""The rules of the leaderboard: which submission counts, who is before whom, who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Team
from scorer.server.leaderboard.models import Best
from scorer.server.stages.models import Stage
from scorer.server.stages.service import shows_scores
from scorer.server.submissions.models import Score, State, Submission

SCORE_DIGITS = 4
"""Decimals of a score that are shown, and that decide a rank: what looks the same is the same."""


@dataclass(frozen=True)
class Row:
    """One line of a leaderboard: a team, or the challenge's baseline, which has no rank."""

    rank: int | None
    team_id: int | None
    name: str
    score: float
    """Rounded to `SCORE_DIGITS`, as is the interval."""
    interval: tuple[float, float] | None
    entries: int | None
    received_at: datetime | None

    @property
    def is_baseline(self) -> bool:
        """Whether this is the challenge's published baseline."""
        return self.team_id is None


def write_best(session: Session, *, stage_id: int, team_id: int) -> None:
    """Write the team's row of the stage anew from its scores; called in the transaction that wrote one.

    The best is the highest score, of equal ones the first received.
    """
    is_scored = (
        Submission.stage_id == stage_id,
        Submission.team_id == team_id,
        Submission.state == State.SCORED,
    )
    found = session.execute(
        select(Submission, Score)
        .join(Score, Score.submission_id == Submission.id)
        .where(*is_scored)
        .order_by(Score.weighted_accuracy.desc(), Submission.received_at, Submission.id)
        .limit(1)
    ).first()
    if found is None:
        return
    submission, score = found
    best = session.get(Best, (stage_id, team_id)) or Best(stage_id=stage_id, team_id=team_id)
    best.submission_id = submission.id
    best.weighted_accuracy = score.weighted_accuracy
    best.interval_low, best.interval_high = score.interval_low, score.interval_high
    best.entries = session.scalars(select(func.count()).select_from(Submission).where(*is_scored)).one()
    best.received_at = submission.received_at
    session.add(best)


def read_board(session: Session, challenge: Challenge, stage: Stage) -> list[Row]:
    """The leaderboard of a stage, best first, with the baseline in its place. Empty while scores are sealed.

    Teams with the same score share a rank, and the next rank counts all before it: 1, 2, 2, 4.
    """
    query = (
        select(Best, Team.name)
        .join(Stage, Stage.id == Best.stage_id)
        .join(Team, Team.id == Best.team_id)
        .where(Best.stage_id == stage.id, shows_scores(clock.utc_now()))
    )
    found = sorted(
        session.execute(query),
        key=lambda row: (-round(row[0].weighted_accuracy, SCORE_DIGITS), row[0].received_at, row[0].team_id),
    )
    rows: list[Row] = []
    for place, (best, name) in enumerate(found, start=1):
        score = round(best.weighted_accuracy, SCORE_DIGITS)
        rows.append(
            Row(
                rank=rows[-1].rank if rows and rows[-1].score == score else place,
                team_id=best.team_id,
                name=name,
                score=score,
                interval=(round(best.interval_low, SCORE_DIGITS), round(best.interval_high, SCORE_DIGITS)),
                entries=best.entries,
                received_at=best.received_at,
            )
        )
    # The published score of the baseline is that of the first stage's split.
    if stage.shows_scores(clock.utc_now()) and stage.split == challenge.stages[0].split:
        published = round(challenge.baseline.score, SCORE_DIGITS)
        baseline = Row(None, None, challenge.baseline.name, published, None, None, None)
        place = next((place for place, row in enumerate(rows) if row.score < baseline.score), len(rows))
        rows.insert(place, baseline)
    return rows


def rank_of(rows: list[Row], team_id: int) -> int | None:
    """The rank of a team in a leaderboard."""
    return next((row.rank for row in rows if row.team_id == team_id), None)
