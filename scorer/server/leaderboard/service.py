"""The rules of the leaderboard: which submission counts, who is before whom, who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Team
from scorer.server.leaderboard.boards import Boards
from scorer.server.leaderboard.entries import as_shown, find_counting, read_entries
from scorer.server.leaderboard.history import from_stored, improvements, to_stored
from scorer.server.leaderboard.models import Choice, Standing
from scorer.server.leaderboard.row import SCORE_DIGITS, Row
from scorer.server.leaderboard.ties import Ties
from scorer.server.leaderboard.versions import version_of
from scorer.server.stages.models import Stage
from scorer.server.stages.service import lock_stage

__all__ = ["SCORE_DIGITS", "Place", "Row", "find_rank", "rank_teams", "read_board", "write_standing"]


@dataclass(frozen=True)
class Place:
    """A team and its rank; of teams with the same rank, who was there first is named first."""

    rank: int
    shares_rank: bool
    name: str
    standing: Standing


def write_standing(session: Session, *, stage_id: int, team_id: int) -> None:
    """Write the team's row of the stage anew; called in the transaction that changed what it is made of.

    The submission that the team chose counts, else the one with the best score, of equal ones the first
    received; on the ladder only submissions that climbed are looked at. Only live scores count: those of the
    stage's versions of scorer and labels.
    """
    stage = lock_stage(session, session.get_one(Stage, stage_id))
    stage.board_version += 1
    entries = read_entries(session, stage, team_id=team_id).get(team_id, [])
    choice = session.get(Choice, (stage_id, team_id))
    shown = as_shown(entries, stage)
    counting = find_counting(shown, choice.submission_id if choice else None, stage.ranks_by)
    standing = session.get(Standing, (stage_id, team_id))
    if counting is None:
        if standing is not None:
            session.delete(standing)
        return
    standing = standing or Standing(stage_id=stage_id, team_id=team_id)
    standing.submission_id = counting.submission_id
    standing.score = counting.score
    standing.interval_low, standing.interval_high = counting.interval
    standing.entries = len(entries)
    standing.received_at = counting.received_at
    standing.history = to_stored(improvements(shown, stage.ranks_by))
    session.add(standing)


def read_board(session: Session, challenge: Challenge, stage: Stage, *, boards: Boards | None = None) -> Sequence[Row]:
    """The leaderboard of a stage, best first, with the baseline in its place. Empty while scores are sealed.

    Teams with the same score share a rank, and the next rank counts all before it: 1, 2, 2, 4.

    Args:
        session: to read with.
        challenge: its baseline.
        stage: what is sealed is not computed either, so it takes no time that could tell of it.
        boards: keep it until it changes.
    """
    if not stage.shows_scores(clock.utc_now()):
        return []
    boards = boards or Boards()
    # Read before all else: what is computed below may be newer than its key says, and is never older.
    version = version_of(stage)
    return boards.rows.get(version, lambda: _compute_board(session, challenge, stage, boards.ties))


def _compute_board(session: Session, challenge: Challenge, stage: Stage, ties: Ties) -> Sequence[Row]:
    places = rank_teams(session, stage)
    tie_firsts = ties.find(session, stage, [place.standing.submission_id for place in places])
    rows = [
        Row(
            rank=place.rank,
            team_id=place.standing.team_id,
            name=place.name,
            score=round(place.standing.score, SCORE_DIGITS),
            interval=(
                round(place.standing.interval_low, SCORE_DIGITS),
                round(place.standing.interval_high, SCORE_DIGITS),
            ),
            entries=place.standing.entries,
            received_at=place.standing.received_at,
            shares_rank=place.shares_rank,
            tie_group=places[first].rank,
            history=from_stored(place.standing.history),
        )
        for place, first in zip(places, tie_firsts, strict=True)
    ]
    # The published score of the baseline is that of the first stage's split.
    if stage.split == challenge.stages[0].split:
        published = round(challenge.baseline.score, SCORE_DIGITS)
        baseline = Row(None, None, challenge.baseline.name, published, None, None, None)
        is_better = stage.ranks_by.is_better
        below = (at for at, row in enumerate(rows) if is_better(baseline.score, row.score))
        rows.insert(next(below, len(rows)), baseline)
    return _with_brackets(rows)


def rank_teams(session: Session, stage: Stage) -> list[Place]:
    """Every team that stands in a stage, best first.

    Not to be shown as it is: `read_board` knows whether scores are sealed.
    """
    query = (
        select(Standing, Team.name)
        .join(Team, Team.id == Standing.team_id)
        .where(Standing.stage_id == stage.id, Team.disqualified_at.is_(None), Team.merged_into_id.is_(None))
        .execution_options(populate_existing=True)
    )
    found = [(round(standing.score, SCORE_DIGITS), standing, name) for standing, name in session.execute(query)]
    sign = -1 if stage.ranks_by.greater_is_better else 1
    found.sort(key=lambda one: (sign * one[0], one[1].received_at, one[1].team_id))
    places: list[Place] = []
    for _, sharing in groupby(found, key=lambda one: one[0]):
        of_one_rank = list(sharing)
        rank = len(places) + 1
        places += [Place(rank, len(of_one_rank) > 1, name, standing) for _, standing, name in of_one_rank]
    return places


def find_rank(session: Session, stage: Stage, team_id: int) -> int | None:
    """The rank of a team in a stage; None where it has none, and while scores are sealed."""
    if not stage.shows_scores(clock.utc_now()):
        return None
    return next((place.rank for place in rank_teams(session, stage) if place.standing.team_id == team_id), None)


def _with_brackets(rows: list[Row]) -> list[Row]:
    """The rows, each with its part of the bracket around its tie group; the baseline may stand in one."""
    ends: dict[int, tuple[int, int]] = {}
    for at, row in enumerate(rows):
        if row.tie_group is not None:
            ends[row.tie_group] = (ends.get(row.tie_group, (at, at))[0], at)
    for first, last in ends.values():
        if first == last:
            continue
        rows[first] = replace(rows[first], bracket="first")
        rows[last] = replace(rows[last], bracket="last")
        rows[first + 1 : last] = [replace(row, bracket="middle") for row in rows[first + 1 : last]]
    return rows
