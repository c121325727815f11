"""What a team has in a stage: its scored submissions, and what the leaderboard may tell of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from scorer.ranking import Metric
from scorer.server.leaderboard.ladder import round_to, shown_scores
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Score, State, Submission


@dataclass(frozen=True)
class Entry:
    """One scored submission."""

    submission_id: int
    received_at: datetime
    score: float
    interval: tuple[float, float]


def is_live(stage: Stage) -> ColumnElement[bool]:
    """The condition that joins each scored `Submission` of a stage to the one `Score` of it that is live.

    A submission may have further scores, by other versions of the scorer or of the labels: they count for
    nothing until a rescore makes their versions the stage's.
    """
    return and_(
        Submission.stage_id == stage.id,
        Submission.state == State.SCORED,
        Score.submission_id == Submission.id,
        Score.scorer_version == stage.scorer_version,
        Score.data_version == stage.data_version,
    )


def read_entries(session: Session, stage: Stage, *, team_id: int | None = None) -> dict[int, list[Entry]]:
    """The entries of every team in a stage, or of one, by the team's id, in the order in which they were received.

    Not to be shown as they are: `as_shown` knows what the leaderboard tells, its stage whether they are sealed.
    """
    query = (
        select(
            Submission.team_id,
            Submission.id,
            Submission.received_at,
            Score.score,
            Score.interval_low,
            Score.interval_high,
        )
        .where(is_live(stage))
        .order_by(Submission.team_id, Submission.received_at, Submission.id)
    )
    if team_id is not None:
        query = query.where(Submission.team_id == team_id)
    by_team = groupby(session.execute(query), key=lambda row: row.team_id)
    return {
        team: [Entry(number, at, score, (low, high)) for _, number, at, score, low, high in rows]
        for team, rows in by_team
    }


def as_shown(entries: Sequence[Entry], stage: Stage) -> list[Entry]:
    """The entries whose scores may be told: all of them, or on the ladder those that climbed, rounded."""
    step = stage.ladder_step
    if step is None:
        return list(entries)
    scores = shown_scores((entry.score for entry in entries), step, greater_is_better=stage.ranks_by.greater_is_better)
    return [
        replace(entry, score=score, interval=_rounded(entry.interval, step))
        for entry, score in zip(entries, scores, strict=True)
        if score is not None
    ]


def find_counting(shown: Sequence[Entry], chosen: int | None, metric: Metric) -> Entry | None:
    """The entry that counts: the submission that the team chose, else the best, of equal ones the first."""
    for entry in shown:
        if entry.submission_id == chosen:
            return entry
    best = max if metric.greater_is_better else min
    return best(shown, key=lambda entry: entry.score, default=None)


def _rounded(interval: tuple[float, float], step: float) -> tuple[float, float]:
    low, high = interval
    return round_to(low, step), round_to(high, step)
