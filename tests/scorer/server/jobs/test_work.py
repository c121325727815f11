from __future__ import annotations

import io
import shutil
from types import ModuleType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.current import Server
from scorer.server.db import writing
from scorer.server.jobs.work import Work
from scorer.server.mails.postmen import create_postman
from scorer.server.mails.service import write_mail
from scorer.server.stages.service import find_stage
from scorer.server.submissions import service
from scorer.server.submissions.judging import Judge
from scorer.server.submissions.models import State, Submission
from scorer.server.verification.models import Bundle, BundleState, Kind, Progress, Verification


@pytest.fixture
def work(server: Server) -> Work:
    return Work(server.sessions, server.judge, create_postman(server.settings), server.verifier)


@pytest.fixture
def received(
    session: Session, server: Server, challenge: Challenge, ada: Account, tiny: ModuleType
) -> list[Submission]:
    """Three submissions of which no message told anybody."""
    return [
        service.receive(
            session,
            server.storage,
            challenge,
            account=ada,
            stage=find_stage(session, "public"),
            source=io.BytesIO(tiny.prediction_zip(challenge, right=right)),
        )
        for right in (0.5, 0.6, 0.7)
    ]


def look_again(session: Session) -> None:
    """See what others committed."""
    session.rollback()
    session.expire_all()


def test_a_sweep_judges_whatever_waits(session: Session, work: Work, received: list[Submission]) -> None:
    assert work.sweep() == 3
    look_again(session)
    assert {submission.state for submission in received} == {State.SCORED}
    assert work.sweep() == 0


def test_a_sweep_ends_after_a_while_and_the_next_one_goes_on(
    session: Session, work: Work, received: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, 1.0, 100.0, 200.0, 201.0, 202.0])
    monkeypatch.setattr("scorer.server.jobs.work.time.monotonic", lambda: next(moments))
    assert work.sweep() == 1
    look_again(session)
    assert [submission.state for submission in received] == [State.SCORED, State.RECEIVED, State.RECEIVED]
    assert work.sweep() == 2


def test_to_be_woken_twice_changes_nothing(session: Session, work: Work, received: list[Submission]) -> None:
    work.judge(received[0].id)
    work.judge(received[0].id)
    look_again(session)
    assert (received[0].state, received[0].tries) == (State.SCORED, 1)


def test_labels_that_cannot_be_read_beforehand_stop_nobody(
    server: Server, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    work.get_ready_to_judge()
    assert caplog.text == ""
    shutil.rmtree(server.settings.data.corpus / "test" / "labels")
    Work(
        server.sessions,
        Judge(server.settings.data, server.challenge, server.storage),
        create_postman(server.settings),
        server.verifier,
    ).get_ready_to_judge()
    assert "the labels could not be read beforehand" in caplog.text


def test_mails_that_wait_are_sent(session: Session, server: Server, work: Work, ada: Account) -> None:
    with writing(session):
        write_mail(session, ada, subject="Hello", text="from the server")
    work.send_mails()
    work.send_mails()
    assert len(list(server.settings.data.mails.glob("*.eml"))) == 1


@pytest.fixture
def queued(session: Session, server: Server, challenge: Challenge, ada: Account) -> list[Verification]:
    """Two verifications that need no sandbox: their bundles are none."""
    code = server.storage.keep(io.BytesIO(b"no zip"), most_bytes=100)
    for _ in range(2):
        trial = Verification(kind=Kind.TRIAL, asked_at=clock.utc_now(), progress=Progress.QUEUED)
        session.add(
            Bundle(
                team_id=ada.team.id,
                account_id=ada.id,
                sha256=code.sha256,
                size=code.size,
                received_at=clock.utc_now(),
                state=BundleState.RECEIVED,
                verifications=[trial],
            )
        )
    session.commit()
    return list(session.scalars(select(Verification).order_by(Verification.id)))


def test_a_verification_is_run_and_to_be_woken_twice_changes_nothing(
    session: Session, work: Work, queued: list[Verification]
) -> None:
    work.verify(queued[0].id)
    work.verify(queued[0].id)
    look_again(session)
    assert [(one.progress, one.tries) for one in queued] == [(Progress.FAILED, 1), (Progress.QUEUED, 0)]


def test_a_sweep_runs_what_waits_to_be_verified(session: Session, work: Work, queued: list[Verification]) -> None:
    assert work.sweep_verifications() == 2
    look_again(session)
    assert {one.progress for one in queued} == {Progress.FAILED}
    assert work.sweep_verifications() == 0


def test_a_sweep_of_verifications_ends_after_a_while(
    session: Session, work: Work, queued: list[Verification], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scorer.server.jobs.work.SWEEP_SECONDS", -1)
    assert work.sweep_verifications() == 0
    look_again(session)
    assert {one.progress for one in queued} == {Progress.QUEUED}
