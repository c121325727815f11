from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import migrations
from scorer.server.current import Server
from scorer.server.leaderboard.history import from_stored, to_stored
from scorer.server.leaderboard.models import Standing
from scorer.server.leaderboard.row import Point
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Submission

Scored = Callable[..., Submission]
MOMENT = datetime(2017, 9, 1, tzinfo=UTC)


def test_a_history_comes_back_as_it_was_stored() -> None:
    points = (Point(MOMENT, 0.5), Point(MOMENT + timedelta(microseconds=1), 0.6))
    assert from_stored(to_stored(points)) == points
    assert from_stored("[]") == ()


@pytest.mark.parametrize("step", [None, 0.01])
def test_the_migration_writes_the_histories_that_a_new_score_would(
    session: Session, server: Server, scored: Scored, step: float | None
) -> None:
    find_stage(session, "public").ladder_step = step
    session.commit()
    for minute, accuracy in enumerate([0.4149, 0.4195, 0.3, 0.52, 0.52004, 0.6]):
        scored("A", accuracy, minute=minute)
        scored("B", accuracy / 2, minute=minute)
    scored("A", 0.5, stage="private")
    written = [(one.stage_id, one.team_id, one.history) for one in session.scalars(select(Standing))]
    session.rollback()
    migrations.downgrade(server.engine, "0004")
    migrations.upgrade(server.engine)
    session.expire_all()
    assert [(one.stage_id, one.team_id, one.history) for one in session.scalars(select(Standing))] == written
    assert all(history != "[]" for *_, history in written)
