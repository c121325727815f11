"""How the score that a leaderboard shows for a team rose from submission to submission."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.ranking import Metric
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.leaderboard.entries import Entry
from scorer.server.leaderboard.models import Standing
from scorer.server.leaderboard.row import SCORE_DIGITS, Point
from scorer.server.stages.models import Stage
from scorer.server.stages.service import shows_scores


def read_own_histories(session: Session, account: Account) -> list[tuple[Stage, tuple[Point, ...]]]:
    """The improvements of the account's team in every stage whose scores may be seen and in which it has some."""
    if account.team is None:
        return []
    query = (
        select(Stage, Standing.history)
        .join(Standing, Standing.stage_id == Stage.id)
        .where(Standing.team_id == account.team.id, shows_scores(clock.utc_now()))
        .order_by(Stage.position)
    )
    found = [(stage, from_stored(history)) for stage, history in session.execute(query)]
    return [(stage, history) for stage, history in found if history]


def improvements(shown: Sequence[Entry], metric: Metric) -> tuple[Point, ...]:
    """When a score was better than all before it. Those that were not are told to nobody but their team.

    Args:
        shown: a team's entries as they are shown, in the order in which they were received.
        metric: says which score is better.
    """
    points: list[Point] = []
    for entry in shown:
        score = round(entry.score, SCORE_DIGITS)
        if not points or metric.is_better(score, points[-1].score):
            points.append(Point(entry.received_at, score))
    return tuple(points)


def to_stored(history: Sequence[Point]) -> str:
    """As a standing keeps it: JSON, of each improvement its moment in ISO 8601 and the score."""
    return json.dumps([[point.at.isoformat(), point.score] for point in history])


@lru_cache(maxsize=2048)  # of a leaderboard's teams, a new score changes one
def from_stored(history: str) -> tuple[Point, ...]:
    """As it was before `to_stored`."""
    return tuple(Point(datetime.fromisoformat(at), score) for at, score in json.loads(history))
