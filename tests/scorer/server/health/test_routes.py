from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from data_spec.challenge import Challenge
from scorer.server import current, migrations
from scorer.server.accounts.models import Account
from scorer.server.config import Settings
from scorer.server.current import Server
from scorer.server.db import open_engine, writing
from scorer.server.health import readiness
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import State, Submission

ALL_OK = {"database": "ok", "migrations": "ok", "queue": "ok", "scorer": "ok", "storage": "ok"}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question is looked into, as if the one before were long ago."""
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0.0)


def receive(session: Session, account: Account) -> Submission:
    """A submission that is in the database only."""
    assert account.team is not None
    submission = Submission(
        team_id=account.team.id,
        account_id=account.id,
        stage_id=find_stage(session, "public").id,
        sha256="0" * 64,
        size=1,
        received_at=readiness.clock.utc_now(),
        state=State.RECEIVED,
    )
    with writing(session):
        session.add(submission)
    return submission


def no_database(*_: object, **__: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception("password of 10.0.0.1"))


def test_healthz_answers_ok(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


def test_healthz_says_when_the_database_is_silent(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "session", no_database)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


def test_readyz_names_every_part(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "checks": ALL_OK})
    assert "Set-Cookie" not in answer.headers


def check_not_ready(client: FlaskClient, **faults: str) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "checks": {**ALL_OK, **faults}}


def test_readyz_without_a_database_is_not_ready_and_tells_nothing_private(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "execute", no_database)
    unknown = dict.fromkeys(("migrations", "queue", "scorer"), "unknown: the database does not answer")
    check_not_ready(client, database="does not answer", **unknown)


def test_readyz_knows_a_database_of_another_version(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "is_newest", lambda _engine: False)
    check_not_ready(client, migrations="expected the newest version of the database, found another")


def test_readyz_knows_a_storage_that_cannot_be_written(
    client: FlaskClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError("no space left on /srv/secret")

    monkeypatch.setattr(server.storage, "check_writable", full)
    check_not_ready(client, storage="does not answer")


def test_readyz_knows_a_submission_that_waits_for_more_than_five_minutes(
    client: FlaskClient, session: Session, ada: Account, set_clock: Any, at_once: None
) -> None:
    submission = receive(session, ada)
    set_clock.forward(minutes=5)
    assert client.get("/readyz").status_code == 200
    set_clock.forward(seconds=1)
    check_not_ready(client, queue="a submission has waited for 301 s")
    with writing(session):
        session.get_one(Submission, submission.id).state = State.FAILED
    assert client.get("/readyz").status_code == 200


def test_readyz_knows_that_another_scorers_scores_are_live(client: FlaskClient, session: Session) -> None:
    with writing(session):
        find_stage(session, "public").scorer_version = "0"
    check_not_ready(client, scorer="expected scores of version 1, found version 0 live")


def test_to_ask_often_costs_little(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []

    def look(*parts: object) -> dict[str, str]:
        looked.append(parts)
        return ALL_OK

    monkeypatch.setattr(readiness, "check_readiness", look)
    for _ in range(5):
        assert client.get("/readyz").status_code == 200
    assert len(looked) == 1
    monkeypatch.setattr(readiness.time, "monotonic", lambda: float("inf"))
    client.get("/readyz")
    assert len(looked) == 2


@pytest.fixture
def scrape(client: FlaskClient, settings: Settings) -> Callable[..., TestResponse]:
    """Asks for the metrics, with the token of the data folder unless another is given."""

    def ask(token: str | None = None) -> TestResponse:
        shown = settings.data.metrics_token.read_text() if token is None else token
        return client.get("/metrics", headers={"Authorization": f"Bearer {shown}"})

    return ask


def value(scraped: TestResponse, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", scraped.text, re.MULTILINE)
    assert found, f"{name} in\n{scraped.text}"
    return float(found[1])


def test_metrics_count_what_is_in_the_database(
    scrape: Callable[..., TestResponse],
    client: FlaskClient,
    session: Session,
    ada: Account,
    ada_token: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
    set_clock: Any,
) -> None:
    content = tiny.prediction_zip(challenge, right=0.7)
    headers = {**ada_token, "Content-Type": "application/zip"}
    client.post("/api/v1/stages/public/submissions", data=content, headers=headers)
    receive(session, ada)
    set_clock.forward(seconds=30)
    scraped = scrape()
    assert scraped.status_code == 200
    assert scraped.headers["Content-Type"].startswith("text/plain; version=")
    assert value(scraped, 'kit_submissions{stage="public",state="scored"}') == 1
    assert value(scraped, 'kit_submissions{stage="public",state="received"}') == 1
    assert value(scraped, 'kit_submissions{stage="private",state="failed"}') == 0
    assert value(scraped, "kit_submission_waiting_oldest_seconds") == 30
    assert value(scraped, 'kit_accounts{role="participant"}') == 1
    assert value(scraped, 'kit_accounts{role="organiser"}') == 0
    assert value(scraped, "kit_teams") == 1
    assert value(scraped, 'kit_mails{state="given_up"}') == 0
    assert value(scraped, "kit_mail_waiting_oldest_seconds") >= 0
    assert value(scraped, 'kit_scorer{version="1"}') == 1


def test_metrics_hold_no_score_and_nobody(
    scrape: Callable[..., TestResponse],
    client: FlaskClient,
    ada_token: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
) -> None:
    content = tiny.prediction_zip(challenge, right=0.7)
    headers = {**ada_token, "Content-Type": "application/zip"}
    client.post("/api/v1/stages/public/submissions", data=content, headers=headers)
    text = scrape().text.lower()
    for private in ("0.7", "ada", "analysts", "example.org", "accuracy"):
        assert private not in text


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_without_the_token_there_are_no_metrics(scrape: Callable[..., TestResponse], token: str) -> None:
    assert scrape(token).status_code == 404


def test_the_token_counts_as_a_bearers_only(client: FlaskClient, settings: Settings) -> None:
    token = settings.data.metrics_token.read_text()
    assert client.get("/metrics").status_code == 404
    assert client.get(f"/metrics?token={token}").status_code == 404
    assert client.get("/metrics", headers={"Authorization": token}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Basic {token}"}).status_code == 404


def test_a_refused_scrape_looks_as_if_there_were_nothing(client: FlaskClient) -> None:
    refused, nothing = client.get("/metrics"), client.get("/nothing")
    assert refused.text.replace("/metrics", "/nothing") == nothing.text


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_server_without_a_token_has_no_metrics(
    scrape: Callable[..., TestResponse], settings: Settings, content: str | None
) -> None:
    path: Path = settings.data.metrics_token
    token = path.read_text()
    path.unlink() if content is None else path.write_text(content)
    assert scrape(token).status_code == 404
    assert scrape("").status_code == 404


def test_init_makes_a_token_that_its_owner_alone_can_read(settings: Settings) -> None:
    assert settings.data.metrics_token.stat().st_mode & 0o777 == 0o600
    assert len(settings.data.metrics_token.read_text().strip()) >= 32


def test_merged_teams_are_counted_once(
    scrape: Callable[..., TestResponse], session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    from scorer.server.accounts import teams

    other = teams.create_team(session, new_account("Bea"), name="Taken in")
    assert value(scrape(), "kit_teams") == 2
    with writing(session):
        assert ada.team is not None
        other.merged_into_id = ada.team.id
    assert value(scrape(), "kit_teams") == 1


def test_stages_are_told_in_their_order(scrape: Callable[..., TestResponse], session: Session) -> None:
    names = session.scalars(select(Stage.name).order_by(Stage.position)).all()
    found = dict.fromkeys(re.findall(r'kit_submissions\{stage="(\w+)"', scrape().text))
    assert list(found) == list(names)


def test_the_api_describes_none_of_it(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    assert not {"/healthz", "/readyz", "/metrics"} & set(paths)


def test_a_database_that_was_not_migrated_is_not_ready(settings: Settings, client: FlaskClient) -> None:
    client.get("/healthz")
    engine = open_engine(settings.database_url)
    migrations.downgrade(engine, "0001")
    engine.dispose()
    checks = client.get("/readyz").json["checks"]
    assert checks["migrations"] != "ok"
    assert checks["database"] == "ok"


def test_ages_are_never_below_zero(
    scrape: Callable[..., TestResponse], session: Session, ada: Account, set_clock: Any
) -> None:
    receive(session, ada)
    set_clock.now -= timedelta(seconds=10)
    assert value(scrape(), "kit_submission_waiting_oldest_seconds") == 0
