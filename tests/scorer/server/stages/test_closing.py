from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit.models import AuditEntry
from scorer.server.config import Settings
from scorer.server.db import open_engine, writing
from scorer.server.leaderboard.service import read_board
from scorer.server.refusals import Forbidden, Refusal
from scorer.server.stages.admission import admit_team, is_admitted, list_admissions
from scorer.server.stages.changes import open_stage
from scorer.server.stages.closing import close_stage, release_scores
from scorer.server.stages.models import Admission, Stage
from scorer.server.stages.service import check_open, find_stage, lock_stage
from scorer.server.submissions.models import State

Stands = Callable[[str, float, Stage], Team]
Admitting = Callable[..., Challenge]


def entries(session: Session, action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def ranks(admissions: list[Admission]) -> list[tuple[int | None, str]]:
    return [(one.rank, one.team.name) for one in admissions]


def test_closing_admits_the_best_and_who_shares_the_last_place(
    session: Session, admitting: Admitting, public: Stage, private: Stage, stands: Stands, boss: Account
) -> None:
    for name, score in (("A", 0.9), ("B", 0.8), ("C", 0.7), ("D", 0.70004), ("E", 0.6999)):
        stands(name, score, public)
    admitted = close_stage(session, admitting(top=3), public, account=boss)
    assert ranks(admitted) == [(1, "A"), (2, "B"), (3, "C"), (3, "D")]
    assert ranks(list_admissions(session, private)) == ranks(admitted)


def test_teams_that_share_a_place_before_the_last_use_the_places_up(
    session: Session, admitting: Admitting, public: Stage, stands: Stands, boss: Account
) -> None:
    for name, score in (("A", 0.9), ("B", 0.9), ("C", 0.8)):
        stands(name, score, public)
    assert ranks(close_stage(session, admitting(top=2), public, account=boss)) == [(1, "A"), (1, "B")]


def test_only_teams_over_the_baseline_are_admitted_where_the_challenge_says_so(
    session: Session, admitting: Admitting, public: Stage, stands: Stands, boss: Account
) -> None:
    for name, score in (("Over", 0.5251), ("At", 0.525), ("Looks", 0.52504), ("Under", 0.5249)):
        stands(name, score, public)
    admitted = close_stage(session, admitting(top=50, over_baseline=True), public, account=boss)
    assert ranks(admitted) == [(1, "Over")]


def test_who_left_the_competition_takes_no_place(
    session: Session, admitting: Admitting, public: Stage, stands: Stands, boss: Account
) -> None:
    disqualified, merged, kept = (stands(name, score, public) for name, score in (("A", 0.9), ("B", 0.8), ("C", 0.7)))
    disqualified.disqualified_at = clock.utc_now()
    merged.merged_into_id = kept.id
    session.commit()
    assert ranks(close_stage(session, admitting(top=1), public, account=boss)) == [(1, "C")]


def test_a_sealed_stage_admits_and_stays_sealed(
    session: Session, admitting: Admitting, public: Stage, stands: Stands, boss: Account
) -> None:
    stands("A", 0.9876, public)
    public.scores_released_at = None
    session.commit()
    challenge = admitting(top=1)
    assert ranks(close_stage(session, challenge, public, account=boss)) == [(1, "A")]
    assert read_board(session, challenge, find_stage(session, "public")) == []
    (entry,) = entries(session, "stage.close")
    assert "9876" not in json.dumps(entry.details)


def test_closing_is_in_the_audit_log_with_teams_and_ranks(
    session: Session, admitting: Admitting, public: Stage, stands: Stands, boss: Account
) -> None:
    team = stands("A", 0.9, public)
    close_stage(session, admitting(top=1), public, account=boss)
    (entry,) = entries(session, "stage.close")
    assert (entry.account_id, entry.subject) == (boss.id, "stage public")
    assert entry.details["admitted"] == [{"team": team.id, "rank": 1}]
    assert entry.details["to"] == "private"


def test_a_stage_that_was_closed_takes_nothing_from_that_moment_on(
    session: Session, challenge: Challenge, public: Stage, boss: Account, set_clock: Any
) -> None:
    close_stage(session, challenge, public, account=boss)
    check_open(public, set_clock.now - timedelta(microseconds=1))
    with pytest.raises(Forbidden, match="closed at"):
        check_open(public, set_clock.now)


@pytest.mark.parametrize("teams", [0, 1])
def test_a_stage_is_closed_once(
    session: Session, challenge: Challenge, public: Stage, stands: Stands, boss: Account, teams: int, set_clock: Any
) -> None:
    for number in range(teams):
        stands(f"Team{number}", 0.9, public)
    first = close_stage(session, challenge, public, account=boss)
    closed_at = public.closes_at
    set_clock.forward(hours=1)
    stands("Late", 0.95, public)
    with pytest.raises(Refusal, match="Expected a stage that is not closed, found Stage 1: public test, which closed"):
        close_stage(session, challenge, public, account=boss)
    assert len(first) == teams == session.scalar(select(func.count()).select_from(Admission))
    assert public.closes_at == closed_at
    assert len(entries(session, "stage.close")) == 1


def test_a_stage_that_has_not_opened_is_not_closed(
    session: Session, challenge: Challenge, private: Stage, boss: Account, set_clock: Any
) -> None:
    for opens_at in (None, set_clock.now + timedelta(microseconds=1)):
        private.opens_at = opens_at
        session.commit()
        with pytest.raises(Refusal, match="Expected a stage that has opened, found Stage 2: private test"):
            close_stage(session, challenge, private, account=boss)


def test_a_stage_that_the_clock_has_closed_keeps_its_end_and_admits(
    session: Session, admitting: Admitting, public: Stage, stands: Stands, boss: Account, set_clock: Any
) -> None:
    stands("A", 0.9, public)
    public.closes_at = ended = set_clock.now + timedelta(hours=1)
    session.commit()
    set_clock.forward(hours=3)
    assert ranks(close_stage(session, admitting(top=1), public, account=boss)) == [(1, "A")]
    assert public.closes_at == ended


def test_the_last_stage_closes_and_admits_nobody(
    session: Session, challenge: Challenge, private: Stage, stands: Stands, boss: Account
) -> None:
    open_stage(session, private, account=boss)
    stands("A", 0.9, private)
    assert close_stage(session, challenge, private, account=boss) == []
    with pytest.raises(Refusal, match="Expected a stage that is not closed"):
        close_stage(session, challenge, private, account=boss)


def test_nobody_is_admitted_while_a_verdict_is_missing(
    session: Session, challenge: Challenge, public: Stage, stands: Stands, boss: Account, sends: Any, new_team: Any
) -> None:
    stands("A", 0.9, public)
    waits = sends(new_team("B"), public, State.RECEIVED)
    with pytest.raises(Refusal, match="to be judged, found 1 that wait for a verdict"):
        close_stage(session, challenge, public, account=boss)
    assert public.closes_at is None
    assert entries(session, "stage.close") == []
    waits.state = State.FAILED
    session.commit()
    assert len(close_stage(session, challenge, public, account=boss)) == 1


def test_who_was_admitted_by_hand_before_is_admitted_by_rank_now(
    session: Session, challenge: Challenge, public: Stage, private: Stage, stands: Stands, boss: Account
) -> None:
    team = stands("A", 0.9, public)
    admit_team(session, private, team, account=boss)
    assert ranks(close_stage(session, challenge, public, account=boss)) == [(1, "A")]
    assert ranks(list_admissions(session, private)) == [(1, "A")]


def test_nothing_is_admitted_where_the_audit_log_cannot_be_written(
    session: Session, challenge: Challenge, public: Stage, private: Stage, stands: Stands, boss: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    team = stands("A", 0.9, public)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr("scorer.server.stages.closing.record", fail)
    with pytest.raises(RuntimeError):
        close_stage(session, challenge, public, account=boss)
    session.expire_all()
    assert (public.closes_at, public.settled_at) == (None, None)
    assert not is_admitted(session, private, team)


def test_the_final_scores_are_released_after_the_end_and_once(
    session: Session, challenge: Challenge, private: Stage, stands: Stands, boss: Account, set_clock: Any
) -> None:
    open_stage(session, private, account=boss)
    stands("A", 0.9, private)
    with pytest.raises(Refusal, match="Expected a closed stage, found Stage 2: private test, which is not"):
        release_scores(session, private, account=boss)
    private.closes_at = set_clock.now + timedelta(hours=1)
    session.commit()
    set_clock.forward(hours=1, microseconds=-1)
    with pytest.raises(Refusal, match="Expected a closed stage"):
        release_scores(session, private, account=boss)
    assert read_board(session, challenge, private) == []
    set_clock.forward(microseconds=1)
    before = private.board_version
    release_scores(session, private, account=boss)
    assert [row.name for row in read_board(session, challenge, private)] == ["A"]
    assert private.board_version == before + 1
    with pytest.raises(Refusal, match="Expected a stage whose scores are sealed"):
        release_scores(session, private, account=boss)
    (entry,) = entries(session, "stage.release")
    assert (entry.account_id, entry.subject, entry.details) == (boss.id, "stage private", {})


def test_scores_that_everybody_sees_are_not_released(session: Session, public: Stage, boss: Account) -> None:
    with pytest.raises(Refusal, match="Expected a stage whose scores are sealed, found Stage 1: public test"):
        release_scores(session, public, account=boss)


def test_final_scores_wait_for_the_last_verdict(
    session: Session, challenge: Challenge, private: Stage, boss: Account, sends: Any, new_team: Any
) -> None:
    open_stage(session, private, account=boss)
    sends(new_team("A"), private, State.RECEIVED)
    close_stage(session, challenge, private, account=boss)
    with pytest.raises(Refusal, match="found 1 that wait"):
        release_scores(session, private, account=boss)
    assert private.scores_released_at is None


def test_scores_of_a_sealed_stage_wait_until_it_is_decided_whom_it_admits(
    session: Session, admitting: Admitting, public: Stage, stands: Stands, boss: Account, set_clock: Any
) -> None:
    stands("A", 0.9, public)
    public.scores_released_at, public.closes_at = None, set_clock.now
    session.commit()
    with pytest.raises(Refusal, match="Expected it decided whom Stage 1: public test admits"):
        release_scores(session, public, account=boss)
    close_stage(session, admitting(top=1), public, account=boss)
    release_scores(session, public, account=boss)
    assert public.shows_scores(set_clock.now)


def test_who_waited_for_the_lock_sees_the_stage_as_it_is_then(
    session: Session, settings: Settings, public: Stage
) -> None:
    engine, seen, began = open_engine(settings.database_url), [], threading.Event()

    def look() -> None:
        with Session(engine) as own:
            stage = find_stage(own, "public")
            began.set()
            with writing(own):
                seen.append(lock_stage(own, stage, read=True).closes_at)

    other = threading.Thread(target=look)
    with writing(session):
        locked = lock_stage(session, public)
        other.start()
        began.wait(10)
        time.sleep(0.3)  # it has asked for the lock by now
        locked.closes_at = closed_at = clock.utc_now()
    other.join(20)
    engine.dispose()
    assert seen == [closed_at]
