"""Fixtures of the downloads' tests: an open stage that Ada's team is admitted to, and one who is nobody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.stages.admission import admit_team
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage


@pytest.fixture
def private(session: Session, set_clock: Any) -> Stage:
    """The stage whose data is not everybody's. It opens in an hour."""
    stage = find_stage(session, "private")
    stage.opens_at = set_clock.now + timedelta(hours=1)
    session.commit()
    return stage


@pytest.fixture
def admitted(session: Session, private: Stage, ada: Account) -> Account:
    """Ada, whose team is admitted to that stage."""
    assert ada.team is not None
    admit_team(session, private, ada.team, account=ada)
    return ada


@pytest.fixture
def eve(session: Session, new_account: Callable[[str], Account]) -> Account:
    """Eve, whose team is not."""
    account = new_account("Eve")
    teams.create_team(session, account, name="Eavesdroppers")
    return account
