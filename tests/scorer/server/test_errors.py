"""Whatever fails, an answer comes, and it tells nobody more than that."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from scorer.server.accounts import service
from scorer.server.accounts.models import Account


@pytest.fixture
def broken_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(service, "find_login", broken)


def test_a_page_is_answered_also_when_nobody_can_be_looked_up(
    client: FlaskClient, browser: Any, ada: Account, request: pytest.FixtureRequest
) -> None:
    browser.log_in("Ada")
    request.getfixturevalue("broken_database")
    answer = client.get("/team")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert answer.text == "Internal Server Error. Something went wrong on our side. It is in the log.\n"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_host_that_is_none_is_a_bad_request(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "x" * 5000}).status_code == 400


def test_a_fault_of_the_database_is_logged_without_what_was_to_be_stored(session: Session) -> None:
    with pytest.raises(Exception, match="nowhere") as failed:
        session.execute(text("SELECT * FROM nowhere WHERE email = :email"), {"email": "ada@example.org"})
    assert "ada@example.org" not in str(failed.value)


def test_a_path_cannot_write_a_line_of_the_log(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(stage_name: str) -> None:
        raise RuntimeError

    app.view_functions["api.submit"] = broken
    with caplog.at_level(logging.ERROR):
        client.post("/api/v1/stages/a%0Aforged/submissions", content_type="application/zip")
    assert [record.getMessage() for record in caplog.records] == ["POST /api/v1/stages/<stage_name>/submissions failed"]
