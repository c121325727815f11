"""Fixtures of the verification's tests: teams in stage 2 with scored submissions and bundles."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.stages.models import Admission
from scorer.server.stages.service import find_stage
from scorer.server.storage import Storage
from scorer.server.storage.creation import create_storage
from scorer.server.submissions import service as submissions
from scorer.server.submissions.judging import Judge
from scorer.server.submissions.models import Submission
from scorer.server.verification import bundles
from scorer.server.verification.keeper import OpenSession
from scorer.server.verification.models import Bundle, BundleState, Verification
from scorer.server.verification.verifier import Verifier
from tests.scorer.server import tiny_bundle


@pytest.fixture(scope="session")
def bundle_code() -> ModuleType:
    """The functions of `tiny_bundle.py`."""
    return tiny_bundle


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """The server's uploads."""
    return create_storage(settings)


@pytest.fixture
def open_session(session: Session) -> OpenSession:
    """Opens sessions as a worker does."""
    return sessionmaker(session.get_bind(), expire_on_commit=False)


@pytest.fixture
def verifier(settings: Settings, challenge: Challenge, storage: Storage) -> Verifier:
    """The server's verifier."""
    return Verifier(settings, challenge, storage)


@pytest.fixture
def admit(session: Session) -> Callable[[Account], None]:
    """Opens stage 2 and admits the account's team."""

    def open_and_admit(account: Account) -> None:
        stage = find_stage(session, "private")
        stage.opens_at = stage.opens_at or clock.utc_now()
        assert account.team is not None
        if session.get(Admission, (stage.id, account.team.id)) is None:
            session.add(Admission(stage_id=stage.id, team_id=account.team.id, rank=1, admitted_at=clock.utc_now()))
        session.commit()

    return open_and_admit


@pytest.fixture
def score(session: Session, data: DataFolder, challenge: Challenge, storage: Storage) -> Callable[..., Submission]:
    """Sends what the code of a bundle predicts, and judges it."""
    judge = Judge(data, challenge, storage)

    def send(account: Account, right: float = 1.0, stage: str = "public") -> Submission:
        found = find_stage(session, stage)
        content = tiny_bundle.submission_zip(challenge, found.split, right)
        sent = submissions.receive(
            session, storage, challenge, account=account, stage=found, source=io.BytesIO(content)
        )
        judge.judge(session, sent.id)
        return sent

    return send


@pytest.fixture
def send(session: Session, challenge: Challenge, storage: Storage) -> Callable[..., Bundle]:
    """Uploads a bundle; its trial is queued."""

    def receive(account: Account, content: bytes) -> Bundle:
        return bundles.receive(session, storage, challenge, account=account, source=io.BytesIO(content))

    return receive


@pytest.fixture
def accepted(session: Session, storage: Storage) -> Callable[..., Bundle]:
    """Keeps a bundle that counts as checked, although nobody has tried it."""

    def keep(account: Account, right: float = 1.0, **code: Any) -> Bundle:
        stored = storage.keep(io.BytesIO(tiny_bundle.bundle_zip(right, **code)), most_bytes=1_000_000)
        assert account.team is not None
        bundle = Bundle(
            team_id=account.team.id,
            account_id=account.id,
            sha256=stored.sha256,
            size=stored.size,
            received_at=clock.utc_now(),
            state=BundleState.ACCEPTED,
        )
        session.add(bundle)
        session.commit()
        return bundle

    return keep


@pytest.fixture
def candidate(
    ada: Account, admit: Callable[[Account], None], score: Callable[..., Submission], accepted: Callable[..., Bundle]
) -> Bundle:
    """The Analysts' bundle, whose code gives what they sent in both stages."""
    admit(ada)
    score(ada)
    score(ada, stage="private")
    return accepted(ada)


@pytest.fixture
def other_team(
    session: Session, new_account: Callable[[str], Account], admit: Callable[[Account], None]
) -> Callable[..., Account]:
    """Makes a team of one that is admitted to stage 2."""

    def make(name: str) -> Account:
        account = new_account(name)
        teams.create_team(session, account, name=f"{name}s")
        admit(account)
        return account

    return make


@pytest.fixture
def again(session: Session) -> Callable[[Verification], Verification]:
    """Reads a verification as it is now, whoever changed it."""

    def read(verification: Verification) -> Verification:
        session.rollback()
        session.expire_all()
        return verification

    return read
