from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.leaderboard.service import rank_of, read_board, write_best
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Score, State, Submission

Scored = Callable[..., Submission]
MOMENT = datetime(2017, 9, 1, tzinfo=UTC)


@pytest.fixture
def scored(session: Session, new_account: Callable[[str], Account]) -> Scored:
    """Writes a scored submission of a team, which is made where it is new."""
    accounts: dict[str, Account] = {}

    def write(
        team: str, accuracy: float, *, minute: int = 0, state: State = State.SCORED, stage: str = "public"
    ) -> Submission:
        if team not in accounts:
            accounts[team] = new_account(team.replace(" ", ""))
            teams.create_team(session, accounts[team], name=team)
        account = accounts[team]
        submission = Submission(
            team_id=account.team.id,
            account_id=account.id,
            stage_id=find_stage(session, stage).id,
            sha256="0" * 64,
            size=1,
            received_at=MOMENT + timedelta(minutes=minute),
            state=state,
        )
        session.add(submission)
        session.flush()
        if state is State.SCORED:
            session.add(
                Score(
                    submission_id=submission.id,
                    scorer_version="1",
                    data_version="1",
                    weighted_accuracy=accuracy,
                    interval_low=max(0.0, accuracy - 0.1),
                    interval_high=accuracy + 0.1,
                    report={},
                    scored_at=MOMENT,
                )
            )
            session.flush()
            write_best(session, stage_id=submission.stage_id, team_id=submission.team_id)
        session.commit()
        return submission

    return write


def board(session: Session, challenge: Challenge) -> list[tuple[int | None, str, float]]:
    rows = read_board(session, challenge, find_stage(session, "public"))
    return [(row.rank, row.name, row.score) for row in rows]


def test_teams_are_ranked_by_their_best_and_the_baseline_stands_in_its_place(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", 0.4)
    scored("B", 0.6)
    scored("A", 0.7)
    scored("C", 0.5)
    assert board(session, challenge) == [
        (1, "A", 0.7),
        (2, "B", 0.6),
        (None, "Naive baseline (decision fusion)", 0.525),
        (3, "C", 0.5),
    ]


def test_teams_with_the_same_four_decimals_share_a_rank_and_the_next_counts_all_before(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", 0.7)
    scored("C", 0.60004, minute=2)
    scored("B", 0.60001, minute=1)
    scored("D", 0.55)
    assert board(session, challenge)[:4] == [(1, "A", 0.7), (2, "B", 0.6), (2, "C", 0.6), (4, "D", 0.55)]


def test_only_scored_submissions_rank(session: Session, challenge: Challenge, scored: Scored) -> None:
    for state in (State.RECEIVED, State.REFUSED, State.FAILED):
        scored(state.value, 0.9, state=state)
    assert [rank for rank, *_ in board(session, challenge)] == [None]


def test_a_score_of_0_is_0_and_the_last(session: Session, challenge: Challenge, scored: Scored) -> None:
    scored("Zero", 0.0)
    scored("A", 0.1)
    assert board(session, challenge)[1:] == [(1, "A", 0.1), (2, "Zero", 0.0)]


def test_of_equal_submissions_the_first_counts_and_all_scored_are_entries(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", 0.6, minute=5)
    scored("A", 0.6, minute=9)
    scored("A", 0.2, minute=7)
    scored("A", 0.0, state=State.REFUSED)
    row = read_board(session, challenge, find_stage(session, "public"))[0]
    assert row.received_at == MOMENT + timedelta(minutes=5)
    assert row.entries == 3
    assert row.interval == (0.5, 0.7)


def test_a_sealed_board_is_empty_until_it_is_released(
    session: Session,
    challenge: Challenge,
    scored: Scored,
    set_clock: Any,
) -> None:
    scored("A", 0.9, stage="private")
    stage = find_stage(session, "private")
    assert read_board(session, challenge, stage) == []
    stage.scores_released_at = set_clock.now + timedelta(seconds=1)
    session.commit()
    assert read_board(session, challenge, stage) == []
    set_clock.forward(seconds=1)
    assert [row.name for row in read_board(session, challenge, stage)] == ["A"]
    assert "A" not in [name for _, name, _ in board(session, challenge)]


def test_the_rank_of_a_team_without_a_score_is_none(session: Session, challenge: Challenge, scored: Scored) -> None:
    submission = scored("A", 0.9)
    rows = read_board(session, challenge, find_stage(session, "public"))
    assert rank_of(rows, submission.team_id) == 1
    assert rank_of(rows, 999) is None


def test_the_baseline_ranks_by_the_decimals_that_are_shown(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", 0.525)
    baseline = challenge.baseline.model_copy(update={"score": 0.52504})
    rows = read_board(session, challenge.model_copy(update={"baseline": baseline}), find_stage(session, "public"))
    assert [(row.rank, row.score) for row in rows] == [(1, 0.525), (None, 0.525)]
