from __future__ import annotations

import io
import threading
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import ORMExecuteState, Session

from data_spec.challenge import Challenge
from scorer import SCORER_VERSION, submission
from scorer.server.accounts.models import Account
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.leaderboard.models import Best
from scorer.server.stages.service import find_stage
from scorer.server.submissions import judging, service
from scorer.server.submissions.judging import Judge, judge_waiting
from scorer.server.submissions.models import Score, State, Submission


@pytest.fixture
def judge(data: DataFolder, challenge: Challenge) -> Judge:
    return Judge(data, challenge, data.storage)


def receive(
    session: Session, data: DataFolder, challenge: Challenge, account: Account, content: bytes, stage: str = "public"
) -> Submission:
    return service.receive(
        session,
        data.storage,
        challenge,
        account=account,
        stage=find_stage(session, stage),
        source=io.BytesIO(content),
    )


def test_a_legal_submission_is_scored_and_becomes_the_teams_best(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, judge: Judge, tiny: ModuleType
) -> None:
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge, right=0.7))
    judge.judge(session, received.id)
    assert received.state is State.SCORED
    score = session.scalars(select(Score)).one()
    assert score.weighted_accuracy == pytest.approx(0.7)
    assert score.data_version == find_stage(session, "public").data_version
    assert score.scorer_version == SCORER_VERSION
    assert session.scalars(select(Best)).one().submission_id == received.id


def test_a_refused_submission_keeps_its_faults_in_the_words_of_the_check(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, judge: Judge, tiny: ModuleType
) -> None:
    content = tiny.zip_of({"prediction/id00000001.csv": "Time,Anger\n3.0,1\n", "__MACOSX/x": ""})
    received = receive(session, data, challenge, ada, content)
    judge.judge(session, received.id)
    assert received.state is State.REFUSED
    templates = data.recordings(challenge, "public").templates
    verdict = submission.read(io.BytesIO(content), templates, challenge)
    assert [fault["text"] for fault in received.faults] == [str(fault) for fault in verdict.faults]
    assert received.faults[0]["expected"] == verdict.faults[0].expected
    assert received.notes == list(verdict.notes)
    assert session.scalars(select(Score)).all() == []


def test_to_judge_twice_changes_nothing(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, judge: Judge, tiny: ModuleType
) -> None:
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge))
    judge.judge(session, received.id)
    judged_at = received.judged_at
    judge.judge(session, received.id)
    session.expire_all()
    assert received.judged_at == judged_at
    assert len(session.scalars(select(Score)).all()) == 1
    assert session.scalars(select(Best)).one().entries == 1


def test_to_judge_in_two_places_at_once_writes_one_score(
    session: Session,
    settings: Settings,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    tiny: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge))
    engine = open_engine(settings.database_url)
    barrier = threading.Barrier(4)
    read = submission.read

    def wait_and_read(*arguments: object) -> object:
        barrier.wait(10)
        return read(*arguments)

    monkeypatch.setattr(judging.submission, "read", wait_and_read)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            with Session(engine, expire_on_commit=False) as own:
                judge.judge(own, received.id)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert faults == []
    assert len(session.scalars(select(Score)).all()) == 1
    assert session.scalars(select(Best)).one().entries == 1


def test_the_teams_row_is_locked_before_its_best_is_looked_for(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, judge: Judge, tiny: ModuleType
) -> None:
    """SQLite locks the database anyway; elsewhere two of a team's submissions would each miss the other."""
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge))
    statements: list[str] = []

    @event.listens_for(session, "do_orm_execute")
    def note(execution: ORMExecuteState) -> None:
        statements.append(str(execution.statement.compile(dialect=postgresql.dialect())))

    judge.judge(session, received.id)
    event.remove(session, "do_orm_execute", note)
    locked = next(at for at, text in enumerate(statements) if "FROM teams" in text and text.endswith("FOR UPDATE"))
    assert locked < next(at for at, text in enumerate(statements) if "JOIN scores" in text)


def test_our_own_fault_is_kept_with_its_log_and_costs_nothing(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = receive(session, data, challenge, ada, b"anything")

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(judging.submission, "read", broken)
    judge.judge(session, received.id)
    assert received.state is State.FAILED
    assert "the disk is on fire" in received.log
    quota = service.quota_now(session, challenge, account=ada, stage=find_stage(session, "public"))
    assert quota.used_today == 0


def test_what_a_dead_process_left_is_judged_later(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, judge: Judge, tiny: ModuleType
) -> None:
    ids = [receive(session, data, challenge, ada, tiny.prediction_zip(challenge)).id for _ in range(2)]
    assert judge_waiting(session, judge) == 2
    assert [session.get(Submission, one).state for one in ids] == [State.SCORED, State.SCORED]
    assert judge_waiting(session, judge) == 0


def test_a_score_of_a_sealed_stage_is_stored_and_not_visible(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    tiny: ModuleType,
    set_clock: Any,
) -> None:
    stage = find_stage(session, "private")
    stage.opens_at = set_clock.now
    session.commit()
    content = tiny.prediction_zip(challenge, "private")
    received = receive(session, data, challenge, ada, content, stage="private")
    judge.judge(session, received.id)
    assert received.state is State.SCORED
    assert service.visible_score(received) is None
    stage.scores_released_at = set_clock.now
    session.commit()
    assert service.visible_score(received).weighted_accuracy == 1.0
