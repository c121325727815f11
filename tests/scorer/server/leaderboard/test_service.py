from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Team
from scorer.server.leaderboard.boards import Boards
from scorer.server.leaderboard.choices import choose
from scorer.server.leaderboard.models import Standing
from scorer.server.leaderboard.service import find_rank, read_board, write_standing
from scorer.server.organiser.disqualification import disqualify
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Score, State, Submission

Scored = Callable[..., Submission]
MOMENT = datetime(2017, 9, 1, tzinfo=UTC)

HARD_AND_EASY = (0.2, 0.8, 0.3, 0.9, 0.4, 0.7)
"""Recordings that are as hard for every team."""


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
    stage = find_stage(session, "public")
    assert find_rank(session, stage, submission.team_id) == 1
    assert find_rank(session, stage, 999) is None


def test_the_baseline_ranks_by_the_decimals_that_are_shown(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", 0.525)
    baseline = challenge.baseline.model_copy(update={"score": 0.52504})
    rows = read_board(session, challenge.model_copy(update={"baseline": baseline}), find_stage(session, "public"))
    assert [(row.rank, row.score) for row in rows] == [(1, 0.525), (None, 0.525)]


def rows_of(session: Session, challenge: Challenge, **arguments: Any) -> dict[str, Any]:
    found = read_board(session, challenge, find_stage(session, "public"), **arguments)
    return {row.name: row for row in found}


def test_ties_are_said_to_be_ties(session: Session, challenge: Challenge, scored: Scored) -> None:
    scored("A", 0.7)
    scored("B", 0.6)
    scored("C", 0.6)
    rows = rows_of(session, challenge)
    assert [rows[name].shares_rank for name in "ABC"] == [False, True, True]


def test_teams_that_the_recordings_cannot_tell_apart_are_in_the_group_of_its_first(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", recordings=HARD_AND_EASY)
    scored("B", recordings=[one + change for one, change in zip(HARD_AND_EASY, [0.05, -0.06] * 3, strict=True)])
    scored("C", recordings=[one - 0.1 for one in HARD_AND_EASY])
    scored("D", recordings=[one - 0.2 for one in HARD_AND_EASY])
    rows = rows_of(session, challenge)
    assert [(rows[name].rank, rows[name].tie_group) for name in "ABCD"] == [(1, 1), (2, 1), (3, 3), (4, 4)]


def test_the_bracket_goes_around_the_baseline_where_it_stands_between_tied_teams(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", recordings=[0.5, 0.56] * 3)
    scored("B", recordings=[0.56, 0.48] * 3)
    scored("C", recordings=[0.2] * 6)
    rows = read_board(session, challenge, find_stage(session, "public"))
    assert [row.bracket for row in rows] == ["first", "middle", "last", None]
    assert rows[1].is_baseline
    assert rows[1].tie_group is None


def test_who_was_scored_on_other_recordings_is_tied_with_nobody(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    scored("A", 0.6, recordings=[0.6, 0.6])
    scored("B", 0.6)
    assert [row.tie_group for row in rows_of(session, challenge).values() if not row.is_baseline] == [1, 1]
    scored("C", 0.5)
    assert rows_of(session, challenge)["C"].tie_group == 3


def test_a_disqualified_team_is_out_and_the_others_move_up(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    best = scored("A", 0.9)
    scored("B", 0.6)
    session.get_one(Team, best.team_id).disqualified_at = clock.utc_now()
    session.commit()
    assert board(session, challenge)[:1] == [(1, "B", 0.6)]
    assert find_rank(session, find_stage(session, "public"), best.team_id) is None


def test_only_live_scores_count(session: Session, challenge: Challenge, scored: Scored) -> None:
    submission = scored("A", 0.6)
    stage = find_stage(session, "public")
    for scorer_version, data_version in (("next", stage.data_version), (stage.scorer_version, "other labels")):
        session.add(
            Score(
                submission_id=submission.id,
                scorer_version=scorer_version,
                data_version=data_version,
                score=0.95,
                interval_low=0.9,
                interval_high=1.0,
                report={},
                scored_at=MOMENT,
            )
        )
    session.flush()
    write_standing(session, stage_id=stage.id, team_id=submission.team_id)
    session.commit()
    row = rows_of(session, challenge)["A"]
    assert (row.score, row.entries, [point.score for point in row.history]) == (0.6, 1, [0.6])


def test_a_team_whose_only_score_is_gone_stands_nowhere(session: Session, challenge: Challenge, scored: Scored) -> None:
    submission = scored("A", 0.6)
    submission.state = State.REFUSED
    session.flush()
    write_standing(session, stage_id=submission.stage_id, team_id=submission.team_id)
    session.commit()
    assert session.get(Standing, (submission.stage_id, submission.team_id)) is None
    assert [rank for rank, *_ in board(session, challenge)] == [None]


def test_the_history_tells_improvements_and_nothing_of_the_others(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    for minute, accuracy in enumerate([0.41, 0.2, 0.52, 0.52, 0.3]):
        scored("A", accuracy, minute=minute)
    history = rows_of(session, challenge)["A"].history
    assert [(point.at - MOMENT, point.score) for point in history] == [
        (timedelta(0), 0.41),
        (timedelta(minutes=2), 0.52),
    ]


def test_what_takes_long_is_kept_until_the_leaderboard_changes(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    submission = scored("A", 0.6)
    boards = Boards()
    reads: list[str] = []

    @event.listens_for(session, "do_orm_execute")
    def note(execution: ORMExecuteState) -> None:
        if "report" in str(execution.statement):
            reads.append("reports")

    assert rows_of(session, challenge, boards=boards) == rows_of(session, challenge, boards=boards)
    assert len(reads) == 1
    scored("B", 0.7)
    assert rows_of(session, challenge, boards=boards)["B"].rank == 1
    assert len(reads) == 2
    # Nobody has a new score.
    disqualify(session, submission.team, account=submission.account, because="Two teams.")
    assert next(iter(rows_of(session, challenge, boards=boards))) == "B"
    assert len(reads) == 2
    event.remove(session, "do_orm_execute", note)


def test_what_is_kept_is_read_again_when_a_score_is_new_that_does_not_count(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    chosen = scored("A", 0.6)
    choose(session, chosen.account, chosen.id)
    boards = Boards()
    rows_of(session, challenge, boards=boards)
    scored("A", 0.7, minute=1)
    row = rows_of(session, challenge, boards=boards)["A"]
    assert (row.score, [point.score for point in row.history]) == (0.6, [0.6, 0.7])


def test_nothing_is_computed_of_a_sealed_leaderboard(session: Session, challenge: Challenge, scored: Scored) -> None:
    submission = scored("A", 0.9, stage="private")
    stage = find_stage(session, "private")
    statements: list[str] = []

    @event.listens_for(session, "do_orm_execute")
    def note(execution: ORMExecuteState) -> None:
        statements.append(str(execution.statement))

    assert read_board(session, challenge, stage) == []
    assert find_rank(session, stage, submission.team_id) is None
    event.remove(session, "do_orm_execute", note)
    assert statements == []


def test_on_the_ladder_a_score_is_shown_in_steps_and_only_when_it_is_better_by_one(
    session: Session, challenge: Challenge, scored: Scored
) -> None:
    stage = find_stage(session, "public")
    stage.ladder_step = 0.01
    session.commit()
    for minute, accuracy in enumerate([0.6149, 0.6195, 0.55]):
        scored("A", accuracy, minute=minute)
    row = rows_of(session, challenge)["A"]
    assert (row.score, row.interval, row.entries) == (0.61, (0.51, 0.71), 3)
    assert row.received_at == MOMENT
    scored("A", 0.6204, minute=4)
    row = rows_of(session, challenge)["A"]
    assert (row.score, [point.score for point in row.history]) == (0.62, [0.61, 0.62])
    assert row.received_at == MOMENT + timedelta(minutes=4)
