"""How the score that a leaderboard shows for a team rose from submission to submission."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from scorer.ranking import Metric
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.leaderboard.entries import Entry, as_shown, read_entries
from scorer.server.leaderboard.row import SCORE_DIGITS, Point
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_visible_stages


def read_histories(session: Session, stage: Stage, *, team_id: int | None = None) -> dict[int, tuple[Point, ...]]:
    """The improvements of every team in a stage, or of one, by the team's id; nothing while scores are sealed."""
    if not stage.shows_scores(clock.utc_now()):
        return {}
    by_team = read_entries(session, stage, team_id=team_id)
    return {team: improvements(as_shown(entries, stage), stage.ranks_by) for team, entries in by_team.items()}


def read_own_histories(session: Session, account: Account) -> list[tuple[Stage, tuple[Point, ...]]]:
    """The improvements of the account's team in every stage whose scores may be seen and in which it has some."""
    if account.team is None:
        return []
    team_id = account.team.id
    stages = list_visible_stages(session)
    found = [(stage, read_histories(session, stage, team_id=team_id).get(team_id, ())) for stage in stages]
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
