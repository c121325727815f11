"""What became of uploads: each is to be scored once, as the scorer alone scores it, and ranks are to follow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.upload_burst import Sent
from scorer.client import Client
from scorer.server.accounts.models import Team
from scorer.server.db import open_engine
from scorer.server.leaderboard.row import SCORE_DIGITS
from scorer.server.submissions.models import Score, State, Submission


def share_scored_once(database_url: str, sent: Sent, scores: Mapping[Path, float]) -> float:
    """Of all submissions, kept or acknowledged, the share that was sent, judged by one try, and scored rightly.

    One that was acknowledged and is not there counts as well, and so does one that is there and was never sent.

    Args:
        database_url: of the server.
        sent: every upload that it acknowledged.
        scores: what the scorer alone says of each zip.
    """
    engine = open_engine(database_url)
    with Session(engine) as session:
        query = (
            select(Submission.id, Submission.state, Submission.tries, func.count(Score.score), func.max(Score.score))
            .outerjoin(Score, Score.submission_id == Submission.id)
            .group_by(Submission.id, Submission.state, Submission.tries)
        )
        found = {number: tuple(rest) for number, *rest in session.execute(query)}
    engine.dispose()
    right = sum(found.get(number) == (State.SCORED, 1, 1, scores[path]) for number, path in sent.items())
    return right / len(sent.keys() | found.keys())


def share_ranked_rightly(url: str, database_url: str, stage: str, sent: Sent, scores: Mapping[Path, float]) -> float:
    """Of all teams, the share that stands in the leaderboard with its best score and the rank that follows from it.

    Args:
        url: of the server.
        database_url: of the server; it knows whose each submission is.
        stage: in it a greater score is better.
        sent: every upload that it acknowledged.
        scores: what the scorer alone says of each zip.
    """
    engine = open_engine(database_url)
    with Session(engine) as session:
        query = select(Submission.id, Team.name).join(Team, Team.id == Submission.team_id)
        team_of = dict(session.execute(query).all())
    engine.dispose()
    best: dict[str, float] = {}
    for number, path in sent.items():
        score = round(scores[path], SCORE_DIGITS)
        best[team_of[number]] = max(score, best.get(team_of[number], score))
    expected = {
        (name, score, 1 + sum(other > score for other in best.values()))  # of equal ones each has the better rank
        for name, score in best.items()
    }
    with Client(url) as client:
        found = {(row.team, row.score, row.rank) for row in client.leaderboard(stage).rows if row.rank is not None}
    return len(expected & found) / len(expected | found)
