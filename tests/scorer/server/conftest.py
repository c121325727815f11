"""Fixtures of the server's tests: a tiny published corpus, a data folder, an application, people."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import URL
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account, Role
from scorer.server.accounts.passwords import Passwords
from scorer.server.app import create_app
from scorer.server.config import Settings, load_settings
from scorer.server.current import Server, server_of
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.installation import install
from tests.scorer.server import services, tiny_corpus
from tests.scorer.server.planted import PlantedServer

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def tiny() -> ModuleType:
    """The functions of `tiny_corpus.py`."""
    return tiny_corpus


@pytest.fixture(scope="session")
def challenge(tiny: ModuleType) -> Challenge:
    """merc2017 with small limits of size, 3 submissions a day and 5 in all."""
    return tiny.tiny_challenge(submissions_per_day=3, submissions_in_total=5)


@pytest.fixture(scope="session")
def published(tiny: ModuleType, challenge: Challenge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `data_spec publish` would have written."""
    return tiny.write_published(tmp_path_factory.mktemp("published"), challenge)


@pytest.fixture(params=services.kinds())
def kind_of_services(request: pytest.FixtureRequest) -> str:
    """Embedded ones; and PostgreSQL and Redis where the environment names them."""
    return str(request.param)


@pytest.fixture(scope="session")
def installed_embedded(published: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, URL | None]:
    """A data folder as `init` leaves it; to be copied, never changed."""
    root = tmp_path_factory.mktemp("installed") / "data"
    install(root, published, environment={})
    return root, None


@pytest.fixture(scope="session")
def installed_on_postgresql(
    published: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, URL | None]]:
    """The same, with its database on PostgreSQL."""
    root = tmp_path_factory.mktemp("installed") / "data"
    with services.postgres_database() as url:
        install(root, published, environment={"KIT_DATABASE_URL": url.render_as_string(hide_password=False)})
        yield root, url


@pytest.fixture
def installed(request: pytest.FixtureRequest, kind_of_services: str) -> tuple[Path, URL | None]:
    """The data folder and database of which each test gets a copy; both kinds stay until the last test."""
    kept = "installed_embedded" if kind_of_services == services.EMBEDDED else "installed_on_postgresql"
    found: tuple[Path, URL | None] = request.getfixturevalue(kept)
    return found


@pytest.fixture
def data(installed: tuple[Path, URL | None], tmp_path: Path) -> DataFolder:
    """A data folder of one test."""
    shutil.copytree(installed[0], tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def environment(installed: tuple[Path, URL | None]) -> Iterator[dict[str, str]]:
    """The variables that name the services of one test; none, where they are embedded."""
    if installed[1] is None:
        yield {}
        return
    with services.postgres_database(template=installed[1]) as url:
        yield {
            "KIT_DATABASE_URL": url.render_as_string(hide_password=False),
            "KIT_BROKER_URL": services.redis_url(),
        }


@pytest.fixture
def passwords() -> Passwords:
    """argon2id with next to no work, so that tests are fast."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def settings(data: DataFolder, passwords: Passwords, environment: dict[str, str]) -> Settings:
    """The settings of the test's data folder."""
    return replace(load_settings(data, environment), passwords=passwords, jobs_at_once=True)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application."""
    application = create_app(settings)
    application.testing = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    yield application
    server_of(application).sessions.remove()
    server_of(application).engine.dispose()


@pytest.fixture
def server(app: Flask) -> Server:
    """What the application holds."""
    return server_of(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    """A database session beside the application's."""
    engine = open_engine(settings.database_url)
    with Session(engine, expire_on_commit=False) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def new_account(session: Session, passwords: Passwords) -> Callable[[str], Account]:
    """Makes an account by its name."""

    def make(name: str) -> Account:
        return accounts.register(
            session, passwords, email=f"{name.lower()}@example.org", display_name=name, password=PASSWORD
        )

    return make


@pytest.fixture
def ada(session: Session, new_account: Callable[[str], Account]) -> Account:
    """Ada, captain of the Analysts."""
    account = new_account("Ada")
    teams.create_team(session, account, name="Analysts")
    return account


@pytest.fixture
def ada_token(session: Session, ada: Account) -> dict[str, str]:
    """The header with which Ada's program speaks to the API."""
    return {"Authorization": f"Bearer {accounts.create_token(session, ada, name='laptop')}"}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def utc_now(self) -> datetime:
        """The moment that was set."""
        return self.now

    def forward(self, **parts: float) -> None:
        """Let time pass."""
        self.now += timedelta(**parts)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until it is moved."""
    stopped = Clock()
    monkeypatch.setattr(clock, "utc_now", stopped.utc_now)
    return stopped


class Browser:
    """Fills in the forms of pages as a person would, CSRF tokens included."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def csrf_token(self, page: str) -> str:
        """The token in a page's form."""
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.client.get(page).text)
        return found[1] if found else ""

    def send(self, page: str, to: str | None = None, **fields: object) -> TestResponse:
        """Load a page, fill in its form, send it."""
        return self.client.post(to or page, data={"csrf_token": self.csrf_token(page), **fields})

    def log_in(self, name: str) -> None:
        """Log in as an account of `new_account`."""
        answer = self.send("/login", email=f"{name.lower()}@example.org", password=PASSWORD)
        assert answer.status_code == 303, answer.text


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    """A person at a browser."""
    return Browser(client)


@pytest.fixture
def grace(session: Session, new_account: Callable[[str], Account]) -> Account:
    """An organiser."""
    account = new_account("Grace")
    account.role = Role.ORGANISER
    session.commit()
    return account


@pytest.fixture
def organiser(grace: Account, browser: Browser) -> Browser:
    """The browser in which she is logged in."""
    browser.log_in(grace.display_name)
    return browser


@pytest.fixture
def planted(server: Server, session: Session, tiny: ModuleType, monkeypatch: pytest.MonkeyPatch) -> PlantedServer:
    """A server with people, teams and submissions, in which whatever is not everybody's can be looked for."""
    made = PlantedServer(server, session, tiny)
    made.fill(monkeypatch)
    return made
