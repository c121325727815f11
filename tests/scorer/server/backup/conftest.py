"""A server that has something in every table, and its backup."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import URL, create_engine, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account, Invitation, LoginSession, MergeRequest, Team
from scorer.server.announcements.models import Announcement
from scorer.server.audit import service as audit
from scorer.server.backup.making import make_backup
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import writing
from scorer.server.leaderboard.models import Choice
from scorer.server.mails.models import Mail
from scorer.server.models import Base
from scorer.server.rate_limits.models import TryCount
from scorer.server.stages.models import Admission
from scorer.server.stages.service import find_stage
from scorer.server.storage.creation import create_storage
from scorer.server.submissions import service as submissions
from scorer.server.submissions.judging import Judge
from scorer.server.submissions.models import Submission
from scorer.server.verification.models import Bundle, BundleState, Kind, LogPiece, Progress, Verification
from tests.scorer.server import services

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def submit(session: Session, settings: Settings, challenge: Challenge) -> Callable[[Account, bytes], Submission]:
    """Receives an upload of an account's team, unjudged."""

    def receive(account: Account, content: bytes) -> Submission:
        stage = find_stage(session, "public")
        storage = create_storage(settings)
        return submissions.receive(
            session, storage, challenge, account=account, stage=stage, source=io.BytesIO(content)
        )

    return receive


@pytest.fixture
def full(
    session: Session,
    settings: Settings,
    challenge: Challenge,
    ada: Account,
    new_account: Callable[[str], Account],
    submit: Callable[[Account, bytes], Submission],
    tiny: ModuleType,
) -> Settings:
    """The settings of a server that has been used."""
    bea = new_account("بيا")
    other = teams.create_team(session, bea, name="Taken in")
    taking = teams.create_team(session, new_account("Cid"), name="Taking")
    accounts.create_token(session, ada, name="laptop")
    judge = Judge(settings.data, challenge, create_storage(settings))
    scored = submit(ada, tiny.prediction_zip(challenge, right=0.7, spread=0.1))
    judge.judge(session, scored.id)
    judge.judge(session, submit(ada, b"no zip").id)
    submit(bea, b"not judged yet")
    storage = create_storage(settings)
    code = storage.keep(io.BytesIO(b"code"), most_bytes=100)
    now, stage = clock.utc_now(), find_stage(session, "private")
    team, later = ada.team, now + timedelta(days=1)
    assert team is not None
    trial = Verification(kind=Kind.TRIAL, asked_at=now, progress=Progress.QUEUED)
    with writing(session):
        # A row refers to one of the same table with a higher number: the order of numbers is no order to insert in.
        session.get_one(Team, other.id).merged_into_id = taking.id
        session.add_all(
            [
                Invitation(
                    team_id=team.id,
                    invited_by_id=ada.id,
                    secret_hash=bytes(range(32)),
                    created_at=now,
                    expires_at=later,
                ),
                MergeRequest(
                    from_team_id=other.id, into_team_id=team.id, requested_by_id=bea.id, created_at=now, accepted=True
                ),
                LoginSession(account_id=ada.id, secret_hash=b"s" * 32, created_at=now, expires_at=later),
                TryCount(rule="log-in", key_hash=b"k" * 32, window_begins_at=now, window_ends_at=later, count=3),
                Announcement(title="Hello", text="line\n\nline \x7f 𝄞", published_at=now, account_id=ada.id),
                Mail(account_id=ada.id, subject="Hello", text="Hello.", created_at=now, next_try_at=now),
                Admission(stage_id=stage.id, team_id=team.id, rank=1, admitted_at=now),
                Bundle(
                    team_id=team.id,
                    account_id=ada.id,
                    sha256=code.sha256,
                    size=code.size,
                    received_at=now,
                    state=BundleState.ACCEPTED,
                    verifications=[
                        trial,
                        Verification(
                            kind=Kind.FULL,
                            asked_at=now,
                            progress=Progress.MISMATCHED,
                            verdict={"reason": "residual", "hashes": {"data": {"public": "d"}}},
                        ),
                    ],
                ),
                Choice(
                    stage_id=scored.stage_id,
                    team_id=team.id,
                    submission_id=scored.id,
                    account_id=ada.id,
                    chosen_at=now,
                ),
            ]
        )
        session.flush()
        session.add(LogPiece(verification_id=trial.id, position=0, text="--- public: done\n"))
        audit.record(session, account=ada, action="stage.close", subject="stage public", details={"x": [1.5, None]})
    return settings


@pytest.fixture
def archive(full: Settings, tmp_path: Path) -> Path:
    """Its backup."""
    make_backup(full, create_storage(full), tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


@pytest.fixture
def postgres() -> Iterator[URL]:
    """An empty database on PostgreSQL."""
    if not os.environ.get("KIT_TEST_POSTGRES"):
        pytest.skip("needs KIT_TEST_POSTGRES")
    with services.postgres_database() as url:
        yield url


@pytest.fixture
def read_rows() -> Callable[[str], Rows]:
    """Reads all rows of a database by its URL."""

    def read(url: str) -> Rows:
        engine = create_engine(url)
        with engine.connect() as connection:
            rows = {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in Base.metadata.sorted_tables
            }
        engine.dispose()
        return rows

    return read


def kept_files(data: DataFolder) -> dict[str, bytes]:
    """All that a data folder holds beside its database, and beside the hidden caches of its labels."""
    return {
        path.relative_to(data.root).as_posix(): path.read_bytes()
        for path in data.root.rglob("*")
        if path.is_file() and not path.name.startswith(("kit.db", "."))
    }
