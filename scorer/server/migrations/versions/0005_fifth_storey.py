"""Each standing keeps how the team's score rose: a leaderboard is read without its submissions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LESS_IS_BETTER = ("mean_absolute_error",)
DIGITS = 4
SLACK = 1e-9


def upgrade() -> None:
    with op.batch_alter_table("standings") as standings:
        standings.add_column(sa.Column("history", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("standings") as standings:
        standings.alter_column("history", server_default=None)
    _fill()


def downgrade() -> None:
    with op.batch_alter_table("standings") as standings:
        standings.drop_column("history")


def _fill() -> None:
    connection = op.get_bind()
    standings = sa.table("standings", sa.column("stage_id"), sa.column("team_id"), sa.column("history"))
    stages = sa.text("SELECT id, metric, ladder_step, scorer_version, data_version FROM stages")
    for stage in connection.execute(stages).all():
        sign = -1 if stage.metric in LESS_IS_BETTER else 1
        for team_id, entries in groupby(list(_entries(connection, stage)), key=lambda entry: entry[0]):
            history = list(_improvements(((at, score) for _, at, score in entries), sign, stage.ladder_step))
            which = (standings.c.stage_id == stage.id, standings.c.team_id == team_id)
            connection.execute(sa.update(standings).where(*which).values(history=json.dumps(history)))


def _entries(connection: sa.Connection, stage: sa.Row[Any]) -> Iterator[tuple[int, datetime, float]]:
    """Team, moment and score of every live score of a stage, in the order in which a team's were received."""
    submissions = sa.table(
        "submissions",
        *(sa.column(name) for name in ("id", "team_id", "stage_id", "state")),
        sa.column("received_at", sa.DateTime(timezone=True)),
    )
    scores = sa.table(
        "scores", *(sa.column(name) for name in ("submission_id", "scorer_version", "data_version", "score"))
    )
    query = (
        sa.select(submissions.c.team_id, submissions.c.received_at, scores.c.score)
        .join(scores, scores.c.submission_id == submissions.c.id)
        .where(
            submissions.c.stage_id == stage.id,
            submissions.c.state == "scored",
            scores.c.scorer_version == stage.scorer_version,
            scores.c.data_version == stage.data_version,
        )
        .order_by(submissions.c.team_id, submissions.c.received_at, submissions.c.id)
    )
    for team_id, at, score in connection.execute(query):
        yield team_id, at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC), score


def _improvements(
    entries: Iterable[tuple[datetime, float]], sign: int, step: float | None
) -> Iterator[tuple[str, float]]:
    """On the ladder a score is shown when it is better by a step than the one shown before, and rounded to it."""
    last: float | None = None
    best: float | None = None
    for at, score in entries:
        shown = score
        if step is not None:
            if last is not None and sign * (score - last) < step - SLACK:
                continue
            shown = last = round(round(score / step) * step, 9)
        told = round(shown, DIGITS)
        if best is None or sign * (told - best) > 0:
            yield at.isoformat(), told
            best = told
