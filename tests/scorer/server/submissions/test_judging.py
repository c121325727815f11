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
from scorer.server.leaderboard.models import Standing
from scorer.server.stages.models import Admission
from scorer.server.stages.service import find_stage
from scorer.server.submissions import judging, service
from scorer.server.submissions.judging import LEASE, Judge, list_waiting
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
    assert score.score == pytest.approx(0.7)
    assert score.data_version == find_stage(session, "public").data_version
    assert score.scorer_version == SCORER_VERSION
    assert session.scalars(select(Standing)).one().submission_id == received.id


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
    assert session.scalars(select(Standing)).one().entries == 1


def test_labels_that_were_read_beforehand_are_not_read_again(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    tiny: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judge.open_labels(session)
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge))
    monkeypatch.setattr(DataFolder, "recordings", None)  # whoever called it would fail
    judge.judge(session, received.id)
    assert received.state is State.SCORED


def test_of_each_split_the_labels_of_one_version_are_kept(
    data: DataFolder, challenge: Challenge, judge: Judge, tiny: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = data.storage.keep(io.BytesIO(tiny.prediction_zip(challenge)), most_bytes=100_000).sha256
    read, versions = DataFolder.recordings, []

    def read_any_version(folder: DataFolder, challenge: Challenge, split: str, data_version: str) -> object:
        versions.append(data_version)
        return read(folder, challenge, split)

    monkeypatch.setattr(DataFolder, "recordings", read_any_version)
    for version in ("one", "one", "other", "one"):
        judge.read_and_score(sha256, "public", version)
    assert versions == ["one", "other", "one"]


def test_of_many_who_judge_at_once_one_does(
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
    barrier, read, reads = threading.Barrier(4), submission.read, []

    def note_and_read(*arguments: Any) -> object:
        reads.append(threading.get_ident())
        return read(*arguments)

    monkeypatch.setattr(judging.submission, "read", note_and_read)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait(10)
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
    assert len(reads) == 1
    session.expire_all()
    assert len(session.scalars(select(Score)).all()) == 1
    assert session.scalars(select(Standing)).one().entries == 1


def test_the_stages_row_is_locked_before_the_submission_and_before_the_best_is_looked_for(
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
    locks = [at for at, text in enumerate(statements) if text.endswith("FOR UPDATE")]
    to_claim, stage_at, submission_at, *_ = locks
    assert "FROM submissions" in statements[to_claim]
    assert "FROM stages" in statements[stage_at]
    assert "FROM submissions" in statements[submission_at]
    assert not any("FROM standings" in text for text in statements[:submission_at])


@pytest.fixture
def burning(monkeypatch: pytest.MonkeyPatch) -> None:
    """To read a submission goes wrong, and it is our fault."""

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(judging.submission, "read", broken)


@pytest.mark.usefixtures("burning")
def test_our_own_fault_is_tried_three_times_and_then_kept_with_its_log_and_costs_nothing(
    session: Session, data: DataFolder, challenge: Challenge, ada: Account, judge: Judge, set_clock: Any
) -> None:
    received = receive(session, data, challenge, ada, b"anything")
    for tries in (1, 2):
        judge.judge(session, received.id)
        assert (received.state, received.tries) == (State.RECEIVED, tries)
        judge.judge(session, received.id)
        assert received.tries == tries, "the next try waits a while"
        assert list_waiting(session) == []
        set_clock.forward(seconds=60)
        assert list_waiting(session) == [received.id]
    judge.judge(session, received.id)
    assert received.state is State.FAILED
    assert "the disk is on fire" in received.log
    assert list_waiting(session) == []
    quota = service.quota_now(session, challenge, account=ada, stage=find_stage(session, "public"))
    assert quota.used_today == 0


def test_what_was_ours_for_a_moment_only_is_scored_at_the_next_try(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    tiny: ModuleType,
    set_clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge))
    with monkeypatch.context() as patched:
        patched.setattr(judging.submission, "read", lambda *_: 1 / 0)
        judge.judge(session, received.id)
    set_clock.forward(seconds=60)
    judge.judge(session, received.id)
    assert (received.state, received.tries, received.log) == (State.SCORED, 2, None)


def test_what_a_killed_worker_left_is_found_when_its_lease_ends(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    tiny: ModuleType,
    set_clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge))
    assert list_waiting(session) == [received.id]

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(judging.submission, "read", die)
        with pytest.raises(Killed):
            judge.judge(session, received.id)
    assert list_waiting(session) == []
    set_clock.forward(seconds=LEASE.total_seconds() - 1)
    judge.judge(session, received.id)
    assert received.state is State.RECEIVED, "the lease is another one's"
    set_clock.forward(seconds=1)
    assert list_waiting(session) == [received.id]
    judge.judge(session, received.id)
    assert received.state is State.SCORED


def test_three_workers_killed_over_one_submission_are_enough(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    set_clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = receive(session, data, challenge, ada, b"kills whoever reads it")

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(judging.submission, "read", die)
    for _ in range(3):
        with pytest.raises(Killed):
            judge.judge(session, received.id)
        set_clock.forward(seconds=LEASE.total_seconds())
    judge.judge(session, received.id)
    assert received.state is State.FAILED
    assert "came back" in received.log


def test_a_verdict_that_comes_after_the_lease_was_anothers_is_dropped(
    session: Session,
    settings: Settings,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    judge: Judge,
    tiny: ModuleType,
    set_clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = receive(session, data, challenge, ada, tiny.prediction_zip(challenge))
    engine = open_engine(settings.database_url)
    read = submission.read

    def read_slowly(*arguments: Any) -> object:
        monkeypatch.setattr(judging.submission, "read", read)
        set_clock.forward(seconds=LEASE.total_seconds())
        with Session(engine, expire_on_commit=False) as other:
            judge.judge(other, received.id)
        return read(*arguments)

    monkeypatch.setattr(judging.submission, "read", read_slowly)
    judge.judge(session, received.id)
    engine.dispose()
    session.expire_all()
    assert received.tries == 2
    assert len(session.scalars(select(Score)).all()) == 1
    assert session.scalars(select(Standing)).one().entries == 1


def test_what_a_rescore_overtook_is_judged_again_with_the_versions_that_are_live(
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
    read = submission.read

    def read_while_rescored(*arguments: Any) -> object:
        monkeypatch.setattr(judging.submission, "read", read)
        with Session(engine) as other, other.begin():
            find_stage(other, "public").scorer_version = "next"
        return read(*arguments)

    monkeypatch.setattr(judging.submission, "read", read_while_rescored)
    judge.judge(session, received.id)
    engine.dispose()
    assert received.state is State.RECEIVED
    assert session.scalars(select(Score)).all() == []
    monkeypatch.setattr(judging, "SCORER_VERSION", "next")
    judge.judge(session, received.id)
    assert session.scalars(select(Score)).one().scorer_version == "next"


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
    session.add(Admission(stage_id=stage.id, team_id=ada.team.id, rank=1, admitted_at=set_clock.now))
    session.commit()
    content = tiny.prediction_zip(challenge, "private")
    received = receive(session, data, challenge, ada, content, stage="private")
    judge.judge(session, received.id)
    assert received.state is State.SCORED
    assert service.visible_score(received) is None
    stage.scores_released_at = set_clock.now
    session.commit()
    assert service.visible_score(received).score == 1.0
