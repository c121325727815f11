"""Tokens: who may do what with them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server.accounts import service as accounts
from scorer.server.accounts.models import Account, Scope

SUBMISSIONS = "/api/v1/stages/public/submissions"

READING = ["team", "submissions", "submissions/1", "downloads", "downloads/participants"]
WRITING = [("POST", SUBMISSIONS), ("POST", "/api/v1/team")]
WRITING += [(method, "/api/v1/submissions/1/choice") for method in ("POST", "DELETE")]
ALL = [*WRITING, *(("GET", f"/api/v1/{path}") for path in READING)]


def header(session: Session, account: Account, *scopes: Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {accounts.create_token(session, account, name='t', scopes=scopes)}"}


@pytest.mark.parametrize(("method", "path"), ALL)
@pytest.mark.parametrize("value", [None, "Bearer kit_0_0", "Bearer", "Basic YTpi", "Token x", "Bearer \u00e9"])
def test_without_a_valid_token_nothing_is_told(
    client: FlaskClient, ada: Account, method: str, path: str, value: str | None
) -> None:
    answer = client.open(path, method=method, headers={"Authorization": value} if value else {})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_a_token_that_only_reads_changes_nothing(
    client: FlaskClient, session: Session, ada: Account, method: str, path: str
) -> None:
    answer = client.open(path, method=method, headers=header(session, ada, Scope.READ))
    assert answer.status_code == 403
    assert answer.get_json(force=True)["detail"] == "Expected a token with the scope 'submit', found 'read'."


@pytest.mark.parametrize("path", READING)
def test_a_token_that_only_submits_reads_nothing(
    client: FlaskClient, session: Session, ada: Account, path: str
) -> None:
    answer = client.get(f"/api/v1/{path}", headers=header(session, ada, Scope.SUBMIT))
    assert answer.status_code == 403
    assert answer.get_json(force=True)["detail"] == "Expected a token with the scope 'read', found 'submit'."


def test_a_token_with_the_scope_passes(client: FlaskClient, session: Session, ada: Account) -> None:
    assert client.get("/api/v1/team", headers=header(session, ada, Scope.READ)).status_code == 200
    wrong_type = client.post(SUBMISSIONS, headers=header(session, ada, Scope.SUBMIT))
    assert wrong_type.status_code == 415, "it came past the scope"


def test_the_scopes_of_a_new_token_are_those_that_were_asked_for(client: FlaskClient, ada: Account) -> None:
    body = {"email": ada.email, "password": "correct horse battery", "name": "reader", "scopes": ["read"]}
    answer = client.post("/api/v1/tokens", json=body)
    assert (answer.status_code, answer.json["scopes"]) == (201, ["read"])
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    assert client.get("/api/v1/team", headers=headers).status_code == 200
    assert client.post("/api/v1/team", json={"name": "B"}, headers=headers).status_code == 403
    for scopes in ([], ["all"], "read", None):
        answer = client.post("/api/v1/tokens", json={**body, "scopes": scopes})
        assert answer.status_code == 422
        assert answer.get_json(force=True)["field"].startswith("scopes")


def test_cookies_open_nothing_in_the_api(client: FlaskClient, browser: Any, ada: Account) -> None:
    browser.log_in("Ada")
    assert client.get("/api/v1/team").status_code == 401


def test_tokens_open_no_page(client: FlaskClient, ada_token: dict[str, str]) -> None:
    assert client.get("/team", headers=ada_token).status_code == 302
