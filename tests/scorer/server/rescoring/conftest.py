"""Judged submissions of some teams, and labels that turn their order round."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from data_spec.csv_files import write_labels
from data_spec.stream import Labels
from scorer.server import clock
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.data_folder import DataFolder
from scorer.server.stages.models import Admission
from scorer.server.stages.service import find_stage
from scorer.server.submissions import service
from scorer.server.submissions.judging import Judge
from scorer.server.submissions.models import Submission


@pytest.fixture
def judge(data: DataFolder, challenge: Challenge) -> Judge:
    """The server's judge."""
    return Judge(data, challenge, data.storage)


@pytest.fixture
def enter(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    judge: Judge,
    tiny: ModuleType,
    new_account: Callable[[str], Account],
) -> Callable[..., Submission]:
    """Uploads a submission of a team, which is made where it is new, and judges it."""
    accounts: dict[str, Account] = {}

    def send(
        team: str, right: float = 0.0, *, content: bytes | None = None, stage: str = "public", judged: bool = True
    ) -> Submission:
        found = find_stage(session, stage)
        if team not in accounts:
            accounts[team] = new_account(team)
            teams.create_team(session, accounts[team], name=team)
        team_id = accounts[team].team.id
        if found.admission_needed and session.get(Admission, (found.id, team_id)) is None:
            found.opens_at = found.opens_at or clock.utc_now()
            session.add(Admission(stage_id=found.id, team_id=team_id, rank=1, admitted_at=clock.utc_now()))
            session.commit()
        received = service.receive(
            session,
            data.storage,
            challenge,
            account=accounts[team],
            stage=found,
            source=io.BytesIO(content or tiny.prediction_zip(challenge, found.split, right=right)),
        )
        if judged:
            judge.judge(session, received.id)
        return received

    return send


@pytest.fixture
def new_labels(challenge: Challenge, tiny: ModuleType, tmp_path: Path) -> Callable[..., Path]:
    """Writes labels by which every frame that was wrong is right, and the other way round."""

    def write(split: str = "public", *, later: float = 0.0) -> Path:
        for recording in tiny.RECORDINGS[split]:
            truth = tiny.truth(recording, challenge)
            turned = Labels(truth.times + later, ((truth.index + 1) % 6).astype(np.int8), truth.agreement)
            write_labels(tmp_path / "mended" / "labels" / f"{recording}.csv", turned, challenge.task)
        return tmp_path / "mended"

    return write
