"""The database of a server on which hundreds of teams have submitted for weeks; written at once, not by uploads."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account, Membership, Role, Team
from scorer.server.accounts.names import comparison_key
from scorer.server.db import writing
from scorer.server.leaderboard.models import Standing
from scorer.server.leaderboard.service import write_standing
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages, lock_stage
from scorer.server.submissions.models import Score, State, Submission

BEGIN = datetime(2017, 9, 1, tzinfo=UTC)
WEEKS = timedelta(weeks=6)
HIGHEST = 0.7
"""What the scores of all teams approach."""

RECORDINGS, ROWS = 143, 3800
"""Of the public test of 2017, and about how many rows of each count."""

ONE_PIECE = 10_000
"""So many rows are written at once."""


def fill(engine: Engine, *, teams: int, submissions: int, recordings: int = RECORDINGS) -> None:
    """Write teams of one person and their scored submissions into the first stage of a new server.

    The teams take turns, and each gets slowly better. Of each team the best submission has a report with all its
    recordings; those of the others tell of none, so that a hundred thousand of them fit into a few hundred MB.

    Args:
        engine: of a database that `scorer init` made.
        teams: how many there are.
        submissions: of all teams together, as many of each.
        recordings: in the report of a team's best.
    """
    chance = random.Random(2017)  # noqa: S311
    each = submissions // teams
    scores = [_climb(chance, each) for _ in range(teams)]
    bests = [one.index(max(one)) for one in scores]
    with Session(engine) as session:
        stage = list_stages(session)[0]
        with writing(session):
            _write_teams(session, teams)
            pieces = range(0, each * teams, ONE_PIECE)
            for start in pieces:
                numbers = range(start, min(start + ONE_PIECE, each * teams))
                session.execute(
                    insert(Submission),
                    [_submission(stage, one + 1, one % teams + 1, WEEKS * one / submissions) for one in numbers],
                )
                made = []
                for one in numbers:
                    turn, of_team = divmod(one, teams)
                    score = scores[of_team][turn]
                    told = recordings if turn == bests[of_team] else 0
                    made.append(_score(chance, stage, one + 1, score, told))
                session.execute(insert(Score), made)
            session.flush()
            if engine.dialect.name == "postgresql":  # what a server that has run for weeks has done by itself
                last = "SELECT setval(pg_get_serial_sequence('submissions', 'id'), :last)"
                session.execute(text(last), {"last": each * teams})
                session.execute(text("ANALYZE"))
            for team in range(teams):
                write_standing(session, stage_id=stage.id, team_id=team + 1)


class NewScores:
    """Scores that come in one after another: of one team after another, a little better than its best was.

    The leader is left alone: a higher one makes another scale of all plots, so that every line is drawn anew.
    """

    def __init__(self, engine: Engine, *, recordings: int = RECORDINGS) -> None:
        self._engine, self._recordings = engine, recordings
        self._numbers = count()
        self._chance = random.Random(2018)  # noqa: S311

    def write_one(self) -> None:
        """Write a score as a judge does: submission, score and standing in one transaction."""
        number = next(self._numbers)
        with Session(self._engine) as session, writing(session):
            stage = lock_stage(session, list_stages(session)[0])
            query = select(Standing).where(Standing.stage_id == stage.id).order_by(Standing.score.desc())
            leader, *others = session.scalars(query).all()
            standing = others[number * 7 % len(others)]
            values = _submission(stage, None, standing.team_id, WEEKS + timedelta(seconds=number))
            submission = Submission(**values)
            session.add(submission)
            session.flush()
            score = standing.score + (leader.score - standing.score) / 20
            session.add(Score(**_score(self._chance, stage, submission.id, score, self._recordings)))
            session.flush()
            write_standing(session, stage_id=stage.id, team_id=standing.team_id)


def _climb(chance: random.Random, each: int) -> list[float]:
    """Scores of one team, which rise less and less."""
    level, found = chance.uniform(0.35, 0.55), []
    for _ in range(each):
        level += (HIGHEST - level) * chance.expovariate(1 / 0.15) / each**0.5
        found.append(level + chance.gauss(0, 0.01))
    return found


def _write_teams(session: Session, teams: int) -> None:
    names = [f"Team {number:03d} of the Institute" for number in range(teams)]
    session.execute(insert(Account), [_account(number) for number in range(teams)])
    made = [
        {"id": number + 1, "name": name, "name_key": comparison_key(name), "created_at": BEGIN}
        for number, name in enumerate(names)
    ]
    session.execute(insert(Team), made)
    members = [
        {"account_id": number + 1, "team_id": number + 1, "captain": True, "joined_at": BEGIN}
        for number in range(teams)
    ]
    session.execute(insert(Membership), members)


def _account(number: int) -> dict[str, Any]:
    email = f"person{number}@example.org"
    return {
        "id": number + 1, "email": email, "email_key": comparison_key(email), "display_name": f"Person {number}",
        "password_hash": "none", "role": Role.PARTICIPANT, "created_at": BEGIN,
    }  # fmt: skip


def _submission(stage: Stage, submission_id: int | None, team_id: int, after: timedelta) -> dict[str, Any]:
    return {
        **({} if submission_id is None else {"id": submission_id}),
        "team_id": team_id, "account_id": team_id, "stage_id": stage.id, "sha256": f"{submission_id or 0:064x}",
        "size": 1_000_000, "received_at": BEGIN + after, "state": State.SCORED, "notes": [], "faults": [], "tries": 1,
    }  # fmt: skip


def _score(
    chance: random.Random, stage: Stage, submission_id: int, score: float, recordings: int
) -> dict[str, Any]:  # fmt: skip
    return {
        "submission_id": submission_id, "scorer_version": stage.scorer_version, "data_version": stage.data_version,
        "score": score, "interval_low": score - 0.03, "interval_high": score + 0.03,
        "scored_at": BEGIN + WEEKS, "report": _report(chance, stage, score, recordings),
    }  # fmt: skip


def _report(chance: random.Random, stage: Stage, score: float, recordings: int) -> dict[str, Any]:
    shares = [min(max(chance.gauss(score, 0.12), 0.0), 1.0) for _ in range(recordings)]
    return {
        "metric": stage.metric, "score": score, "interval": [score - 0.03, score + 0.03],
        "figures": [[stage.metric, score]], "parts": [], "labels": [], "confusion": [],
        "counted": RECORDINGS * ROWS, "rows": RECORDINGS * ROWS,
        "recordings": [
            {"recording": f"id{number:08x}", "score": share, "counted": ROWS, "statistics": [round(share * ROWS), ROWS]}
            for number, share in enumerate(shares)
        ],
    }  # fmt: skip
