"""A server of each kind of challenge that asks for numbers, and teams that send some."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import URL
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.installation import install
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from tests.scorer.server.tiny_kinds import KINDS, TinyKind


@pytest.fixture(scope="session", params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> TinyKind:
    """A challenge and the truth of its test."""
    return KINDS[request.param]()


@pytest.fixture(scope="session")
def installed_kind(kind: TinyKind, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `init` leaves it; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("kind")
    install(folder / "data", kind.write_published(folder / "published"), environment={})
    return folder / "data"


@pytest.fixture
def installed(installed_kind: Path) -> tuple[Path, URL | None]:
    """The data folder of which each test gets a copy, with an embedded database."""
    return installed_kind, None


@pytest.fixture
def challenge(kind: TinyKind) -> Challenge:
    """The challenge of the server."""
    return kind.challenge


@pytest.fixture
def stage(session: Session) -> Stage:
    """Its only stage, in a session that looks anew."""
    return find_stage(session, "test")


@pytest.fixture
def token(session: Session, new_account: Callable[[str], Account]) -> Callable[[str], dict[str, str]]:
    """The header with which a team's program speaks to the API; the team is made where it is new."""
    headers: dict[str, dict[str, str]] = {}

    def of(team: str) -> dict[str, str]:
        if team not in headers:
            account = new_account(team)
            teams.create_team(session, account, name=team)
            headers[team] = {"Authorization": f"Bearer {accounts.create_token(session, account, name='laptop')}"}
        return headers[team]

    return of


@pytest.fixture
def enter(
    client: FlaskClient, session: Session, kind: TinyKind, token: Callable[[str], dict[str, str]]
) -> Callable[..., dict[str, Any]]:
    """Uploads predictions of a team, from 0 for the worst to 1 for the best; gives the API's answer about them."""

    def send(team: str, good: float = 1.0, *, content: bytes | None = None) -> dict[str, Any]:
        headers = token(team)
        session.rollback()  # what a server writes is not held up by a test that reads
        zipped = kind.zip(good) if content is None else content
        answer = client.post(
            "/api/v1/stages/test/submissions", data=zipped, headers=headers, content_type="application/zip"
        )
        assert answer.status_code == 201, answer.text
        found = client.get(f"/api/v1/submissions/{answer.json['id']}", headers=headers)
        session.expire_all()
        return dict(found.json)

    return send
